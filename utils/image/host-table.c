// SPDX-License-Identifier: GPL-2.0
/*
 * The tools' own table of host operations.
 */
#include "image/host-table.h"

static struct lkl_host_operations table;
static struct lkl_host_blk_ops counting_blk;
static const struct lkl_host_blk_ops *default_blk;
static volatile uint64_t *io_counter;

struct lkl_host_operations *image_host(void)
{
	if (!table.size) {
		table = *lkl_default_host_ops();
		/* The kernel need not run between the calls of a tool. */
		table.flags |= LKL_HOST_NO_DRIVER;
	}
	return &table;
}

static void counting_submit(void *blk, struct lkl_blk_io *io)
{
	++*io_counter;
	default_blk->submit(blk, io);
}

void image_host_count_io(volatile uint64_t *counter)
{
	struct lkl_host_operations *host = image_host();

	io_counter = counter;
	default_blk = lkl_default_host_ops()->blk;
	counting_blk = *default_blk;
	counting_blk.submit = counting_submit;
	host->blk = &counting_blk;
}
