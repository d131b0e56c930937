// SPDX-License-Identifier: GPL-2.0
/*
 * io_uring.  The host's io_uring does not know descriptors of LKL, so this library
 * refuses io_uring to programs, which then use other calls.  LKL itself may use
 * io_uring.
 */
#define _GNU_SOURCE
#include <errno.h>

#include "config.h"
#ifdef HAVE_LIBURING
#include <liburing.h>
#else
struct io_uring;
struct io_uring_params;
int io_uring_queue_init(unsigned int entries, struct io_uring *ring,
			unsigned int flags);
int io_uring_queue_init_params(unsigned int entries, struct io_uring *ring,
			       struct io_uring_params *p);
#endif

#include "fd/fd-hidden.h"
#include "host/export.h"
#include "host/host-libc.h"
#include "state/thread-state.h"

int io_uring_setup(unsigned int entries, struct io_uring_params *p);

/* Hide the descriptor of an io_uring that LKL has opened. */
static int uring_hide(int ret, struct io_uring *ring)
{
#ifdef HAVE_LIBURING
	if (!ret) {
		ring->ring_fd = fd_hide(ring->ring_fd);
		ring->enter_ring_fd = ring->ring_fd;
	}
#endif
	return ret;
}

EXPORT int io_uring_queue_init(unsigned int entries, struct io_uring *ring,
			       unsigned int flags)
{
	int ret;

	if (thread_uses_lkl())
		return -ENOSYS;
	ret = HOST(io_uring_queue_init)(entries, ring, flags);
	return self.inside ? uring_hide(ret, ring) : ret;
}

EXPORT int io_uring_queue_init_params(unsigned int entries,
				      struct io_uring *ring,
				      struct io_uring_params *p)
{
	int ret;

	if (thread_uses_lkl())
		return -ENOSYS;
	ret = HOST(io_uring_queue_init_params)(entries, ring, p);
	return self.inside ? uring_hide(ret, ring) : ret;
}

EXPORT int io_uring_setup(unsigned int entries, struct io_uring_params *p)
{
	return thread_uses_lkl() ? -ENOSYS : HOST(io_uring_setup)(entries, p);
}
