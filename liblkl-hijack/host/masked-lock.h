/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A mutex that signal handlers may take, too: while a thread holds the mutex, no
 * handler runs in this thread, and the thread cannot be cancelled.
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
 * Block signals and cancellation, and take @mutex.  Otherwise a handler could wait
 * for a mutex that its own thread holds, or could leave by longjmp().  If
 * @calls_lkl, signals of faults stay unblocked: LKL needs these signals to copy
 * from the program.
 */
void masked_lock(struct masked_state *saved, pthread_mutex_t *mutex,
		 bool calls_lkl);
void masked_unlock(const struct masked_state *saved, pthread_mutex_t *mutex);

#endif /* LKL_HIJACK_MASKED_LOCK_H */
