// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of block devices put them on disks in memory, whose bytes they look at
 * and change behind the kernel's back.
 */
#include <check.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <lkl_host.h>
#include <lkl/linux/major.h>

#include "support/disk/block.h"

#define FILE_SIZE	MiB
#define PAGE		4096

static const char zeros[PAGE];

void memory_disk_blank(struct memory_disk *m, size_t size_bytes)
{
	m->size = size_bytes;
	m->data = mmap(NULL, size_bytes, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	ck_assert_ptr_ne(m->data, MAP_FAILED);
}

void boot(struct memory_disk *const *disks, int n, const char *options)
{
	int i;

	if (!getenv("LKL_TEST_LOG"))
		lkl_host_ops.print = NULL;
	ck_assert_int_eq(lkl_init(&lkl_host_ops), 0);
	for (i = 0; i < n; i++) {
		struct lkl_disk disk = memory_disk(disks[i]);

		ck_assert_int_eq(lkl_disk_add(&disk), i);
	}
	ck_assert_int_eq(lkl_start_kernel("%s", options), 0);
	ck_assert_int_ge(lkl_mount_fs("devtmpfs"), 0);
	ck_assert_int_ge(lkl_mount_fs("proc"), 0);
	ck_assert_int_ge(lkl_mount_fs("sysfs"), 0);
}

void halt(void)
{
	ck_assert_int_eq(lkl_sys_halt(), 0);
	lkl_cleanup();
}

uint32_t disk_dev(int id)
{
	uint32_t dev;

	ck_assert_int_eq(lkl_get_virtio_blkdev(id, 0, &dev), 0);
	return dev;
}

static const char *ring_printf(const char *fmt, uint32_t dev)
{
	static char ring[8][32];
	static int next;
	char *s = ring[next++ % 8];

	snprintf(s, sizeof(ring[0]), fmt, dev >> 8 & 0xfff,
		 (dev & 0xff) | (dev >> 12 & 0xfff00));
	return s;
}

const char *dev_name(uint32_t dev)
{
	return ring_printf("%u:%u", dev);
}

const char *node(uint32_t dev)
{
	const char *path = ring_printf("/%u:%u", dev);
	long ret = lkl_sys_mknod(path, LKL_S_IFBLK | 0600, dev);

	ck_assert(ret == 0 || ret == -LKL_EEXIST);
	return path;
}

int open_node(uint32_t dev, int flags)
{
	const char *path = node(dev);
	long fd = lkl_sys_open(path, flags, 0);

	ck_assert_msg(fd >= 0, "%s: %s", path, lkl_strerror(fd));
	return fd;
}

void make_bytes(void *buf, size_t len, unsigned int seed)
{
	uint64_t x = 0x9e3779b97f4a7c15 * (seed + 1);
	unsigned char *p = buf;

	while (len--) {
		x ^= x << 13;
		x ^= x >> 7;
		x ^= x << 17;
		*p++ = x >> 32;
	}
}

static void write_all(int fd, const char *buf, size_t len, uint64_t at)
{
	while (len) {
		long n = lkl_sys_pwrite64(fd, buf, len, at);

		ck_assert_msg(n > 0, "write: %s", lkl_strerror(n));
		buf += n;
		at += n;
		len -= n;
	}
}

/* Closing a device that nobody else has open empties its page cache. */
void dev_write(uint32_t dev, const void *buf, size_t len, uint64_t at)
{
	int fd = open_node(dev, LKL_O_RDWR);

	write_all(fd, buf, len, at);
	ck_assert_int_eq(lkl_sys_fsync(fd), 0);
	ck_assert_int_eq(lkl_sys_close(fd), 0);
}

long dev_read(uint32_t dev, void *buf, size_t len, uint64_t at)
{
	int fd = open_node(dev, LKL_O_RDONLY);
	long n = lkl_sys_pread64(fd, buf, len, at);

	ck_assert_int_eq(lkl_sys_close(fd), 0);
	return n;
}

void dev_has(uint32_t dev, const void *buf, size_t len, uint64_t at)
{
	char *found = malloc(len);

	ck_assert_int_eq(dev_read(dev, found, len, at), len);
	ck_assert_msg(!memcmp(found, buf, len), "%s differs", dev_name(dev));
	free(found);
}

uint64_t dev_size(uint32_t dev)
{
	int fd = open_node(dev, LKL_O_RDONLY);
	uint64_t size = lkl_sys_lseek(fd, 0, SEEK_END);

	lkl_sys_close(fd);
	return size;
}

void put_ext4(uint32_t dev)
{
	struct memory_disk image;

	memory_disk_open(&image, getenv("EXT4_IMAGE"));
	ck_assert_uint_ge(dev_size(dev), image.size);
	dev_write(dev, image.data, image.size, 0);
	memory_disk_close(&image);
}

void write_file(const char *dir, const char *name, unsigned int seed)
{
	char *data = malloc(FILE_SIZE), path[128];
	long fd;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	make_bytes(data, FILE_SIZE, seed);
	fd = lkl_sys_open(path, LKL_O_CREAT | LKL_O_TRUNC | LKL_O_WRONLY, 0600);
	ck_assert_msg(fd >= 0, "%s: %s", path, lkl_strerror(fd));
	write_all(fd, data, FILE_SIZE, 0);
	ck_assert_int_eq(lkl_sys_close(fd), 0);
	free(data);
}

void file_has(const char *dir, const char *name, unsigned int seed)
{
	char *data = malloc(FILE_SIZE), *found = malloc(FILE_SIZE), path[128];
	long fd;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	make_bytes(data, FILE_SIZE, seed);
	fd = lkl_sys_open(path, LKL_O_RDONLY, 0);
	ck_assert_msg(fd >= 0, "%s: %s", path, lkl_strerror(fd));
	ck_assert_int_eq(lkl_sys_pread64(fd, found, FILE_SIZE, 0), FILE_SIZE);
	ck_assert_msg(!memcmp(data, found, FILE_SIZE), "%s differs", path);
	ck_assert_int_eq(lkl_sys_close(fd), 0);
	free(found);
	free(data);
}

void read_text(const char *path, char *buf, size_t size)
{
	long fd = lkl_sys_open(path, LKL_O_RDONLY, 0), n;

	ck_assert_msg(fd >= 0, "%s: %s", path, lkl_strerror(fd));
	n = lkl_sys_read(fd, buf, size - 1);
	ck_assert_msg(n >= 0, "%s: %s", path, lkl_strerror(n));
	buf[n] = 0;
	buf[strcspn(buf, "\n")] = 0;
	lkl_sys_close(fd);
}

void write_text(const char *path, const char *text)
{
	long fd = lkl_sys_open(path, LKL_O_CREAT | LKL_O_WRONLY | LKL_O_TRUNC,
			       0644);

	ck_assert_msg(fd >= 0, "%s: %s", path, lkl_strerror(fd));
	write_all(fd, text, strlen(text), 0);
	ck_assert_int_eq(lkl_sys_close(fd), 0);
}

void make_ext4_file(const char *path, uint64_t offset)
{
	long fd = lkl_sys_open(path, LKL_O_CREAT | LKL_O_RDWR, 0600);
	struct memory_disk image;
	size_t at;

	ck_assert_msg(fd >= 0, "%s: %s", path, lkl_strerror(fd));
	memory_disk_open(&image, getenv("EXT4_IMAGE"));
	ck_assert_int_eq(lkl_sys_ftruncate(fd, offset + image.size), 0);
	for (at = 0; at < image.size; at += PAGE)
		if (memcmp(image.data + at, zeros, PAGE))
			write_all(fd, image.data + at, PAGE, offset + at);
	memory_disk_close(&image);
	ck_assert_int_eq(lkl_sys_close(fd), 0);
}

uint32_t loop_add(const char *path, const struct lkl_loop_info64 *lo)
{
	long control = lkl_sys_open("/devtmpfs/loop-control", LKL_O_RDWR, 0);
	struct lkl_loop_config config = { .info = *lo };
	uint32_t dev;
	long n, ret;
	int fd;

	n = lkl_sys_ioctl(control, LKL_LOOP_CTL_GET_FREE, 0);
	ck_assert_msg(n >= 0, "no loop device: %s", lkl_strerror(n));
	lkl_sys_close(control);
	dev = LKL_LOOP_MAJOR << 8 | n;
	fd = open_node(dev, LKL_O_RDWR);
	config.fd = lkl_sys_open(path, LKL_O_RDWR, 0);
	ret = lkl_sys_ioctl(fd, LKL_LOOP_CONFIGURE, (uintptr_t)&config);
	ck_assert_msg(!ret, "LOOP_CONFIGURE: %s", lkl_strerror(ret));
	lkl_sys_close(config.fd);
	lkl_sys_close(fd);
	return dev;
}

void mount_ext4(uint32_t dev, char mnt[64])
{
	long ret = lkl_mount_blkdev(dev, "ext4", 0, NULL, mnt, 64);

	ck_assert_msg(!ret, "mount: %s", lkl_strerror(ret));
}

void umount_dev(uint32_t dev)
{
	long ret = lkl_umount_blkdev(dev, 0, 0);

	ck_assert_msg(!ret, "umount: %s", lkl_strerror(ret));
}

void use_ext4(uint32_t dev)
{
	char mnt[64];

	put_ext4(dev);
	mount_ext4(dev, mnt);
	write_file(mnt, "file", 77);
	umount_dev(dev);
	mount_ext4(dev, mnt);
	file_has(mnt, "file", 77);
	umount_dev(dev);
}

/* Sparse: a page of zeros stays a hole. */
static void save_disk(const struct memory_disk *m, int fd)
{
	size_t at;

	ck_assert_int_eq(ftruncate(fd, m->size), 0);
	for (at = 0; at < m->size; at += PAGE)
		if (memcmp(m->data + at, zeros, PAGE))
			ck_assert_int_eq(pwrite(fd, m->data + at, PAGE, at),
					 PAGE);
}

void check_on_host(const struct memory_disk *m, const char *command)
{
	const char *dir = getenv("TMPDIR");
	char path[256], run[1024];
	int fd, status;

	snprintf(path, sizeof(path), "%s/lkl-disk-XXXXXX", dir ? dir : "/tmp");
	fd = mkstemp(path);
	ck_assert_int_ge(fd, 0);
	save_disk(m, fd);
	close(fd);
	snprintf(run, sizeof(run),
		 "PATH=$PATH:/sbin:/usr/sbin; log=$(%s '%s' 2>&1) || { echo \"$log\" >&2; exit 1; }",
		 command, path);
	status = system(run);
	unlink(path);
	ck_assert_msg(!status, "%s: status %d", command, status);
}

/*
 * Check an ext4 file system.  With -n, the checker does not replay the journal.
 */
void ext4_is_clean(const struct memory_disk *m)
{
	const char *super = m->data + 1024;

	check_on_host(m, "e2fsck -fn");
	ck_assert_int_eq(super[0x60] & 4, 0);	/* INCOMPAT_RECOVER */
}
