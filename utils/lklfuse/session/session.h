/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Serving requests until the file system is unmounted.
 */
#ifndef LKLFUSE_SESSION_H
#define LKLFUSE_SESSION_H

#include "request/lklfuse.h"

/* Prepare signals and host operations; call this before fork() and boot. */
void session_init(void);

/*
 * Serve requests until the host sends no more.  On SIGINT, SIGTERM or SIGHUP,
 * unmount by @mounter.  Return 0, or -1 after a message.
 */
int session_serve(struct lklfuse *fs, int mounter);

/* Wait for the last thread, after LKL was halted. */
void session_exit(void);

#endif /* LKLFUSE_SESSION_H */
