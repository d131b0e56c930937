/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The parts of messages that differ between hosts; report_program() is one, too.
 */
#ifndef COMMON_REPORT_HOST_H
#define COMMON_REPORT_HOST_H

/* Let only this thread write to standard error. */
void report_lock(void);
void report_unlock(void);

#endif /* COMMON_REPORT_HOST_H */
