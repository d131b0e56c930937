// SPDX-License-Identifier: GPL-2.0
/*
 * Files and block devices of the host that the kernel uses as disks: a block
 * back end above the back end of the host library.
 *
 * A part of a file may begin at any byte and have any length.
 *
 * The kernel can write to a device whose file must not change, as reading a file
 * system may begin with a replay of its journal: what is written is kept in
 * memory.  The end of such a device is padded with zeros.
 */
#include <stdlib.h>
#include <string.h>

#include "disk/device.h"
#include "shared/macros.h"

#define SECTOR	512

/**
 * struct device_blk - an open device
 * @dev:	the device
 * @below:	the file, as the back end of the host library knows it
 */
struct device_blk {
	struct image_device *dev;
	void *below;
};

static const struct lkl_host_blk_ops *device_below;
static volatile uint64_t *device_steps;

/* Properties */

/* Return the end of what can be read. */
static uint64_t device_end(const struct image_device *d)
{
	return d->can_grow ? ALIGN_UP(d->size, SECTOR) : d->size;
}

static uint64_t device_capacity(const struct image_device *d)
{
	if (d->keeps)
		return ALIGN_UP(d->size, d->unit);
	return device_end(d) / SECTOR * SECTOR;
}

static void device_fill_info(const struct image_device *d,
			     struct lkl_blk_info *info)
{
	if (!d->is_part && !d->keeps)
		return;
	info->size_bytes = device_capacity(d);
	/* Devices deallocate whole blocks only. */
	if (d->keeps || d->start % info->logical_block_size)
		info->flags &= ~(LKL_BLK_DISCARD | LKL_BLK_WRITE_ZEROES);
	if (d->keeps)
		info->flags &= ~LKL_BLK_READ_ONLY;
}

/* Requests */

/* Read @len bytes at @off; bytes behind the end are zeros. */
static int device_read(const struct image_device *d, char *buf, size_t len,
		       uint64_t off)
{
	uint64_t end = device_end(d);
	uint64_t want = off < end ? end - off : 0;
	int64_t n = 0;

	if (want > len)
		want = len;
	if (want)
		n = disk_file_read(&d->file, buf, want, d->start + off);
	/* The file cannot be read, or has become shorter. */
	if (n < 0 || ((uint64_t)n < want && off + n < d->size))
		return -LKL_EIO;
	memset(buf + n, 0, len - n);
	return 0;
}

static int device_read_vector(const struct image_device *d,
			      const struct lkl_blk_io *io)
{
	uint64_t off = io->offset;
	uint32_t i;
	int ret = 0;

	for (i = 0; i < io->iov_count && !ret; i++) {
		const struct iovec *v = &io->iov[i];

		ret = device_read(d, v->iov_base, v->iov_len, off);
		overlay_read(&d->overlay, v->iov_base, v->iov_len, off);
		off += v->iov_len;
	}
	return ret;
}

static int device_keep_vector(struct image_device *d,
			      const struct lkl_blk_io *io)
{
	uint64_t off = io->offset;
	uint32_t i;

	for (i = 0; i < io->iov_count; i++) {
		const struct iovec *v = &io->iov[i];

		if (!overlay_write(&d->overlay, v->iov_base, v->iov_len, off,
				   d->left)) {
			d->has_lost = true;
			return -LKL_ENOSPC;
		}
		off += v->iov_len;
	}
	return 0;
}

/* Return false if the file alone can serve the request. */
static bool device_is_own(const struct image_device *d,
			  const struct lkl_blk_io *io)
{
	if (io->op != LKL_BLK_OP_READ)
		return d->keeps;
	return overlay_may_have(&d->overlay, io->len, io->offset) ||
	       ((d->is_part || d->keeps) && io->offset + io->len > d->size);
}

static int device_run(struct image_device *d, const struct lkl_blk_io *io)
{
	switch (io->op) {
	case LKL_BLK_OP_READ:
		return device_read_vector(d, io);
	case LKL_BLK_OP_WRITE:
		return device_keep_vector(d, io);
	case LKL_BLK_OP_FLUSH:
	case LKL_BLK_OP_DISCARD:
		return 0;
	}
	/* The kernel writes zeros then. */
	return -LKL_EOPNOTSUPP;
}

static void device_submit(void *blk, struct lkl_blk_io *io)
{
	struct device_blk *b = blk;

	if (device_steps)
		++*device_steps;
	if (device_is_own(b->dev, io)) {
		io->done(io, device_run(b->dev, io));
		return;
	}
	io->offset += b->dev->start;
	device_below->submit(b->below, io);
}

static int device_open(struct lkl_poller *poller, struct lkl_disk *disk,
		       struct lkl_blk_info *info, void **blk)
{
	struct image_device *d = disk->handle;
	struct lkl_disk file = disk_file_as_disk(&d->file);
	struct device_blk *b = calloc(1, sizeof(*b));
	int ret;

	if (!b)
		return -LKL_ENOMEM;
	b->dev = d;
	ret = device_below->open(poller, &file, info, &b->below);
	if (ret) {
		free(b);
		return ret;
	}
	device_fill_info(d, info);
	*blk = b;
	return 0;
}

static void device_close(void *blk)
{
	struct device_blk *b = blk;

	device_below->close(b->below);
	free(b);
}

static const struct lkl_host_blk_ops device_ops = {
	.size = sizeof(device_ops),
	.open = device_open,
	.submit = device_submit,
	.close = device_close,
};

/* Interface */

void image_devices_init(struct lkl_host_operations *host,
			volatile uint64_t *steps)
{
	device_below = lkl_default_host_ops()->blk;
	device_steps = steps;
	host->blk = &device_ops;
}

int image_device_open(struct image_device *d, const struct disk_file *file)
{
	int64_t size = disk_file_size(file);

	if (size < 0)
		return size;
	*d = (struct image_device) {
		.file = *file,
		.size = size,
		.can_grow = disk_file_is_regular(file),
	};
	return 0;
}

bool image_device_narrow(struct image_device *d, uint64_t offset,
			 uint64_t limit)
{
	if (offset >= d->size)
		return false;
	d->is_part = d->is_part || offset;
	d->start += offset;
	d->size -= offset;
	if (limit && limit < d->size) {
		d->is_part = true;
		d->size = limit;
		d->can_grow = false;
	}
	return true;
}

void image_device_keep(struct image_device *d, uint64_t *left, uint32_t unit)
{
	d->keeps = true;
	d->left = left;
	d->unit = unit;
}

int image_device_close(struct image_device *d)
{
	int ret, err;

	if (!disk_file_is_open(&d->file))
		return 0;
	/* An image that is only read now may have been mounted for writing before. */
	ret = disk_file_flush(&d->file);
	err = disk_file_close(&d->file);
	overlay_free(&d->overlay);
	return ret ? ret : err;
}

bool image_device_same_file(const struct image_device *a,
			    const struct image_device *b)
{
	return disk_file_is_same(&a->file, &b->file);
}

bool image_device_overlaps(const struct image_device *a,
			   const struct image_device *b)
{
	return a->start < b->start + b->size && b->start < a->start + a->size &&
	       image_device_same_file(a, b);
}

int image_device_add(struct image_device *d)
{
	struct lkl_disk disk = { .handle = d };

	return lkl_disk_add(&disk);
}
