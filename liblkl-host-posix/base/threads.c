// SPDX-License-Identifier: GPL-2.0
/*
 * Threads and thread-local storage: thin wrappers of the POSIX ones.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/error.h"
#include "base/threads.h"

struct lkl_tls_key {
	pthread_key_t key;
};

/**
 * struct thread_start - the function that a new thread runs
 * @fn:		the function
 * @arg:	its argument
 */
struct thread_start {
	void (*fn)(void *arg);
	void *arg;
};

/*
 * The host CPU that pinned threads share: the caller's CPU at the first request
 * to pin a thread, -1 before.
 */
static int pin_cpu = -1;
/* New threads are pinned. */
static bool pin_new;
/* Protects both. */
static pthread_mutex_t pin_lock = PTHREAD_MUTEX_INITIALIZER;

static int thread_pin(pthread_t thread)
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

/* Let @thread run wherever the caller may run. */
static int thread_unpin(pthread_t thread)
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
		ret = on ? thread_pin((pthread_t)tid) :
		      thread_unpin((pthread_t)tid);
	pthread_mutex_unlock(&pin_lock);
	return ret;
}

/* Pin the calling thread if new threads are pinned; failure does no harm. */
static void thread_pin_new(void)
{
	pthread_mutex_lock(&pin_lock);
	if (pin_new)
		thread_pin(pthread_self());
	pthread_mutex_unlock(&pin_lock);
}

static void *thread_main(void *arg)
{
	struct thread_start start = *(struct thread_start *)arg;

	free(arg);
	thread_pin_new();
	start.fn(start.arg);
	return NULL;
}

/* The program's signal handlers must not run on threads of this library. */
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
	/* Faults of the thread itself must still be handled. */
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
