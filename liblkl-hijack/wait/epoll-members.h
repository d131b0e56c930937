/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Members of epoll sets: see epoll-members.c.
 */
#ifndef LKL_HIJACK_EPOLL_MEMBERS_H
#define LKL_HIJACK_EPOLL_MEMBERS_H

#include <sys/epoll.h>

struct epoll_member {
	int fd;
	struct epoll_event ev;
};

typedef long epoll_member_function(struct epoll_member *m, void *arg);

void epoll_members_init(void);

/*
 * Call @fn for each member of the host's set @epfd, or of LKL's set @k, until @fn
 * returns other than 0.  Return what @fn returned, or -errno.
 */
long epoll_members_host(int epfd, epoll_member_function *fn, void *arg);
long epoll_members_lkl(int k, epoll_member_function *fn, void *arg);

#endif /* LKL_HIJACK_EPOLL_MEMBERS_H */
