// SPDX-License-Identifier: GPL-2.0
/*
 * What name resolution and the list of interfaces ask of the rest.
 */
#include "resolver/resolver.h"

#include "state/kernel-call.h"

bool hijack_is_active(void)
{
	return lkl_wanted();
}

lkl_long_t hijack_syscall(lkl_long_t no, lkl_long_t *p)
{
	return lkl_call6(no, p[0], p[1], p[2], p[3], p[4], p[5]);
}
