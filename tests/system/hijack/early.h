/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A library of the program, whose constructor runs before the preloaded one's, and
 * its destructor after handlers of the program.
 */
#ifndef LKL_TESTS_HIJACK_EARLY_H
#define LKL_TESTS_HIJACK_EARLY_H

#include <signal.h>

/* A signal whose handler uses a socket when there is one. */
#define EARLY_SIGNAL	SIGWINCH

extern volatile int early_handled;
extern volatile int early_fd;

void early_handler(int sig);

/* By a socket of its own; says what comes of it.  At the end to @early_fd. */
void early_goodbye(int fd);

/* At the very last it says whether there are still sockets. */
extern int early_last;

#endif /* LKL_TESTS_HIJACK_EARLY_H */
