// SPDX-License-Identifier: GPL-2.0
/*
 * Semaphores and mutexes: thin wrappers of the POSIX ones.
 */
#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdlib.h>

#include "base/locks.h"

struct lkl_sem {
	sem_t sem;
};

struct lkl_mutex {
	pthread_mutex_t mutex;
};

struct lkl_sem *lkl_posix_sem_alloc(int count)
{
	struct lkl_sem *sem = malloc(sizeof(*sem));

	if (sem && sem_init(&sem->sem, 0, count)) {
		free(sem);
		return NULL;
	}
	return sem;
}

void lkl_posix_sem_free(struct lkl_sem *sem)
{
	if (sem)
		sem_destroy(&sem->sem);
	free(sem);
}

void lkl_posix_sem_up(struct lkl_sem *sem)
{
	sem_post(&sem->sem);
}

void lkl_posix_sem_down(struct lkl_sem *sem)
{
	while (sem_wait(&sem->sem) && errno == EINTR)
		;
}

struct lkl_mutex *lkl_posix_mutex_alloc(int recursive)
{
	struct lkl_mutex *mutex = malloc(sizeof(*mutex));
	pthread_mutexattr_t attr;

	if (!mutex)
		return NULL;
	pthread_mutexattr_init(&attr);
	pthread_mutexattr_settype(&attr, recursive ? PTHREAD_MUTEX_RECURSIVE :
				  PTHREAD_MUTEX_NORMAL);
	pthread_mutex_init(&mutex->mutex, &attr);
	pthread_mutexattr_destroy(&attr);
	return mutex;
}

void lkl_posix_mutex_free(struct lkl_mutex *mutex)
{
	if (mutex)
		pthread_mutex_destroy(&mutex->mutex);
	free(mutex);
}

void lkl_posix_mutex_lock(struct lkl_mutex *mutex)
{
	pthread_mutex_lock(&mutex->mutex);
}

void lkl_posix_mutex_unlock(struct lkl_mutex *mutex)
{
	pthread_mutex_unlock(&mutex->mutex);
}
