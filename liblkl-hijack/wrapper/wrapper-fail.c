// SPDX-License-Identifier: GPL-2.0
/*
 * The end of the program without a command to run.
 */
#include <stdio.h>
#include <stdlib.h>

#include "wrapper/wrapper.h"

void wrapper_fail(int status, const char *what, const char *why)
{
	fprintf(stderr, "lkl-hijack: %s: %s\n", what, why);
	exit(status);
}
