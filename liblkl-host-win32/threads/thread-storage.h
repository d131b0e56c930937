/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Thread-local storage of the host's table.
 */
#ifndef LKL_WIN32_THREAD_STORAGE_H
#define LKL_WIN32_THREAD_STORAGE_H

struct lkl_tls_key;

struct lkl_tls_key *lkl_host_win32_tls_alloc(void (*destructor)(void *));
void lkl_host_win32_tls_free(struct lkl_tls_key *key);
int lkl_host_win32_tls_set(struct lkl_tls_key *key, void *data);
void *lkl_host_win32_tls_get(struct lkl_tls_key *key);

#endif /* LKL_WIN32_THREAD_STORAGE_H */
