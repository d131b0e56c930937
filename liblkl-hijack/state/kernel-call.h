/* SPDX-License-Identifier: GPL-2.0 */
/*
 * System calls of LKL, made by functions that take the place of libc's.
 */
#ifndef LKL_HIJACK_KERNEL_CALL_H
#define LKL_HIJACK_KERNEL_CALL_H

#include <errno.h>
#include <signal.h>
#include <stddef.h>

#include <lkl.h>

/*
 * Make a system call of LKL.  Signals interrupt the call; the call is repeated
 * where Linux would repeat a system call.  Return -errno on failure.
 */
long kernel_call6(long nr, long a, long b, long c, long d, long e, long f);
/* The same; -1 and errno on failure. */
long kernel_call_errno6(long nr, long a, long b, long c, long d, long e, long f);

#define KCALL_ARGS(fn, nr, a, b, c, d, e, f, ...)			\
	fn(__lkl__NR_##nr, (long)(a), (long)(b), (long)(c), (long)(d),	\
	   (long)(e), (long)(f))
/* KCALL(read, k, buf, len): -errno on failure. */
#define KCALL(...) KCALL_ARGS(kernel_call6, __VA_ARGS__, 0, 0, 0, 0, 0, 0)
/* The same; -1 and errno on failure. */
#define KCALL_ERRNO(...)						\
	KCALL_ARGS(kernel_call_errno6, __VA_ARGS__, 0, 0, 0, 0, 0, 0)

/* Make a call with another signal mask while it waits, as ppoll() does. */
long kernel_call_masked(long nr, const long *params, const sigset_t *mask);

/* Read from @k: a read_function for read_all(). */
static inline long kernel_call_read(int k, void *buf, size_t len)
{
	return KCALL(read, k, buf, len);
}

/* Turn -errno into -1 and errno. */
static inline long to_errno(long ret)
{
	if (ret >= 0)
		return ret;
	errno = -ret;
	return -1;
}

#endif /* LKL_HIJACK_KERNEL_CALL_H */
