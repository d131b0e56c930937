/* SPDX-License-Identifier: GPL-2.0 */
/* Signal handlers of the program: see signal-handlers.c. */
#ifndef LKL_HIJACK_SIGNALS_H
#define LKL_HIJACK_SIGNALS_H

/* Before LKL boots, so that its handlers of faults come before the program's. */
void signals_init(void);

/* In the child: another thread may have been setting a handler. */
void signals_forked(void);

/*
 * SIGHUP, SIGINT and SIGTERM, which the program leaves alone, call this before
 * they end it.
 */
void signals_set_last_words(void (*fn)(void));

/* From now on a signal that would end the process does so at once. */
void signals_at_exit(void);

/* As the kernel does for a write to a connection that is gone. */
void signal_pipe(void);

#endif /* LKL_HIJACK_SIGNALS_H */
