/* SPDX-License-Identifier: GPL-2.0 */
#ifndef LKLFUSE_OPS_DIR_H
#define LKLFUSE_OPS_DIR_H

#include <stddef.h>
#include <stdint.h>

/* Room for what one getdents64() gives. */
#define DIR_ENTRIES_SIZE	32768

/**
 * struct dir_entries - entries of a directory that nobody has asked for yet
 * @off:	where the first of them is, as the host knows it
 * @file_off:	where the descriptor stands
 * @start:	in @data
 * @end:	...
 * @data:	of getdents64()
 */
struct dir_entries {
	int64_t off;
	int64_t file_off;
	size_t start;
	size_t end;
	uint64_t data[DIR_ENTRIES_SIZE / 8];
};

#endif /* LKLFUSE_OPS_DIR_H */
