// SPDX-License-Identifier: GPL-2.0
/*
 * What _FORTIFY_SOURCE makes of calls: the same, after a look at the size of
 * the buffer.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "state/kernel-call.h"

void __chk_fail(void) __attribute__((noreturn));
ssize_t __read_chk(int fd, void *buf, size_t len, size_t size);
ssize_t __pread_chk(int fd, void *buf, size_t len, off_t off, size_t size);
ssize_t __pread64_chk(int fd, void *buf, size_t len, off_t off, size_t size);
ssize_t __recv_chk(int fd, void *buf, size_t len, size_t size, int flags);
ssize_t __recvfrom_chk(int fd, void *buf, size_t len, size_t size, int flags,
		       struct sockaddr *addr, socklen_t *addr_len);
int __poll_chk(struct pollfd *fds, nfds_t count, int timeout, size_t size);
int __ppoll_chk(struct pollfd *fds, nfds_t count,
		const struct timespec *timeout, const sigset_t *mask,
		size_t size);
int __open_2(const char *path, int flags);
int __open64_2(const char *path, int flags);
int __openat_2(int dir, const char *path, int flags);
int __openat64_2(int dir, const char *path, int flags);

static void check(size_t len, size_t size)
{
	if (len > size)
		__chk_fail();
}

EXPORT ssize_t __read_chk(int fd, void *buf, size_t len, size_t size)
{
	check(len, size);
	return read(fd, buf, len);
}

EXPORT ssize_t __pread_chk(int fd, void *buf, size_t len, off_t off,
			   size_t size)
{
	check(len, size);
	return pread(fd, buf, len, off);
}

EXPORT ssize_t __pread64_chk(int fd, void *buf, size_t len, off_t off,
			     size_t size)
{
	check(len, size);
	return pread(fd, buf, len, off);
}

EXPORT ssize_t __recv_chk(int fd, void *buf, size_t len, size_t size, int flags)
{
	check(len, size);
	return recv(fd, buf, len, flags);
}

EXPORT ssize_t __recvfrom_chk(int fd, void *buf, size_t len, size_t size,
			      int flags, struct sockaddr *addr,
			      socklen_t *addr_len)
{
	check(len, size);
	return recvfrom(fd, buf, len, flags, addr, addr_len);
}

EXPORT int __poll_chk(struct pollfd *fds, nfds_t count, int timeout,
		      size_t size)
{
	check(count, size / sizeof(*fds));
	return poll(fds, count, timeout);
}

EXPORT int __ppoll_chk(struct pollfd *fds, nfds_t count,
		       const struct timespec *timeout, const sigset_t *mask,
		       size_t size)
{
	check(count, size / sizeof(*fds));
	return ppoll(fds, count, timeout, mask);
}

/* Without a mode nothing may be created. */
static int without_mode(int flags)
{
	if ((flags & O_CREAT) || (flags & O_TMPFILE) == O_TMPFILE)
		__chk_fail();
	return flags;
}

EXPORT int __open_2(const char *path, int flags)
{
	return open(path, without_mode(flags));
}

EXPORT int __open64_2(const char *path, int flags)
{
	return open(path, without_mode(flags));
}

EXPORT int __openat_2(int dir, const char *path, int flags)
{
	return openat(dir, path, without_mode(flags));
}

EXPORT int __openat64_2(int dir, const char *path, int flags)
{
	return openat(dir, path, without_mode(flags));
}
