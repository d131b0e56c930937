/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Contents of a disk or partition: a file system, or a part of something else.
 */
#ifndef PROBER_VOLUME_H
#define PROBER_VOLUME_H

#include "image/prober/base/source.h"

/* btrfs has labels of 256 bytes, HFS+ of 255 units of UTF-16. */
#define VOLUME_TYPE_SIZE	32
#define VOLUME_LABEL_SIZE	1024
#define VOLUME_UUID_SIZE	64

enum volume_usage {
	VOLUME_FILE_SYSTEM,
	VOLUME_RAID,
	VOLUME_CRYPTO,
	VOLUME_OTHER,
};

enum volume_answer {
	VOLUME_FOUND,
	/* Nothing is known */
	VOLUME_NONE,
	/* There are several, or a part could not be read. */
	VOLUME_UNCLEAR,
};

/**
 * struct volume - what was found; a text that is not there is empty
 * @type:	the name that libblkid has for the type
 * @usage:	what the type is for
 * @label:	label, in UTF-8
 * @uuid:	UUID or serial number
 * @journal_uuid: UUID of the journal that an ext3 or ext4 has on another device
 * @log_uuid:	UUID of a journal or log, which has its own device
 */
struct volume {
	char type[VOLUME_TYPE_SIZE];
	enum volume_usage usage;
	char label[VOLUME_LABEL_SIZE];
	char uuid[VOLUME_UUID_SIZE];
	char journal_uuid[VOLUME_UUID_SIZE];
	char log_uuid[VOLUME_UUID_SIZE];
};

/* Find what the bytes are; fill in @v if the answer is VOLUME_FOUND. */
enum volume_answer prober_volume_find(const struct prober_source *s,
				      struct volume *v);

#endif /* PROBER_VOLUME_H */
