// SPDX-License-Identifier: GPL-2.0
/*
 * Calls for any descriptor: close, duplicate, control.  Calls about the number
 * (close-on-exec) go to the placeholder, calls about the open file to LKL.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <linux/sockios.h>
#include <stdarg.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "fd/fd-hidden.h"
#include "fd/fd-placeholder.h"
#include "fd/fd-table.h"
#include "host/export.h"
#include "host/host-libc.h"
#include "state/kernel-call.h"
#include "state/kernel-state.h"
#include "state/thread-state.h"

/* Closing */

static int close_host(int fd)
{
	if (fd_is_hidden(fd)) {
		if (!self.inside) {
			errno = EBADF;
			return -1;
		}
		fd_unhide(fd);
	} else {
		fd_closing(fd);
	}
	return HOST(close)(fd);
}

/* Close a placeholder and its k.  In a child the placeholder is all that is left. */
static int close_lkl(int fd)
{
	int k = fd_clear(fd), ret = 0;

	fd_closing(fd);
	if (k >= 0 && kernel_is_usable())
		ret = KCALL(close, k);
	HOST(close)(fd);
	return to_errno(ret);
}

EXPORT int close(int fd)
{
	return fd_lkl(fd) < 0 ? close_host(fd) : close_lkl(fd);
}
ALIAS(__close, close);

/* Close placeholders and forget the rest, before the host closes the range. */
static void forget_range(unsigned int first, unsigned int last)
{
	unsigned int fd, end = fds_end();

	for (fd = first; fd <= last && fd < end; fd++) {
		if (fd_lkl(fd) >= 0)
			close_lkl(fd);
		else if (!fd_is_hidden(fd))
			fd_closing(fd);
	}
}

/* Have the host close the range, except hidden descriptors. */
static int close_visible(unsigned int first, unsigned int last, int flags)
{
	int next;

	while ((next = fd_next_hidden(first, last)) >= 0) {
		if ((unsigned int)next > first &&
		    HOST(close_range)(first, next - 1, flags))
			return -1;
		first = next + 1;
	}
	return first <= last ? HOST(close_range)(first, last, flags) : 0;
}

EXPORT int close_range(unsigned int first, unsigned int last, int flags)
{
	if (!fd_slots || first > last || flags & ~CLOSE_RANGE_UNSHARE)
		return HOST(close_range)(first, last, flags);
	forget_range(first, last);
	return close_visible(first, last, flags);
}

EXPORT void closefrom(int from)
{
	unsigned int fd, end = sysconf(_SC_OPEN_MAX);

	if (!close_range(from < 0 ? 0 : from, ~0U, 0))
		return;
	/* The host has no such call. */
	for (fd = from < 0 ? 0 : from; fd < end; fd++)
		close(fd);
}

/* Duplicating */

static int dup_lkl(int fd, int k, int min, bool cloexec)
{
	int copy = fd_reserve(min, cloexec);

	if (copy < 0)
		return -1;
	return fd_copied(fd, fd_finish(copy, KCALL(dup, k)));
}

static int dup_host(int fd, int copy)
{
	copy = fd_opened(copy);
	return self.inside ? copy : fd_copied(fd, copy);
}

EXPORT int dup(int fd)
{
	int k = fd_lkl(fd);

	return k < 0 ? dup_host(fd, HOST(dup)(fd)) : dup_lkl(fd, k, 0, false);
}

/*
 * Give @fd (@k within LKL, or -1) a second number @to, which may be in use.
 */
static int dup_to(int fd, int k, int to, int flags)
{
	int old, copy;

	if (fd_is_hidden(to) && !self.inside) {
		errno = EBADF;
		return -1;
	}
	if (k >= 0) {
		copy = KCALL_ERRNO(dup, k);
		if (copy < 0)
			return -1;
		if (fd_replace(to, copy, flags & O_CLOEXEC) < 0) {
			KCALL(close, copy);
			return -1;
		}
		return fd_copied(fd, to);
	}
	/* On failure @to must stay as it is. */
	if (HOST(fcntl)(fd, F_GETFD) < 0)
		return -1;
	fd_closing(to);
	copy = HOST(dup3)(fd, to, flags);
	if (copy < 0)
		return -1;
	old = fd_clear(to);
	if (old >= 0 && kernel_is_usable())
		KCALL(close, old);
	return fd_copied(fd, fd_note_seen(copy));
}

/* Return true if the table has an entry for @fd. */
static bool is_known(int fd)
{
	struct fd_slot *slot = fd_slot(fd);

	return slot && (__atomic_load_n(&slot->what, __ATOMIC_RELAXED) ||
			slot->standin || slot->epoll);
}

EXPORT int dup3(int fd, int to, int flags)
{
	int k = fd_lkl(fd);

	if ((k < 0 && !is_known(fd) && !is_known(to)) || fd == to ||
	    flags & ~O_CLOEXEC)
		return fd_note_seen(HOST(dup3)(fd, to, flags));
	return dup_to(fd, k, to, flags);
}

EXPORT int dup2(int fd, int to)
{
	int k = fd_lkl(fd);

	if ((k < 0 && !is_known(fd) && !is_known(to)) || fd == to)
		return fd_note_seen(HOST(dup2)(fd, to));
	return dup_to(fd, k, to, 0);
}
ALIAS(__dup2, dup2);

/* Control */

/*
 * Set or get the owner.  Owners are processes of LKL, which has one process.  LKL
 * sends no signals to the host.
 */
static int fcntl_owner(int k, int cmd, long arg)
{
	long ret;

	if (cmd == F_SETOWN)
		return KCALL_ERRNO(fcntl, k, LKL_F_SETOWN, arg ? 1 : 0);
	ret = KCALL(fcntl, k, LKL_F_GETOWN);
	return to_errno(ret > 0 ? getpid() : ret);
}

static int fcntl_lkl(int fd, int k, int cmd, long arg)
{
	switch (cmd) {
	case F_DUPFD:
	case F_DUPFD_CLOEXEC:
		return dup_lkl(fd, k, arg, cmd == F_DUPFD_CLOEXEC);
	case F_GETFD:
	case F_SETFD:
		return HOST(fcntl)(fd, cmd, arg);
	case F_SETOWN:
	case F_GETOWN:
		return fcntl_owner(k, cmd, arg);
	default:
		return KCALL_ERRNO(fcntl, k, cmd, arg);
	}
}

EXPORT int fcntl(int fd, int cmd, ...)
{
	int k = fd_lkl(fd);
	va_list ap;
	long arg;

	va_start(ap, cmd);
	arg = va_arg(ap, long);
	va_end(ap);
	if (k >= 0)
		return fcntl_lkl(fd, k, cmd, arg);
	if (cmd == F_DUPFD || cmd == F_DUPFD_CLOEXEC)
		return dup_host(fd, HOST(fcntl)(fd, cmd, arg));
	return HOST(fcntl)(fd, cmd, arg);
}
ALIAS(fcntl64, fcntl);
ALIAS(__fcntl, fcntl);

/*
 * Return true for requests about interfaces.  These requests go to LKL for any
 * socket: some programs make these requests on a local socket.
 */
static bool is_interface_request(unsigned long request)
{
	return request >= SIOCADDRT && request <= 0x89ff;
}

static int interface_request(unsigned long request, long arg)
{
	long k = KCALL(socket, AF_INET, SOCK_DGRAM, 0);
	int ret;

	if (k < 0)
		return to_errno(k);
	ret = KCALL_ERRNO(ioctl, k, request, arg);
	KCALL(close, k);
	return ret;
}

EXPORT int ioctl(int fd, unsigned long request, ...)
{
	int k = fd_lkl(fd);
	va_list ap;
	long arg;

	va_start(ap, request);
	arg = va_arg(ap, long);
	va_end(ap);
	if (k >= 0) {
		if (request == FIOCLEX || request == FIONCLEX)
			return HOST(fcntl)(fd, F_SETFD, request == FIOCLEX ?
					   FD_CLOEXEC : 0);
		return KCALL_ERRNO(ioctl, k, request, arg);
	}
	if (is_interface_request(request) && thread_uses_lkl() &&
	    HOST(isfdtype)(fd, S_IFSOCK) == 1)
		return interface_request(request, arg);
	return HOST(ioctl)(fd, request, arg);
}

EXPORT int isatty(int fd)
{
	if (fd_lkl(fd) < 0)
		return HOST(isatty)(fd);
	errno = ENOTTY;
	return 0;
}

/* Descriptors of the host that are neither files nor sockets */

EXPORT int eventfd(unsigned int count, int flags)
{
	return fd_opened(HOST(eventfd)(count, flags));
}

EXPORT int timerfd_create(clockid_t clock, int flags)
{
	return fd_opened(HOST(timerfd_create)(clock, flags));
}

EXPORT int memfd_create(const char *name, unsigned int flags)
{
	return fd_opened(HOST(memfd_create)(name, flags));
}

EXPORT int pipe2(int fds[2], int flags)
{
	int ret = HOST(pipe2)(fds, flags);

	if (!ret) {
		fds[0] = fd_opened(fds[0]);
		fds[1] = fd_opened(fds[1]);
	}
	return ret;
}

EXPORT int pipe(int fds[2])
{
	return pipe2(fds, 0);
}
