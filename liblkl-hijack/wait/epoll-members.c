// SPDX-License-Identifier: GPL-2.0
/*
 * Members of epoll sets, as the kernels list them in /proc/self/fdinfo.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <lkl/linux/mount.h>

#include "fd/fd-hidden.h"
#include "host/host-libc.h"
#include "host/read-all.h"
#include "state/kernel-call.h"
#include "wait/epoll-members.h"

/* /proc/self/fdinfo of the host; the program may change its root. */
static int host_fdinfo = -1;
/* /proc of LKL, once it was needed. */
static int guest_proc = -1;

void epoll_members_init(void)
{
	host_fdinfo = fd_hide_ours(HOST(open)("/proc/self/fdinfo",
					      O_DIRECTORY | O_RDONLY |
					      O_CLOEXEC));
}

/* Visit the members in @text, which is freed.  Other lines are no errors. */
static long visit_members(char *text, epoll_member_function *fn, void *arg)
{
	unsigned long long data;
	struct epoll_member m;
	char *line, *rest;
	long ret = 0;

	for (line = strtok_r(text, "\n", &rest); line && !ret;
	     line = strtok_r(NULL, "\n", &rest)) {
		if (sscanf(line, "tfd: %d events: %x data: %llx", &m.fd,
			   &m.ev.events, &data) != 3)
			continue;
		m.ev.data.u64 = data;
		ret = fn(&m, arg);
	}
	free(text);
	return ret;
}

long epoll_members_host(int epfd, epoll_member_function *fn, void *arg)
{
	char name[16], *text;
	long ret;
	int fd;

	snprintf(name, sizeof(name), "%d", epfd);
	fd = HOST(openat)(host_fdinfo, name, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	ret = read_all(fd, read_all_host, &text);
	HOST(close)(fd);
	return ret < 0 ? ret : visit_members(text, fn, arg);
}

/* Mount LKL's /proc at no path, so that the program does not see it. */
static int mount_guest_proc(void)
{
	int fs = KCALL(fsopen, "proc", LKL_FSOPEN_CLOEXEC), ret;

	if (fs < 0)
		return fs;
	ret = KCALL(fsconfig, fs, LKL_FSCONFIG_CMD_CREATE, NULL, NULL, 0);
	if (!ret)
		ret = KCALL(fsmount, fs, LKL_FSMOUNT_CLOEXEC, 0);
	KCALL(close, fs);
	return ret;
}

long epoll_members_lkl(int k, epoll_member_function *fn, void *arg)
{
	char name[40], *text;
	long ret;
	int fd;

	if (guest_proc < 0)
		guest_proc = mount_guest_proc();
	if (guest_proc < 0)
		return guest_proc;
	snprintf(name, sizeof(name), "thread-self/fdinfo/%d", k);
	fd = KCALL(openat, guest_proc, name, LKL_O_CLOEXEC);
	if (fd < 0)
		return fd;
	ret = read_all(fd, kernel_call_read, &text);
	KCALL(close, fd);
	return ret < 0 ? ret : visit_members(text, fn, arg);
}
