/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Signal handlers of the program: see signal-handlers.c.
 */
#ifndef LKL_HIJACK_SIGNAL_HANDLERS_H
#define LKL_HIJACK_SIGNAL_HANDLERS_H

#include <signal.h>

/* Take signals over, before LKL boots: its handlers of faults then come first. */
int signals_init(void);

/* Do the work of sigaction(). */
int signals_set_action(int sig, const struct sigaction *sa,
		       struct sigaction *old);

/*
 * Let @fn be called before SIGHUP, SIGINT or SIGTERM ends a program that does not
 * handle the signal.
 */
void signals_set_before_death(void (*fn)(void));

/* From now on, let a signal that would end the process do so at once. */
void signals_at_exit(void);

#endif /* LKL_HIJACK_SIGNAL_HANDLERS_H */
