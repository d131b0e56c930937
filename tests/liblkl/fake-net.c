// SPDX-License-Identifier: GPL-2.0
/*
 * A guest without a kernel: see fake-net.h.  Whatever the device does to its
 * neighbours that it must not is told here, by the end of the process.
 */
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fake-net.h"
#include "segment.h"

struct fake_net fake;
const uint8_t fake_mac[6] = { 2, 1, 2, 3, 4, 5 };

void fake_violated(const char *what)
{
	fprintf(stderr, "# %s\n", what);
	abort();
}

/* What virtio.c, virtio-net.c and net-custom.c call. */

void *lkl_instance_ram(struct lkl_instance *inst, uint64_t pa, uint64_t len)
{
	if (inst != &fake.inst)
		fake_violated("the RAM of another instance");
	if (pa > fake.ram_size || len > fake.ram_size - pa)
		return NULL;
	return fake.ram + pa;
}

static void check_irq(unsigned int irq)
{
	if (!fake.dev->slot ||
	    irq != (unsigned int)LKL_SLOT_IRQ(fake.dev->slot))
		fake_violated("the interrupt of another device");
}

void lkl_instance_irq(struct lkl_instance *inst, unsigned int irq)
{
	check_irq(irq);
	fake.irqs++;
}

/* By a thread of the program. */
void lkl_vcpu_irq(struct lkl_vcpu *v, unsigned int irq)
{
	if (v != &fake.inst.vcpu)
		fake_violated("the interrupt of another instance");
	check_irq(irq);
	__atomic_fetch_add(&fake.line, 1, __ATOMIC_SEQ_CST);
}

void lkl_vcpu_lock(struct lkl_vcpu *v)
{
	if (fake.locked)
		fake_violated("the lock is taken twice");
	fake.locked = true;
}

void lkl_vcpu_unlock(struct lkl_vcpu *v)
{
	fake.locked = false;
}

/* The host */

static bool no_memory(void)
{
	return fake.no_mem >= 0 && !fake.no_mem--;
}

static void *mem_alloc(unsigned long size)
{
	void *p = no_memory() ? NULL : malloc(size);

	fake.mem += !!p;
	/* Nobody may count on zeros. */
	return p ? memset(p, 0x5a, size) : NULL;
}

static void mem_free(void *p)
{
	fake.mem -= !!p;
	free(p);
}

static struct lkl_sem *sem_new(int count)
{
	sem_t *sem = mem_alloc(sizeof(*sem));

	if (sem)
		sem_init(sem, 0, count);
	return (struct lkl_sem *)sem;
}

static void sem_end(struct lkl_sem *sem)
{
	sem_destroy((sem_t *)sem);
	mem_free(sem);
}

static void sem_up(struct lkl_sem *sem)
{
	sem_post((sem_t *)sem);
}

static void sem_down(struct lkl_sem *sem)
{
	while (sem_wait((sem_t *)sem))
		;
}

struct starter {
	void (*fn)(void *arg);
	void *arg;
};

static void *thread_main(void *arg)
{
	struct starter s = *(struct starter *)arg;

	free(arg);
	s.fn(s.arg);
	return NULL;
}

static lkl_thread_t thread_create(void (*fn)(void *), void *arg)
{
	struct starter *s;
	pthread_t t;

	if (no_memory())
		return 0;
	s = malloc(sizeof(*s));
	*s = (struct starter) { fn, arg };
	pthread_create(&t, NULL, thread_main, s);
	fake.mem++;
	return t;
}

static int thread_join(lkl_thread_t t)
{
	if (fake.locked)
		fake_violated("waiting for a thread with the lock held");
	fake.mem--;
	return pthread_join(t, NULL);
}

static const struct lkl_host_operations host = {
	.size = sizeof(host),
	.mem_alloc = mem_alloc,
	.mem_free = mem_free,
	.sem_alloc = sem_new,
	.sem_free = sem_end,
	.sem_up = sem_up,
	.sem_down = sem_down,
	.thread_create = thread_create,
	.thread_join = thread_join,
};

/* The back end */

unsigned char pattern(unsigned int seed, uint32_t i)
{
	return i ^ (i >> 8) ^ (seed * 37 + 11);
}

static void check_nd(struct lkl_netdev *nd)
{
	if (nd != &fake.be.nd || !fake.be.is_open)
		fake_violated("another back end");
}

static void check_packet(const struct lkl_packet *p)
{
	uint32_t i;

	if (!p->iov_count || p->iov_count > 1024)
		fake_violated("a packet of no parts, or too many");
	if (fake.be.nd.has_vnet_hdr && p->iov[0].iov_len < HDR)
		fake_violated("a header in pieces");
	for (i = 0; i < p->iov_count; i++) {
		const struct iovec *v = &p->iov[i];
		uint64_t pa = (uintptr_t)v->iov_base - (uintptr_t)fake.ram;

		if (pa > fake.ram_size || v->iov_len > fake.ram_size - pa)
			fake_violated("a buffer outside RAM");
	}
}

static uint64_t be_features(struct lkl_netdev *nd, uint64_t wanted)
{
	return wanted & fake.be.can;
}

static uint32_t be_tso_max(struct lkl_netdev *nd)
{
	return fake.be.tso_max;
}

static int be_open(struct lkl_netdev *nd, struct lkl_poller *poller,
		   uint64_t features,
		   void (*ready)(void *data, uint32_t events), void *data)
{
	if (fake.be.open_error)
		return fake.be.open_error;
	fake.be.is_open = true;
	fake.be.features = features;
	fake.be.ready = ready;
	fake.be.data = data;
	fake.be.want_rx = false;
	check_nd(nd);
	return 0;
}

static void be_want_rx(struct lkl_netdev *nd, int want)
{
	check_nd(nd);
	if (fake.be.want_rx == !!want)
		fake_violated("the back end is told the same again");
	fake.be.want_rx = want;
	fake.be.wanted++;
}

static void wire_add(struct wire *w, uint32_t len, unsigned char *data)
{
	w->len[w->count % WIRE_MAX] = len;
	w->data[w->count % WIRE_MAX] = data;
	w->count++;
	if (w->count - w->first > WIRE_MAX)
		fake_violated("the test's wire is too short");
}

static void wire_clear(struct wire *w)
{
	while (w->first < w->count)
		free(w->data[w->first++ % WIRE_MAX]);
}

static unsigned char *gather(const struct lkl_packet *p, uint32_t *len)
{
	unsigned char *data;
	uint32_t i;

	*len = 0;
	for (i = 0; i < p->iov_count; i++)
		*len += p->iov[i].iov_len;
	data = malloc(*len + 1);
	*len = 0;
	for (i = 0; i < p->iov_count; i++) {
		memcpy(data + *len, p->iov[i].iov_base, p->iov[i].iov_len);
		*len += p->iov[i].iov_len;
	}
	if (*len > PACKET_MAX && *len > HDR + fake.be.tso_max)
		fake_violated("a packet is longer than any");
	return data;
}

static int be_send(struct lkl_netdev *nd, struct lkl_packet *packets,
		   uint32_t n)
{
	unsigned char *data;
	uint32_t i, len;

	check_nd(nd);
	if (!n)
		fake_violated("nothing is sent");
	fake.be.sends++;
	for (i = 0; i < n; i++)
		check_packet(&packets[i]);
	for (i = 0; i < n && fake.be.room; i++, fake.be.room--) {
		data = gather(&packets[i], &len);
		wire_add(&fake.be.out, len, data);
	}
	return i;
}

static void scatter(struct lkl_packet *p, const unsigned char *data,
		    uint32_t len)
{
	uint32_t i, n;

	p->len = 0;
	for (i = 0; i < p->iov_count && len; i++) {
		n = p->iov[i].iov_len < len ? p->iov[i].iov_len : len;
		memcpy(p->iov[i].iov_base, data + p->len, n);
		p->len += n;
		len -= n;
	}
}

static int be_recv(struct lkl_netdev *nd, struct lkl_packet *packets,
		   uint32_t n)
{
	struct wire *w = &fake.be.in;
	uint32_t i;

	check_nd(nd);
	if (!fake.be.want_rx || !n)
		fake_violated("nobody listens");
	fake.be.recvs++;
	if (n > fake.be.most)
		fake.be.most = n;
	fake.be.pieces = packets[0].iov_count;
	for (i = 0; i < n; i++) {
		check_packet(&packets[i]);
		if (i && packets[i].iov < packets[i - 1].iov +
					  packets[i - 1].iov_count)
			fake_violated("a buffer for two packets");
	}
	for (i = 0; i < n && w->first < w->count; i++, w->first++) {
		scatter(&packets[i], w->data[w->first % WIRE_MAX],
			w->len[w->first % WIRE_MAX]);
		free(w->data[w->first % WIRE_MAX]);
	}
	return i;
}

static void be_close(struct lkl_netdev *nd)
{
	check_nd(nd);
	if (!fake.locked)
		fake_violated("the back end is closed without the lock");
	fake.be.is_open = false;
}

static const struct lkl_host_net_ops be_ops = {
	.size = sizeof(be_ops),
	.features = be_features,
	.tso_max = be_tso_max,
	.open = be_open,
	.want_rx = be_want_rx,
	.send = be_send,
	.recv = be_recv,
	.close = be_close,
};

void be_arrive(uint32_t len, unsigned int seed)
{
	uint32_t hdr = fake.be.nd.has_vnet_hdr ? HDR : 0, i;
	unsigned char *data = malloc(hdr + len + 1);

	memset(data, 0, hdr);
	for (i = 0; i < len; i++)
		data[hdr + i] = pattern(seed, i);
	/* Something of the header that is to arrive. */
	if (hdr)
		((struct lkl_virtio_net_hdr_v1 *)data)->csum_start = seed;
	wire_add(&fake.be.in, hdr + len, data);
}

void be_arrive_segment(uint32_t seq, uint32_t payload, uint32_t options,
		       unsigned int seed)
{
	unsigned char *data = malloc(AT_OPTIONS + 40 + payload);
	uint32_t header = make_segment(data, seq, payload, options), i;

	/* Of the port; it is part of none of the checksums. */
	data[AT_TCP] = seed;
	for (i = 0; i < payload; i++)
		data[header + i] = pattern(seed, seq + i);
	wire_add(&fake.be.in, header + payload, data);
}

void be_ready(uint32_t events)
{
	fake.be.ready(fake.be.data, events);
}

/* The machine */

void fake_init(void)
{
	fake = (struct fake_net) { .no_mem = -1, .ram_size = NET_RAM_SIZE };
	fake.be.can = ~0ULL;
	fake.be.room = ~0U;
}

int fake_create(struct lkl_netdev *custom, uint32_t offload)
{
	int ret;

	fake.ram = calloc(1, fake.ram_size);
	if (!fake.ram)
		fake_violated("no memory for the test");
	fake.inst.host = &host;
	fake.be.ops.host = &be_ops;
	fake.be.nd.ops = &fake.be.ops;
	ret = virtio_net_create(&fake.inst, custom ? custom : &fake.be.nd,
				fake_mac, offload, &fake.net);
	if (ret) {
		free(fake.ram);
		return ret;
	}
	fake.dev = virtio_net_dev(fake.net);
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
	lkl_mmio_detach(&fake.inst.bus, fake.dev->slot);
	virtio_net_destroy(fake.net);
	if (fake.be.is_open)
		fake_violated("the back end was not closed");
	free(fake.ram);
	wire_clear(&fake.be.in);
	wire_clear(&fake.be.out);
	if (fake.mem)
		fake_violated("something was not given back");
	fake_init();
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

static void reg_write64(uint32_t low, uint64_t val)
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

static struct lkl_vring_avail *avail(unsigned int q)
{
	return ram(AVAIL_ADDR(q), sizeof(struct lkl_vring_avail));
}

static struct lkl_vring_used *used(unsigned int q)
{
	return ram(USED_ADDR(q), sizeof(struct lkl_vring_used));
}

bool drv_negotiate(uint64_t features)
{
	uint32_t status = LKL_VIRTIO_CONFIG_S_ACKNOWLEDGE |
			  LKL_VIRTIO_CONFIG_S_DRIVER;

	reg_write(LKL_VIRTIO_MMIO_STATUS, 0);
	reg_write(LKL_VIRTIO_MMIO_STATUS, status);
	reg_write(LKL_VIRTIO_MMIO_DRIVER_FEATURES_SEL, 0);
	reg_write(LKL_VIRTIO_MMIO_DRIVER_FEATURES, features);
	reg_write(LKL_VIRTIO_MMIO_DRIVER_FEATURES_SEL, 1);
	reg_write(LKL_VIRTIO_MMIO_DRIVER_FEATURES, features >> 32);
	status |= LKL_VIRTIO_CONFIG_S_FEATURES_OK;
	reg_write(LKL_VIRTIO_MMIO_STATUS, status);
	return reg_read(LKL_VIRTIO_MMIO_STATUS) == status;
}

static void start_queue(unsigned int q, uint32_t num)
{
	struct net_queue *d = &fake.queue[q];
	unsigned int i;

	memset(ram(DESC_ADDR(q), 0x10000), 0, 0x10000);
	*d = (struct net_queue) { .num = num, .nr_free = num };
	for (i = 0; i < num; i++)
		d->next[i] = i + 1;
	reg_write(LKL_VIRTIO_MMIO_QUEUE_SEL, q);
	reg_write(LKL_VIRTIO_MMIO_QUEUE_NUM, num);
	reg_write64(LKL_VIRTIO_MMIO_QUEUE_DESC_LOW, DESC_ADDR(q));
	reg_write64(LKL_VIRTIO_MMIO_QUEUE_AVAIL_LOW, AVAIL_ADDR(q));
	reg_write64(LKL_VIRTIO_MMIO_QUEUE_USED_LOW, USED_ADDR(q));
	reg_write(LKL_VIRTIO_MMIO_QUEUE_READY, 1);
}

void drv_start(uint64_t features, uint32_t num)
{
	unsigned int q;

	if (!drv_negotiate(features))
		fake_violated("features are refused");
	fake.features = features;
	for (q = 0; q < QUEUES; q++)
		start_queue(q, num);
	reg_write(LKL_VIRTIO_MMIO_STATUS,
		  reg_read(LKL_VIRTIO_MMIO_STATUS) |
		  LKL_VIRTIO_CONFIG_S_DRIVER_OK);
}

unsigned int drv_add(unsigned int q, const struct seg *segs, unsigned int n)
{
	struct net_queue *d = &fake.queue[q];
	unsigned int i, head = d->free;

	if (n > d->nr_free)
		fake_violated("the test adds more than the queue takes");
	for (i = 0; i < n; i++) {
		struct lkl_vring_desc *desc =
			ram(DESC_ADDR(q) + d->free * sizeof(*desc),
			    sizeof(*desc));

		desc->addr = segs[i].addr;
		desc->len = segs[i].len;
		desc->flags = segs[i].flags | (i + 1 < n ? NEXT : 0);
		desc->next = d->next[d->free];
		d->free = d->next[d->free];
	}
	d->nr_free -= n;
	d->busy[head] = n;
	avail(q)->ring[d->avail_idx % d->num] = head;
	avail(q)->idx = ++d->avail_idx;
	return head;
}

bool drv_kick(unsigned int q)
{
	struct net_queue *d = &fake.queue[q];
	uint16_t old = d->kicked_idx, event;

	d->kicked_idx = d->avail_idx;
	if (fake.features & EVENT_IDX) {
		memcpy(&event, &used(q)->ring[d->num], sizeof(event));
		if ((uint16_t)(d->avail_idx - event - 1) >=
		    (uint16_t)(d->avail_idx - old))
			return false;
	}
	reg_write(LKL_VIRTIO_MMIO_QUEUE_NOTIFY, q);
	return true;
}

bool drv_reap(unsigned int q, unsigned int *head, uint32_t *len)
{
	struct net_queue *d = &fake.queue[q];
	struct lkl_vring_used_elem e;
	unsigned int i, last;

	if (used(q)->idx == d->used_idx)
		return false;
	e = used(q)->ring[d->used_idx % d->num];
	if (e.id >= d->num || !d->busy[e.id])
		fake_violated("a chain is returned that was not given");
	last = e.id;
	for (i = 1; i < d->busy[e.id]; i++)
		last = d->next[last];
	d->next[last] = d->free;
	d->free = e.id;
	d->nr_free += d->busy[e.id];
	d->busy[e.id] = 0;
	d->used_idx++;
	/* The next one is to interrupt. */
	avail(q)->ring[d->num] = d->used_idx;
	*head = e.id;
	*len = e.len;
	return true;
}
