/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Files and block devices of the host that the kernel uses as disks.
 */
#ifndef DISK_DEVICE_H
#define DISK_DEVICE_H

#include <stdbool.h>
#include <stdint.h>

#include <lkl_host.h>

#include "disk/disk-file.h"
#include "disk/overlay.h"

/**
 * struct image_device - a file or block device of the host, or a part of one
 * @file:	the file
 * @start:	first byte of the part
 * @size:	number of bytes of the part
 * @is_part:	the device is not the whole file
 * @can_grow:	the file ends where the part ends, and may become longer: its last
 *		block need not be complete
 * @keeps:	the file does not change: what is written is kept in memory
 * @unit:	size of the blocks that must be complete, if @keeps
 * @left:	bytes of memory that what is written may still take
 * @has_lost:	something that was written did not fit into the memory
 * @overlay:	what was written
 */
struct image_device {
	struct disk_file file;
	uint64_t start;
	uint64_t size;
	bool is_part;
	bool can_grow;
	bool keeps;
	uint32_t unit;
	uint64_t *left;
	bool has_lost;
	struct overlay overlay;
};

/*
 * Let the disks of @host be those of image_device_add().  Increment *@steps,
 * unless NULL, at each request to a disk; a concurrent increment may be lost: the
 * counter shows progress, not a number.
 *
 * Context: before lkl_init().
 */
void image_devices_init(struct lkl_host_operations *host,
			volatile uint64_t *steps);

/*
 * Use all of @file, which the device owns from then on.  Return 0 or a negative
 * LKL error.
 */
int image_device_open(struct image_device *d, const struct disk_file *file);

/*
 * Reduce the device to its bytes from @offset on, and at most @limit bytes
 * unless @limit is 0.  Return false if the device has no bytes there.
 *
 * Context: before image_device_add().
 */
bool image_device_narrow(struct image_device *d, uint64_t offset,
			 uint64_t limit);

/*
 * From now on, do not change the file: keep in memory what is written, and take
 * this memory from *@left.  If the device is not yet a disk, its end is padded with
 * zeros to a multiple of @unit.
 *
 * Context: no request is in flight.
 */
void image_device_keep(struct image_device *d, uint64_t *left, uint32_t unit);

/* Return true if both devices are in one file. */
bool image_device_same_file(const struct image_device *a,
			    const struct image_device *b);

/* Return true if both devices have a byte of one file. */
bool image_device_overlaps(const struct image_device *a,
			   const struct image_device *b);

/*
 * Add the device as a disk; it must stay in place until lkl_cleanup().  Return
 * the id of the disk, or a negative error of LKL.
 */
int image_device_add(struct image_device *d);

/*
 * Make what was written to the file durable, and close the file.  Return 0 or a
 * negative LKL error.
 */
int image_device_close(struct image_device *d);

#endif /* DISK_DEVICE_H */
