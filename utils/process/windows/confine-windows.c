// SPDX-License-Identifier: GPL-2.0
/*
 * Replacement for confine.c on Windows, where a process keeps the rights of its
 * user: Windows confines a process when it starts, not later.  A message in each run
 * would not help anybody, so only a user who has asked for more gets one.
 */
#include <stddef.h>

#include "common/report.h"
#include "process/confine.h"

int confine(const struct confine *c)
{
	if (!c->user)
		return 0;
	return report_cannot("become user", c->user,
			     "Windows lets no process become another user");
}
