/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Parts of the watchdog that differ between hosts.
 */
#ifndef PROCESS_WATCHDOG_HOST_H
#define PROCESS_WATCHDOG_HOST_H

/*
 * Call @check every @seconds, also while the threads of the program run or wait.
 * Return 0 or a negative LKL error.
 */
int watchdog_host_start(void (*check)(void), unsigned int seconds);
/*
 * Write to standard error and end the process.  @check may call these functions,
 * whatever the threads of the program are doing.
 */
void watchdog_host_write(const char *s);
_Noreturn void watchdog_host_exit(int status);

#endif /* PROCESS_WATCHDOG_HOST_H */
