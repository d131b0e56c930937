/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Reading one kind of table.  The build chooses who reads: libblkid, or the prober
 * that needs no library.
 */
#ifndef PARTITIONS_TABLE_OPEN_H
#define PARTITIONS_TABLE_OPEN_H

#include <stdbool.h>
#include <stdint.h>

#include "image/partitions/table.h"

/**
 * enum table_state - the state in which a table is expected
 * @TABLE_WHOLE:	undamaged, or with an undamaged copy
 * @TABLE_UNPROTECTED:	a GPT may lack the record that protects it
 * @TABLE_CUT:		a GPT of a disk that is larger than the image
 * @TABLE_HIDDEN:	a DOS table in the first sector of a FAT or NTFS
 */
enum table_state {
	TABLE_WHOLE,
	TABLE_UNPROTECTED,
	TABLE_CUT,
	TABLE_HIDDEN,
};

/*
 * Read a table for disks with sectors of @sector bytes, 0: as the device has.  The
 * table must be freed.  Return true if the table has partitions.
 */
bool partition_table_open(const struct image_device *d,
			  struct partition_table *t, unsigned int sector,
			  enum table_state state);

/*
 * Append a partition, whose first sector and number of sectors of 512 bytes are
 * given.  Return false if there is no memory.
 */
bool partition_table_add(const struct image_device *d,
			 struct partition_table *t, int number, uint64_t start,
			 uint64_t size, bool is_extended);

#endif /* PARTITIONS_TABLE_OPEN_H */
