/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Data of the host's files.
 */
#ifndef COPY_WINDOWS_DATA_H
#define COPY_WINDOWS_DATA_H

#include <stddef.h>
#include <stdint.h>

/* As in struct tree_ops */
long windows_read(int fd, void *buf, size_t len, uint64_t off);
long windows_write(int fd, const void *buf, size_t len, uint64_t off);
int64_t windows_seek_data(int fd, int64_t off);
int64_t windows_seek_hole(int fd, int64_t off);
int windows_truncate(int fd, int64_t size);

#endif /* COPY_WINDOWS_DATA_H */
