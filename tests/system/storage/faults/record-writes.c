// SPDX-License-Identifier: GPL-2.0
/*
 * Change a file system, and record the writes and flushes of the disk and the
 * syncs of the program in their order.
 *
 * usage: record-writes IMAGE TYPE LOG
 *
 * A record in LOG is a header and the data of a write.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include <lkl_host.h>

#define FILES	40

enum { WRITE = 'W', FLUSH = 'F', SYNCED = 'S' };

struct record {
	uint32_t type;
	uint32_t len;
	uint64_t pos;		/* of the write; or number of the synced file */
};

static FILE *records;

static void must_succeed(long ret, const char *what)
{
	if (ret >= 0)
		return;
	fprintf(stderr, "record-writes: %s: %s\n", what, lkl_strerror(ret));
	exit(1);
}

static void add_record(uint32_t type, uint64_t pos, const void *data,
		       uint32_t len)
{
	struct record r = { type, len, pos };

	if (fwrite(&r, sizeof(r), 1, records) != 1 ||
	    (len && fwrite(data, len, 1, records) != 1)) {
		perror("record-writes: log");
		exit(1);
	}
}

static int get_capacity(struct lkl_disk disk, unsigned long long *res)
{
	struct stat st;

	if (fstat(disk.fd, &st))
		return -1;
	*res = st.st_size;
	return 0;
}

static int transfer_data(int fd, struct lkl_blk_req *req)
{
	off_t pos = req->sector * 512;
	int i;

	for (i = 0; i < req->count; i++) {
		struct iovec *v = &req->buf[i];
		ssize_t n = req->type == LKL_DEV_BLK_TYPE_WRITE ?
			    pwrite(fd, v->iov_base, v->iov_len, pos) :
			    pread(fd, v->iov_base, v->iov_len, pos);

		if (n != (ssize_t)v->iov_len)
			return LKL_DEV_BLK_STATUS_IOERR;
		if (req->type == LKL_DEV_BLK_TYPE_WRITE)
			add_record(WRITE, pos, v->iov_base, n);
		pos += n;
	}
	return LKL_DEV_BLK_STATUS_OK;
}

static int handle_request(struct lkl_disk disk, struct lkl_blk_req *req)
{
	switch (req->type) {
	case LKL_DEV_BLK_TYPE_READ:
	case LKL_DEV_BLK_TYPE_WRITE:
		return transfer_data(disk.fd, req);
	case LKL_DEV_BLK_TYPE_FLUSH:
	case LKL_DEV_BLK_TYPE_FLUSH_OUT:
		add_record(FLUSH, 0, NULL, 0);
		return LKL_DEV_BLK_STATUS_OK;
	}
	return LKL_DEV_BLK_STATUS_UNSUP;
}

static struct lkl_dev_blk_ops ops = { get_capacity, handle_request };

/* Write file @i: @i * 1777 + 1 bytes with the values @i, @i + 1, ... */
static void write_recorded_file(const char *path, int i, int sync)
{
	static char data[FILES * 1777 + 1];
	long fd, len = i * 1777 + 1, k;

	for (k = 0; k < len; k++)
		data[k] = i + k;
	fd = lkl_sys_open(path, LKL_O_CREAT | LKL_O_WRONLY | LKL_O_TRUNC, 0644);
	must_succeed(fd, "open");
	must_succeed(lkl_sys_write(fd, data, len), "write");
	if (sync)
		must_succeed(lkl_sys_fsync(fd), "fsync");
	must_succeed(lkl_sys_close(fd), "close");
}

static void sync_dir(const char *path)
{
	long fd = lkl_sys_open(path, LKL_O_RDONLY, 0);

	must_succeed(fd, "open directory");
	must_succeed(lkl_sys_fsync(fd), "fsync directory");
	lkl_sys_close(fd);
}

static void write_files(const char *mnt)
{
	char path[128], other[128];
	int i;

	for (i = 0; i < FILES; i++) {
		snprintf(path, sizeof(path), "%s/file-%d", mnt, i);
		switch (i % 4) {
		case 0:	/* not synced: may be lost */
			snprintf(path, sizeof(path), "%s/gone-%d", mnt, i);
			write_recorded_file(path, i, 0);
			must_succeed(lkl_sys_unlink(path), "unlink");
			continue;
		case 1:
			write_recorded_file(path, i, 1);
			break;
		case 2:	/* replaced by rename, as editors do */
			snprintf(other, sizeof(other), "%s/tmp-%d", mnt, i);
			write_recorded_file(other, i, 1);
			must_succeed(lkl_sys_rename(other, path), "rename");
			sync_dir(mnt);
			break;
		case 3:
			write_recorded_file(path, i, 0);
			must_succeed(lkl_sys_sync(), "sync");
			break;
		}
		add_record(SYNCED, i, NULL, 0);
	}
}

int main(int argc, char **argv)
{
	struct lkl_disk disk = { .ops = &ops };
	char mnt[64];
	int id;

	if (argc != 4) {
		fprintf(stderr, "usage: record-writes IMAGE TYPE LOG\n");
		return 2;
	}
	disk.fd = open(argv[1], O_RDWR);
	records = fopen(argv[3], "w");
	if (disk.fd < 0 || !records) {
		perror("record-writes");
		return 1;
	}
	lkl_host_ops.print = NULL;
	lkl_host_ops.flags |= LKL_HOST_NO_DRIVER;
	must_succeed(lkl_init(&lkl_host_ops), "init");
	id = lkl_disk_add(&disk);
	must_succeed(id, "disk");
	must_succeed(lkl_start_kernel("quiet"), "boot");
	must_succeed(lkl_mount_dev(id, 0, argv[2], 0, NULL, mnt, sizeof(mnt)), "mount");
	write_files(mnt);
	must_succeed(lkl_sys_halt(), "halt");
	lkl_cleanup();
	return fclose(records) ? 1 : 0;
}
