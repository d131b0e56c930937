/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Becoming a daemon.
 */
#ifndef LKLFUSE_DAEMONIZE_H
#define LKLFUSE_DAEMONIZE_H

#include "request/lklfuse.h"

/**
 * struct daemon - descriptors that a daemon needs after its confinement
 * @status_fd:	pipe to the waiting parent, or -1 in the foreground
 * @null_fd:	/dev/null
 */
struct daemon {
	int status_fd;
	int null_fd;
};

/*
 * Go on in a child process.  The parent waits until the child calls
 * daemonize_ready() or ends, and exits with the right status.  Return 0, or -1
 * after a message.
 */
int daemonize(struct daemon *d, const char *image_path);

/*
 * Report success to the parent, and leave the terminal.  Later messages go to @log
 * unless it is -1.
 */
void daemonize_ready(struct daemon *d, int log);

#endif /* LKLFUSE_DAEMONIZE_H */
