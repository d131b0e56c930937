/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Semaphores and mutexes of the host's table.
 */
#ifndef LKL_WIN32_LOCKS_H
#define LKL_WIN32_LOCKS_H

struct lkl_mutex;
struct lkl_sem;

struct lkl_sem *lkl_host_win32_sem_alloc(int count);
void lkl_host_win32_sem_free(struct lkl_sem *sem);
void lkl_host_win32_sem_up(struct lkl_sem *sem);
void lkl_host_win32_sem_down(struct lkl_sem *sem);

struct lkl_mutex *lkl_host_win32_mutex_alloc(int recursive);
void lkl_host_win32_mutex_free(struct lkl_mutex *mutex);
void lkl_host_win32_mutex_lock(struct lkl_mutex *mutex);
void lkl_host_win32_mutex_unlock(struct lkl_mutex *mutex);

#endif /* LKL_WIN32_LOCKS_H */
