// SPDX-License-Identifier: GPL-2.0
/* 100 times, between two calls of getppid(): five calls of the host. */
#include <poll.h>
#include <sys/epoll.h>
#include <sys/select.h>
#include <unistd.h>

int main(void)
{
	struct epoll_event ev = { .events = EPOLLIN };
	int pipes[2], ep = epoll_create1(0), i;
	struct pollfd p;
	fd_set set;
	char c = 0;

	if (pipe(pipes) || epoll_ctl(ep, EPOLL_CTL_ADD, pipes[0], &ev))
		return 1;
	p = (struct pollfd) { pipes[0], POLLIN, 0 };
	getppid();
	for (i = 0; i < 100; i++) {
		FD_ZERO(&set);
		FD_SET(pipes[0], &set);
		if (write(pipes[1], &c, 1) != 1 || poll(&p, 1, -1) != 1 ||
		    select(pipes[0] + 1, &set, NULL, NULL, NULL) != 1 ||
		    epoll_wait(ep, &ev, 1, -1) != 1 ||
		    read(pipes[0], &c, 1) != 1)
			return 1;
	}
	getppid();
	return 0;
}
