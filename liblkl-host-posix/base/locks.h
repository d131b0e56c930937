/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Semaphores and mutexes of the host's table.
 */
#ifndef LKL_POSIX_LOCKS_H
#define LKL_POSIX_LOCKS_H

struct lkl_mutex;
struct lkl_sem;

struct lkl_sem *lkl_posix_sem_alloc(int count);
void lkl_posix_sem_free(struct lkl_sem *sem);
void lkl_posix_sem_up(struct lkl_sem *sem);
void lkl_posix_sem_down(struct lkl_sem *sem);

struct lkl_mutex *lkl_posix_mutex_alloc(int recursive);
void lkl_posix_mutex_free(struct lkl_mutex *mutex);
void lkl_posix_mutex_lock(struct lkl_mutex *mutex);
void lkl_posix_mutex_unlock(struct lkl_mutex *mutex);

#endif /* LKL_POSIX_LOCKS_H */
