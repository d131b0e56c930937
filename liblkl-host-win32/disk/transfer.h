/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Synchronous transfers between memory and a file or a drive.
 */
#ifndef LKL_WIN32_TRANSFER_H
#define LKL_WIN32_TRANSFER_H

#include <stdbool.h>

#include <lkl_host.h>

/**
 * struct lkl_disk_file - a file or a drive
 * @handle:	the program's handle
 * @overlapped:	@handle was opened for overlapped access
 * @size:	bytes, rounded up to whole sectors
 * @align:	alignment of addresses and lengths that a drive requires; 1 for a
 *		file
 */
struct lkl_disk_file {
	void *handle;
	bool overlapped;
	uint64_t size;
	uint32_t align;
};

/* Return the result of a request for an error of the system. */
int lkl_host_win32_transfer_error(unsigned long code);

/* Transfer @len bytes at @off.  Return 0 or a negative LKL error. */
int lkl_host_win32_transfer(const struct lkl_disk_file *file, bool write,
			    char *buf, uint64_t len, uint64_t off);

/* Return true if the buffers of @io can be transferred without a copy. */
bool lkl_host_win32_transfer_is_aligned(const struct lkl_disk_file *file,
					const struct lkl_blk_io *io);

/* Transfer the buffers of @io, which reads or writes.  Return the result. */
int lkl_host_win32_transfer_vector(const struct lkl_disk_file *file,
				   const struct lkl_blk_io *io);

#endif /* LKL_WIN32_TRANSFER_H */
