/* SPDX-License-Identifier: GPL-2.0 */
/* The end of the process, and its children: see exit.c. */
#ifndef LKL_HIJACK_PROCESS_H
#define LKL_HIJACK_PROCESS_H

#include <stdbool.h>

int process_init(void);

/* A socket was made: there may be something to wait for. */
void process_will_drain(int domain, int type);

/* Wait for a signal before the process ends. */
void process_will_pause(void);

#endif /* LKL_HIJACK_PROCESS_H */
