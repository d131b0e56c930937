// SPDX-License-Identifier: GPL-2.0
/*
 * The end of lkl-hijack when there is no command to run.
 */
#include <stdio.h>
#include <stdlib.h>

#include "wrapper/wrapper.h"

void wrapper_fail(int status, const char *what, const char *object,
		  const char *why)
{
	fprintf(stderr, "lkl-hijack: cannot %s '%s': %s\n", what, object, why);
	exit(status);
}
