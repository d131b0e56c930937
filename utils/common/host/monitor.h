/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A lock, and two conditions for which its holder can wait.
 */
#ifndef COMMON_HOST_MONITOR_H
#define COMMON_HOST_MONITOR_H

#define MONITOR_CONDITIONS	2

struct monitor;

struct monitor *monitor_new(void);
void monitor_free(struct monitor *m);
void monitor_lock(struct monitor *m);
void monitor_unlock(struct monitor *m);
/*
 * Release the lock until condition @i is signalled, and take the lock again.  A
 * wait may also end early.  monitor_wait_ms() ends after @ms at the latest.
 */
void monitor_wait(struct monitor *m, int i);
void monitor_wait_ms(struct monitor *m, int i, unsigned int ms);
/* Wake all threads that wait for condition @i; the caller holds the lock. */
void monitor_signal(struct monitor *m, int i);

#endif /* COMMON_HOST_MONITOR_H */
