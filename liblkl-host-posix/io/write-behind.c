// SPDX-License-Identifier: GPL-2.0
/*
 * Start to write data to the disk of the host early, where memory is limited.
 *
 * Data that only the host's page cache has counts as memory of the control group.
 * In version 1 of control groups, nothing slows down a process that fills its group
 * with such data: when the group is full, the host can free only pages that are on
 * their way to the disk, and without such pages it kills the process.
 */
#define _GNU_SOURCE
#include <fcntl.h>

#include "io/write-behind.h"
#include "memory/memory-limit.h"

/* The part of a group's memory that may wait for the host to write it */
#define WRITE_BEHIND_PART	32

void lkl_write_behind_init(struct lkl_write_behind *w, int fd)
{
	uint64_t limit = lkl_posix_group_limit();

	*w = (struct lkl_write_behind) {
		.fd = fd,
		.step = limit < lkl_posix_machine_memory() ?
			limit / WRITE_BEHIND_PART : 0,
	};
}

void lkl_write_behind_add(struct lkl_write_behind *w, uint64_t len)
{
	uint64_t before;

	if (!w->step)
		return;
	before = __atomic_fetch_add(&w->written, len, __ATOMIC_RELAXED);
	/* This is only advice. An error of the disk is an error of the next flush. */
	if (before / w->step != (before + len) / w->step)
		sync_file_range(w->fd, 0, 0, SYNC_FILE_RANGE_WRITE);
}
