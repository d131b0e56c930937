/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The end of calls that send: see read-write.c.
 */
#ifndef LKL_HIJACK_READ_WRITE_H
#define LKL_HIJACK_READ_WRITE_H

#include <sys/types.h>

/*
 * End a call that sent on @k with result @ret: raise SIGPIPE where the host would,
 * and turn -errno into -1 and errno.
 */
ssize_t io_sent(int k, long ret, int flags);

#endif /* LKL_HIJACK_READ_WRITE_H */
