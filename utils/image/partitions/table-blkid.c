// SPDX-License-Identifier: GPL-2.0
/*
 * Reading partition tables with libblkid.
 */
#define _GNU_SOURCE
#include <blkid/blkid.h>
#include <endian.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "image/detect/blkid-range.h"
#include "image/partitions/table-open.h"

#define SECTOR		512
/* In the first sector: the end of the code */
#define DOS_CODE_SIZE	440
/* Bytes that have the primary GPT of at least 4000 partitions */
#define GPT_SIZE	(1 << 20)

/* Return true if libblkid reads a DOS table. */
static bool table_blkid_is_dos(blkid_partlist list)
{
	blkid_parttable table = blkid_partlist_get_table(list);
	const char *type = table ? blkid_parttable_get_type(table) : NULL;

	return type && !strcmp(type, "dos");
}

static void table_blkid_copy(const struct image_device *d, blkid_partlist list,
			     struct partition_table *t)
{
	int i, n = blkid_partlist_numof_partitions(list);

	t->is_dos = table_blkid_is_dos(list);
	for (i = 0; i < n; i++) {
		blkid_partition p = blkid_partlist_get_partition(list, i);

		if (!partition_table_add(d, t, blkid_partition_get_partno(p),
					 blkid_partition_get_start(p),
					 blkid_partition_get_size(p),
					 blkid_partition_is_extended(p)))
			return;
	}
}

/*
 * Let libblkid read a table for disks with sectors of @sector bytes, in device @d
 * or, unless -1, in file @copy.
 */
static void table_blkid_probe(const struct image_device *d, int copy,
			      struct partition_table *t, unsigned int sector,
			      int flags)
{
	blkid_probe pr = blkid_new_probe();
	blkid_partlist list = NULL;

	if (pr && !(copy < 0 ? blkid_range_set(pr, d, 0, 0) :
			       blkid_probe_set_device(pr, copy, 0, 0))) {
		if (sector)
			blkid_probe_set_sectorsize(pr, sector);
		blkid_probe_enable_partitions(pr, 1);
		blkid_probe_set_partitions_flags(pr, flags);
		list = blkid_probe_get_partitions(pr);
	}
	if (list)
		table_blkid_copy(d, list, t);
	blkid_free_probe(pr);
}

/*
 * Return the size of the disk for which a GPT at the beginning of the image was
 * made, or 0 if there is no GPT.
 */
static uint64_t table_blkid_disk_size(const struct image_device *d,
				    unsigned int sector)
{
	char header[40];
	uint64_t last, size;

	if (!sector || pread(d->file.id, header, sizeof(header), d->start + sector) !=
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
static bool table_blkid_copy_gpt(const struct image_device *d, int fd, uint64_t size)
{
	static char bytes[GPT_SIZE];
	ssize_t n = pread(d->file.id, bytes, sizeof(bytes), d->start);

	return n > 0 && !ftruncate(fd, size) && pwrite(fd, bytes, n, 0) == n;
}

/*
 * Read the GPT of an image whose end is missing.  libblkid refuses a GPT that does
 * not fit the file, so libblkid gets a file that fits.
 */
static void table_blkid_open_cut(const struct image_device *d,
				 struct partition_table *t, unsigned int sector)
{
	uint64_t size = table_blkid_disk_size(d, sector);
	int copy;

	if (size <= d->size)
		return;
	copy = memfd_create("partition-table", MFD_CLOEXEC);
	if (copy < 0)
		return;
	if (table_blkid_copy_gpt(d, copy, size))
		table_blkid_probe(d, copy, t, sector, 0);
	close(copy);
}

/*
 * Read the DOS table in the first sector of an old FAT or NTFS.  libblkid takes
 * the sector as the one of the file system only, so libblkid gets a file with the
 * sector without its code.
 */
static void table_blkid_open_hidden(const struct image_device *d,
				    struct partition_table *t)
{
	unsigned char sector[SECTOR];
	int copy = memfd_create("partition-table", MFD_CLOEXEC);

	if (copy < 0)
		return;
	if (pread(d->file.id, sector, SECTOR, d->start) == SECTOR) {
		memset(sector, 0, DOS_CODE_SIZE);
		if (!ftruncate(copy, d->size) &&
		    pwrite(copy, sector, SECTOR, 0) == SECTOR)
			table_blkid_probe(d, copy, t, 0, 0);
	}
	close(copy);
}

bool partition_table_open(const struct image_device *d,
			  struct partition_table *t, unsigned int sector,
			  enum table_state state)
{
	*t = (struct partition_table) { };
	switch (state) {
	case TABLE_WHOLE:
		table_blkid_probe(d, -1, t, sector, 0);
		break;
	case TABLE_UNPROTECTED:
		table_blkid_probe(d, -1, t, sector, BLKID_PARTS_FORCE_GPT);
		break;
	case TABLE_CUT:
		table_blkid_open_cut(d, t, sector);
		break;
	case TABLE_HIDDEN:
		table_blkid_open_hidden(d, t);
		break;
	}
	return t->count;
}
