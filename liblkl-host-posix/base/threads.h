/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Threads and thread-local storage of the host's table.
 */
#ifndef LKL_POSIX_THREADS_H
#define LKL_POSIX_THREADS_H

#include <lkl_host.h>

/*
 * Start a thread, with all signals blocked but those of access faults.  Return
 * 0 when there is no memory.
 */
lkl_thread_t lkl_posix_thread_create(void (*fn)(void *), void *arg);
void lkl_posix_thread_detach(void);
void lkl_posix_thread_exit(void);
int lkl_posix_thread_join(lkl_thread_t tid);
lkl_thread_t lkl_posix_thread_self(void);
int lkl_posix_thread_equal(lkl_thread_t a, lkl_thread_t b);
int lkl_posix_thread_pin(lkl_thread_t tid, int on);
long lkl_posix_gettid(void);

struct lkl_tls_key *lkl_posix_tls_alloc(void (*destructor)(void *));
void lkl_posix_tls_free(struct lkl_tls_key *key);
int lkl_posix_tls_set(struct lkl_tls_key *key, void *data);
void *lkl_posix_tls_get(struct lkl_tls_key *key);

#endif /* LKL_POSIX_THREADS_H */
