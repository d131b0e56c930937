/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The worker threads, which receive and serve requests.
 */
#ifndef LKLFUSE_WORKERS_H
#define LKLFUSE_WORKERS_H

#include <stdbool.h>

#include "request/lklfuse.h"

/*
 * Learn when a call of LKL waits, by functions in the table of host operations.
 * Call this before boot.
 */
void workers_watch_waiting(void);

/*
 * Start the first worker; workers start others when needed.  When the host
 * sends no more requests, workers raise EVENT_NO_REQUESTS.  Return 0, or -1
 * after a message.
 */
int workers_start(struct lklfuse *fs);

/*
 * Stop all workers.  Return true if a worker had found before that the host has
 * unmounted the file system.
 */
bool workers_stop(struct lklfuse *fs);

#endif /* LKLFUSE_WORKERS_H */
