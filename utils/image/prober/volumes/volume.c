// SPDX-License-Identifier: GPL-2.0
/*
 * The choice among the formats.
 *
 * Programs that make a file system leave parts of an older one, and a few bytes
 * look like a format by chance.  If several formats are found, only the user knows
 * which one is right.
 */
#include <stddef.h>

#include "image/prober/volumes/formats.h"

/* A floppy disk holds no RAID, and one format. */
#define FLOPPY_SIZE	1474560
#define SIZE_MIN	1024

/**
 * struct format - a format
 * @find:	return true if the source has the format
 * @is_shared:	may have room for another format
 */
struct format {
	bool (*find)(const struct prober_source *s, struct volume *v);
	bool is_shared;
};

/* The first ones enclose the others. */
static const struct format formats[] = {
	{ prober_find_raid, false },
	{ prober_find_bcache, false },
	{ prober_find_lvm, false },
	{ prober_find_luks, false },
	{ prober_find_bitlocker, false },
	{ prober_find_fat, false },
	{ prober_find_suspend, false },
	{ prober_find_swap, false },
	{ prober_find_xfs, false },
	{ prober_find_xfs_log, false },
	{ prober_find_ext, false },
	{ prober_find_udf, true },
	{ prober_find_iso, true },
	{ prober_find_zfs, false },
	{ prober_find_hfs, false },
	{ prober_find_ntfs, false },
	{ prober_find_btrfs, false },
	{ prober_find_squashfs, false },
	{ prober_find_exfat, false },
	{ prober_find_f2fs, false },
	{ prober_find_erofs, false },
};

bool prober_has_boot_sector(const struct prober_source *s)
{
	struct volume v = { .type = "" };

	return prober_find_fat(s, &v) || prober_find_exfat(s, &v) ||
	       prober_find_ntfs(s, &v);
}

enum volume_answer prober_volume_find(const struct prober_source *s,
				      struct volume *v)
{
	bool tiny = s->size <= FLOPPY_SIZE, shared = true;
	struct volume found;
	int count = 0;
	size_t i;

	*v = (struct volume) { .type = "" };
	if (s->size <= SIZE_MIN)
		return VOLUME_NONE;
	for (i = 0; i < sizeof(formats) / sizeof(*formats); i++) {
		found = (struct volume) { .type = "" };
		if (!formats[i].find(s, &found) ||
		    (tiny && found.usage == VOLUME_RAID))
			continue;
		shared &= formats[i].is_shared;
		if (!count++)
			*v = found;
		if (tiny || found.usage == VOLUME_RAID ||
		    found.usage == VOLUME_CRYPTO)
			break;
	}
	/* These bytes may be anything if something else was found. */
	if (!count)
		return prober_find_other(s, v) ? VOLUME_FOUND : VOLUME_NONE;
	return count == 1 || shared ? VOLUME_FOUND : VOLUME_UNCLEAR;
}
