/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Events that end a session, and the signals that the main thread waits for.
 */
#ifndef LKLFUSE_EVENTS_H
#define LKLFUSE_EVENTS_H

#include <signal.h>
#include <stdbool.h>

/* Makes a thread leave read(2); does nothing else. */
#define SIGNAL_LEAVE	SIGUSR2

enum event {
	EVENT_NO_REQUESTS,	/* the host sends no more requests */
	EVENT_KERNEL_DIED,	/* LKL's kernel has panicked */
	EVENT_COUNT
};

/*
 * Prepare signals, before any thread is started.  The calling thread is the one
 * that calls events_wait().
 */
void events_init(void);

/* Record @event, and wake the main thread. */
void events_raise(enum event event);
bool events_is_raised(enum event event);

/*
 * Wait for the next event or signal.  Return false if an event is raised, true
 * if the user asked to end by SIGINT, SIGTERM or SIGHUP.
 */
bool events_wait(void);

#endif /* LKLFUSE_EVENTS_H */
