// SPDX-License-Identifier: GPL-2.0
/*
 * System calls of LKL.  Signals interrupt a thread in such a call.  Code of LKL
 * cannot be entered twice, so the handler (signal-handlers.c) puts the signal off,
 * and makes the call return.  Then this file lets the program's handler run, and
 * repeats the call where the host would repeat the call.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <unistd.h>

#include "host/standard-error.h"
#include "state/kernel-call.h"
#include "state/kernel-state.h"
#include "state/thread-state.h"

/* Return true for calls that Linux does not repeat after a handler, see signal(7). */
static bool is_never_restarted(long nr)
{
	switch (nr) {
	case __lkl__NR_ppoll:
	case __lkl__NR_pselect6:
	case __lkl__NR_epoll_pwait:
	case __lkl__NR_epoll_pwait2:
		return true;
	}
	return false;
}

/* Return true for socket calls with a timeout, which are not repeated either. */
static bool has_timeout(long nr, long fd)
{
	struct lkl_timeval tv = { 0 };
	int len = sizeof(tv), opt;

	switch (nr) {
	case __lkl__NR_accept:
	case __lkl__NR_accept4:
	case __lkl__NR_recvfrom:
	case __lkl__NR_recvmsg:
	case __lkl__NR_recvmmsg:
	case __lkl__NR_read:
	case __lkl__NR_readv:
		opt = LKL_SO_RCVTIMEO;
		break;
	case __lkl__NR_connect:
	case __lkl__NR_sendto:
	case __lkl__NR_sendmsg:
	case __lkl__NR_sendmmsg:
	case __lkl__NR_write:
	case __lkl__NR_writev:
		opt = LKL_SO_SNDTIMEO;
		break;
	default:
		return false;
	}
	return KCALL(getsockopt, fd, LKL_SOL_SOCKET, opt, &tv, &len) == 0 &&
	       (tv.tv_sec || tv.tv_usec);
}

/* Return true for calls that may block, in which a thread can be cancelled. */
static bool is_cancellable(long nr)
{
	switch (nr) {
	case __lkl__NR_accept:
	case __lkl__NR_accept4:
	case __lkl__NR_connect:
	case __lkl__NR_recvfrom:
	case __lkl__NR_recvmsg:
	case __lkl__NR_recvmmsg:
	case __lkl__NR_sendto:
	case __lkl__NR_sendmsg:
	case __lkl__NR_sendmmsg:
	case __lkl__NR_read:
	case __lkl__NR_readv:
	case __lkl__NR_write:
	case __lkl__NR_writev:
	case __lkl__NR_splice:
		return true;
	}
	return is_never_restarted(nr);
}

static void begin_call(void)
{
	thread_set_inside();
	__atomic_store_n(&self.calls, true, __ATOMIC_RELAXED);
}

static enum deferred end_call(void)
{
	__atomic_store_n(&self.calls, false, __ATOMIC_RELAXED);
	self.inside = false;
	thread_stay_if_ending();
	return thread_run_deferred();
}

/*
 * Fail a call without a kernel: a call in a child, or a call that the thread that
 * ends the process makes after the halt of the kernel.
 */
static long fail_without_kernel(void)
{
	static bool reported;

	if (!kernel_was_usable())
		return -ENOSYS;
	if (!kernel_is_present() &&
	    !__atomic_exchange_n(&reported, true, __ATOMIC_RELAXED))
		report("process %d: a connection of the parent's network stack cannot be used after fork(); make the connection in the parent, or in a program that the child runs with lkl-hijack, see lkl-hijack(1)",
		       (int)getpid());
	return -ENETDOWN;
}

static bool is_repeated(long nr, long fd, long ret, enum deferred deferred)
{
	return ret == -EINTR && deferred == DEFERRED_RESTART &&
	       !is_never_restarted(nr) && !has_timeout(nr, fd);
}

/*
 * Make a call once, and say in *@again whether it must be repeated.  A call that
 * only pthread_cancel() stopped is repeated: a thread that can be cancelled is
 * cancelled before that.
 */
static long call_once(long nr, long *params, const sigset_t *mask,
		      bool cancellable, bool *again)
{
	enum deferred deferred;
	bool made, stopped;
	sigset_t old;
	long ret;

	if (mask)
		pthread_sigmask(SIG_SETMASK, NULL, &old);
	begin_call();
	if (mask)
		pthread_sigmask(SIG_SETMASK, mask, NULL);
	/* A signal may have come before the call, or @mask may unblock a signal. */
	ret = lkl_syscall_unless(nr, params, cancellable ? &self.stop :
				 &self.deferred);
	stopped = cancellable && self.stop;
	deferred = end_call();
	/* Without a call, the handler ran before the call, and interrupts nothing. */
	made = ret != -LKL_ERESTART;
	if (!made)
		ret = -EINTR;
	*again = (!made && !mask) ||
		 is_repeated(nr, params[0], ret, deferred) ||
		 (ret == -EINTR && deferred == DEFERRED_NONE && stopped);
	if (mask)
		pthread_sigmask(SIG_SETMASK, &old, NULL);
	return ret;
}

static long make_call(long nr, const long *p, const sigset_t *mask)
{
	long params[6] = { p[0], p[1], p[2], p[3], p[4], p[5] };
	bool cancellable = is_cancellable(nr), again;
	int saved = errno;
	long ret;

	thread_stay_if_ending();
	if (!kernel_is_usable())
		return fail_without_kernel();
	if (!self.known)
		thread_make_known();
	do {
		if (cancellable) {
			/* In this order: a later request stops the call. */
			self.stop = false;
			pthread_testcancel();
		}
		ret = call_once(nr, params, mask, cancellable, &again);
	} while (again);
	errno = saved;
	return ret;
}

long kernel_call6(long nr, long a, long b, long c, long d, long e, long f)
{
	const long params[6] = { a, b, c, d, e, f };

	return make_call(nr, params, NULL);
}

long kernel_call_masked(long nr, const long *params, const sigset_t *mask)
{
	return make_call(nr, params, mask);
}

long kernel_call_errno6(long nr, long a, long b, long c, long d, long e, long f)
{
	return to_errno(kernel_call6(nr, a, b, c, d, e, f));
}
