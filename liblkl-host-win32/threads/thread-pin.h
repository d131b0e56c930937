/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Threads that stay on one CPU.
 */
#ifndef LKL_WIN32_THREAD_PIN_H
#define LKL_WIN32_THREAD_PIN_H

#include <lkl_host.h>

/* The member @thread_pin of the host's table */
int lkl_host_win32_thread_pin(lkl_thread_t tid, int on);

/* Pin the calling thread if new threads are pinned; failure does no harm. */
void lkl_host_win32_thread_pin_new(void);

#endif /* LKL_WIN32_THREAD_PIN_H */
