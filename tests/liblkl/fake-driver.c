// SPDX-License-Identifier: GPL-2.0
/*
 * A guest without a kernel: see fake-driver.h.  Whatever the device does to
 * its neighbours that it must not is told here, by the end of the process.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fake-driver.h"

struct fake fake;

void fake_violated(const char *what)
{
	fprintf(stderr, "# %s\n", what);
	abort();
}

/* What virtio.c and virtio-blk.c call. */

void *lkl_instance_ram(struct lkl_instance *inst, uint64_t pa, uint64_t len)
{
	if (inst != &fake.inst)
		fake_violated("the RAM of another instance");
	if (pa > fake.ram_size || len > fake.ram_size - pa)
		return NULL;
	return fake.ram + pa;
}

void lkl_instance_irq(struct lkl_instance *inst, unsigned int irq)
{
	if (inst != &fake.inst || !fake.dev->slot ||
	    irq != (unsigned int)LKL_SLOT_IRQ(fake.dev->slot))
		fake_violated("the interrupt of another device");
	fake.irqs++;
}

void lkl_disks_lost_write(struct lkl_instance *inst)
{
	(void)inst;
	fake.lost_writes++;
}

static void *mem_alloc(unsigned long size)
{
	void *p = fake.no_mem ? NULL : malloc(size);

	fake.mem += !!p;
	/* Nobody may count on zeros. */
	return p ? memset(p, 0x5a, size) : NULL;
}

static void mem_free(void *p)
{
	fake.mem -= !!p;
	free(p);
}

/* The back end */

unsigned char pattern(uint64_t i)
{
	return i ^ (i / SECTOR * 7) ^ 0x33;
}

static int be_open(struct lkl_poller *poller, struct lkl_disk *disk,
		   struct lkl_blk_info *info, void **blk)
{
	(void)poller;
	(void)disk;
	*info = fake.be.info;
	*blk = &fake.be;
	return fake.be.open_error;
}

static void be_close(void *blk)
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
		const struct iovec *v = &io->iov[i];
		uint64_t pa = (uintptr_t)v->iov_base - (uintptr_t)fake.ram;

		if (pa > fake.ram_size || v->iov_len > fake.ram_size - pa)
			fake_violated("a buffer outside RAM");
		len += v->iov_len;
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

static void transfer(const struct lkl_blk_io *io)
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

static void perform(const struct lkl_blk_io *io)
{
	switch (io->op) {
	case LKL_BLK_OP_READ:
	case LKL_BLK_OP_WRITE:
		transfer(io);
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

static void finish(struct lkl_blk_io *io, int result)
{
	if (!result)
		perform(io);
	io->done(io, result);
}

static void be_submit(void *blk, struct lkl_blk_io *io)
{
	struct back_end *be = blk;

	check_io(io);
	be->last = *io;
	be->submitted++;
	if (!be->later) {
		finish(io, be->result);
		return;
	}
	if (be->nr_pending == ARRAY_SIZE(be->pending))
		fake_violated("more requests than the device has room for");
	be->pending[be->nr_pending++] = io;
	/* A back end may use it as it likes. */
	memset(io->host, 0xa5, sizeof(io->host));
}

void fake_complete(unsigned int i, int result)
{
	struct back_end *be = &fake.be;
	struct lkl_blk_io *io = be->pending[i];

	be->nr_pending--;
	memmove(&be->pending[i], &be->pending[i + 1],
		(be->nr_pending - i) * sizeof(be->pending[0]));
	finish(io, result);
}

void fake_complete_all(void)
{
	while (fake.be.nr_pending)
		fake_complete(0, 0);
}

/* The machine */

static const struct lkl_host_blk_ops blk_ops = {
	.size = sizeof(blk_ops),
	.open = be_open,
	.submit = be_submit,
	.close = be_close,
};

static const struct lkl_host_operations host = {
	.size = sizeof(host),
	.mem_alloc = mem_alloc,
	.mem_free = mem_free,
	.blk = &blk_ops,
};

static void create_memory(uint64_t ram_size)
{
	uint64_t i;

	fake.ram_size = ram_size;
	fake.ram = malloc(ram_size);
	fake.be.medium = malloc(fake.be.info.size_bytes);
	if (!fake.ram || !fake.be.medium)
		fake_violated("no memory for the test");
	memset(fake.ram, 0, ram_size);
	for (i = 0; i < fake.be.info.size_bytes; i++)
		fake.be.medium[i] = pattern(i);
}

static void free_memory(void)
{
	free(fake.ram);
	free(fake.be.medium);
	fake.ram = NULL;
	fake.be.medium = NULL;
}

int fake_create(uint64_t ram_size, struct lkl_dev_blk_ops *custom)
{
	/* Config space is not to show what lies behind it: no zeros there. */
	struct lkl_disk disk = { .dev = (void *)UINTPTR_MAX, .ops = custom };
	int ret;

	if (!fake.be.info.size_bytes)
		fake.be.info = (struct lkl_blk_info) {
			.size_bytes = DISK_SIZE,
			.logical_block_size = SECTOR,
			.physical_block_size = 4096,
			.flags = LKL_BLK_DISCARD | LKL_BLK_WRITE_ZEROES,
		};
	create_memory(ram_size);
	fake.inst.host = &host;
	ret = virtio_blk_create(&fake.inst, &disk, DISK_ID, &fake.blk);
	if (ret) {
		free_memory();
		return ret;
	}
	fake.dev = virtio_blk_dev(fake.blk);
	/* Not the first of the bus: mistakes of the slot are to show. */
	lkl_mmio_attach(&fake.inst.bus, &virtio_mmio_ops, NULL);
	fake.dev->slot = lkl_mmio_attach(&fake.inst.bus, &virtio_mmio_ops,
					 fake.dev);
	fake.regs = LKL_MMIO_BASE +
		    (uint64_t)fake.dev->slot * LKL_MMIO_WINDOW;
	return 0;
}

void fake_destroy(void)
{
	fake_complete_all();
	lkl_mmio_detach(&fake.inst.bus, fake.dev->slot);
	virtio_blk_destroy(fake.blk);
	free_memory();
	if (fake.mem)
		fake_violated("memory that was not given back");
	fake = (struct fake) { };
}

/* The driver */

uint32_t reg_read(uint32_t off)
{
	return lkl_mmio_read(&fake.inst.bus, fake.regs + off, 4);
}

void reg_write(uint32_t off, uint32_t val)
{
	lkl_mmio_write(&fake.inst.bus, fake.regs + off, val, 4);
}

void reg_write64(uint32_t low, uint64_t val)
{
	reg_write(low, val);
	reg_write(low + 4, val >> 32);
}

void *ram(uint64_t addr, uint64_t len)
{
	if (addr > fake.ram_size || len > fake.ram_size - addr)
		fake_violated("the test itself left RAM");
	return fake.ram + addr;
}

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

bool drv_negotiate(uint64_t features)
{
	uint32_t status = LKL_VIRTIO_CONFIG_S_ACKNOWLEDGE |
			  LKL_VIRTIO_CONFIG_S_DRIVER;

	reg_write(LKL_VIRTIO_MMIO_STATUS, 0);
	reg_write(LKL_VIRTIO_MMIO_STATUS, LKL_VIRTIO_CONFIG_S_ACKNOWLEDGE);
	reg_write(LKL_VIRTIO_MMIO_STATUS, status);
	reg_write(LKL_VIRTIO_MMIO_DRIVER_FEATURES_SEL, 0);
	reg_write(LKL_VIRTIO_MMIO_DRIVER_FEATURES, features);
	reg_write(LKL_VIRTIO_MMIO_DRIVER_FEATURES_SEL, 1);
	reg_write(LKL_VIRTIO_MMIO_DRIVER_FEATURES, features >> 32);
	status |= LKL_VIRTIO_CONFIG_S_FEATURES_OK;
	reg_write(LKL_VIRTIO_MMIO_STATUS, status);
	return reg_read(LKL_VIRTIO_MMIO_STATUS) == status;
}

void drv_place_queue(uint32_t num, uint64_t desc, uint64_t avail,
		     uint64_t used)
{
	reg_write(LKL_VIRTIO_MMIO_QUEUE_SEL, 0);
	reg_write(LKL_VIRTIO_MMIO_QUEUE_NUM, num);
	reg_write64(LKL_VIRTIO_MMIO_QUEUE_DESC_LOW, desc);
	reg_write64(LKL_VIRTIO_MMIO_QUEUE_AVAIL_LOW, avail);
	reg_write64(LKL_VIRTIO_MMIO_QUEUE_USED_LOW, used);
	reg_write(LKL_VIRTIO_MMIO_QUEUE_READY, 1);
}

void drv_start(uint64_t features, uint32_t num)
{
	struct driver *d = &fake.drv;
	unsigned int i;

	if (!drv_negotiate(features))
		fake_violated("features are refused");
	memset(ram(DESC_ADDR, HEADER_ADDR - DESC_ADDR), 0,
	       HEADER_ADDR - DESC_ADDR);
	*d = (struct driver) { .num = num, .features = features,
			       .nr_free = num };
	for (i = 0; i < num; i++)
		d->next[i] = i + 1;
	drv_place_queue(num, DESC_ADDR, AVAIL_ADDR, USED_ADDR);
	reg_write(LKL_VIRTIO_MMIO_STATUS,
		  reg_read(LKL_VIRTIO_MMIO_STATUS) |
		  LKL_VIRTIO_CONFIG_S_DRIVER_OK);
}

static void write_desc(struct lkl_vring_desc *d, const struct seg *s,
		       uint16_t flags, uint16_t next)
{
	d->addr = s->addr;
	d->len = s->len;
	d->flags = s->flags | flags;
	d->next = next;
}

static void write_table(struct lkl_vring_desc *table, const struct seg *segs,
			unsigned int n)
{
	unsigned int i;

	for (i = 0; i < n; i++)
		write_desc(&table[i], &segs[i], i + 1 < n ? NEXT : 0, i + 1);
}

/* A chain of free descriptors: its head. */
static unsigned int write_chain(const struct seg *segs, unsigned int n)
{
	struct driver *d = &fake.drv;
	unsigned int i, head = d->free;

	if (n > d->nr_free)
		fake_violated("the test adds more than the queue takes");
	for (i = 0; i < n; i++) {
		write_desc(ram_desc(d->free), &segs[i], i + 1 < n ? NEXT : 0,
			   d->next[d->free]);
		d->free = d->next[d->free];
	}
	d->nr_free -= n;
	d->busy[head] = n;
	return head;
}

unsigned int drv_add(const struct seg *segs, unsigned int n, bool indirect)
{
	struct seg s = { .flags = INDIRECT };
	unsigned int head;

	if (indirect) {
		s.len = n * sizeof(struct lkl_vring_desc);
		s.addr = TABLE_ADDR + fake.drv.free * TABLE_SIZE;
		if (s.len > TABLE_SIZE)
			fake_violated("the test's table is too long");
		write_table(ram(s.addr, s.len), segs, n);
		head = write_chain(&s, 1);
	} else {
		head = write_chain(segs, n);
	}
	drv_make_available(head);
	return head;
}

void drv_make_available(uint16_t head)
{
	struct driver *d = &fake.drv;

	ram_avail()->ring[d->avail_idx % d->num] = head;
	ram_avail()->idx = ++d->avail_idx;
}

bool drv_kick(void)
{
	struct driver *d = &fake.drv;
	uint16_t old = d->kicked_idx, event;

	d->kicked_idx = d->avail_idx;
	if (d->features & EVENT_IDX) {
		memcpy(&event, &ram_used()->ring[d->num], sizeof(event));
		if ((uint16_t)(d->avail_idx - event - 1) >=
		    (uint16_t)(d->avail_idx - old))
			return false;
	} else if (ram_used()->flags & LKL_VRING_USED_F_NO_NOTIFY) {
		return false;
	}
	reg_write(LKL_VIRTIO_MMIO_QUEUE_NOTIFY, 0);
	return true;
}

static void free_chain(unsigned int head)
{
	struct driver *d = &fake.drv;
	unsigned int i, last = head;

	for (i = 1; i < d->busy[head]; i++)
		last = d->next[last];
	d->next[last] = d->free;
	d->free = head;
	d->nr_free += d->busy[head];
	d->busy[head] = 0;
}

bool drv_reap(unsigned int *head, uint32_t *len)
{
	struct driver *d = &fake.drv;
	struct lkl_vring_used_elem e;

	if (ram_used()->idx == d->used_idx)
		return false;
	e = ram_used()->ring[d->used_idx % d->num];
	if (e.id >= d->num || !d->busy[e.id])
		fake_violated("a chain is returned that was not given");
	free_chain(e.id);
	d->used_idx++;
	/* The next one is to interrupt. */
	ram_avail()->ring[d->num] = d->used_idx;
	*head = e.id;
	*len = e.len;
	return true;
}

unsigned int blk_add(uint32_t type, uint64_t sector, uint64_t data,
		     uint32_t len, unsigned int segs, bool indirect)
{
	struct lkl_virtio_blk_outhdr hdr = { .type = type, .sector = sector };
	bool in = type == LKL_VIRTIO_BLK_T_IN ||
		  type == LKL_VIRTIO_BLK_T_GET_ID;
	unsigned int head = fake.drv.free, i;
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
