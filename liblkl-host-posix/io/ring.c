// SPDX-License-Identifier: GPL-2.0
/*
 * A ring of the host, io_uring, for disk requests.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <liburing.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "io/request.h"
#include "io/ring.h"
#include "shared/macros.h"

#define RING_ENTRIES	128

struct lkl_ring {
	struct io_uring uring;
};

/*
 * Restrict a new ring to what disks need, and enable it.  Requests in a ring
 * are not filtered by seccomp, with which programs confine themselves.
 */
static int ring_restrict(const struct io_uring *uring)
{
	static const uint8_t ops[] = {
		IORING_OP_READV, IORING_OP_WRITEV, IORING_OP_FSYNC,
	};
	struct io_uring_restriction r[ARRAY_SIZE(ops)];
	unsigned int i;
	int fd = uring->ring_fd;

	memset(r, 0, sizeof(r));
	for (i = 0; i < ARRAY_SIZE(ops); i++) {
		r[i].opcode = IORING_RESTRICTION_SQE_OP;
		r[i].sqe_op = ops[i];
	}
	/* liburing of Debian 12 has no functions for this. */
	if (syscall(SYS_io_uring_register, fd, IORING_REGISTER_RESTRICTIONS, r,
		    ARRAY_SIZE(ops)) ||
	    syscall(SYS_io_uring_register, fd, IORING_REGISTER_ENABLE_RINGS,
		    NULL, 0))
		return -1;
	return 0;
}

struct lkl_ring *lkl_ring_create(void)
{
	const char *env = getenv("LKL_IO_URING");
	struct lkl_ring *ring;

	if (env && !strcmp(env, "0"))
		return NULL;
	ring = calloc(1, sizeof(*ring));
	if (!ring)
		return NULL;
	/* Containers often forbid rings, which is no error. */
	if (io_uring_queue_init(RING_ENTRIES, &ring->uring,
				IORING_SETUP_CLAMP | IORING_SETUP_R_DISABLED))
		goto out_ring;
	if (!ring_restrict(&ring->uring))
		return ring;
	io_uring_queue_exit(&ring->uring);
out_ring:
	free(ring);
	return NULL;
}

void lkl_ring_destroy(struct lkl_ring *ring, unsigned int flying)
{
	struct io_uring_cqe *cqe;
	int ret;

	/* Requests of a kernel that died must not write to memory later. */
	while (flying) {
		ret = io_uring_wait_cqe(&ring->uring, &cqe);
		if (ret == -EINTR)
			continue;
		if (ret)
			break;
		io_uring_cqe_seen(&ring->uring, cqe);
		flying--;
	}
	io_uring_queue_exit(&ring->uring);
	free(ring);
}

unsigned int lkl_ring_capacity(const struct lkl_ring *ring)
{
	return ring->uring.cq.ring_entries;
}

void lkl_ring_submit(struct lkl_ring *ring)
{
	int ret;

	do {
		ret = io_uring_submit(&ring->uring);
	} while (ret == -EINTR || ret == -EAGAIN);
}

static void ring_prepare(const struct lkl_blk_io *io, struct io_uring_sqe *sqe)
{
	int fd = request_of(io)->target->fd;

	switch (io->op) {
	case LKL_BLK_OP_READ:
		io_uring_prep_readv(sqe, fd, io->iov, io->iov_count,
				    io->offset);
		break;
	case LKL_BLK_OP_WRITE:
		io_uring_prep_writev(sqe, fd, io->iov, io->iov_count,
				     io->offset);
		break;
	case LKL_BLK_OP_FLUSH:
		io_uring_prep_fsync(sqe, fd, IORING_FSYNC_DATASYNC);
		break;
	}
}

bool lkl_ring_start(struct lkl_ring *ring, struct lkl_blk_io *io)
{
	struct io_uring_sqe *sqe = io_uring_get_sqe(&ring->uring);

	if (!sqe) {
		lkl_ring_submit(ring);
		sqe = io_uring_get_sqe(&ring->uring);
	}
	if (!sqe)
		return false;
	ring_prepare(io, sqe);
	io_uring_sqe_set_data(sqe, io);
	return true;
}

struct lkl_blk_io *lkl_ring_completed(struct lkl_ring *ring, int *res)
{
	struct io_uring_cqe *cqe;
	struct lkl_blk_io *io;
	unsigned int head;

	io_uring_for_each_cqe(&ring->uring, head, cqe) {
		io = io_uring_cqe_get_data(cqe);
		*res = cqe->res;
		io_uring_cq_advance(&ring->uring, 1);
		return io;
	}
	return NULL;
}

bool lkl_ring_is_completed(struct lkl_ring *ring, const struct lkl_blk_io *io)
{
	struct io_uring_cqe *cqe;
	unsigned int head;

	io_uring_for_each_cqe(&ring->uring, head, cqe)
		if (io_uring_cqe_get_data(cqe) == io)
			return true;
	return false;
}

int lkl_ring_fd(const struct lkl_ring *ring)
{
	return ring->uring.ring_fd;
}
