// SPDX-License-Identifier: GPL-2.0
/*
 * libc's own functions.  All functions are looked up when the library starts,
 * because a signal handler cannot look up functions.  Before the start, when a
 * constructor of another library makes a call, each function is looked up when
 * needed.  A function that libc lacks fails when the function is called, not before.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <unistd.h>

#include "host/host-libc.h"

static void *functions[HOST_FUNCTIONS];

static const char *const names[HOST_FUNCTIONS] = {
#define FN(name) [HOST_##name] = #name,
#include "host/host-functions.h"
#undef FN
};

/* Stand in for a function that libc lacks. */
static long host_missing(void)
{
	errno = ENOSYS;
	return -1;
}

/* Stand in for a function whose error is NULL or 0. */
static void *host_missing_null(void)
{
	errno = ENOSYS;
	return NULL;
}

static bool host_fails_with_null(enum host_function which)
{
	return which == HOST_fdopen || which == HOST_fopen ||
	       which == HOST_if_indextoname || which == HOST_if_nameindex ||
	       which == HOST_if_nametoindex;
}

static void *host_look_up(enum host_function which)
{
	void *fn = dlsym(RTLD_NEXT, names[which]);

	if (!fn)
		fn = host_fails_with_null(which) ? (void *)host_missing_null :
						   (void *)host_missing;
	__atomic_store_n(&functions[which], fn, __ATOMIC_RELAXED);
	return fn;
}

void *host_function(enum host_function which)
{
	void *fn = __atomic_load_n(&functions[which], __ATOMIC_RELAXED);

	return fn ? fn : host_look_up(which);
}

void *host_find(const char *name, const char *old)
{
	void *fn = dlsym(RTLD_NEXT, name);

	return fn || !old ? fn : dlsym(RTLD_NEXT, old);
}

static __attribute__((constructor(101))) void host_look_up_all(void)
{
	int i;

	for (i = 0; i < HOST_FUNCTIONS; i++)
		host_function(i);
}

#ifdef __x86_64__
long host_syscall(long nr, long a, long b, long c, long d, long e, long f)
{
	register long r10 __asm__("r10") = d;
	register long r8 __asm__("r8") = e;
	register long r9 __asm__("r9") = f;
	long ret;

	__asm__ volatile("syscall"
			 : "=a"(ret)
			 : "a"(nr), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8),
			   "r"(r9)
			 : "rcx", "r11", "memory");
	return ret;
}
#else
long host_syscall(long nr, long a, long b, long c, long d, long e, long f)
{
	static long (*fn)(long nr, ...);
	int saved = errno;
	long ret;

	if (!fn)
		fn = (long (*)(long, ...))dlsym(RTLD_NEXT, "syscall");
	ret = fn(nr, a, b, c, d, e, f);
	if (ret != -1)
		return ret;
	ret = -errno;
	errno = saved;
	return ret;
}
#endif
