// SPDX-License-Identifier: GPL-2.0
/*
 * Open files and block devices of POSIX hosts.  Linux has the error numbers of LKL.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "disk/disk-file.h"

static int disk_file_set(struct disk_file *f, int fd, bool writable)
{
	*f = (struct disk_file) { .id = fd, .writable = writable };
	return fd < 0 ? -errno : 0;
}

/*
 * Return true if the process may not write to the end of a file: the image would
 * be left half written.
 */
static bool disk_file_exceeds_limit(const struct stat *st)
{
	struct rlimit limit;

	return S_ISREG(st->st_mode) && !getrlimit(RLIMIT_FSIZE, &limit) &&
	       limit.rlim_cur < (uint64_t)st->st_size;
}

/* Get the attributes of a file without the effects that opening a device has. */
static int disk_file_stat(const char *path, struct stat *st)
{
	int fd = open(path, O_PATH | O_CLOEXEC), ret;

	if (fd < 0)
		return -errno;
	ret = fstat(fd, st) ? -errno : 0;
	close(fd);
	return ret;
}

/* With O_EXCL, a block device that the host has mounted is not opened. */
int disk_file_open(struct disk_file *f, const char *path, bool writable)
{
	struct stat st;
	int ret = disk_file_stat(path, &st);

	*f = DISK_FILE_NONE;
	if (ret)
		return ret;
	if (!S_ISREG(st.st_mode) && !S_ISBLK(st.st_mode))
		return S_ISDIR(st.st_mode) ? -LKL_EISDIR : -LKL_ENOTBLK;
	if (writable && disk_file_exceeds_limit(&st))
		return -LKL_EFBIG;
	return disk_file_set(f, open(path, O_CLOEXEC | O_NONBLOCK | O_NOCTTY |
				     (writable ? O_RDWR : O_RDONLY) |
				     (writable && S_ISBLK(st.st_mode) ?
					      O_EXCL : 0)), writable);
}

int disk_file_open_lock(struct disk_file *f, const char *path)
{
	return disk_file_set(f, open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666),
			     true);
}

int disk_file_open_temporary(struct disk_file *f, const void *bytes, size_t len)
{
	int ret = disk_file_set(f, memfd_create("image", MFD_CLOEXEC), true);
	ssize_t n;

	if (ret)
		return ret;
	n = write(f->id, bytes, len);
	if (n == (ssize_t)len)
		return 0;
	ret = n < 0 ? -errno : -LKL_EIO;
	disk_file_close(f);
	return ret;
}

int disk_file_lock(const struct disk_file *f, bool exclusive)
{
	if (!flock(f->id, (exclusive ? LOCK_EX : LOCK_SH) | LOCK_NB))
		return 0;
	return errno == EWOULDBLOCK ? -LKL_EBUSY : -errno;
}

int64_t disk_file_read(const struct disk_file *f, void *buf, size_t len,
		       uint64_t offset)
{
	size_t done = 0;
	ssize_t n = 1;

	while (done < len && n) {
		n = pread(f->id, (char *)buf + done, len - done, offset + done);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		done += n;
	}
	return done;
}

int64_t disk_file_size(const struct disk_file *f)
{
	/* This is the size of a block device, too. */
	off_t size = lseek(f->id, 0, SEEK_END);

	return size < 0 ? -errno : size;
}

bool disk_file_is_regular(const struct disk_file *f)
{
	struct stat st;

	return !fstat(f->id, &st) && S_ISREG(st.st_mode);
}

bool disk_file_is_same(const struct disk_file *a, const struct disk_file *b)
{
	struct stat sa, sb;

	return !fstat(a->id, &sa) && !fstat(b->id, &sb) &&
	       sa.st_dev == sb.st_dev && sa.st_ino == sb.st_ino;
}

int disk_file_flush(const struct disk_file *f)
{
	return f->writable && fsync(f->id) ? -errno : 0;
}

int disk_file_close(struct disk_file *f)
{
	int ret = disk_file_is_open(f) && close(f->id) ? -errno : 0;

	*f = DISK_FILE_NONE;
	return ret;
}

struct lkl_disk disk_file_as_disk(const struct disk_file *f)
{
	return (struct lkl_disk) { .fd = f->id };
}

const char *disk_file_strerror(int err)
{
	return err == -LKL_EFBIG ?
		       "the limit for the size of files (ulimit -f) is below its size" :
		       strerror(-err);
}
