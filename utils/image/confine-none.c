// SPDX-License-Identifier: GPL-2.0
/*
 * In the place of confine.c where libseccomp was not there: says so.
 */

#include "common/report.h"
#include "image/confine.h"

int confine(const struct confine *c)
{
	report_warning("built without libseccomp: the process is not confined");
	return 0;
}
