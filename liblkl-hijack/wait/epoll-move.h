/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Moving an epoll set from the host to LKL: see epoll-move.c.
 */
#ifndef LKL_HIJACK_EPOLL_MOVE_H
#define LKL_HIJACK_EPOLL_MOVE_H

#include <stdbool.h>
#include <sys/epoll.h>

void epoll_move_init(void);

/* Move the host's set @fd to LKL, with the sets locked.  Return 0 or -errno. */
int epoll_move(int fd);

/*
 * Return true if a wait of the host for a set, which returned @count events, began
 * or went on while the set moved to LKL.  The set is LKL's now.
 */
bool epoll_has_moved(const struct epoll_event *events, int count);

#endif /* LKL_HIJACK_EPOLL_MOVE_H */
