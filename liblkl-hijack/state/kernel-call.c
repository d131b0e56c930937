// SPDX-License-Identifier: GPL-2.0
/*
 * Calls of LKL.  A thread that is in one is interrupted by signals: the handler
 * (signal-handlers.c) puts the signal off, since code of LKL cannot be entered twice,
 * and makes the call return; here the handler gets to run, and the call is
 * repeated where the host would.
 *
 * Threads that have made calls are listed, to be interrupted when the process
 * ends or pthread_cancel() wants one of them.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "fd/fd-table.h"
#include "host/host-libc.h"
#include "state/kernel-call.h"
#include "host/masked-lock.h"
#include "state/signal-handlers.h"

__thread struct self self __attribute__((tls_model("initial-exec")));

/*
 * In a page that a child does not inherit, whichever way it was made: clone()
 * calls no handlers.
 */
struct state {
	bool is_here;
	bool usable;
	/* The thread that ends the process. */
	struct self *ending;
};

static struct state *state;
static bool was_usable;

static pthread_mutex_t list_lock = PTHREAD_MUTEX_INITIALIZER;
static struct self *list;
static pthread_key_t list_key;

bool lkl_usable(void)
{
	return state && __atomic_load_n(&state->usable, __ATOMIC_RELAXED);
}

bool lkl_was_usable(void)
{
	return was_usable;
}

bool lkl_is_here(void)
{
	return state && __atomic_load_n(&state->is_here, __ATOMIC_RELAXED);
}

void lkl_set_usable(bool usable)
{
	__atomic_store_n(&state->usable, usable, __ATOMIC_RELEASE);
	if (usable) {
		__atomic_store_n(&state->is_here, true, __ATOMIC_RELEASE);
		was_usable = true;
	}
}

void complain(const char *fmt, ...)
{
	char line[512];
	va_list ap;
	int len;

	va_start(ap, fmt);
	len = vsnprintf(line, sizeof(line) - 1, fmt, ap);
	va_end(ap);
	if (len > (int)sizeof(line) - 2)
		len = sizeof(line) - 2;
	line[len++] = '\n';
	host_syscall(SYS_write, STDERR_FILENO, (long)line, len, 0, 0, 0);
}

/* The list */

/*
 * Runs before liblkl's own, whose key is younger, and which runs the kernel: no
 * handler may come from here on.  It is not put off, as nobody would be left to
 * run it.
 */
static void thread_ends(void *arg)
{
	struct self *t = arg;
	struct section s;

	section_begin(&s, &list_lock, false);
	if (t->next)
		t->next->prev = t->prev;
	if (t->prev)
		t->prev->next = t->next;
	else
		list = t->next;
	t->known = false;
	sigfillset(&s.mask);
	sigdelset(&s.mask, SIGSEGV);
	sigdelset(&s.mask, SIGBUS);
	section_end(&s, &list_lock);
}

static void enter(void)
{
	self.inside = true;
	__asm__ volatile("" : : : "memory");
}

/*
 * The first call of a thread: LKL makes a task for it, for which memory is
 * allocated, so that no handler may come now.
 */
static void make_known(void)
{
	struct section s;

	section_begin(&s, &list_lock, false);
	sigfillset(&self.mask);
	enter();
	self.lkl = lkl_thread_self();
	lkl_sys_getpid();
	self.inside = false;
	self.pthread = pthread_self();
	self.prev = NULL;
	self.next = list;
	if (list)
		list->prev = &self;
	list = &self;
	pthread_setspecific(list_key, &self);
	self.known = true;
	section_end(&s, &list_lock);
}

/* Only the thread that called fork() is in the child. */
static void forked(void)
{
	memset(state, 0, sizeof(*state));
	list = NULL;
	pthread_mutex_init(&list_lock, NULL);
	self.next = NULL;
	self.prev = NULL;
	pthread_setspecific(list_key, NULL);
	self.known = false;
	self.inside = false;
	self.calls = false;
	signals_forked();
	fds_forked();
}

int lkl_state_init(void)
{
	void *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int err;

	if (p == MAP_FAILED)
		return -errno;
	/* Before Linux 4.14 only fork() itself is noticed. */
	madvise(p, 4096, MADV_WIPEONFORK);
	state = p;
	err = pthread_key_create(&list_key, thread_ends);
	if (!err)
		err = pthread_atfork(NULL, NULL, forked);
	return -err;
}

/* The end of the process */

void lkl_stop_others(void)
{
	__atomic_store_n(&state->ending, &self, __ATOMIC_SEQ_CST);
}

void lkl_interrupt_others(void)
{
	struct self *t;
	struct section s;

	section_begin(&s, &list_lock, false);
	for (t = list; t; t = t->next)
		if (t != &self && __atomic_load_n(&t->calls, __ATOMIC_RELAXED))
			lkl_thread_interrupt(t->lkl);
	section_end(&s, &list_lock);
}

void lkl_interrupt_thread(pthread_t thread)
{
	struct self *t;
	struct section s;

	section_begin(&s, &list_lock, false);
	for (t = list; t; t = t->next) {
		if (!pthread_equal(t->pthread, thread))
			continue;
		t->stop = true;
		lkl_thread_interrupt(t->lkl);
	}
	section_end(&s, &list_lock);
}

/* The process ends around this thread, which is not to notice. */
static void stay(void)
{
	self.calls = false;
	for (;;)
		host_syscall(SYS_pause, 0, 0, 0, 0, 0, 0);
}

static void stay_if_ending(void)
{
	struct self *by;

	if (!state)
		return;
	by = __atomic_load_n(&state->ending, __ATOMIC_SEQ_CST);
	if (by && by != &self)
		stay();
}

/* Calls */

/* Calls that Linux does not repeat after a handler, see signal(7). */
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

/* Socket calls with a timeout are not repeated either. */
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
	return LKL_CALL(getsockopt, fd, LKL_SOL_SOCKET, opt, &tv, &len) == 0 &&
	       (tv.tv_sec || tv.tv_usec);
}

/* Calls that may take long, at which a thread can be cancelled. */
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
	enter();
	__atomic_store_n(&self.calls, true, __ATOMIC_RELAXED);
}

enum deferred { NONE, ALL_RESTART, NOT_ALL_RESTART };

/* Handlers that were put off run here, and may make calls of their own. */
static enum deferred run_deferred(void)
{
	enum deferred what;
	sigset_t mask;

	__asm__ volatile("" : : : "memory");
	if (!self.deferred)
		return NONE;
	what = self.no_restart ? NOT_ALL_RESTART : ALL_RESTART;
	mask = self.mask;
	sigfillset(&self.mask);
	self.no_restart = false;
	self.deferred = false;
	pthread_sigmask(SIG_SETMASK, &mask, NULL);
	return what;
}

static enum deferred end_call(void)
{
	__atomic_store_n(&self.calls, false, __ATOMIC_RELAXED);
	self.inside = false;
	stay_if_ending();
	return run_deferred();
}

bool lkl_enter(void)
{
	bool was = self.inside;

	/* As thread_ends() has to run for whoever LKL knows. */
	if (!was) {
		stay_if_ending();
		if (!self.known && lkl_usable())
			make_known();
		sigfillset(&self.mask);
	}
	enter();
	return was;
}

void lkl_leave(bool was)
{
	__asm__ volatile("" : : : "memory");
	self.inside = was;
	if (!was)
		run_deferred();
}

/* Of the thread that ends the process when it goes on, or of a child. */
static long no_kernel(void)
{
	static bool said;

	if (!was_usable)
		return -ENOSYS;
	if (!lkl_is_here() && !__atomic_exchange_n(&said, true, __ATOMIC_RELAXED))
		complain("lkl-hijack: process %d: a connection of the parent's network stack cannot be used after fork()",
			 (int)getpid());
	return -ENETDOWN;
}

static bool try_again(long nr, long fd, long ret, enum deferred what)
{
	return ret == -EINTR && what == ALL_RESTART &&
	       !is_never_restarted(nr) && !has_timeout(nr, fd);
}

/*
 * What pthread_cancel() stops, and nothing else did, is repeated: the thread is
 * cancelled before, unless it does not want to.
 */
static long call_once(long nr, long *params, const sigset_t *mask,
		      bool cancellable, bool *again)
{
	enum deferred what;
	bool made, stopped;
	sigset_t old;
	long ret;

	if (mask)
		pthread_sigmask(SIG_SETMASK, NULL, &old);
	begin_call();
	if (mask)
		pthread_sigmask(SIG_SETMASK, mask, NULL);
	/* A signal may have come since the call began, or be let through. */
	ret = lkl_syscall_unless(nr, params, cancellable ? &self.stop :
				 &self.deferred);
	stopped = cancellable && self.stop;
	what = end_call();
	/* Not made: a handler came before, which does not interrupt it. */
	made = ret != -LKL_ERESTART;
	if (!made)
		ret = -EINTR;
	*again = (!made && !mask) || try_again(nr, params[0], ret, what) ||
		 (ret == -EINTR && what == NONE && stopped);
	if (mask)
		pthread_sigmask(SIG_SETMASK, &old, NULL);
	return ret;
}

static long call(long nr, const long *p, const sigset_t *mask)
{
	long params[6] = { p[0], p[1], p[2], p[3], p[4], p[5] };
	bool cancellable = is_cancellable(nr), again;
	int saved = errno;
	long ret;

	stay_if_ending();
	if (!lkl_usable())
		return no_kernel();
	if (!self.known)
		make_known();
	do {
		if (cancellable) {
			/* In this order: a later one stops the call. */
			self.stop = false;
			pthread_testcancel();
		}
		ret = call_once(nr, params, mask, cancellable, &again);
	} while (again);
	errno = saved;
	return ret;
}

long lkl_call6(long nr, long a, long b, long c, long d, long e, long f)
{
	const long params[6] = { a, b, c, d, e, f };

	return call(nr, params, NULL);
}

long lkl_call_masked(long nr, const long *params, const sigset_t *mask)
{
	return call(nr, params, mask);
}

long to_errno(long ret)
{
	if (ret >= 0)
		return ret;
	errno = -ret;
	return -1;
}

long lkl_errno6(long nr, long a, long b, long c, long d, long e, long f)
{
	return to_errno(lkl_call6(nr, a, b, c, d, e, f));
}
