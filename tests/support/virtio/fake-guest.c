// SPDX-License-Identifier: GPL-2.0
/*
 * A guest without a kernel: see fake-guest.h.  A device that breaks the contract with
 * its neighbours ends the process.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/virtio/fake-guest.h"

struct guest guest = { .no_mem = -1 };

void fake_violated(const char *what)
{
	fprintf(stderr, "# %s\n", what);
	abort();
}

/* Stand-ins for the functions that virtio.c calls. */

void *lkl_instance_ram(struct lkl_instance *inst, uint64_t pa, uint64_t len)
{
	if (inst != &guest.inst)
		fake_violated("the RAM of another instance");
	if (pa > guest.ram_size || len > guest.ram_size - pa)
		return NULL;
	return guest.ram + pa;
}

void guest_check_irq(unsigned int irq)
{
	if (!guest.dev->slot ||
	    irq != (unsigned int)LKL_SLOT_IRQ(guest.dev->slot))
		fake_violated("the interrupt of another device");
}

void lkl_instance_irq(struct lkl_instance *inst, unsigned int irq)
{
	if (inst != &guest.inst)
		fake_violated("the interrupt of another instance");
	guest_check_irq(irq);
	guest.irqs++;
}

/* The host */

bool guest_no_memory(void)
{
	return guest.no_mem >= 0 && !guest.no_mem--;
}

void *guest_mem_alloc(unsigned long size)
{
	void *p = guest_no_memory() ? NULL : malloc(size);

	guest.mem += !!p;
	/* Fill the memory: no part may rely on zeros. */
	return p ? memset(p, 0x5a, size) : NULL;
}

void guest_mem_free(void *p)
{
	guest.mem -= !!p;
	free(p);
}

void guest_check_buffer(const struct iovec *v)
{
	uint64_t pa = (uintptr_t)v->iov_base - (uintptr_t)guest.ram;

	if (pa > guest.ram_size || v->iov_len > guest.ram_size - pa)
		fake_violated("a buffer outside RAM");
}

/* The machine */

void guest_start(uint64_t size, const struct lkl_host_operations *host)
{
	guest.ram_size = size;
	guest.ram = calloc(1, size);
	if (!guest.ram)
		fake_violated("no memory for the test");
	guest.inst.host = host;
	guest.inst.machine = &guest.machine;
}

void guest_attach(struct virtio_dev *dev)
{
	guest.dev = dev;
	/* Use a slot other than the first, to show errors with slots. */
	lkl_mmio_attach(&guest.machine.bus, &lkl_virtio_mmio_ops, NULL);
	dev->slot = lkl_mmio_attach(&guest.machine.bus, &lkl_virtio_mmio_ops, dev);
	guest.regs = LKL_MMIO_BASE + (uint64_t)dev->slot * LKL_MMIO_WINDOW;
}

void guest_detach(void)
{
	lkl_mmio_detach(&guest.machine.bus, guest.dev->slot);
}

void guest_end(void)
{
	free(guest.ram);
	if (guest.mem)
		fake_violated("something was not given back");
	guest = (struct guest) { .no_mem = -1 };
}

/* The driver */

uint32_t reg_read(uint32_t off)
{
	return lkl_mmio_read(&guest.machine.bus, guest.regs + off, 4);
}

void reg_write(uint32_t off, uint32_t val)
{
	lkl_mmio_write(&guest.machine.bus, guest.regs + off, val, 4);
}

void reg_write64(uint32_t low, uint64_t val)
{
	reg_write(low, val);
	reg_write(low + 4, val >> 32);
}

void *ram(uint64_t addr, uint64_t len)
{
	if (addr > guest.ram_size || len > guest.ram_size - addr)
		fake_violated("the test itself left RAM");
	return guest.ram + addr;
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
	guest.features = features;
	status |= LKL_VIRTIO_CONFIG_S_FEATURES_OK;
	reg_write(LKL_VIRTIO_MMIO_STATUS, status);
	return reg_read(LKL_VIRTIO_MMIO_STATUS) == status;
}

void drv_ok(void)
{
	reg_write(LKL_VIRTIO_MMIO_STATUS,
		  reg_read(LKL_VIRTIO_MMIO_STATUS) |
		  LKL_VIRTIO_CONFIG_S_DRIVER_OK);
}

/* Queues */

static struct lkl_vring_avail *avail_ring(unsigned int q)
{
	return ram(guest.queue[q].avail, sizeof(struct lkl_vring_avail));
}

static struct lkl_vring_used *used_ring(unsigned int q)
{
	return ram(guest.queue[q].used, sizeof(struct lkl_vring_used));
}

void vq_place(unsigned int q, uint32_t num, uint64_t desc, uint64_t avail,
	      uint64_t used)
{
	reg_write(LKL_VIRTIO_MMIO_QUEUE_SEL, q);
	reg_write(LKL_VIRTIO_MMIO_QUEUE_NUM, num);
	reg_write64(LKL_VIRTIO_MMIO_QUEUE_DESC_LOW, desc);
	reg_write64(LKL_VIRTIO_MMIO_QUEUE_AVAIL_LOW, avail);
	reg_write64(LKL_VIRTIO_MMIO_QUEUE_USED_LOW, used);
	reg_write(LKL_VIRTIO_MMIO_QUEUE_READY, 1);
}

void vq_start(unsigned int q, uint32_t num, uint64_t desc, uint64_t avail,
	      uint64_t used)
{
	struct guest_queue *d = &guest.queue[q];
	unsigned int i;

	*d = (struct guest_queue) {
		.num = num, .desc = desc, .avail = avail, .used = used,
		.nr_free = num,
	};
	for (i = 0; i < num; i++)
		d->next[i] = i + 1;
	vq_place(q, num, desc, avail, used);
}

unsigned int vq_chain(unsigned int q, const struct seg *segs, unsigned int n)
{
	struct guest_queue *d = &guest.queue[q];
	unsigned int i, head = d->free;
	struct lkl_vring_desc *desc;

	if (n > d->nr_free)
		fake_violated("the test adds more than the queue takes");
	for (i = 0; i < n; i++) {
		desc = ram(d->desc + d->free * sizeof(*desc), sizeof(*desc));
		desc->addr = segs[i].addr;
		desc->len = segs[i].len;
		desc->flags = segs[i].flags | (i + 1 < n ? NEXT : 0);
		desc->next = d->next[d->free];
		d->free = d->next[d->free];
	}
	d->nr_free -= n;
	d->busy[head] = n;
	return head;
}

void vq_make_available(unsigned int q, uint16_t head)
{
	struct guest_queue *d = &guest.queue[q];

	avail_ring(q)->ring[d->avail_idx % d->num] = head;
	avail_ring(q)->idx = ++d->avail_idx;
}

unsigned int vq_add(unsigned int q, const struct seg *segs, unsigned int n)
{
	unsigned int head = vq_chain(q, segs, n);

	vq_make_available(q, head);
	return head;
}

bool vq_kick(unsigned int q)
{
	struct guest_queue *d = &guest.queue[q];
	uint16_t old = d->kicked_idx, event;

	d->kicked_idx = d->avail_idx;
	if (guest.features & EVENT_IDX) {
		memcpy(&event, &used_ring(q)->ring[d->num], sizeof(event));
		if ((uint16_t)(d->avail_idx - event - 1) >=
		    (uint16_t)(d->avail_idx - old))
			return false;
	} else if (used_ring(q)->flags & LKL_VRING_USED_F_NO_NOTIFY) {
		return false;
	}
	reg_write(LKL_VIRTIO_MMIO_QUEUE_NOTIFY, q);
	return true;
}

static void free_chain(struct guest_queue *d, unsigned int head)
{
	unsigned int i, last = head;

	for (i = 1; i < d->busy[head]; i++)
		last = d->next[last];
	d->next[last] = d->free;
	d->free = head;
	d->nr_free += d->busy[head];
	d->busy[head] = 0;
}

bool vq_reap(unsigned int q, unsigned int *head, uint32_t *len)
{
	struct guest_queue *d = &guest.queue[q];
	struct lkl_vring_used_elem e;

	if (used_ring(q)->idx == d->used_idx)
		return false;
	e = used_ring(q)->ring[d->used_idx % d->num];
	if (e.id >= d->num || !d->busy[e.id])
		fake_violated("a chain is returned that was not given");
	free_chain(d, e.id);
	d->used_idx++;
	/* Ask for an interrupt with the next element. */
	avail_ring(q)->ring[d->num] = d->used_idx;
	*head = e.id;
	*len = e.len;
	return true;
}
