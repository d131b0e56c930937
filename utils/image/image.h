/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A file system image, opened through LKL, as the tools need it.
 */
#ifndef UTILS_IMAGE_H
#define UTILS_IMAGE_H

#include <stdbool.h>
#include <stdint.h>

#include <lkl_host.h>

/* More devices than any btrfs image has that one would open like this. */
#define IMAGE_DEVICES_MAX	32

/**
 * struct image - what to open, and what is open
 * @path:	image file or block device
 * @devices:	more devices of the same file system (btrfs)
 * @device_count: their number
 * @type:	file system type, NULL: look
 * @part:	partition, 0: the whole image, -1: look
 * @label:	label that the file system has, or NULL
 * @uuid:	UUID that it has, or NULL
 * @options:	its own mount options, or NULL
 * @writable:	open for writing
 * @read_only_fallback: where that cannot be, say so and open for reading;
 *		@writable tells what was possible
 * @no_lock:	do not lock it: the caller sees to it that nobody else writes
 * @lock_path:	lock this file instead of the image, or NULL
 * @messages:	show the kernel's messages
 * @hint:	how the user gets them, if it is not the option -p
 * @mem_mb:	limit of guest memory in MiB, 0: the default
 * @mount_point: where it is mounted in LKL
 * @steps:	grows with each request to the disk, or NULL
 */
struct image {
	const char *path;
	const char *devices[IMAGE_DEVICES_MAX];
	int device_count;
	const char *type;
	int part;
	const char *label;
	const char *uuid;
	const char *options;
	bool writable;
	bool read_only_fallback;
	bool no_lock;
	const char *lock_path;
	bool messages;
	const char *hint;
	unsigned long mem_mb;
	char mount_point[64];
	volatile uint64_t *steps;
	/* private */
	struct lkl_disk disk;
	int disk_id;
	struct lkl_disk more[IMAGE_DEVICES_MAX];
	int lock_fd;
	char *found_type;
	bool files_open;
	bool started;
	bool mounted;
};

/*
 * To be called in this order; each gives 0, or -1 after a message and a call of
 * image_close().
 *
 * A tool that confines itself does so between the second and the third: until
 * then no byte of the image was looked at, from then on nothing is opened.
 */

/* Open and lock the files. */
int image_open_files(struct image *img);
/* Boot a kernel without disks. */
int image_boot(struct image *img);
/* Look what is in the image, and mount it. */
int image_mount(struct image *img);

/*
 * Unmount, halt, and make all of it durable; also after a step that failed.
 * 0, or -1 after a message: then the image may lack something.
 */
int image_close(struct image *img);

#endif /* UTILS_IMAGE_H */
