/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Signals, limits and users of a tool's process, which differ between hosts.
 */
#ifndef TOOL_TOOL_HOST_H
#define TOOL_TOOL_HOST_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Call @stop with the number of a signal when the user or the system wants the
 * program to end.
 */
void tool_host_catch_signals(void (*stop)(int sig));
/* Let the process open as many files as the user may. */
void tool_host_raise_limits(void);
/* Return the user and the group of the process. */
uint32_t tool_host_uid(void);
uint32_t tool_host_gid(void);
/* Return true if the process may become another user. */
bool tool_host_may_change_user(void);

#endif /* TOOL_TOOL_HOST_H */
