/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The state inside LKL of a thread that serves requests.
 */
#ifndef LKLFUSE_SERVING_THREAD_H
#define LKLFUSE_SERVING_THREAD_H

#include "request/lklfuse.h"

/*
 * Prepare the calling thread for its first request.  Return 0 or an error of
 * LKL.
 */
int serving_thread_init(void);

/*
 * Take over user, group and umask of the process that sent @req, so that files
 * which the request creates belong to this user.
 */
void serving_thread_act_for(fuse_req_t req);

#endif /* LKLFUSE_SERVING_THREAD_H */
