/* SPDX-License-Identifier: GPL-2.0 */
/* Epoll descriptors: see epoll.c. */
#ifndef LKL_HIJACK_EPOLL_H
#define LKL_HIJACK_EPOLL_H

void epoll_init(void);
/* @fd is about to be closed: it is none any more. */
void epoll_closing(int fd);
/* @copy is a duplicate of @fd. */
void epoll_copied(int fd, int copy);

#endif /* LKL_HIJACK_EPOLL_H */
