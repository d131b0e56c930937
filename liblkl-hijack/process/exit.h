/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The end of the process: see exit.c.
 */
#ifndef LKL_HIJACK_EXIT_H
#define LKL_HIJACK_EXIT_H

int exit_init(void);

/* Wait for a signal before the process ends. */
void exit_pause(void);

#endif /* LKL_HIJACK_EXIT_H */
