// SPDX-License-Identifier: GPL-2.0
/*
 * A disk of the program's own.  The program mounts an image of ext4 and writes to
 * it, but the image on the host does not change: all writes go to a private
 * mapping of the file, which is lost when the program ends.
 *
 *	truncate -s 64M disk.img && mke2fs -t ext4 disk.img
 *	cc block-device.c -o block-device $(pkg-config --cflags --libs lkl)
 *	./block-device disk.img
 */
#include <lkl_host.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define SECTOR_SIZE	512

struct private_image {
	char *data;
	size_t size;
	unsigned long writes;
};

/* Both functions run on the thread that runs the kernel: make no calls of LKL. */
static int private_get_capacity(struct lkl_disk disk, unsigned long long *res)
{
	const struct private_image *image = disk.handle;

	*res = image->size;
	return 0;
}

static int private_request(struct lkl_disk disk, struct lkl_blk_req *req)
{
	struct private_image *image = disk.handle;
	size_t at = req->sector * SECTOR_SIZE;
	int i;

	switch (req->type) {
	case LKL_DEV_BLK_TYPE_READ:
	case LKL_DEV_BLK_TYPE_WRITE:
		break;
	case LKL_DEV_BLK_TYPE_FLUSH:
		return LKL_DEV_BLK_STATUS_OK;	/* memory needs none */
	default:
		return LKL_DEV_BLK_STATUS_UNSUP;
	}
	for (i = 0; i < req->count; i++) {
		const struct iovec *v = &req->buf[i];

		if (at > image->size || v->iov_len > image->size - at)
			return LKL_DEV_BLK_STATUS_IOERR;
		if (req->type == LKL_DEV_BLK_TYPE_READ)
			memcpy(v->iov_base, image->data + at, v->iov_len);
		else
			memcpy(image->data + at, v->iov_base, v->iov_len);
		at += v->iov_len;
	}
	image->writes += req->type == LKL_DEV_BLK_TYPE_WRITE;
	return LKL_DEV_BLK_STATUS_OK;
}

static struct lkl_dev_blk_ops private_ops = {
	.get_capacity = private_get_capacity,
	.request = private_request,
};

static long private_image_use(struct private_image *image)
{
	struct lkl_disk disk = { .handle = image, .ops = &private_ops };
	char mount_point[64];
	int id = lkl_disk_add(&disk);
	long ret = id < 0 ? id : lkl_start_kernel("quiet");
	long halted;

	if (ret)
		return ret;
	ret = lkl_mount_dev(id, 0, "ext4", 0, NULL, mount_point, sizeof(mount_point));
	if (!ret)
		ret = lkl_sys_chdir(mount_point);
	if (!ret)
		ret = lkl_sys_mkdir("only in memory", 0755);
	halted = lkl_sys_halt();
	return ret ? ret : halted;
}

int main(int argc, char **argv)
{
	struct private_image image = { .data = MAP_FAILED };
	const char *path = argc > 1 ? argv[1] : "disk.img";
	int fd = open(path, O_RDONLY);
	struct stat st;
	long ret;

	if (fd >= 0 && !fstat(fd, &st)) {
		image.size = st.st_size;
		image.data = mmap(NULL, image.size, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
	}
	if (image.data == MAP_FAILED) {
		perror(path);
		return 1;
	}
	close(fd);
	ret = lkl_init(&lkl_host_ops);
	if (!ret) {
		ret = private_image_use(&image);
		lkl_cleanup();
	}
	munmap(image.data, image.size);
	printf("%s: %lu writes kept in memory: %s\n", path, image.writes, lkl_strerror(ret));
	return ret || !image.writes ? 1 : 0;
}
