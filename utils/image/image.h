/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A file system image that a tool opens through LKL.
 */
#ifndef IMAGE_IMAGE_H
#define IMAGE_IMAGE_H

#include <stdbool.h>
#include <stdint.h>

#include <lkl_host.h>

#include "disk/device.h"

/* A btrfs with more devices is not opened by naming each of them. */
#define IMAGE_DEVICES_MAX	32

/* The numbers of partitions that a user can give */
#define IMAGE_PART_MAX		65535
#define IMAGE_PART_RANGE	"a number from 0 to 65535"

/**
 * struct image - how to open an image, and the open image
 * @path:	image file or block device
 * @devices:	further devices of the same file system, such as its journal
 * @device_count: number of @devices
 * @offset:	first byte of the image in the file
 * @size_limit:	greatest size of the image in bytes, 0: up to the end of the file
 * @type:	type of the file system, NULL: detect
 * @part:	number of the partition, 0: the whole image, -1: detect
 * @part_option: how the user names a partition, NULL: option -P
 * @device_option: how the user names a further device, NULL: option --device
 * @label:	label of the wanted file system, or NULL
 * @uuid:	UUID of the wanted file system, or NULL
 * @options:	mount options of the file system, or NULL
 * @options_option: how the user gives @options, NULL: option --options
 * @writable:	open for writing; if not, the image does not change
 * @read_only_fallback: open read-only, after a warning, if the image cannot be
 *		opened or mounted for writing; @writable is false then
 * @can_stop:	the caller changes nothing more if the file system has an error and
 *		@must_stop is set.  Otherwise, the kernel itself stops, and reads
 *		nothing more either.
 * @must_stop:	the image or @options ask to write nothing more after an error; set
 *		by image_mount()
 * @no_lock:	do not lock the image: the caller ensures that no other program
 *		writes to it
 * @lock_path:	file to lock instead of the image, or NULL
 * @messages:	show the kernel's messages
 * @hint:	how the user gets the kernel's messages, NULL: option -p
 * @mem_mb:	limit of the guest's memory in MiB, 0: the default; also the limit
 *		of what a replay of a journal in memory takes
 * @mount_point: directory of the guest at which the image is mounted
 * @steps:	counter that each request to a disk increments, or NULL
 */
struct image {
	const char *path;
	const char *devices[IMAGE_DEVICES_MAX];
	int device_count;
	uint64_t offset;
	uint64_t size_limit;
	const char *type;
	int part;
	const char *part_option;
	const char *device_option;
	const char *label;
	const char *uuid;
	const char *options;
	const char *options_option;
	bool writable;
	bool read_only_fallback;
	bool can_stop;
	bool must_stop;
	bool no_lock;
	const char *lock_path;
	bool messages;
	const char *hint;
	uint64_t mem_mb;
	char mount_point[64];
	volatile uint64_t *steps;
	/* private; @probed is what the detection looks at */
	struct image_device disk;
	struct image_device probed;
	int disk_id;
	uint32_t dev;
	uint64_t missing;
	struct image_device more[IMAGE_DEVICES_MAX];
	uint32_t more_dev[IMAGE_DEVICES_MAX];
	uint32_t journal_number;
	uint64_t memory_left;
	struct disk_file lock;
	char *found_type;
	bool files_open;
	bool started;
	bool mounted;
};

/*
 * A tool calls these functions in this order.  Each returns 0; on failure it
 * prints a message, calls image_close() and returns -1.
 *
 * A tool that confines itself does so between image_boot() and image_mount():
 * before, no byte of the image is read; after, no file is opened.
 */

/* Add a further device.  Return 0, or -1 after a message. */
int image_add_device(struct image *img, const char *path);
/* Open the files and lock them. */
int image_open_files(struct image *img);
/* Boot a kernel without disks. */
int image_boot(struct image *img);
/* Detect the partition and the type of the file system, and mount it. */
int image_mount(struct image *img);

/*
 * Unmount the image, halt the kernel and make all data durable, also after a
 * step that failed.  Return 0, or -1 after a message: some data may not be in
 * the image.
 */
int image_close(struct image *img);

#endif /* IMAGE_IMAGE_H */
