/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Clocks of the host's table.
 */
#ifndef LKL_WIN32_CLOCK_H
#define LKL_WIN32_CLOCK_H

/* Return the time of a monotonic clock in nanoseconds. */
unsigned long long lkl_host_win32_time(void);

/* Return the nanoseconds since 1970-01-01 00:00 UTC. */
unsigned long long lkl_host_win32_wall_time(void);

#endif /* LKL_WIN32_CLOCK_H */
