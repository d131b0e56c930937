// SPDX-License-Identifier: GPL-2.0
/*
 * io_uring.  The host's knows nothing of descriptors of LKL, so programs are
 * told that there is none, and do without; LKL itself may have one.
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

#include "fd/fd-table.h"
#include "host/host-libc.h"
#include "state/kernel-call.h"
#include "io/uring-refused.h"

/* Out of the program's way, as all that LKL opens. */
static int kept(int ret, struct io_uring *ring)
{
#ifdef HAVE_LIBURING
	if (!ret) {
		ring->ring_fd = fd_keep(ring->ring_fd);
		ring->enter_ring_fd = ring->ring_fd;
	}
#endif
	return ret;
}

static bool refused(void)
{
	return lkl_wanted();
}

EXPORT int io_uring_queue_init(unsigned int entries, struct io_uring *ring,
			       unsigned int flags)
{
	int ret;

	if (refused())
		return -ENOSYS;
	ret = HOST(io_uring_queue_init)(entries, ring, flags);
	return self.inside ? kept(ret, ring) : ret;
}

EXPORT int io_uring_queue_init_params(unsigned int entries,
				      struct io_uring *ring,
				      struct io_uring_params *p)
{
	int ret;

	if (refused())
		return -ENOSYS;
	ret = HOST(io_uring_queue_init_params)(entries, ring, p);
	return self.inside ? kept(ret, ring) : ret;
}

EXPORT int io_uring_setup(unsigned int entries, struct io_uring_params *p)
{
	return refused() ? -ENOSYS : HOST(io_uring_setup)(entries, p);
}
