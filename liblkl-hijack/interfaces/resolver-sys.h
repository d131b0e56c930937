/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What name resolution and interface enumeration share with the rest of the
 * hijack library: who answers, and how an error of LKL becomes an errno.
 */
#ifndef LKL_HIJACK_RESOLVER_SYS_H
#define LKL_HIJACK_RESOLVER_SYS_H

#include <errno.h>
#include <stdbool.h>

/*
 * Where the rest of the library has a way of its own into the kernel, which knows
 * of signals and of being inside, all lkl_sys_*() of these files take it.
 */
#ifdef RESOLVER_SYSCALL
#define lkl_syscall	RESOLVER_SYSCALL
#endif
#include <lkl.h>

#define RESOLVER_EXPORT		__attribute__((visibility("default")))

/*
 * Does the calling process have a kernel of its own?  Not before it booted, nor
 * in a child after fork().  Comes from the rest of the library, or from a test.
 */
bool hijack_is_active(void);

/*
 * The result of a system call as libc would give it.  The hijack library exists
 * on Linux hosts only, where the numbers are the same.
 */
static inline long resolver_result(lkl_long_t ret)
{
	if (ret >= 0)
		return ret;
	errno = (int)-ret;
	return -1;
}

#endif /* LKL_HIJACK_RESOLVER_SYS_H */
