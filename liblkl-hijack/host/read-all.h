/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Reading a small file as a whole, of the host or of LKL.
 */
#ifndef LKL_HIJACK_READ_ALL_H
#define LKL_HIJACK_READ_ALL_H

#include <stddef.h>

/* Read like read(), but return -errno on failure. */
typedef long read_function(int fd, void *buf, size_t len);

/*
 * Read a file to its end and put a zero after it.  Return the length, or -errno;
 * the caller frees *@text.
 */
long read_all(int fd, read_function *read_some, char **text);

/* Read a descriptor of the host. */
long read_all_host(int fd, void *buf, size_t len);

#endif /* LKL_HIJACK_READ_ALL_H */
