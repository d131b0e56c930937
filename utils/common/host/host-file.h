/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Files of the host by name, other than those that a copy reads and writes: the
 * host tree (copy/core/tree.h) has these.
 *
 * Paths are UTF-8 on Windows, and may be longer than 260 characters there.  The
 * functions return -1, false or NULL after an error and store the error in errno,
 * for host_file_strerror().  All hosts use the same number for the errors up to
 * ERANGE.
 */
#ifndef COMMON_HOST_HOST_FILE_H
#define COMMON_HOST_HOST_FILE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

enum host_file_type {
	HOST_FILE_REGULAR,
	HOST_FILE_DIRECTORY,
	/* A device, a pipe, a socket */
	HOST_FILE_SPECIAL,
};

/**
 * struct host_file_info - a file
 * @type:	type
 * @dev:	device of the file system, as in struct tree_node
 * @ino:	number of the file in the file system, as in struct tree_node
 * @size:	size in bytes of a regular file
 */
struct host_file_info {
	enum host_file_type type;
	uint64_t dev;
	uint64_t ino;
	uint64_t size;
};

/* Return the text of error @err, a value of errno. */
const char *host_file_strerror(int err);

/*
 * Open a file.  @flags are flags of open(2): one of O_RDONLY, O_WRONLY and O_RDWR,
 * and O_CREAT, O_EXCL and O_TRUNC.  Programs that are executed do not inherit the
 * descriptor.  A terminal does not become the controlling one, and no byte is
 * changed.
 */
int host_file_open(const char *path, int flags);
/* Open a file for reading (@mode "r") or create one for writing ("w"). */
FILE *host_file_open_stream(const char *path, const char *mode);
/* Return another descriptor above 2 of the same file, which nobody inherits. */
int host_file_dup(int fd);
/* Return true if a user reads what is written to @fd. */
bool host_file_is_terminal(int fd);

/* Describe a file; follow a symbolic link. */
int host_file_stat(const char *path, struct host_file_info *info);
int host_file_stat_open(int fd, struct host_file_info *info);

static inline bool host_file_is_same(const struct host_file_info *a,
				     const struct host_file_info *b)
{
	return a->dev == b->dev && a->ino == b->ino;
}

/*
 * Return the absolute path of a file, without symbolic links, allocated.  Slashes
 * are between its components.
 */
char *host_file_real_path(const char *path);
/*
 * Create a new file that only the user may read and write, and open it for both.
 * @path ends in "XXXXXX", which the function replaces.
 */
int host_file_create_unique(char *path);
/* Give file @from the name @to, which may be another file's. */
int host_file_rename(const char *from, const char *to);
int host_file_remove(const char *path);

#endif /* COMMON_HOST_HOST_FILE_H */
