/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The thread that learns of errors of the file system from the kernel's messages.
 */
#ifndef LKLFUSE_ERROR_WATCH_H
#define LKLFUSE_ERROR_WATCH_H

#include "request/lklfuse.h"

/*
 * Start the thread, if nothing must be written after an error.  Return 0, or -1
 * after a message.
 */
int error_watch_start(struct lklfuse *fs);

/* End the thread; LKL still runs, or has died. */
void error_watch_stop(void);

#endif /* LKLFUSE_ERROR_WATCH_H */
