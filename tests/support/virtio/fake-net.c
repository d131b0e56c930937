// SPDX-License-Identifier: GPL-2.0
/*
 * A guest with a network device: see fake-net.h.
 */
#include <pthread.h>
#include <semaphore.h>
#include <stdlib.h>
#include <string.h>

#include "support/virtio/fake-net.h"
#include "support/net/segment.h"

struct fake_net fake;
const uint8_t fake_mac[6] = { 2, 1, 2, 3, 4, 5 };

/* Stand-ins for the functions that virtio-net.c and custom-net.c call. */

/* Called in a thread of the program */
void lkl_vcpu_irq(struct lkl_vcpu *v, unsigned int irq)
{
	if (v != &guest.inst.vcpu)
		fake_violated("the interrupt of another instance");
	guest_check_irq(irq);
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

static struct lkl_sem *sem_new(int count)
{
	sem_t *sem = guest_mem_alloc(sizeof(*sem));

	if (sem)
		sem_init(sem, 0, count);
	return (struct lkl_sem *)sem;
}

static void sem_end(struct lkl_sem *sem)
{
	sem_destroy((sem_t *)sem);
	guest_mem_free(sem);
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

static void *fake_net_thread_main(void *arg)
{
	struct starter s = *(struct starter *)arg;

	free(arg);
	s.fn(s.arg);
	return NULL;
}

static lkl_thread_t fake_net_thread_create(void (*fn)(void *), void *arg)
{
	struct starter *s;
	pthread_t t;

	if (guest_no_memory())
		return 0;
	s = malloc(sizeof(*s));
	*s = (struct starter) { fn, arg };
	pthread_create(&t, NULL, fake_net_thread_main, s);
	guest.mem++;
	return t;
}

static int thread_join(lkl_thread_t t)
{
	if (fake.locked)
		fake_violated("waiting for a thread with the lock held");
	guest.mem--;
	return pthread_join(t, NULL);
}

static const struct lkl_host_operations host = {
	.size = sizeof(host),
	.mem_alloc = guest_mem_alloc,
	.mem_free = guest_mem_free,
	.sem_alloc = sem_new,
	.sem_free = sem_end,
	.sem_up = sem_up,
	.sem_down = sem_down,
	.thread_create = fake_net_thread_create,
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
	for (i = 0; i < p->iov_count; i++)
		guest_check_buffer(&p->iov[i]);
}

static uint64_t be_features(struct lkl_netdev *nd, uint64_t wanted)
{
	return wanted & fake.be.can;
}

static uint32_t be_tso_max(struct lkl_netdev *nd)
{
	return fake.be.tso_max;
}

static int fake_net_be_open(struct lkl_netdev *nd, struct lkl_poller *poller,
			    uint64_t features,
			    void (*ready)(void *data, uint32_t events),
			    void *data)
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

static unsigned char *fake_net_gather(const struct lkl_packet *p, uint32_t *len)
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
		data = fake_net_gather(&packets[i], &len);
		wire_add(&fake.be.out, len, data);
	}
	return i;
}

static void fake_net_scatter(struct lkl_packet *p, const unsigned char *data,
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
		fake_net_scatter(&packets[i], w->data[w->first % WIRE_MAX],
				 w->len[w->first % WIRE_MAX]);
		free(w->data[w->first % WIRE_MAX]);
	}
	return i;
}

static void fake_net_be_close(struct lkl_netdev *nd)
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
	.open = fake_net_be_open,
	.want_rx = be_want_rx,
	.send = be_send,
	.recv = be_recv,
	.close = fake_net_be_close,
};

void be_arrive(uint32_t len, unsigned int seed)
{
	uint32_t hdr = fake.be.nd.has_vnet_hdr ? HDR : 0, i;
	unsigned char *data = malloc(hdr + len + 1);

	memset(data, 0, hdr);
	for (i = 0; i < len; i++)
		data[hdr + i] = pattern(seed, i);
	/* Fields of the header that must arrive */
	if (hdr)
		((struct lkl_virtio_net_hdr_v1 *)data)->csum_start = seed;
	wire_add(&fake.be.in, hdr + len, data);
}

void be_arrive_segment(uint32_t seq, uint32_t payload, uint32_t options,
		       unsigned int seed)
{
	unsigned char *data = malloc(AT_OPTIONS + 40 + payload);
	uint32_t header = make_segment(data, seq, payload, options), i;

	/* The port is part of none of the checksums. */
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
	fake = (struct fake_net) { .ram_size = NET_RAM_SIZE };
	fake.be.can = ~0ULL;
	fake.be.room = ~0U;
}

int fake_create(struct lkl_netdev *custom, uint32_t offload)
{
	int ret;

	guest_start(fake.ram_size, &host);
	fake.be.ops.host = &be_ops;
	fake.be.nd.ops = &fake.be.ops;
	ret = lkl_virtio_net_create(&guest.inst, custom ? custom : &fake.be.nd,
				    fake_mac, offload, &fake.net);
	if (ret) {
		guest_end();
		return ret;
	}
	guest_attach(lkl_virtio_net_dev(fake.net));
	return 0;
}

void fake_destroy(void)
{
	guest_detach();
	lkl_virtio_net_destroy(fake.net);
	if (fake.be.is_open)
		fake_violated("the back end was not closed");
	wire_clear(&fake.be.in);
	wire_clear(&fake.be.out);
	guest_end();
	fake_init();
}

/* The driver */

void drv_start(uint64_t features, uint32_t num)
{
	unsigned int q;

	if (!drv_negotiate(features))
		fake_violated("features are refused");
	for (q = 0; q < QUEUES; q++) {
		memset(ram(DESC_ADDR(q), 0x10000), 0, 0x10000);
		vq_start(q, num, DESC_ADDR(q), AVAIL_ADDR(q), USED_ADDR(q));
	}
	drv_ok();
}
