/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Preparing LKL to serve requests.
 */
#ifndef LKLFUSE_GUEST_H
#define LKLFUSE_GUEST_H

#include "request/lklfuse.h"

/*
 * Get what LKL needs of the host's files, before boot and before the process is
 * confined: the limit of memory, and the file @path for the kernel's messages.
 */
int guest_open(const char *path);

/*
 * Prepare LKL after the image was mounted inside LKL.  Return 0, or -1 after a
 * message.
 */
int guest_prepare(struct lklfuse *fs);

#endif /* LKLFUSE_GUEST_H */
