// SPDX-License-Identifier: GPL-2.0
/*
 * The wishes in the super block of an ext2, ext3 or ext4.
 *
 * A damaged directory in an image must not end the kernel, and the tool with it,
 * before everything else is copied.  Only this family of types stores the reaction
 * to an error, in a number and as the text of an option.
 *
 * The kernel mounts a file system with the feature "read-only" read-only, but
 * replays its journal into an image that is open for writing.
 */
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include <lkl_host.h>

#include "image/mount/ext-super.h"
#include "image/members/guest-device.h"
#include "image/members/super-block.h"

#define EXT_SUPER_OFFSET	1024
#define EXT_SUPER_SIZE		1024
#define EXT_MAGIC		0xef53
#define EXT_ERRORS_RO		2
#define EXT_ERRORS_PANIC	3
/* Bit of the lower half of the features that an old kernel only reads */
#define EXT_READ_ONLY		0x1000

/* Offsets of members of the super block. */
#define EXT_MAGIC_AT		0x38
#define EXT_ERRORS_AT		0x3c
#define EXT_RO_COMPAT_AT	0x64
#define EXT_OPTIONS_AT		0x200
#define EXT_OPTIONS_SIZE	64

/* Return true if @super asks for a reaction, as a number or as an option. */
static bool ext_asks_for(const uint8_t *super, uint16_t number,
			 const char *option)
{
	char options[EXT_OPTIONS_SIZE + 1] = "";

	memcpy(options, super + EXT_OPTIONS_AT, EXT_OPTIONS_SIZE);
	return super_le16(super + EXT_ERRORS_AT) == number ||
	       strstr(options, option);
}

/* Without a readable super block, the mount reports the error. */
struct ext_wishes ext_super_wishes(int disk_id)
{
	uint8_t super[EXT_SUPER_SIZE];
	uint32_t dev;

	if (lkl_get_virtio_blkdev(disk_id, 0, &dev) ||
	    !guest_device_read(dev, super, EXT_SUPER_SIZE, EXT_SUPER_OFFSET) ||
	    super_le16(super + EXT_MAGIC_AT) != EXT_MAGIC)
		return (struct ext_wishes) { };
	return (struct ext_wishes) {
		.panic = ext_asks_for(super, EXT_ERRORS_PANIC, "errors=panic"),
		.stop = ext_asks_for(super, EXT_ERRORS_RO, "errors=remount-ro"),
		.read_only = super_le16(super + EXT_RO_COMPAT_AT) &
			     EXT_READ_ONLY,
	};
}

bool ext_super_errors_of_user(struct ext_wishes *wishes, const char *opts)
{
	static const char name[] = "errors=";
	const char *last = NULL, *at;

	/* The kernel obeys the last option. */
	for (at = opts; (at = strstr(at, name)); at += sizeof(name) - 1)
		last = at + sizeof(name) - 1;
	if (!last)
		return false;
	wishes->panic = !strncmp(last, "panic", strlen("panic"));
	wishes->stop = !strncmp(last, "remount-ro", strlen("remount-ro"));
	return true;
}
