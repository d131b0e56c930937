/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Threads of the tools.
 */
#ifndef COMMON_HOST_THREAD_H
#define COMMON_HOST_THREAD_H

#include <pthread.h>

/*
 * Start a thread in which all signals but those of faults are blocked: handlers
 * run in the main thread.  Return 0, or a positive error number of the host.
 */
int thread_start(pthread_t *thread, void *(*main)(void *arg), void *arg);

#endif /* COMMON_HOST_THREAD_H */
