/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A mutex that signal handlers may want too: while a thread holds it, no handler
 * runs and the thread cannot be cancelled.
 */
#ifndef LKL_HIJACK_MASKED_LOCK_H
#define LKL_HIJACK_MASKED_LOCK_H

#include <pthread.h>
#include <signal.h>
#include <stdbool.h>

/**
 * struct masked_state - the state of a thread before it took the mutex
 * @mask:	signals that the thread blocks
 * @cancel:	whether the thread can be cancelled
 */
struct masked_state {
	sigset_t mask;
	int cancel;
};

/*
 * Block signals and cancellation, and take @mutex.  A handler could wait for the
 * mutex of its own thread, or never return.  With @calls_lkl faults stay
 * unblocked, as LKL's copies from the program rely on them.
 */
void masked_lock(struct masked_state *saved, pthread_mutex_t *mutex,
		 bool calls_lkl);
void masked_unlock(const struct masked_state *saved, pthread_mutex_t *mutex);

#endif /* LKL_HIJACK_MASKED_LOCK_H */
