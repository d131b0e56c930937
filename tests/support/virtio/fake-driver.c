// SPDX-License-Identifier: GPL-2.0
/*
 * A guest with a disk: see fake-driver.h.
 */
#include <stdlib.h>
#include <string.h>

#include "support/virtio/fake-driver.h"

struct fake fake;

/* The back end */

unsigned char pattern(uint64_t i)
{
	return i ^ (i / SECTOR * 7) ^ 0x33;
}

static int fake_disk_be_open(struct lkl_poller *poller, struct lkl_disk *disk,
			     struct lkl_blk_info *info, void **blk)
{
	(void)poller;
	(void)disk;
	*info = fake.be.info;
	*blk = &fake.be;
	return fake.be.open_error;
}

static void fake_disk_be_close(void *blk)
{
	if (blk != &fake.be || fake.be.nr_pending)
		fake_violated("a back end is closed that is at work");
}

static void check_buffers(const struct lkl_blk_io *io)
{
	uint64_t len = 0;
	uint32_t i;

	if (io->iov_count > VIRTIO_SEGS)
		fake_violated("too many buffers");
	for (i = 0; i < io->iov_count; i++) {
		guest_check_buffer(&io->iov[i]);
		len += io->iov[i].iov_len;
	}
	if (len != io->len)
		fake_violated("a length that is not that of the buffers");
}

static void check_io(const struct lkl_blk_io *io)
{
	uint64_t size = fake.be.info.size_bytes;
	unsigned int i;

	for (i = 0; i < fake.be.nr_pending; i++)
		if (fake.be.pending[i] == io)
			fake_violated("a request is submitted twice");
	if (!io->done)
		fake_violated("a request without an end");
	if (io->op == LKL_BLK_OP_FLUSH)
		return;
	if (io->op == LKL_BLK_OP_READ || io->op == LKL_BLK_OP_WRITE)
		check_buffers(io);
	else if (io->op != LKL_BLK_OP_DISCARD &&
		 io->op != LKL_BLK_OP_WRITE_ZEROES)
		fake_violated("an operation that there is not");
	if (io->offset > size || io->len > size - io->offset)
		fake_violated("a request beyond the end of the disk");
	if (io->offset % SECTOR || io->len % SECTOR)
		fake_violated("a part of a sector");
	if (io->op != LKL_BLK_OP_READ &&
	    fake.be.info.flags & LKL_BLK_READ_ONLY)
		fake_violated("a change of a read-only disk");
}

static void fake_disk_transfer(const struct lkl_blk_io *io)
{
	unsigned char *p = fake.be.medium + io->offset;
	uint32_t i;

	for (i = 0; i < io->iov_count; i++) {
		const struct iovec *v = &io->iov[i];

		if (io->op == LKL_BLK_OP_READ)
			memcpy(v->iov_base, p, v->iov_len);
		else
			memcpy(p, v->iov_base, v->iov_len);
		p += v->iov_len;
	}
}

static void fake_disk_perform(const struct lkl_blk_io *io)
{
	switch (io->op) {
	case LKL_BLK_OP_READ:
	case LKL_BLK_OP_WRITE:
		fake_disk_transfer(io);
		break;
	case LKL_BLK_OP_FLUSH:
		fake.be.flushes++;
		break;
	case LKL_BLK_OP_DISCARD:
		memset(fake.be.medium + io->offset, 0xdd, io->len);
		break;
	case LKL_BLK_OP_WRITE_ZEROES:
		memset(fake.be.medium + io->offset, 0, io->len);
		break;
	}
}

static void fake_disk_finish(struct lkl_blk_io *io, int result)
{
	if (!result)
		fake_disk_perform(io);
	io->done(io, result);
}

static void be_submit(void *blk, struct lkl_blk_io *io)
{
	struct back_end *be = blk;

	check_io(io);
	be->last = *io;
	be->submitted++;
	if (!be->later) {
		fake_disk_finish(io, be->result);
		return;
	}
	if (be->nr_pending == ARRAY_SIZE(be->pending))
		fake_violated("more requests than the device has room for");
	be->pending[be->nr_pending++] = io;
	/* A back end may use the request's private memory. */
	memset(io->host, 0xa5, sizeof(io->host));
}

void fake_complete(unsigned int i, int result)
{
	struct back_end *be = &fake.be;
	struct lkl_blk_io *io = be->pending[i];

	be->nr_pending--;
	memmove(&be->pending[i], &be->pending[i + 1],
		(be->nr_pending - i) * sizeof(be->pending[0]));
	fake_disk_finish(io, result);
}

void fake_complete_all(void)
{
	while (fake.be.nr_pending)
		fake_complete(0, 0);
}

/* The machine */

static const struct lkl_host_blk_ops blk_ops = {
	.size = sizeof(blk_ops),
	.open = fake_disk_be_open,
	.submit = be_submit,
	.close = fake_disk_be_close,
};

static const struct lkl_host_operations host = {
	.size = sizeof(host),
	.mem_alloc = guest_mem_alloc,
	.mem_free = guest_mem_free,
	.blk = &blk_ops,
};

static void create_medium(void)
{
	uint64_t i;

	fake.be.medium = malloc(fake.be.info.size_bytes);
	if (!fake.be.medium)
		fake_violated("no memory for the test");
	for (i = 0; i < fake.be.info.size_bytes; i++)
		fake.be.medium[i] = pattern(i);
}

int fake_create(uint64_t ram_size, struct lkl_dev_blk_ops *custom)
{
	/*
	 * Memory behind the configuration space is not zero, to show reads
	 * beyond it.
	 */
	struct lkl_disk disk = { .dev = (void *)UINTPTR_MAX, .ops = custom };
	int ret;

	if (!fake.be.info.size_bytes)
		fake.be.info = (struct lkl_blk_info) {
			.size_bytes = DISK_SIZE,
			.logical_block_size = SECTOR,
			.physical_block_size = 4096,
			.flags = LKL_BLK_DISCARD | LKL_BLK_WRITE_ZEROES,
		};
	create_medium();
	guest_start(ram_size, &host);
	ret = lkl_virtio_blk_create(&guest.inst, &disk, DISK_ID, &fake.blk);
	if (ret) {
		free(fake.be.medium);
		guest_end();
		return ret;
	}
	guest_attach(lkl_virtio_blk_dev(fake.blk));
	return 0;
}

void fake_destroy(void)
{
	fake_complete_all();
	guest_detach();
	lkl_virtio_blk_destroy(fake.blk);
	free(fake.be.medium);
	guest_end();
	fake = (struct fake) { };
}

/* The driver */

struct lkl_vring_desc *ram_desc(unsigned int i)
{
	uint64_t addr = DESC_ADDR + i * sizeof(struct lkl_vring_desc);

	return ram(addr, sizeof(struct lkl_vring_desc));
}

struct lkl_vring_avail *ram_avail(void)
{
	return ram(AVAIL_ADDR, sizeof(struct lkl_vring_avail));
}

struct lkl_vring_used *ram_used(void)
{
	return ram(USED_ADDR, sizeof(struct lkl_vring_used));
}

void drv_start(uint64_t features, uint32_t num)
{
	if (!drv_negotiate(features))
		fake_violated("features are refused");
	memset(ram(DESC_ADDR, HEADER_ADDR - DESC_ADDR), 0,
	       HEADER_ADDR - DESC_ADDR);
	vq_start(0, num, DESC_ADDR, AVAIL_ADDR, USED_ADDR);
	drv_ok();
}

static void write_table(struct lkl_vring_desc *table, const struct seg *segs,
			unsigned int n)
{
	unsigned int i;

	for (i = 0; i < n; i++)
		table[i] = (struct lkl_vring_desc) {
			.addr = segs[i].addr,
			.len = segs[i].len,
			.flags = segs[i].flags | (i + 1 < n ? NEXT : 0),
			.next = i + 1,
		};
}

unsigned int drv_add(const struct seg *segs, unsigned int n, bool indirect)
{
	struct seg s = { .flags = INDIRECT };

	if (!indirect)
		return vq_add(0, segs, n);
	s.len = n * sizeof(struct lkl_vring_desc);
	s.addr = TABLE_ADDR + guest.queue[0].free * TABLE_SIZE;
	if (s.len > TABLE_SIZE)
		fake_violated("the test's table is too long");
	write_table(ram(s.addr, s.len), segs, n);
	return vq_add(0, &s, 1);
}

unsigned int blk_add(uint32_t type, uint64_t sector, uint64_t data,
		     uint32_t len, unsigned int segs, bool indirect)
{
	struct lkl_virtio_blk_outhdr hdr = { .type = type, .sector = sector };
	bool in = type == LKL_VIRTIO_BLK_T_IN ||
		  type == LKL_VIRTIO_BLK_T_GET_ID;
	unsigned int head = guest.queue[0].free, i;
	struct seg s[VIRTIO_SEGS + 16];

	s[0] = (struct seg) { HEADER_ADDR + head * 16, sizeof(hdr), 0 };
	for (i = 0; i < segs; i++)
		s[i + 1] = (struct seg) { data + (uint64_t)i * len, len,
					  in ? WRITE : 0 };
	s[segs + 1] = (struct seg) { STATUS_ADDR + head * 16, 1, WRITE };
	memcpy(ram(s[0].addr, sizeof(hdr)), &hdr, sizeof(hdr));
	memset(ram(s[segs + 1].addr, 16), NO_STATUS, 16);
	return drv_add(s, segs + 2, indirect);
}

uint8_t blk_status_of(unsigned int head)
{
	return *(uint8_t *)ram(STATUS_ADDR + head * 16, 1);
}
