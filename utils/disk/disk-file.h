/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A file, volume or drive of the host that is open.  Errors are negative LKL
 * numbers.
 */
#ifndef DISK_DISK_FILE_H
#define DISK_DISK_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <lkl_host.h>

/**
 * struct disk_file - an open file
 * @id:		descriptor or handle, -1: not open
 * @writable:	open for writing
 * @unit:	Windows can read the file only at multiples of this number of bytes
 */
struct disk_file {
	intptr_t id;
	bool writable;
	uint32_t unit;
};

#define DISK_FILE_NONE	((struct disk_file) { .id = -1 })

static inline bool disk_file_is_open(const struct disk_file *f)
{
	return f->id != -1;
}

/**
 * disk_file_open - open a file, a volume or a drive
 * @f:		the file; on failure, it is not open
 * @path:	path in UTF-8
 * @writable:	open for writing.  Something that the host uses itself is busy then
 *
 * Return: 0, or an error: -LKL_EISDIR for a directory, -LKL_ENOTBLK for what is
 * neither a file nor a device, -LKL_EFBIG if the process may not write up to the
 * end of the file.
 */
int disk_file_open(struct disk_file *f, const char *path, bool writable);
/* Open file @path only to lock it, and create the file if there is none. */
int disk_file_open_lock(struct disk_file *f, const char *path);
/* Open a temporary file with the @len bytes at @bytes. */
int disk_file_open_temporary(struct disk_file *f, const void *bytes, size_t len);

/*
 * Lock the file until it is closed, without waiting: against all other programs
 * that lock it, or, if not @exclusive, against programs that lock it exclusively.
 * Return 0, -LKL_EBUSY if another program has such a lock, or another error:
 * -LKL_ENOSYS, -LKL_ENOLCK or -LKL_EOPNOTSUPP if there are no locks of such files,
 * as in some file systems of networks.
 */
int disk_file_lock(const struct disk_file *f, bool exclusive);

/*
 * Read @len bytes at @offset.  Return their number, which is smaller at the end of
 * the file only, or an error.
 */
int64_t disk_file_read(const struct disk_file *f, void *buf, size_t len,
		       uint64_t offset);
/* Return the size of the file or device in bytes, or an error. */
int64_t disk_file_size(const struct disk_file *f);
/* Return true for a file, false for a device. */
bool disk_file_is_regular(const struct disk_file *f);
/* Return true if both are the same file of the host. */
bool disk_file_is_same(const struct disk_file *a, const struct disk_file *b);

/* Make what was written durable.  Return 0 or an error. */
int disk_file_flush(const struct disk_file *f);
/* Close the file if it is open.  Return 0 or an error. */
int disk_file_close(struct disk_file *f);

/* Return the file as a disk of the host library. */
struct lkl_disk disk_file_as_disk(const struct disk_file *f);

/* Return the text of an error of these functions. */
const char *disk_file_strerror(int err);

#endif /* DISK_DISK_FILE_H */
