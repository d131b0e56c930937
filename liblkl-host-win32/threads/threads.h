/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Threads of the host's table.
 */
#ifndef LKL_WIN32_THREADS_H
#define LKL_WIN32_THREADS_H

#include <lkl_host.h>

/* Start a thread.  Return 0 when there is no memory. */
lkl_thread_t lkl_host_win32_thread_create(void (*fn)(void *), void *arg);
void lkl_host_win32_thread_detach(void);
void lkl_host_win32_thread_exit(void);
int lkl_host_win32_thread_join(lkl_thread_t tid);
lkl_thread_t lkl_host_win32_thread_self(void);
int lkl_host_win32_thread_equal(lkl_thread_t a, lkl_thread_t b);
long lkl_host_win32_gettid(void);

#endif /* LKL_WIN32_THREADS_H */
