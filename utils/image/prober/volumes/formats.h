/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The formats that the prober knows.  Each function returns true if the source has
 * the format, and fills in @v, which is empty before.
 */
#ifndef PROBER_FORMATS_H
#define PROBER_FORMATS_H

#include "image/prober/base/source.h"
#include "image/prober/volumes/volume.h"

/* super-linux.c: types of Linux with one super block at a fixed place */
bool prober_find_ext(const struct prober_source *s, struct volume *v);
bool prober_find_xfs(const struct prober_source *s, struct volume *v);
bool prober_find_xfs_log(const struct prober_source *s, struct volume *v);
bool prober_find_btrfs(const struct prober_source *s, struct volume *v);
bool prober_find_f2fs(const struct prober_source *s, struct volume *v);
bool prober_find_squashfs(const struct prober_source *s, struct volume *v);
bool prober_find_erofs(const struct prober_source *s, struct volume *v);

/* super-fat.c, super-exfat.c, super-ntfs.c */
bool prober_find_fat(const struct prober_source *s, struct volume *v);
bool prober_find_exfat(const struct prober_source *s, struct volume *v);
bool prober_find_ntfs(const struct prober_source *s, struct volume *v);

/* super-iso.c, super-udf.c, super-hfs.c */
bool prober_find_iso(const struct prober_source *s, struct volume *v);
bool prober_find_udf(const struct prober_source *s, struct volume *v);
bool prober_find_hfs(const struct prober_source *s, struct volume *v);

/* super-other.c: types without label and UUID, by weak magic numbers */
bool prober_find_other(const struct prober_source *s, struct volume *v);

/* containers.c: what is no file system */
bool prober_find_raid(const struct prober_source *s, struct volume *v);
bool prober_find_lvm(const struct prober_source *s, struct volume *v);
bool prober_find_bcache(const struct prober_source *s, struct volume *v);
bool prober_find_luks(const struct prober_source *s, struct volume *v);
bool prober_find_bitlocker(const struct prober_source *s, struct volume *v);
bool prober_find_swap(const struct prober_source *s, struct volume *v);
bool prober_find_suspend(const struct prober_source *s, struct volume *v);
bool prober_find_zfs(const struct prober_source *s, struct volume *v);

/* Return true if the first sector is one of a FAT, exFAT or NTFS. */
bool prober_has_boot_sector(const struct prober_source *s);

/* describe.c: set the type of @v; return true. */
bool prober_set_type(struct volume *v, const char *type,
		     enum volume_usage usage);
/* Store a UUID as a text, unless the UUID is zero. */
void prober_set_uuid(char *text, const uint8_t *uuid);

#endif /* PROBER_FORMATS_H */
