/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A watchdog for tools: a damaged image must not make a tool hang forever.
 */
#ifndef PROCESS_WATCHDOG_H
#define PROCESS_WATCHDOG_H

#include <stdint.h>

/* Exit status of a tool that its watchdog has ended. */
#define WATCHDOG_STATUS	3

/*
 * End the process with a message when *@steps has not changed for @seconds.
 * Return 0 or a negative LKL error.
 */
int watchdog_start(const volatile uint64_t *steps, unsigned int seconds);

#endif /* PROCESS_WATCHDOG_H */
