/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Agreeing with the host on the options of the connection.
 */
#ifndef LKLFUSE_NEGOTIATE_H
#define LKLFUSE_NEGOTIATE_H

#include "request/lklfuse.h"

/*
 * Agree with the host on the options of the connection.  Return 0 when the
 * mount can be used, or -1 after a message.
 */
int negotiate(struct lklfuse *fs);

#endif /* LKLFUSE_NEGOTIATE_H */
