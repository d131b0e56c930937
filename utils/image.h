/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A file system image, opened through LKL, as the tools need it.
 */
#ifndef UTILS_IMAGE_H
#define UTILS_IMAGE_H

#include <stdbool.h>
#include <stdint.h>

#include <lkl_host.h>

/**
 * struct image - what to open, and what is open
 * @program:	for messages
 * @path:	image file or block device
 * @type:	file system type, NULL: look
 * @part:	partition, 0: the whole image, -1: look
 * @writable:	open for writing
 * @messages:	show the kernel's messages
 * @mem_mb:	limit of guest memory in MiB, 0: the default
 * @mount_point: where it is mounted in LKL
 * @steps:	grows with each request to the disk
 */
struct image {
	const char *program;
	const char *path;
	const char *type;
	int part;
	bool writable;
	bool messages;
	unsigned long mem_mb;
	char mount_point[64];
	volatile uint64_t *steps;
	/* private */
	struct lkl_disk disk;
	int disk_id;
	char *found_type;
	bool started;
	bool mounted;
};

/* Boot and mount; 0, or -1 after a message. */
int image_open(struct image *img);
/*
 * Unmount, halt, and make all of it durable.  0, or -1 after a message: then
 * the image may lack something.
 */
int image_close(struct image *img);

#endif /* UTILS_IMAGE_H */
