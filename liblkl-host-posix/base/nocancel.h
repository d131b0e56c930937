/* SPDX-License-Identifier: GPL-2.0 */
/*
 * System calls that are no cancellation points.  The libc functions of these
 * names are; a thread must not be cancelled in the middle of a call into the
 * kernel, where the thread may hold the CPU lock.
 */
#ifndef LKL_POSIX_NOCANCEL_H
#define LKL_POSIX_NOCANCEL_H

#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#ifdef __has_feature
#if __has_feature(thread_sanitizer)
#define LKL_POSIX_THREAD_SANITIZER
#endif
#endif
#ifdef __SANITIZE_THREAD__
#define LKL_POSIX_THREAD_SANITIZER
#endif

static inline ssize_t nocancel_read(int fd, void *buf, size_t len)
{
	return syscall(SYS_read, fd, buf, len);
}

static inline ssize_t nocancel_write(int fd, const void *buf, size_t len)
{
	return syscall(SYS_write, fd, buf, len);
}

static inline ssize_t nocancel_pread(int fd, void *buf, size_t len,
				     uint64_t off)
{
	return syscall(SYS_pread64, fd, buf, len, off);
}

static inline ssize_t nocancel_pwrite(int fd, const void *buf, size_t len,
				      uint64_t off)
{
	return syscall(SYS_pwrite64, fd, buf, len, off);
}

static inline ssize_t nocancel_readv(int fd, const struct iovec *iov,
				     int count)
{
	return syscall(SYS_readv, fd, iov, count);
}

static inline ssize_t nocancel_writev(int fd, const struct iovec *iov,
				      int count)
{
	return syscall(SYS_writev, fd, iov, count);
}

/*
 * The thread sanitizer delays the handler of a signal until the thread calls a
 * function of libc that the sanitizer knows.  If the handler has to end the
 * sleep, a system call behind the sanitizer's back would sleep for ever.
 */
static inline int nocancel_ppoll(struct pollfd *fds, unsigned int nfds,
				 const struct timespec *timeout)
{
#ifdef LKL_POSIX_THREAD_SANITIZER
	int state, ret;

	pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &state);
	ret = ppoll(fds, nfds, timeout, NULL);
	pthread_setcancelstate(state, NULL);
	return ret;
#else
	return syscall(SYS_ppoll, fds, nfds, timeout, NULL, _NSIG / 8);
#endif
}

/* Return the events of epoll set @fd that are there, without waiting. */
static inline int nocancel_epoll_peek(int fd, struct epoll_event *events,
				      int max)
{
	return syscall(SYS_epoll_pwait, fd, events, max, 0, NULL, 0);
}

#ifdef _GNU_SOURCE
static inline int nocancel_sendmmsg(int fd, struct mmsghdr *msgs,
				    unsigned int count)
{
	return syscall(SYS_sendmmsg, fd, msgs, count, MSG_DONTWAIT);
}

static inline int nocancel_recvmmsg(int fd, struct mmsghdr *msgs,
				    unsigned int count)
{
	return syscall(SYS_recvmmsg, fd, msgs, count, MSG_DONTWAIT, NULL);
}
#endif

#endif /* LKL_POSIX_NOCANCEL_H */
