// SPDX-License-Identifier: GPL-2.0
/*
 * Events that end a session.  The main thread waits for signals; the other
 * threads report events to the main thread by a signal as well.
 */
#include <pthread.h>

#include "session/events.h"

#define SIGNAL_EVENT	SIGUSR1

static pthread_t events_main_thread;
static bool events_raised[EVENT_COUNT];

static void events_on_leave(int sig)
{
	(void)sig;
}

/* Fill in @set with the signals that the main thread waits for. */
static void events_signals(sigset_t *set)
{
	sigemptyset(set);
	sigaddset(set, SIGINT);
	sigaddset(set, SIGTERM);
	sigaddset(set, SIGHUP);
	sigaddset(set, SIGNAL_EVENT);
}

void events_init(void)
{
	struct sigaction sa = {
		.sa_handler = events_on_leave,
		.sa_flags = SA_ONSTACK,
	};
	sigset_t set;

	events_main_thread = pthread_self();
	events_signals(&set);
	pthread_sigmask(SIG_BLOCK, &set, NULL);
	sigaction(SIGNAL_LEAVE, &sa, NULL);
	signal(SIGPIPE, SIG_IGN);
	/* Make the size limit of the host an error of write(2). */
	signal(SIGXFSZ, SIG_IGN);
}

void events_raise(enum event event)
{
	__atomic_store_n(&events_raised[event], true, __ATOMIC_RELEASE);
	pthread_kill(events_main_thread, SIGNAL_EVENT);
}

bool events_is_raised(enum event event)
{
	return __atomic_load_n(&events_raised[event], __ATOMIC_ACQUIRE);
}

bool events_wait(void)
{
	sigset_t set;
	int sig;

	events_signals(&set);
	while (!events_is_raised(EVENT_NO_REQUESTS) &&
	       !events_is_raised(EVENT_KERNEL_DIED))
		if (!sigwait(&set, &sig) && sig != SIGNAL_EVENT)
			return true;
	return false;
}
