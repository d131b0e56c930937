/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the files of the POSIX host share.
 */
#ifndef LKL_HOST_POSIX_H
#define LKL_HOST_POSIX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <lkl_host.h>

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))

/* base/error.c: the LKL error for a host errno; host numbers go no further. */
int lkl_posix_error(int host_errno);

/* base/message.c: say something that nobody returns as an error; printf-style */
void lkl_posix_log(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* base/debug-signal.c */
int lkl_posix_on_debug(void (*fn)(void));

/* net/create.c */
struct lkl_netdev *lkl_posix_netdev_create(const char *type, const char *param,
					   unsigned int offload);

/* base/threads.c */
struct lkl_sem *lkl_posix_sem_alloc(int count);
void lkl_posix_sem_free(struct lkl_sem *sem);
void lkl_posix_sem_up(struct lkl_sem *sem);
void lkl_posix_sem_down(struct lkl_sem *sem);
struct lkl_mutex *lkl_posix_mutex_alloc(int recursive);
void lkl_posix_mutex_free(struct lkl_mutex *mutex);
void lkl_posix_mutex_lock(struct lkl_mutex *mutex);
void lkl_posix_mutex_unlock(struct lkl_mutex *mutex);
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

/* The sub-tables, one file each. */
extern const struct lkl_host_vm_ops lkl_posix_vm_ops;
extern const struct lkl_host_wait_ops lkl_posix_wait_ops;
extern const struct lkl_host_fault_ops lkl_posix_fault_ops;
extern const struct lkl_host_blk_ops lkl_posix_blk_ops;
extern const struct lkl_host_fd_ops lkl_posix_fd_ops;

#endif /* LKL_HOST_POSIX_H */
