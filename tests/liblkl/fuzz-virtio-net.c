// SPDX-License-Identifier: GPL-2.0
/*
 * A driver without sense at the virtio network device: random registers and
 * rings, chains that are nearly right, a back end that takes and gives what it
 * likes.  The device may refuse to work, until it is reset; it must not leave
 * guest RAM (the sanitizers see to that), give its back end nonsense
 * (fake-net.c does), or turn in circles.
 *
 * usage: fuzz-virtio-net [SEED]
 *
 * Without SEED, those from 1 to $SEEDS.  The same seed does the same again.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <lkl/net-config.h>

#include "fake-net.h"

#define DEFAULT_SEEDS	1000
#define STEPS		150
/* Against endless loops only. */
#define HANG_S		120

/**
 * struct progress - what the parent is told
 * @seed:	that is being tried
 * @sent:	packets that reached the back end
 * @received:	packets that the device took from it
 * @broken:	how often the device refused to go on
 * @done:	all seeds are tried
 */
static struct progress {
	uint64_t seed;
	uint64_t sent;
	uint64_t received;
	uint64_t broken;
	bool done;
} *progress;

static uint64_t random_state;
static bool was_broken;
/* The available rings as the driver without sense keeps them. */
static uint16_t avail_idx[QUEUES];
static uint32_t num;

static uint64_t random64(void)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return random_state * 0x2545f4914f6cdd1dULL;
}

static unsigned int below(unsigned int n)
{
	return (random64() >> 32) % n;
}

static bool one_in(unsigned int n)
{
	return !below(n);
}

static uint64_t any_address(unsigned int q)
{
	switch (below(24)) {
	case 0:
		return fake.ram_size - below(64);
	case 1:
		return random64() >> below(64);
	case 2:
		return DESC_ADDR(q) + below(0x10000);
	}
	return DATA_ADDR(q) + below(0x100000);
}

static uint32_t any_length(void)
{
	static const uint32_t lens[] = {
		0, 1, HDR - 1, HDR, HDR, HDR + 1, 60, 1514, 1526, 4096, 4096,
		4096, 9300, 65562, 65580, 65581, 0x100000, 0xffffffff,
	};

	if (one_in(32))
		return random64() >> below(32);
	return lens[below(one_in(32) ? ARRAY_SIZE(lens) : 14)];
}

static void random_register(void)
{
	static const uint32_t regs[] = {
		LKL_VIRTIO_MMIO_DRIVER_FEATURES,
		LKL_VIRTIO_MMIO_DRIVER_FEATURES_SEL,
		LKL_VIRTIO_MMIO_QUEUE_SEL, LKL_VIRTIO_MMIO_QUEUE_NUM,
		LKL_VIRTIO_MMIO_QUEUE_READY, LKL_VIRTIO_MMIO_QUEUE_NOTIFY,
		LKL_VIRTIO_MMIO_INTERRUPT_ACK, LKL_VIRTIO_MMIO_STATUS,
		LKL_VIRTIO_MMIO_QUEUE_DESC_LOW,
		LKL_VIRTIO_MMIO_QUEUE_AVAIL_LOW,
		LKL_VIRTIO_MMIO_QUEUE_USED_LOW,
	};
	uint32_t off = one_in(4) ? below(LKL_MMIO_WINDOW) :
		       regs[below(ARRAY_SIZE(regs))];
	uint32_t val = one_in(2) ? below(512) : random64() >> below(64);

	if (one_in(3)) {
		lkl_mmio_read(&fake.inst.bus, fake.regs + off, 1U << below(4));
		return;
	}
	reg_write(off, val);
	if (off == LKL_VIRTIO_MMIO_STATUS && !val)
		was_broken = false;
}

/* A device that runs; what it was told before is lost. */
static void start_over(void)
{
	uint64_t features = VERSION_1;

	if (one_in(2))
		features |= EVENT_IDX;
	if (one_in(2))
		features |= INDIRECT_DESC;
	if (one_in(2))
		features |= fake.dev->features;
	num = one_in(8) ? 1U << below(11) : 16U << below(5);
	drv_start(features, num);
	reg_write(LKL_VIRTIO_MMIO_CONFIG + sizeof(struct lkl_virtio_net_config) +
		  offsetof(struct lkl_net_config, join), !one_in(4));
	memset(avail_idx, 0, sizeof(avail_idx));
	was_broken = false;
}

static struct lkl_vring_desc *desc(unsigned int q, unsigned int i)
{
	uint64_t addr = DESC_ADDR(q) + i * sizeof(struct lkl_vring_desc);

	return ram(addr, sizeof(struct lkl_vring_desc));
}

/* A chain that is right, but for a detail now and then. */
static void random_chain(unsigned int q)
{
	unsigned int n = 1 + below(one_in(16) ? 140 : 4), at, i;

	if (n > num)
		n = num;
	/* May overlap with one in flight: so be it. */
	at = below(num - n + 1);
	for (i = 0; i < n; i++) {
		*desc(q, at + i) = (struct lkl_vring_desc) {
			.addr = any_address(q),
			.len = any_length(),
			.flags = (i + 1 < n ? NEXT : 0) |
				 (q == RX ? WRITE : 0),
			.next = at + i + 1,
		};
		if (!i && !one_in(64))
			desc(q, at)->len |= HDR;
		if (one_in(256))
			desc(q, at + i)->flags ^= 1 << below(3);
		if (one_in(256))
			desc(q, at + i)->next = random64();
	}
	((struct lkl_vring_avail *)ram(AVAIL_ADDR(q), 4))->
		ring[avail_idx[q] % num] = at;
	avail_idx[q]++;
	((struct lkl_vring_avail *)ram(AVAIL_ADDR(q), 4))->idx = avail_idx[q];
}

static void scribble(void)
{
	uint64_t addr = DESC_ADDR(below(2)) + below(0x8000);
	unsigned int n = 1 + below(one_in(8) ? 512 : 16);

	while (n--)
		*(char *)ram(addr++, 1) = one_in(2) ? 0 : random64();
}

static void some_chains(unsigned int q)
{
	unsigned int n = 1 + below(q == RX ? 32 : 8);

	while (n--)
		random_chain(q);
	reg_write(LKL_VIRTIO_MMIO_QUEUE_NOTIFY, q);
}

static void some_packets(void)
{
	unsigned int n = 1 + below(8);
	static uint32_t seq[3];
	unsigned int stream;
	uint32_t len;

	while (n-- && fake.be.in.count - fake.be.in.first < WIRE_MAX) {
		len = one_in(4) ? below(65000) : 1000;
		if (one_in(2) && fake.be.nd.has_vnet_hdr) {
			stream = below(ARRAY_SIZE(seq));
			be_arrive_segment(seq[stream], len, one_in(8) ? 0 : 12,
					  stream);
			seq[stream] += len;
		} else {
			be_arrive(one_in(4) ? below(PACKET_MAX - HDR) : 60, n);
		}
	}
}

static void step(void)
{
	switch (below(40)) {
	case 0:
		random_register();
		break;
	case 1:
		if (one_in(4))
			scribble();
		break;
	case 2:
		start_over();
		break;
	case 3 ... 6:
		fake.be.room = one_in(2) ? ~0U : below(4);
		break;
	case 7 ... 16:
		some_chains(RX);
		break;
	case 17 ... 26:
		some_chains(TX);
		break;
	case 27 ... 32:
		some_packets();
		break;
	default:
		be_ready(1 + below(3));
	}
	if (was_broken && one_in(2))
		start_over();
}

static void check_state(void)
{
	bool broken = reg_read(LKL_VIRTIO_MMIO_STATUS) &
		      LKL_VIRTIO_CONFIG_S_NEEDS_RESET;

	if (was_broken && !broken)
		fake_violated("a broken device works again without a reset");
	if (broken && !was_broken)
		progress->broken++;
	was_broken = broken;
}

static void forget(struct wire *w)
{
	while (w->first < w->count)
		free(w->data[w->first++ % WIRE_MAX]);
}

/* After all that, a driver that keeps to the rules gets what it asks for. */
static void check_recovery(void)
{
	struct seg rx = { DATA_ADDR(RX), 0x1000, WRITE };
	struct seg tx = { DATA_ADDR(TX), HDR + 60, 0 };
	unsigned int id, i;
	uint32_t len;

	fake.be.room = ~0U;
	forget(&fake.be.in);
	drv_start(VERSION_1, 8);
	for (i = 0; i < 20; i++) {
		forget(&fake.be.out);
		drv_add(TX, &tx, 1);
		drv_kick(TX);
		if (!drv_reap(TX, &id, &len) ||
		    fake.be.out.count - fake.be.out.first != 1)
			fake_violated("the device does not send any more");
		drv_add(RX, &rx, 1);
		drv_kick(RX);
		be_arrive(60, i);
		be_ready(LKL_NET_RX);
		if (!drv_reap(RX, &id, &len) || len != HDR + 60)
			fake_violated("the device does not receive any more");
	}
}

static void try_seed(uint64_t seed)
{
	unsigned int i;

	random_state = seed * 0x9e3779b97f4a7c15ULL + 1;
	for (i = 0; i < 8; i++)
		random64();
	fake_init();
	fake.ram_size -= below(64);
	fake.be.nd.has_vnet_hdr = one_in(2);
	if (fake_create(NULL, random64()))
		fake_violated("no device");
	start_over();
	for (i = 0; i < STEPS; i++) {
		unsigned int sent = fake.be.out.count;
		unsigned int received = fake.be.in.first;

		step();
		check_state();
		progress->sent += fake.be.out.count - sent;
		progress->received += fake.be.in.first - received;
		forget(&fake.be.out);
	}
	check_recovery();
	fake_destroy();
}

static void try_seeds(uint64_t first, uint64_t last)
{
	for (progress->seed = first; progress->seed <= last;
	     progress->seed++) {
		alarm(HANG_S);
		try_seed(progress->seed);
	}
	progress->done = true;
	/* The sanitizers' own end, for leaks. */
	exit(EXIT_SUCCESS);
}

static uint64_t number(const char *s)
{
	char *end;
	uint64_t n = strtoull(s, &end, 0);

	if (!n || *end) {
		fprintf(stderr, "fuzz-virtio-net: '%s' is no number of seeds\n",
			s);
		exit(EXIT_FAILURE);
	}
	return n;
}

static int report(bool ok, int status)
{
	bool used = progress->sent && progress->received && progress->broken;

	printf("# %llu sent, %llu received, %llu times broken\n",
	       (unsigned long long)progress->sent,
	       (unsigned long long)progress->received,
	       (unsigned long long)progress->broken);
	if (!ok && progress->done)
		printf("# status %#x after the last seed\n", status);
	else if (!ok)
		printf("# status %#x; to see it again: fuzz-virtio-net %llu\n",
		       status, (unsigned long long)progress->seed);
	printf("%sok 1 - no_driver_confuses_the_device\n", ok ? "" : "not ");
	/* The program is at fault if it did not get anywhere. */
	printf("%sok 2 - the_device_was_put_to_use\n", used ? "" : "not ");
	return ok && used ? EXIT_SUCCESS : EXIT_FAILURE;
}

int main(int argc, char **argv)
{
	const char *env = getenv("SEEDS");
	uint64_t first = 1, last = env ? number(env) : DEFAULT_SEEDS;
	int status;
	pid_t pid;

	if (argc > 1)
		first = last = number(argv[1]);
	progress = mmap(NULL, sizeof(*progress), PROT_READ | PROT_WRITE,
			MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (progress == MAP_FAILED)
		return EXIT_FAILURE;
	printf("1..2\n");
	fflush(stdout);
	pid = fork();
	if (!pid)
		try_seeds(first, last);
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		return EXIT_FAILURE;
	return report(status == 0 && progress->done, status);
}
