// SPDX-License-Identifier: GPL-2.0
/*
 * syscall(): calls by number go where calls by name go.  Numbers that are not
 * listed here go to the host, and so do calls of LKL and its libraries.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdarg.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/select.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <sys/uio.h>
#include <unistd.h>

#include "host/export.h"
#include "host/host-libc.h"
#include "state/kernel-call.h"
#include "state/thread-state.h"

/* The kernel wants the size of a signal mask too. */
struct mask_arg {
	const sigset_t *mask;
	size_t size;
};

/* Parameters with their types */
#define I(n)	((int)a[n])
#define U(n)	((unsigned int)a[n])
#define P(n)	((void *)a[n])

#define CALL(name, ...)							\
	case SYS_##name:						\
		*ret = (long)name(__VA_ARGS__);				\
		return true

static bool try_io(long nr, const long *a, long *ret)
{
	switch (nr) {
	CALL(read, I(0), P(1), a[2]);
	CALL(write, I(0), P(1), a[2]);
	CALL(readv, I(0), P(1), I(2));
	CALL(writev, I(0), P(1), I(2));
	case SYS_pread64:
		*ret = pread(I(0), P(1), a[2], a[3]);
		return true;
	case SYS_pwrite64:
		*ret = pwrite(I(0), P(1), a[2], a[3]);
		return true;
	CALL(preadv, I(0), P(1), I(2), a[3]);
	CALL(pwritev, I(0), P(1), I(2), a[3]);
	CALL(preadv2, I(0), P(1), I(2), a[3], I(5));
	CALL(pwritev2, I(0), P(1), I(2), a[3], I(5));
	CALL(lseek, I(0), a[1], I(2));
	CALL(ftruncate, I(0), a[1]);
	CALL(fallocate, I(0), I(1), a[2], a[3]);
	CALL(fsync, I(0));
	CALL(fdatasync, I(0));
	CALL(sendfile, I(0), I(1), P(2), a[3]);
	CALL(splice, I(0), P(1), I(2), P(3), a[4], U(5));
	CALL(tee, I(0), I(1), a[2], U(3));
	CALL(vmsplice, I(0), P(1), a[2], U(3));
	CALL(copy_file_range, I(0), P(1), I(2), P(3), a[4], U(5));
	CALL(statx, I(0), P(1), I(2), U(3), P(4));
	CALL(fstat, I(0), P(1));
	}
	return false;
}

static bool try_fds(long nr, const long *a, long *ret)
{
	switch (nr) {
	CALL(close, I(0));
	CALL(close_range, U(0), U(1), I(2));
	CALL(dup, I(0));
#ifdef SYS_dup2
	CALL(dup2, I(0), I(1));
#endif
	CALL(dup3, I(0), I(1), I(2));
	CALL(fcntl, I(0), I(1), a[2]);
	CALL(ioctl, I(0), a[1], a[2]);
#ifdef SYS_open
	CALL(open, P(0), I(1), (mode_t)a[2]);
#endif
	CALL(openat, I(0), P(1), I(2), (mode_t)a[3]);
	CALL(memfd_create, P(0), U(1));
	CALL(pipe2, P(0), I(1));
	CALL(timerfd_create, I(0), I(1));
	case SYS_eventfd2:
		*ret = eventfd(U(0), I(1));
		return true;
	CALL(epoll_create1, I(0));
	CALL(epoll_ctl, I(0), I(1), I(2), P(3));
#ifdef SYS_epoll_wait
	CALL(epoll_wait, I(0), P(1), I(2), I(3));
#endif
	CALL(epoll_pwait, I(0), P(1), I(2), I(3), P(4));
#ifdef SYS_epoll_pwait2
	CALL(epoll_pwait2, I(0), P(1), I(2), P(3), P(4));
#endif
	}
	return false;
}

static bool try_sockets(long nr, const long *a, long *ret)
{
	switch (nr) {
	CALL(socket, I(0), I(1), I(2));
	CALL(socketpair, I(0), I(1), I(2), P(3));
	CALL(bind, I(0), P(1), U(2));
	CALL(listen, I(0), I(1));
	CALL(accept, I(0), P(1), P(2));
	CALL(accept4, I(0), P(1), P(2), I(3));
	CALL(connect, I(0), P(1), U(2));
	CALL(shutdown, I(0), I(1));
	CALL(getsockname, I(0), P(1), P(2));
	CALL(getpeername, I(0), P(1), P(2));
	CALL(getsockopt, I(0), I(1), I(2), P(3), P(4));
	CALL(setsockopt, I(0), I(1), I(2), P(3), U(4));
	CALL(sendto, I(0), P(1), a[2], I(3), P(4), U(5));
	CALL(recvfrom, I(0), P(1), a[2], I(3), P(4), P(5));
	CALL(sendmsg, I(0), P(1), I(2));
	CALL(recvmsg, I(0), P(1), I(2));
	CALL(sendmmsg, I(0), P(1), U(2), I(3));
	CALL(recvmmsg, I(0), P(1), U(2), I(3), P(4));
	}
	return false;
}

static long call_pselect6(const long *a)
{
	const struct mask_arg *arg = P(5);

	return pselect(I(0), P(1), P(2), P(3), P(4), arg ? arg->mask : NULL);
}

static bool try_waiting(long nr, const long *a, long *ret)
{
	switch (nr) {
#ifdef SYS_poll
	CALL(poll, P(0), a[1], I(2));
#endif
	CALL(ppoll, P(0), a[1], P(2), P(3));
#ifdef SYS_select
	CALL(select, I(0), P(1), P(2), P(3), P(4));
#endif
	case SYS_pselect6:
		*ret = call_pselect6(a);
		return true;
	case SYS_io_uring_setup:
		errno = ENOSYS;
		*ret = -1;
		return true;
	case SYS_exit_group:
		_exit(I(0));
#ifdef SYS_fork
	CALL(fork);
#endif
#ifdef SYS_vfork
	CALL(vfork);
#endif
	}
	return false;
}

EXPORT long syscall(long nr, ...)
{
	long a[6], ret;
	va_list ap;
	int i;

	va_start(ap, nr);
	for (i = 0; i < 6; i++)
		a[i] = va_arg(ap, long);
	va_end(ap);
	if (thread_uses_lkl() &&
	    (try_io(nr, a, &ret) || try_fds(nr, a, &ret) ||
	     try_sockets(nr, a, &ret) || try_waiting(nr, a, &ret)))
		return ret;
	return to_errno(host_syscall(nr, a[0], a[1], a[2], a[3], a[4], a[5]));
}
