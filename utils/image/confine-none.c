// SPDX-License-Identifier: GPL-2.0
/*
 * In the place of confine.c where libseccomp was not there: says so.
 */
#include <stdio.h>

#include "image/confine.h"

int confine(const struct confine *c)
{
	fprintf(stderr, "%s: warning: built without libseccomp, not confined\n",
		c->program);
	return 0;
}
