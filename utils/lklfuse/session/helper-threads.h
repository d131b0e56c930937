/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Threads that do not serve requests.
 */
#ifndef LKLFUSE_HELPER_THREADS_H
#define LKLFUSE_HELPER_THREADS_H

#include "request/lklfuse.h"

/* Start both threads.  Return 0, or -1 after a message. */
int helper_threads_start(struct lklfuse *fs);

/* End the thread that asks the host to forget inodes. */
void helper_threads_stop_forgetter(void);

/* Wait for the end of the background thread, after LKL was halted. */
void helper_threads_join_background(void);

#endif /* LKLFUSE_HELPER_THREADS_H */
