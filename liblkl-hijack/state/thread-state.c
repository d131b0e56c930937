// SPDX-License-Identifier: GPL-2.0
/*
 * The state of each thread.  Threads that have made calls of LKL are listed, to
 * be interrupted when the process ends or when pthread_cancel() wants one of them.
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <signal.h>
#include <sys/syscall.h>

#include "host/host-libc.h"
#include "host/masked-lock.h"
#include "shared/list.h"
#include "state/kernel-state.h"
#include "state/thread-state.h"

__thread struct hijack_thread self
	__attribute__((tls_model("initial-exec"), visibility("hidden")));

static pthread_mutex_t threads_lock = PTHREAD_MUTEX_INITIALIZER;
static struct list threads = LIST_INIT(threads);
static pthread_key_t threads_key;

bool thread_uses_lkl(void)
{
	return !self.inside && kernel_is_present();
}

/* The list of known threads */

/*
 * Take a thread that ends off the list.  After this destructor, the destructor of
 * liblkl's key runs, and runs the kernel.  Signals stay blocked from here on: a
 * handler must not enter the kernel again, and cannot be put off either, because
 * the thread makes no further call.
 */
static void thread_ends(void *arg)
{
	struct hijack_thread *t = arg;
	struct masked_state saved;

	masked_lock(&saved, &threads_lock, false);
	list_remove(&t->link);
	t->known = false;
	sigfillset(&saved.mask);
	sigdelset(&saved.mask, SIGSEGV);
	sigdelset(&saved.mask, SIGBUS);
	masked_unlock(&saved, &threads_lock);
}

/*
 * In the first call of a thread, LKL makes a task for the thread and allocates
 * memory.  Signals must be blocked meanwhile: a handler must not allocate memory.
 */
void thread_make_known(void)
{
	struct masked_state saved;

	masked_lock(&saved, &threads_lock, true);
	sigfillset(&self.mask);
	thread_set_inside();
	self.lkl = lkl_thread_self();
	lkl_sys_getpid();
	self.inside = false;
	self.pthread = pthread_self();
	list_add_head(&threads, &self.link);
	pthread_setspecific(threads_key, &self);
	self.known = true;
	masked_unlock(&saved, &threads_lock);
}

/* Only the thread that called fork() is in the child. */
static void threads_forked(void)
{
	list_init(&threads);
	pthread_mutex_init(&threads_lock, NULL);
	pthread_setspecific(threads_key, NULL);
	self.known = false;
	self.inside = false;
	self.calls = false;
}

int thread_state_init(void)
{
	int err = pthread_key_create(&threads_key, thread_ends);

	if (!err)
		err = pthread_atfork(NULL, NULL, threads_forked);
	return -err;
}

/* The end of the process */

void thread_stop_others(void)
{
	__atomic_store_n(&kernel_state->ending, &self, __ATOMIC_SEQ_CST);
}

void thread_interrupt_others(void)
{
	struct masked_state saved;
	struct hijack_thread *t;

	masked_lock(&saved, &threads_lock, false);
	list_for_each(t, &threads, link)
		if (t != &self && __atomic_load_n(&t->calls, __ATOMIC_RELAXED))
			lkl_thread_interrupt(t->lkl);
	masked_unlock(&saved, &threads_lock);
}

void thread_interrupt(pthread_t thread)
{
	struct masked_state saved;
	struct hijack_thread *t;

	masked_lock(&saved, &threads_lock, false);
	list_for_each(t, &threads, link) {
		if (!pthread_equal(t->pthread, thread))
			continue;
		t->stop = true;
		lkl_thread_interrupt(t->lkl);
	}
	masked_unlock(&saved, &threads_lock);
}

void thread_stay(void)
{
	self.calls = false;
	for (;;)
		host_syscall(SYS_pause, 0, 0, 0, 0, 0, 0);
}

/* Inside and outside of LKL */

enum deferred thread_deliver_deferred(void)
{
	enum deferred kind = self.no_restart ? DEFERRED_NO_RESTART :
					       DEFERRED_RESTART;
	sigset_t mask = self.mask;

	sigfillset(&self.mask);
	self.no_restart = false;
	self.deferred = false;
	pthread_sigmask(SIG_SETMASK, &mask, NULL);
	return kind;
}

bool thread_enter(void)
{
	bool was_inside = self.inside;

	/* List the thread before LKL knows it, so that its end is noticed. */
	if (!was_inside) {
		thread_stay_if_ending();
		if (!self.known && kernel_is_usable())
			thread_make_known();
		sigfillset(&self.mask);
	}
	thread_set_inside();
	return was_inside;
}

void thread_leave(bool was_inside)
{
	__asm__ volatile("" : : : "memory");
	self.inside = was_inside;
	if (!was_inside)
		thread_run_deferred();
}
