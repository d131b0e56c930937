/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Serving requests until the file system is unmounted.
 */
#ifndef LKLFUSE_SESSION_H
#define LKLFUSE_SESSION_H

#include "request/lklfuse.h"

/* Before any thread is started: signals are for session_serve() alone. */
void session_block_signals(void);

/* Before LKL is booted: how it waits is for the session to know. */
void session_watch_waiting(void);

/*
 * Serve requests; @umounter unmounts when a signal says so.  Returns when
 * nobody sends requests any more: 0, or -1 after a message.
 */
int session_serve(struct lklfuse *fs, int umounter);

/* After LKL was halted: nobody drives it any more. */
void session_join_driver(void);

#endif /* LKLFUSE_SESSION_H */
