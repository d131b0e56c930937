/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Partition tables: GPT, and DOS tables with logical partitions.
 */
#ifndef PROBER_TABLE_H
#define PROBER_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "image/prober/base/source.h"

/* Read a GPT without a protective MBR, too. */
#define PROBER_UNPROTECTED	1
/* Read only a GPT of a disk that is larger than the source. */
#define PROBER_CUT		2
/* Read only a DOS table, also in the first sector of a FAT or NTFS. */
#define PROBER_HIDDEN		4

/* A name of GPT has 36 units of UTF-16. */
#define PROBER_NAME_SIZE	(36 * 3 + 1)
#define PROBER_UUID_SIZE	37

/**
 * struct prober_partition - a partition
 * @number:	its number
 * @start:	its first byte
 * @size:	number of its bytes, which the source need not have
 * @is_extended: it contains logical partitions
 * @name:	its name in a GPT, or an empty string
 * @uuid:	its UUID, or its number on a DOS disk that has a signature
 */
struct prober_partition {
	uint32_t number;
	uint64_t start;
	uint64_t size;
	bool is_extended;
	char name[PROBER_NAME_SIZE];
	char uuid[PROBER_UUID_SIZE];
};

enum prober_table_kind { PROBER_NO_TABLE, PROBER_DOS, PROBER_GPT };

/**
 * struct prober_table - a partition table
 * @kind:	its format
 * @list:	its partitions in the order of the table
 * @count:	number of partitions
 * @room:	number of partitions for which @list has room
 */
struct prober_table {
	enum prober_table_kind kind;
	struct prober_partition *list;
	size_t count;
	size_t room;
};

/*
 * Read the table of a disk with sectors of @sector bytes, a power of two from
 * 512 to 4096.  Return false if there is no table; a table may have no partition.
 */
bool prober_table_read(const struct prober_source *s, uint32_t sector, int flags,
		       struct prober_table *t);

void prober_table_free(struct prober_table *t);

/* For the formats, which prober_table_read() calls */

/* Append an empty partition and return it, or NULL: no memory or too many. */
struct prober_partition *prober_table_add(struct prober_table *t,
					  uint32_t number);

bool prober_gpt_read(const struct prober_source *s, uint32_t sector, int flags,
		     struct prober_table *t);
bool prober_dos_read(const struct prober_source *s, uint32_t sector, int flags,
		     struct prober_table *t);

#endif /* PROBER_TABLE_H */
