/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The state of each thread.
 */
#ifndef LKL_HIJACK_THREAD_STATE_H
#define LKL_HIJACK_THREAD_STATE_H

#include <pthread.h>
#include <signal.h>
#include <stdbool.h>

#include <lkl.h>

#include "shared/list.h"
#include "state/kernel-state.h"

/**
 * struct hijack_thread - a thread of the program
 * @inside:	the thread runs code of LKL: functions that it calls are libc's
 * @calls:	the thread is in a system call of LKL, which signals interrupt
 * @known:	the thread is listed, and LKL knows it: calls allocate nothing
 * @deferred:	signals came during the call, and were put off
 * @stop:	the call should return: @deferred, or pthread_cancel()
 * @no_restart:	a deferred signal has no SA_RESTART
 * @mask:	signal mask to restore, when @deferred; all signals otherwise
 * @lkl:	LKL's name of the thread, for interrupting it
 * @pthread:	libc's name of the thread
 * @link:	in the list of known threads
 */
struct hijack_thread {
	bool inside;
	bool calls;
	bool known;
	volatile bool deferred;
	volatile bool stop;
	volatile bool no_restart;
	sigset_t mask;
	struct lkl_thread *lkl;
	pthread_t pthread;
	struct list link;
};

extern __thread struct hijack_thread self
	__attribute__((tls_model("initial-exec"), visibility("hidden")));

int thread_state_init(void);

/*
 * Return true if socket() of the calling thread makes a socket of LKL.  Code of LKL
 * itself uses sockets of the host.
 */
bool thread_uses_lkl(void);

/* Run code of LKL other than a system call between these two. */
bool thread_enter(void);
void thread_leave(bool was_inside);

/* List the calling thread, before its first call. */
void thread_make_known(void);

/* Note that the thread is inside, before the code that follows. */
static inline void thread_set_inside(void)
{
	self.inside = true;
	__asm__ volatile("" : : : "memory");
}

enum deferred { DEFERRED_NONE, DEFERRED_RESTART, DEFERRED_NO_RESTART };

/* Let the host deliver the signals that were put off. */
enum deferred thread_deliver_deferred(void);

/*
 * Run the handlers of signals that were put off during a call.  The handlers may
 * make calls of their own.
 */
static inline enum deferred thread_run_deferred(void)
{
	__asm__ volatile("" : : : "memory");
	return self.deferred ? thread_deliver_deferred() : DEFERRED_NONE;
}

/* The calling thread ends the process: keep all others in their calls. */
void thread_stop_others(void);
/* Make the blocked calls of other threads return. */
void thread_interrupt_others(void);
/* Make the call of @thread return, so that the thread can be cancelled. */
void thread_interrupt(pthread_t thread);

/* Wait until the process has ended. */
void thread_stay(void);

/*
 * Stay in this function if another thread is ending the process: the calling thread
 * must not notice the end.
 */
static inline void thread_stay_if_ending(void)
{
	struct hijack_thread *by;

	if (!kernel_state)
		return;
	by = __atomic_load_n(&kernel_state->ending, __ATOMIC_SEQ_CST);
	if (by && by != &self)
		thread_stay();
}

#endif /* LKL_HIJACK_THREAD_STATE_H */
