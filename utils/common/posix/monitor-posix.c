// SPDX-License-Identifier: GPL-2.0
/*
 * A lock, and conditions for which its holder can wait.
 */
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "common/alloc.h"
#include "common/host/monitor.h"

#define NSEC_PER_MSEC	1000000L
#define NSEC_PER_SEC	1000000000L

struct monitor {
	pthread_mutex_t lock;
	pthread_cond_t conditions[MONITOR_CONDITIONS];
};

struct monitor *monitor_new(void)
{
	struct monitor *m = xzalloc(sizeof(*m));
	int i;

	pthread_mutex_init(&m->lock, NULL);
	for (i = 0; i < MONITOR_CONDITIONS; i++)
		pthread_cond_init(&m->conditions[i], NULL);
	return m;
}

void monitor_free(struct monitor *m)
{
	int i;

	if (!m)
		return;
	for (i = 0; i < MONITOR_CONDITIONS; i++)
		pthread_cond_destroy(&m->conditions[i]);
	pthread_mutex_destroy(&m->lock);
	free(m);
}

void monitor_lock(struct monitor *m)
{
	pthread_mutex_lock(&m->lock);
}

void monitor_unlock(struct monitor *m)
{
	pthread_mutex_unlock(&m->lock);
}

void monitor_wait(struct monitor *m, int i)
{
	pthread_cond_wait(&m->conditions[i], &m->lock);
}

void monitor_wait_ms(struct monitor *m, int i, unsigned int ms)
{
	struct timespec until;

	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += ms / 1000;
	until.tv_nsec += ms % 1000 * NSEC_PER_MSEC;
	if (until.tv_nsec >= NSEC_PER_SEC) {
		until.tv_nsec -= NSEC_PER_SEC;
		until.tv_sec++;
	}
	pthread_cond_timedwait(&m->conditions[i], &m->lock, &until);
}

void monitor_signal(struct monitor *m, int i)
{
	pthread_cond_broadcast(&m->conditions[i]);
}
