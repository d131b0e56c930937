/* SPDX-License-Identifier: GPL-2.0 */
/*
 * libc's own functions, under the names that this library defines as well:
 * HOST(read)(fd, buf, len).
 */
#ifndef LKL_HIJACK_HOST_LIBC_H
#define LKL_HIJACK_HOST_LIBC_H

enum host_function {
#define FN(name) HOST_##name,
#include "host/host-functions.h"
#undef FN
	HOST_FUNCTIONS
};

/*
 * Return libc's function, never NULL: a function that this libc lacks fails with
 * ENOSYS.
 */
void *host_function(enum host_function which);

#define HOST(name) ((__typeof(&(name)))host_function(HOST_##name))

/*
 * Return libc's function @name, or @old, its name before glibc 2.34 (NULL: it had
 * no other); NULL when this libc lacks the function.
 */
void *host_find(const char *name, const char *old);

/* Make a system call of the host that no library can replace; -errno on failure. */
long host_syscall(long nr, long a, long b, long c, long d, long e, long f);

#endif /* LKL_HIJACK_HOST_LIBC_H */
