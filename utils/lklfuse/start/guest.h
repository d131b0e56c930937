/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Preparing LKL to serve requests.
 */
#ifndef LKLFUSE_GUEST_H
#define LKLFUSE_GUEST_H

#include "request/lklfuse.h"

/* Write the kernel's messages to the file @path; call this before boot. */
int guest_open_log(const char *path);

/* Return the descriptor of this file, or -1. */
int guest_log(void);

/*
 * Prepare LKL after the image was mounted inside LKL.  Return 0, or -1 after a
 * message.
 */
int guest_prepare(struct lklfuse *fs);

#endif /* LKLFUSE_GUEST_H */
