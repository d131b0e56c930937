/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The partition table of an image, of any kind that libblkid or, in a build without
 * libblkid, the portable prober reads.
 */
#ifndef PARTITIONS_TABLE_H
#define PARTITIONS_TABLE_H

#include <stdbool.h>
#include <stdint.h>

#include "disk/device.h"

/**
 * struct partition - a partition
 * @number:	its number
 * @start:	its first byte in the image
 * @size:	number of its bytes, according to the table
 * @present:	number of its bytes that are in the image
 * @is_extended: it has no contents but other partitions
 */
struct partition {
	int number;
	int64_t start;
	int64_t size;
	int64_t present;
	bool is_extended;
};

/**
 * struct partition_table - the partition table of an image
 * @list:	partitions in the order of the table, NULL: there is none
 * @count:	number of partitions
 * @is_dos:	the table is a DOS table
 */
struct partition_table {
	struct partition *list;
	int count;
	bool is_dos;
};

/*
 * Read the partition table of device @d.  The table may be one for another size
 * of sectors than the device has, a copy if the table is damaged, or the table of
 * an image whose end is missing.
 */
void partition_table_read(const struct image_device *d,
			  struct partition_table *t);

/*
 * Read a GPT that may have lost the record at the beginning of the image which
 * protects it.  Such a table may be an old one, so the user has to decide.
 */
void partition_table_read_unprotected(const struct image_device *d,
				      struct partition_table *t);

void partition_table_free(struct partition_table *t);

/* Return the number of partitions; they have the indexes from 0. */
int partition_table_count(const struct partition_table *t);

/* Fill in @p with the partition that has this index. */
void partition_table_get(const struct partition_table *t, int index,
			 struct partition *p);

/* Find the partition @number.  Return false if there is no such partition. */
bool partition_table_find(const struct partition_table *t, int number,
			  struct partition *p);

#endif /* PARTITIONS_TABLE_H */
