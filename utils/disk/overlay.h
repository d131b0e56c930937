/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Memory for what is written to a device that must not change.
 */
#ifndef DISK_OVERLAY_H
#define DISK_OVERLAY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct overlay_block;

/**
 * struct overlay - sectors that replace sectors of a device; all zeros is empty
 * @buckets:	lists of blocks, by the hash of the block's number
 * @bucket_count: number of @buckets, a power of 2
 * @block_count: number of blocks
 * @first:	number of the first block
 * @end:	number of the last block, plus 1; 0: there are no blocks
 */
struct overlay {
	struct overlay_block **buckets;
	size_t bucket_count;
	size_t block_count;
	uint64_t first;
	uint64_t end;
};

/*
 * Store @len bytes at @off, and take the memory from *@left.  A request must
 * cover whole sectors, in one call or in calls that follow each other.
 * Return false if there is not enough memory.
 */
bool overlay_write(struct overlay *o, const void *buf, size_t len, uint64_t off,
		   uint64_t *left);

/* Return false if the overlay has nothing of the @len bytes at @off. */
bool overlay_may_have(const struct overlay *o, uint64_t len, uint64_t off);

/* Replace those of the @len bytes at @off that the overlay has. */
void overlay_read(const struct overlay *o, void *buf, size_t len, uint64_t off);

void overlay_free(struct overlay *o);

#endif /* DISK_OVERLAY_H */
