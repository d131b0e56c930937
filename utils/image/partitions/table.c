// SPDX-License-Identifier: GPL-2.0
/*
 * The partition table of an image.
 *
 * The table, not the kernel, decides where a partition is: libblkid knows more
 * kinds of tables, copies of damaged tables, and any number of partitions.  A
 * table counts in sectors of the disk for which it was made, and a file does not
 * say which size these sectors have.
 */
#define _GNU_SOURCE
#include <endian.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "image/detect/contents.h"
#include "image/partitions/table.h"
#include "shared/macros.h"

#define SECTOR		512
/* In the first sector: the end of the code, and the mark at the end of a DOS table */
#define DOS_CODE_SIZE	440
#define DOS_ENTRIES_AT	446
#define DOS_ENTRY_SIZE	16
#define DOS_ENTRIES	4
#define DOS_MARK_AT	510
#define LARGE_SECTOR	4096
/* Bytes that have the primary GPT of at least 4000 partitions */
#define GPT_SIZE	(1 << 20)

/* 0 means the size of the sectors that the device has. */
static const unsigned int table_sectors[] = { 0, LARGE_SECTOR, SECTOR };

/* Let libblkid read a table for disks with sectors of @sector bytes. */
static void table_probe(struct partition_table *t, unsigned int sector,
			int flags)
{
	if (sector)
		blkid_probe_set_sectorsize(t->pr, sector);
	blkid_probe_enable_partitions(t->pr, 1);
	blkid_probe_set_partitions_flags(t->pr, flags);
	t->list = blkid_probe_get_partitions(t->pr);
}

/* Return true if the table has partitions. */
static bool table_open(const struct image_device *d, struct partition_table *t,
		       unsigned int sector, int flags)
{
	*t = (struct partition_table) {
		.pr = blkid_new_probe(),
		.size = d->size,
		.copy = -1,
	};
	if (t->pr && !contents_set_range(t->pr, d, 0, 0))
		table_probe(t, sector, flags);
	return partition_table_count(t);
}

static bool table_is_dos(const struct partition_table *t)
{
	blkid_parttable table = blkid_partlist_get_table(t->list);
	const char *type = table ? blkid_parttable_get_type(table) : NULL;

	return type && !strcmp(type, "dos");
}

/*
 * Return true if a partition has contents that libblkid knows.  A table of DOS
 * has nothing else that shows the size of the sectors.  With a wrong size, the
 * partition may seem to begin at a copy of a super block: in an ext4 with blocks of
 * 1 KiB, the first copy is 8 MiB behind the beginning, and the usual first partition
 * begins at 1 MiB, or at 8 MiB in sectors of 4096 bytes.
 */
static bool table_has_contents(const struct image_device *d,
			       const struct partition_table *t)
{
	int i, n = partition_table_count(t);
	bool found = false;

	for (i = 0; i < n && !found; i++) {
		blkid_probe pr = blkid_new_probe();
		struct partition p;

		partition_table_get(t, i, &p);
		if (pr && p.present && !p.is_extended &&
		    !contents_is_backup(d, p.start) &&
		    !contents_set_range(pr, d, p.start, p.present)) {
			blkid_probe_enable_superblocks(pr, 1);
			found = blkid_do_safeprobe(pr) != 1;
		}
		blkid_free_probe(pr);
	}
	return found;
}

/*
 * Return the size of the disk for which a GPT at the beginning of the image was
 * made, or 0 if there is no GPT.
 */
static uint64_t table_gpt_disk_size(const struct image_device *d,
				    unsigned int sector)
{
	char header[40];
	uint64_t last, size;

	if (!sector || pread(d->fd, header, sizeof(header), d->start + sector) !=
	    sizeof(header) || memcmp(header, "EFI PART", 8))
		return 0;
	/* The copy of the table is in the last sector. */
	memcpy(&last, header + 32, sizeof(last));
	if (__builtin_add_overflow(le64toh(last), 1, &size) ||
	    __builtin_mul_overflow(size, sector, &size) || size > INT64_MAX)
		return 0;
	return size;
}

/* Copy the beginning of the image to file @fd of the right size. */
static bool table_copy_gpt(const struct image_device *d, int fd, uint64_t size)
{
	static char bytes[GPT_SIZE];
	ssize_t n = pread(d->fd, bytes, sizeof(bytes), d->start);

	return n > 0 && !ftruncate(fd, size) && pwrite(fd, bytes, n, 0) == n;
}

/*
 * Read the GPT of an image whose end is missing.  libblkid refuses a GPT that does
 * not fit the file, so libblkid gets a file that fits.  Return true if the table
 * has partitions.
 */
static bool table_open_cut(const struct image_device *d,
			   struct partition_table *t, unsigned int sector)
{
	uint64_t size = table_gpt_disk_size(d, sector);

	*t = (struct partition_table) { .size = d->size, .copy = -1 };
	if (size <= d->size)
		return false;
	t->copy = memfd_create("partition-table", MFD_CLOEXEC);
	t->pr = blkid_new_probe();
	if (t->copy >= 0 && t->pr && table_copy_gpt(d, t->copy, size) &&
	    !blkid_probe_set_device(t->pr, t->copy, 0, 0))
		table_probe(t, sector, 0);
	return partition_table_count(t);
}

/* Read the first sector without its code; false: the sector has no DOS table. */
static bool table_read_dos(const struct image_device *d, unsigned char *sector)
{
	if (pread(d->fd, sector, SECTOR, d->start) != SECTOR ||
	    sector[DOS_MARK_AT] != 0x55 || sector[DOS_MARK_AT + 1] != 0xaa)
		return false;
	memset(sector, 0, DOS_CODE_SIZE);
	return true;
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
	uint32_t start, size;

	memcpy(&start, e + 8, sizeof(start));
	memcpy(&size, e + 12, sizeof(size));
	return (struct dos_entry) { e[0], e[4], le32toh(start), le32toh(size) };
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
 * Read the DOS table in the first sector of an old FAT or NTFS.  libblkid takes
 * the sector as the one of the file system only.  Return true if there is a
 * partition with known contents or, with @any, a table that is plausible: code may
 * be in the place of the table.
 */
static bool table_open_hidden(const struct image_device *d,
			      struct partition_table *t, bool any)
{
	unsigned char sector[SECTOR];

	*t = (struct partition_table) { .size = d->size, .copy = -1 };
	if (!table_read_dos(d, sector))
		return false;
	t->copy = memfd_create("partition-table", MFD_CLOEXEC);
	t->pr = blkid_new_probe();
	if (t->copy >= 0 && t->pr && !ftruncate(t->copy, d->size) &&
	    pwrite(t->copy, sector, SECTOR, 0) == SECTOR &&
	    !blkid_probe_set_device(t->pr, t->copy, 0, 0))
		table_probe(t, 0, 0);
	return table_has_contents(d, t) ||
	       (any && table_is_plausible(sector, d->size / SECTOR));
}

void partition_table_read(const struct image_device *d,
			  struct partition_table *t)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(table_sectors); i++) {
		if (table_open(d, t, table_sectors[i], 0) &&
		    (!table_is_dos(t) || table_has_contents(d, t)))
			return;
		partition_table_free(t);
	}
	for (i = 0; i < ARRAY_SIZE(table_sectors); i++) {
		if (table_open_cut(d, t, table_sectors[i]))
			return;
		partition_table_free(t);
	}
	if (table_open_hidden(d, t, false))
		return;
	partition_table_free(t);
	if (table_open(d, t, 0, 0))
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
		if (table_open(d, t, table_sectors[i], BLKID_PARTS_FORCE_GPT))
			return;
		partition_table_free(t);
	}
	table_open(d, t, 0, 0);
}

void partition_table_free(struct partition_table *t)
{
	blkid_free_probe(t->pr);
	if (t->copy >= 0)
		close(t->copy);
	*t = (struct partition_table) { .copy = -1 };
}

int partition_table_count(const struct partition_table *t)
{
	int n = t->list ? blkid_partlist_numof_partitions(t->list) : 0;

	return n > 0 ? n : 0;
}

static void table_fill(const struct partition_table *t, blkid_partition from,
		       struct partition *p)
{
	int64_t start, size;

	*p = (struct partition) {
		.number = blkid_partition_get_partno(from),
		.is_extended = blkid_partition_is_extended(from),
	};
	/* A partition that no file can have is not there. */
	if (__builtin_mul_overflow(blkid_partition_get_start(from), SECTOR,
				   &start) ||
	    __builtin_mul_overflow(blkid_partition_get_size(from), SECTOR,
				   &size) || start < 0 || size < 0)
		return;
	p->start = start;
	p->size = size;
	if (start < t->size)
		p->present = size < t->size - start ? size : t->size - start;
}

void partition_table_get(const struct partition_table *t, int index,
			 struct partition *p)
{
	table_fill(t, blkid_partlist_get_partition(t->list, index), p);
}

bool partition_table_find(const struct partition_table *t, int number,
			  struct partition *p)
{
	blkid_partition found = NULL;

	if (partition_table_count(t))
		found = blkid_partlist_get_partition_by_partno(t->list, number);
	if (found)
		table_fill(t, found, p);
	return found;
}
