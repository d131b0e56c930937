/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Stand-ins within LKL for descriptors of the host: see fd-standin.c.
 */
#ifndef LKL_HIJACK_FD_STANDIN_H
#define LKL_HIJACK_FD_STANDIN_H

/* Return the stand-in of @fd, made when there is none, or -errno. */
int fd_standin(int fd);
/* Close the stand-in of @fd, if there is one. */
void fd_standin_close(int fd);

#endif /* LKL_HIJACK_FD_STANDIN_H */
