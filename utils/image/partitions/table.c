// SPDX-License-Identifier: GPL-2.0
/*
 * The partition table of an image.
 *
 * The table, not the kernel, decides where a partition is: libblkid knows more
 * kinds of tables, copies of damaged tables, and any number of partitions.  A
 * table counts in sectors of the disk for which it was made, and a file does not
 * say which size these sectors have.
 */
#include "image/detect/contents.h"
#include "image/detect/device-source.h"
#include "image/detect/identify.h"
#include "image/members/super-block.h"
#include "image/partitions/table-open.h"
#include "image/partitions/table.h"
#include "shared/macros.h"

#define SECTOR		512
/* Places in the first sector */
#define DOS_ENTRIES_AT	446
#define DOS_ENTRY_SIZE	16
#define DOS_ENTRIES	4
#define DOS_MARK_AT	510
#define LARGE_SECTOR	4096

/* 0 means the size of the sectors that the device has. */
static const unsigned int table_sectors[] = { 0, LARGE_SECTOR, SECTOR };

/*
 * Return true if a partition has known contents.  A table of DOS has nothing else
 * that shows the size of the sectors.  With a wrong size, the partition may seem to
 * begin at a copy of a super block: in an ext4 with blocks of 1 KiB, the first copy
 * is 8 MiB behind the beginning, and the usual first partition begins at 1 MiB, or
 * at 8 MiB in sectors of 4096 bytes.
 */
static bool table_has_contents(const struct image_device *d,
			       const struct partition_table *t)
{
	int i, n = partition_table_count(t);
	struct partition p;
	struct volume v;

	for (i = 0; i < n; i++) {
		partition_table_get(t, i, &p);
		if (p.present && !p.is_extended &&
		    !contents_is_backup(d, p.start) &&
		    identify(d, p.start, p.present, &v) != VOLUME_NONE)
			return true;
	}
	return false;
}

/**
 * struct dos_entry - an entry of a DOS table
 * @flag:	0x80: the partition is active
 * @type:	type of the partition, 0: the entry is empty
 * @start:	first sector
 * @size:	number of sectors
 */
struct dos_entry {
	uint8_t flag;
	uint8_t type;
	uint64_t start;
	uint64_t size;
};

static struct dos_entry dos_entry_read(const unsigned char *sector, int index)
{
	const unsigned char *e = sector + DOS_ENTRIES_AT +
				 index * DOS_ENTRY_SIZE;

	return (struct dos_entry) {
		e[0], e[4], super_le32(e + 8), super_le32(e + 12),
	};
}

/* Return true if an entry is empty, or is a partition on a disk of @sectors. */
static bool dos_entry_is_plausible(const struct dos_entry *e, uint64_t sectors)
{
	if (!e->type)
		return !e->flag && !e->start && !e->size;
	return (e->flag == 0 || e->flag == 0x80) && e->start && e->size &&
	       e->start + e->size <= sectors;
}

/*
 * Return true if the bytes in the place of a DOS table can hardly be anything
 * else, such as code or a message: all partitions fit, no partition begins at the
 * table or overlaps another one, and at most one partition is active.
 */
static bool table_is_plausible(const unsigned char *sector, uint64_t sectors)
{
	struct dos_entry e[DOS_ENTRIES];
	int i, j, count = 0, active = 0;

	for (i = 0; i < DOS_ENTRIES; i++) {
		e[i] = dos_entry_read(sector, i);
		if (!dos_entry_is_plausible(&e[i], sectors))
			return false;
		count += e[i].type != 0;
		active += e[i].flag != 0;
		for (j = 0; j < i; j++)
			if (e[i].start < e[j].start + e[j].size &&
			    e[j].start < e[i].start + e[i].size)
				return false;
	}
	return count && active <= 1;
}

/*
 * Read the DOS table in the first sector of an old FAT or NTFS.  Return true if
 * there is a partition with known contents or, with @any, a table that is
 * plausible: code may be in the place of the table.
 */
static bool table_open_hidden(const struct image_device *d,
			      struct partition_table *t, bool any)
{
	unsigned char sector[SECTOR];
	struct device_source s;

	*t = (struct partition_table) { };
	device_source_init(&s, d, 0, 0);
	if (!prober_read(&s.source, 0, sector, SECTOR) ||
	    sector[DOS_MARK_AT] != 0x55 || sector[DOS_MARK_AT + 1] != 0xaa)
		return false;
	partition_table_open(d, t, 0, TABLE_HIDDEN);
	return table_has_contents(d, t) ||
	       (any && table_is_plausible(sector, d->size / SECTOR));
}

void partition_table_read(const struct image_device *d,
			  struct partition_table *t)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(table_sectors); i++) {
		if (partition_table_open(d, t, table_sectors[i], TABLE_WHOLE) &&
		    (!t->is_dos || table_has_contents(d, t)))
			return;
		partition_table_free(t);
	}
	for (i = 0; i < ARRAY_SIZE(table_sectors); i++) {
		if (partition_table_open(d, t, table_sectors[i], TABLE_CUT))
			return;
		partition_table_free(t);
	}
	if (table_open_hidden(d, t, false))
		return;
	partition_table_free(t);
	if (partition_table_open(d, t, 0, TABLE_WHOLE))
		return;
	partition_table_free(t);
	if (!table_open_hidden(d, t, true))
		partition_table_free(t);
}

void partition_table_read_unprotected(const struct image_device *d,
				      struct partition_table *t)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(table_sectors); i++) {
		if (partition_table_open(d, t, table_sectors[i],
					 TABLE_UNPROTECTED))
			return;
		partition_table_free(t);
	}
	partition_table_open(d, t, 0, TABLE_WHOLE);
}
