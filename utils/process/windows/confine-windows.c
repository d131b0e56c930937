// SPDX-License-Identifier: GPL-2.0
/*
 * Replacement for confine.c on Windows, which has nothing like it: a process keeps
 * the rights of its user.  So a user who has not asked for more gets no message.
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
