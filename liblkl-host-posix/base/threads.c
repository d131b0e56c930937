// SPDX-License-Identifier: GPL-2.0
/*
 * Threads, semaphores, mutexes and thread-local storage: thin covers of the
 * POSIX ones.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/host-posix.h"

struct lkl_sem {
	sem_t sem;
};

struct lkl_mutex {
	pthread_mutex_t mutex;
};

struct lkl_tls_key {
	pthread_key_t key;
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

/*
 * The CPU that pinned threads share, which is the one that the first of them was
 * asked for on; and whether new threads are pinned.
 */
static pthread_mutex_t pin_lock = PTHREAD_MUTEX_INITIALIZER;
static int pin_cpu = -1;
static bool pin_new;

static int pin(pthread_t thread)
{
	cpu_set_t *set = CPU_ALLOC(pin_cpu + 1);
	size_t size = CPU_ALLOC_SIZE(pin_cpu + 1);
	int ret;

	if (!set)
		return -LKL_ENOMEM;
	CPU_ZERO_S(size, set);
	CPU_SET_S(pin_cpu, size, set);
	ret = pthread_setaffinity_np(thread, size, set);
	CPU_FREE(set);
	return ret ? lkl_posix_error(ret) : 0;
}

/* Where the caller may run, its threads may. */
static int unpin(pthread_t thread)
{
	cpu_set_t set;
	int ret = pthread_getaffinity_np(pthread_self(), sizeof(set), &set);

	if (!ret)
		ret = pthread_setaffinity_np(thread, sizeof(set), &set);
	return ret ? lkl_posix_error(ret) : 0;
}

int lkl_posix_thread_pin(lkl_thread_t tid, int on)
{
	int ret = 0;

	pthread_mutex_lock(&pin_lock);
	if (on && pin_cpu < 0) {
		pin_cpu = sched_getcpu();
		if (pin_cpu < 0)
			ret = lkl_posix_error(errno);
	}
	if (!ret && !tid)
		pin_new = on;
	else if (!ret)
		ret = on ? pin((pthread_t)tid) : unpin((pthread_t)tid);
	pthread_mutex_unlock(&pin_lock);
	return ret;
}

/* A thread that cannot be pinned works all the same. */
static void pin_if_wanted(void)
{
	pthread_mutex_lock(&pin_lock);
	if (pin_new)
		pin(pthread_self());
	pthread_mutex_unlock(&pin_lock);
}

struct thread_start {
	void (*fn)(void *arg);
	void *arg;
};

static void *thread_main(void *arg)
{
	struct thread_start start = *(struct thread_start *)arg;

	free(arg);
	pin_if_wanted();
	start.fn(start.arg);
	return NULL;
}

/* The program's signal handlers are not to run on our threads. */
lkl_thread_t lkl_posix_thread_create(void (*fn)(void *), void *arg)
{
	struct thread_start *start = malloc(sizeof(*start));
	sigset_t all, old;
	pthread_t thread;
	int ret;

	if (!start)
		return 0;
	start->fn = fn;
	start->arg = arg;
	sigfillset(&all);
	/* A fault of the thread's own still has to be seen. */
	sigdelset(&all, SIGSEGV);
	sigdelset(&all, SIGBUS);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	ret = pthread_create(&thread, NULL, thread_main, start);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	if (ret) {
		free(start);
		return 0;
	}
	return (lkl_thread_t)thread;
}

void lkl_posix_thread_detach(void)
{
	pthread_detach(pthread_self());
}

void lkl_posix_thread_exit(void)
{
	pthread_exit(NULL);
}

int lkl_posix_thread_join(lkl_thread_t tid)
{
	int ret = pthread_join((pthread_t)tid, NULL);

	return ret ? lkl_posix_error(ret) : 0;
}

lkl_thread_t lkl_posix_thread_self(void)
{
	return (lkl_thread_t)pthread_self();
}

int lkl_posix_thread_equal(lkl_thread_t a, lkl_thread_t b)
{
	return pthread_equal((pthread_t)a, (pthread_t)b);
}

long lkl_posix_gettid(void)
{
	return syscall(SYS_gettid);
}

struct lkl_tls_key *lkl_posix_tls_alloc(void (*destructor)(void *))
{
	struct lkl_tls_key *key = malloc(sizeof(*key));

	if (key && pthread_key_create(&key->key, destructor)) {
		free(key);
		return NULL;
	}
	return key;
}

void lkl_posix_tls_free(struct lkl_tls_key *key)
{
	if (key)
		pthread_key_delete(key->key);
	free(key);
}

int lkl_posix_tls_set(struct lkl_tls_key *key, void *data)
{
	int ret = pthread_setspecific(key->key, data);

	return ret ? lkl_posix_error(ret) : 0;
}

void *lkl_posix_tls_get(struct lkl_tls_key *key)
{
	return pthread_getspecific(key->key);
}
