/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A mutex that handlers of signals may want too.
 */
#ifndef LKL_HIJACK_SECTION_H
#define LKL_HIJACK_SECTION_H

#include <pthread.h>
#include <signal.h>
#include <stdbool.h>

/**
 * struct section - what a thread was before it took a mutex
 * @mask:	signals that it blocks
 * @cancel:	whether it can be cancelled
 */
struct section {
	sigset_t mask;
	int cancel;
};

/*
 * No handler may come until section_end(), as it may want the same and then
 * waits for its own thread, or may not return; nor the end of the thread.
 * @calls_lkl: faults may, as LKL's copies from the program rely on them.
 */
void section_begin(struct section *s, pthread_mutex_t *mutex, bool calls_lkl);
void section_end(const struct section *s, pthread_mutex_t *mutex);

#endif /* LKL_HIJACK_SECTION_H */
