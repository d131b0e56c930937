/* SPDX-License-Identifier: GPL-2.0 */
/* Reading and writing: see read-write.c. */
#ifndef LKL_HIJACK_IO_H
#define LKL_HIJACK_IO_H

#include <sys/types.h>

/*
 * The end of a call that sends on @k: raises SIGPIPE where the host would, and
 * sets errno.
 */
ssize_t io_sent(int k, long ret, int flags);

/* @fd has become LKL's: a standard stream of this number follows. */
void stdio_follow(int fd);

int stdio_init(void);
/* Write out the streams of LKL. */
void stdio_flush(void);

#endif /* LKL_HIJACK_IO_H */
