/* SPDX-License-Identifier: GPL-2.0 */
#ifndef UTILS_WATCHDOG_H
#define UTILS_WATCHDOG_H

#include <stdint.h>

/* Exit status of a tool that was ended by its watchdog. */
#define WATCHDOG_STATUS	3

/*
 * From now on, end the process with a message when *@steps has not changed for
 * @seconds: a damaged image must not make a tool hang for ever.
 */
int watchdog_start(const volatile uint64_t *steps, unsigned int seconds);

#endif /* UTILS_WATCHDOG_H */
