/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Signals, limits and users of a tool's process, which differ between hosts.
 */
#ifndef TOOL_TOOL_HOST_H
#define TOOL_TOOL_HOST_H

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
/* Return NULL if the process may become another user, or why it may not. */
const char *tool_host_why_same_user(void);

#endif /* TOOL_TOOL_HOST_H */
