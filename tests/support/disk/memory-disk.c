// SPDX-License-Identifier: GPL-2.0
/*
 * A custom back end: the image's file is mapped privately, so it is not changed
 * and needs no room.  On Windows, the file is read.
 */
#include <check.h>
#include <string.h>
#ifdef _WIN32
#include <stdio.h>
#include <stdlib.h>
#else
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#endif

#include "support/disk/memory-disk.h"

static int get_capacity(struct lkl_disk disk, unsigned long long *res)
{
	const struct memory_disk *m = disk.handle;

	*res = m->size;
	return 0;
}

static int request(struct lkl_disk disk, struct lkl_blk_req *req)
{
	const struct memory_disk *m = disk.handle;
	char *at = m->data + req->sector * 512;
	int i;

	if (m->fails && m->fails(req->type))
		return LKL_DEV_BLK_STATUS_IOERR;
	for (i = 0; i < req->count; i++) {
		struct iovec *v = &req->buf[i];

		if (req->type == LKL_DEV_BLK_TYPE_WRITE)
			memcpy(at, v->iov_base, v->iov_len);
		else
			memcpy(v->iov_base, at, v->iov_len);
		at += v->iov_len;
	}
	return LKL_DEV_BLK_STATUS_OK;
}

static struct lkl_dev_blk_ops ops = { get_capacity, request };

struct lkl_disk memory_disk(struct memory_disk *m)
{
	struct lkl_disk disk = { .ops = &ops };

	disk.handle = m;
	return disk;
}

#ifdef _WIN32
void memory_disk_open(struct memory_disk *m, const char *image)
{
	FILE *f = image ? fopen(image, "rb") : NULL;

	ck_assert_msg(f, "no image: %s", image);
	fseek(f, 0, SEEK_END);
	m->size = ftell(f);
	m->data = malloc(m->size);
	rewind(f);
	ck_assert_ptr_nonnull(m->data);
	ck_assert_uint_eq(fread(m->data, 1, m->size, f), m->size);
	fclose(f);
}

void memory_disk_close(struct memory_disk *m)
{
	free(m->data);
}
#else
void memory_disk_open(struct memory_disk *m, const char *image)
{
	int fd = image ? open(image, O_RDONLY) : -1;
	struct stat st;

	ck_assert_msg(fd >= 0, "no image: %s", image);
	fstat(fd, &st);
	m->size = st.st_size;
	m->data = mmap(NULL, st.st_size, PROT_READ | PROT_WRITE, MAP_PRIVATE,
		       fd, 0);
	ck_assert_ptr_ne(m->data, MAP_FAILED);
	close(fd);
}

void memory_disk_close(struct memory_disk *m)
{
	munmap(m->data, m->size);
}
#endif
