/* SPDX-License-Identifier: GPL-2.0 */
/* Disks, device nodes and files for tests of stacked block devices. */
#ifndef LKL_TESTS_BLOCK_H
#define LKL_TESTS_BLOCK_H

#include <stddef.h>
#include <stdint.h>

#include <lkl/linux/loop.h>

#include "support/disk/memory-disk.h"

#define MiB		(1UL << 20)
#define SECTORS(bytes)	((bytes) / 512)

/* As memory_disk_open(), of zeros; memory_disk_close() undoes it. */
void memory_disk_blank(struct memory_disk *m, size_t size_bytes);

/*
 * Boots with disks, the first of which gets id 0, and mounts devtmpfs, proc and
 * sysfs.  All functions here fail the test when something goes wrong.
 */
void boot(struct memory_disk *const *disks, int n, const char *options);
void halt(void);

/* Device number of a disk, as mknod() takes it. */
uint32_t disk_dev(int id);
/* A node for a block device; from a small ring, so good for some calls. */
const char *node(uint32_t dev);
/* "major:minor"; from the same ring. */
const char *dev_name(uint32_t dev);
int open_node(uint32_t dev, int flags);

/* Bytes that a seed determines, and that do not compress. */
void make_bytes(void *buf, size_t len, unsigned int seed);
/* Writes, flushes and forgets: the next read comes from the device. */
void dev_write(uint32_t dev, const void *buf, size_t len, uint64_t at);
/* The result of pread(). */
long dev_read(uint32_t dev, void *buf, size_t len, uint64_t at);
void dev_has(uint32_t dev, const void *buf, size_t len, uint64_t at);
uint64_t dev_size(uint32_t dev);
/* The image of ext4 that the environment names, written to the start. */
void put_ext4(uint32_t dev);

/* Files of a mebibyte whose contents a seed determines. */
void write_file(const char *dir, const char *name, unsigned int seed);
void file_has(const char *dir, const char *name, unsigned int seed);
/* Reads a small file, as of sysfs, into a string without its newline. */
void read_text(const char *path, char *buf, size_t size);
void write_text(const char *path, const char *text);

/* The image as a file, at some offset; what is zero becomes a hole. */
void make_ext4_file(const char *path, uint64_t offset);
/* A loop device, the first that is free, for the file. */
uint32_t loop_add(const char *path, const struct lkl_loop_info64 *lo);

void mount_ext4(uint32_t dev, char mnt[64]);
void umount_dev(uint32_t dev);
/* Puts an ext4 there, and a file that is there after it was unmounted. */
void use_ext4(uint32_t dev);

/* A command of the host, given a copy of the disk, must be content. */
void check_on_host(const struct memory_disk *m, const char *command);
/* Its checker is content, and its journal empty. */
void ext4_is_clean(const struct memory_disk *m);

#endif /* LKL_TESTS_BLOCK_H */
