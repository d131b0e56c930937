/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The host's functions of the names that this library takes for itself:
 * HOST(read)(fd, buf, len).
 */
#ifndef LKL_HIJACK_HOST_H
#define LKL_HIJACK_HOST_H

enum host_function {
#define FN(name) HOST_##name,
#include "host/host-functions.h"
#undef FN
	HOST_FUNCTIONS
};

/*
 * What the host has under this name.  Never NULL: what it does not have fails
 * with ENOSYS.
 */
void *host_function(enum host_function which);

#define HOST(name) ((__typeof(&(name)))host_function(HOST_##name))

/* A system call of the host that no interposer sees; -errno on failure. */
long host_syscall(long nr, long a, long b, long c, long d, long e, long f);

#endif /* LKL_HIJACK_HOST_H */
