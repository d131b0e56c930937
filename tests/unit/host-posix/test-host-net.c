// SPDX-License-Identifier: GPL-2.0
/*
 * The network back ends of the POSIX host, and descriptors that the kernel
 * waits for, without a kernel: what the device models see of them.
 *
 * Interfaces of the host are made in a network namespace of the test's own, for
 * which it has to be root.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include <lkl/asm/poll.h>
#include <lkl/linux/virtio_net.h>

#include "drive.h"
#include "support/check-main.h"

#define F(name)		(1ULL << LKL_VIRTIO_NET_F_##name)
#define HDR		sizeof(struct lkl_virtio_net_hdr_v1)
#define PACKET_MAX	(65536 + 32 + HDR)
#define MANY		64
#define fd_ops		(lkl_default_host_ops()->fd)
/* For experiments: nobody else sends such packets. */
#define ETHERTYPE	0x88b5

/**
 * struct end - a back end in use
 * @nd:		itself
 * @ops:	what it does
 * @poller:	that it is used with
 * @events:	of ready, not yet taken
 * @calls:	of ready
 */
struct end {
	struct lkl_netdev *nd;
	const struct lkl_host_net_ops *ops;
	struct lkl_poller *poller;
	uint32_t events;
	int calls;
};

static char bufs[MANY][PACKET_MAX + 16];
static struct iovec iovs[MANY][8];
static struct lkl_packet packets[MANY];

/* It tells of packets until it is not listened to any more. */
static struct end *slirp_listener;

static void is_ready(void *data, uint32_t events)
{
	struct end *end = data;

	if (end == slirp_listener)
		end->ops->want_rx(end->nd, 0);

	end->events |= events;
	end->calls++;
}

static void end_use(struct end *end, struct lkl_poller *poller)
{
	end->poller = poller;
	end->events = 0;
	ck_assert_int_eq(end->ops->open(end->nd, poller, 0, is_ready, end), 0);
}

static struct end end_open(struct lkl_netdev *nd)
{
	ck_assert_ptr_nonnull(nd);
	return (struct end) { .nd = nd, .ops = nd->ops->host };
}

static void end_close(struct end *end)
{
	if (end->poller)
		end->ops->close(end->nd);
	end->nd->ops->free(end->nd);
}

/* Packet @i of @len bytes that tell of @seed, in @parts parts. */
static void make_packet(int i, size_t len, uint64_t seed, int parts)
{
	size_t part = parts > 1 ? (len - HDR) / (parts - 1) : 0, pos = 0;
	int j;

	fill(bufs[i], len, seed);
	for (j = 0; j < parts; j++) {
		iovs[i][j].iov_base = bufs[i] + pos;
		iovs[i][j].iov_len = j == parts - 1 ? len - pos :
				     j ? part : HDR;
		pos += iovs[i][j].iov_len;
	}
	packets[i] = (struct lkl_packet) { .iov = iovs[i],
					   .iov_count = parts };
}

/* Room for a packet. */
static void make_room(int i)
{
	memset(bufs[i], 0, sizeof(bufs[i]));
	iovs[i][0] = (struct iovec) { bufs[i], HDR };
	iovs[i][1] = (struct iovec) { bufs[i] + HDR, 1000 };
	iovs[i][2] = (struct iovec) { bufs[i] + HDR + 1000,
				      sizeof(bufs[i]) - HDR - 1000 };
	packets[i] = (struct lkl_packet) { .iov = iovs[i], .iov_count = 3 };
}

static int recv_some(struct end *end, int n)
{
	int i;

	for (i = 0; i < n; i++)
		make_room(i);
	return end->ops->recv(end->nd, packets, n);
}

/* Wait for @event as the leader does. */
static void wait_for(struct end *end, uint32_t event)
{
	while (!(end->events & event)) {
		wait_ops->poller_wait(end->poller, INT64_MAX);
		wait_ops->poller_reap(end->poller);
	}
	end->events &= ~event;
}

/* Whatever is to be found now. */
static int look(struct lkl_poller *poller)
{
	wait_ops->poller_wait(poller, 0);
	wait_ops->poller_wait(poller, 0);
	return wait_ops->poller_reap(poller);
}

/* Pipes */

static char dir[64];

static void setup(void)
{
	strcpy(dir, "./host-net-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(dir));
}

static void teardown(void)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/a", dir);
	unlink(path);
	snprintf(path, sizeof(path), "%s/b", dir);
	unlink(path);
	rmdir(dir);
}

static struct end pipe_open(const char *rx, const char *tx)
{
	char names[256];

	snprintf(names, sizeof(names), "%s/%s|%s/%s", dir, rx, dir, tx);
	return end_open(lkl_netdev_pipe_create(names, ~0));
}

/* Another descriptor of the pipe that @end receives from, or sends to. */
static int pipe_fd(const char *name)
{
	char path[128];
	int fd;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	fd = open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC);
	ck_assert_int_ge(fd, 0);
	return fd;
}

START_TEST(packets_pass_a_pipe)
{
	static const size_t lens[] = { HDR + 1, HDR + 60, HDR + 1514,
				       HDR + 9000, 65562, PACKET_MAX };
	struct end a = pipe_open("a", "b"), b = pipe_open("b", "a");
	size_t i, parts;

	ck_assert_uint_eq(a.nd->has_vnet_hdr, 1);
	end_use(&a, poller_open(_i));
	end_use(&b, poller_open(_i));
	b.ops->want_rx(b.nd, 1);
	for (i = 0; i < ARRAY_SIZE(lens); i++)
		for (parts = 1; parts <= 8; parts++) {
			if (parts > 1 && lens[i] < HDR + 60)
				continue;
			make_packet(0, lens[i], i, parts);
			ck_assert_int_eq(a.ops->send(a.nd, packets, 1), 1);
			wait_for(&b, LKL_NET_RX);
			ck_assert_int_eq(recv_some(&b, 1), 1);
			ck_assert_uint_eq(packets[0].len, lens[i]);
			ck_assert(is_filled(bufs[0], lens[i], i));
			ck_assert_int_eq(recv_some(&b, 1), 0);
		}
	end_close(&a);
	end_close(&b);
}
END_TEST

/* In one write and one read; the reader takes them as it likes. */
START_TEST(what_was_read_already_is_told_of)
{
	struct end a = pipe_open("a", "b"), b = pipe_open("b", "a");
	int i, got;

	end_use(&a, poller_open(WITH_RING));
	end_use(&b, poller_open(WITH_RING));
	b.ops->want_rx(b.nd, 1);
	for (i = 0; i < 32; i++)
		make_packet(i, 100 + i, i, 2);
	ck_assert_int_eq(a.ops->send(a.nd, packets, 32), 32);
	for (i = 0; i < 32; i += got) {
		int j;

		wait_for(&b, LKL_NET_RX);
		got = recv_some(&b, _i);
		ck_assert_int_gt(got, 0);
		for (j = 0; j < got; j++) {
			ck_assert_uint_eq(packets[j].len, 100 + i + j);
			ck_assert(is_filled(bufs[j], 100 + i + j, i + j));
		}
	}
	ck_assert_int_eq(recv_some(&b, 1), 0);
	b.events = 0;
	look(b.poller);
	ck_assert_uint_eq(b.events, 0);
	end_close(&a);
	end_close(&b);
}
END_TEST

/* Numbered packets of any length through a pipe of one page. */
static size_t any_length(int i)
{
	return i % 7 == 3 ? PACKET_MAX - i : HDR + 60 + i * 977 % 6000;
}

START_TEST(a_small_pipe_takes_packets_piece_by_piece)
{
	struct end a = pipe_open("a", "b"), b = pipe_open("b", "a");
	int fd = pipe_fd("b"), sent = 0, received = 0, blocked = 0, i, n;

	ck_assert_int_ge(fcntl(fd, F_SETPIPE_SZ, 4096), 4096);
	end_use(&a, poller_open(WITH_RING));
	end_use(&b, a.poller);
	b.ops->want_rx(b.nd, 1);
	while (received < 200) {
		n = 200 - sent > 5 ? 5 : 200 - sent;
		for (i = 0; i < n; i++)
			make_packet(i, any_length(sent + i), sent + i, 3);
		i = a.ops->send(a.nd, packets, n);
		sent += i;
		blocked += i < n;
		wait_for(&b, LKL_NET_RX);
		while ((n = recv_some(&b, 3))) {
			for (i = 0; i < n; i++, received++) {
				size_t len = any_length(received);

				ck_assert_uint_eq(packets[i].len, len);
				ck_assert(is_filled(bufs[i], len, received));
			}
			look(b.poller);
		}
		/* The last piece has no packet behind it that pushes it. */
		if (a.events & LKL_NET_TX)
			a.ops->send(a.nd, packets, 0);
	}
	ck_assert_int_gt(blocked, 0);
	close(fd);
	end_close(&a);
	end_close(&b);
}
END_TEST

START_TEST(a_full_pipe_tells_when_it_takes_packets_again)
{
	struct end a = pipe_open("a", "b"), b = pipe_open("b", "a");
	int i, sent = 0, n;

	end_use(&a, poller_open(_i));
	end_use(&b, poller_open(_i));
	do {
		for (i = 0; i < MANY; i++)
			make_packet(i, 60000, sent + i, 2);
		n = a.ops->send(a.nd, packets, MANY);
		sent += n;
	} while (n == MANY);
	ck_assert_int_eq(a.ops->send(a.nd, packets, 1), 0);
	look(a.poller);
	ck_assert_uint_eq(a.events, 0);
	for (i = 0; i < sent - 1; i++) {
		while (!recv_some(&b, 1)) {
			look(a.poller);
			a.events = 0;
			make_packet(0, 60000, 0, 2);
			a.ops->send(a.nd, packets, 0);
		}
		ck_assert(is_filled(bufs[0], 60000, i));
	}
	wait_for(&a, LKL_NET_TX);
	make_packet(0, 100, 7, 2);
	ck_assert_int_eq(a.ops->send(a.nd, packets, 1), 1);
	ck_assert_int_eq(recv_some(&b, 2), 2);
	ck_assert(is_filled(bufs[0], 60000, sent - 1));
	ck_assert(is_filled(bufs[1], 100, 7));
	/* From then on it does not. */
	look(a.poller);
	a.events = 0;
	look(a.poller);
	ck_assert_uint_eq(a.events, 0);
	end_close(&a);
	end_close(&b);
}
END_TEST

/* What somebody who was killed has left. */
START_TEST(after_a_torn_packet_packets_are_found_again)
{
	static const struct { uint32_t mark, len; } frames[] = {
		{ 0x504b4c1b, 100 }, { 0x504b4c1b, 0 }, { 0x504b4c1b, ~0U },
		{ 0x504b4c1b, PACKET_MAX + 1 }, { 0x12345678, 60 },
	};
	struct end a = pipe_open("a", "b"), b = pipe_open("b", "a");
	int fd = pipe_fd("b"), i, n, last = -1;
	char rest[40] = { };

	end_use(&a, poller_open(WITH_RING));
	end_use(&b, poller_open(WITH_RING));
	ck_assert_int_eq(write(fd, &frames[_i], 8), 8);
	ck_assert_int_eq(write(fd, rest, _i * 9), _i * 9);
	for (i = 0; i < 20; i++) {
		make_packet(0, 100, i, 2);
		ck_assert_int_eq(a.ops->send(a.nd, packets, 1), 1);
	}
	while ((n = recv_some(&b, 1)))
		for (i = 0; i < 20; i++)
			if (packets[0].len == 100 &&
			    is_filled(bufs[0], 100, i)) {
				ck_assert_int_gt(i, last);
				/* At most what was torn is missing. */
				ck_assert_int_le(i, last + 3);
				last = i;
			}
	ck_assert_int_eq(last, 19);
	close(fd);
	end_close(&a);
	end_close(&b);
}
END_TEST

START_TEST(a_packet_that_is_no_packet_does_no_harm)
{
	struct end a = pipe_open("a", "b"), b = pipe_open("b", "a");

	end_use(&a, poller_open(WITH_RING));
	end_use(&b, poller_open(WITH_RING));
	/* A header alone, which no reader takes for a packet. */
	make_packet(0, HDR, 1, 1);
	make_packet(1, 100, 2, 2);
	ck_assert_int_eq(a.ops->send(a.nd, packets, 2), 2);
	ck_assert_int_eq(recv_some(&b, 2), 1);
	ck_assert_uint_eq(packets[0].len, 100);
	ck_assert(is_filled(bufs[0], 100, 2));
	end_close(&a);
	end_close(&b);
}
END_TEST

START_TEST(both_sides_of_a_pipe_can_do_the_same)
{
	struct end a = pipe_open("a", "b");
	uint64_t all = a.ops->features(a.nd, ~0ULL);

	ck_assert_uint_eq(a.ops->features(a.nd, F(CSUM)), 0);
	ck_assert_uint_eq(a.ops->features(a.nd, F(GUEST_TSO4)), 0);
	ck_assert_uint_eq(a.ops->features(a.nd, 0x8883), 0x8883);
	ck_assert_uint_eq(a.ops->features(a.nd, all), all);
	ck_assert(all & F(HOST_TSO6));
	end_close(&a);
}
END_TEST

START_TEST(bad_names_of_pipes_are_refused)
{
	static const char *const names[] = { "", "|", "a", "|a", "a|",
					     "/no/where/a|/no/where/b" };
	int fds = count_fds();
	size_t i;

	for (i = 0; i < ARRAY_SIZE(names); i++)
		ck_assert_ptr_null(lkl_netdev_pipe_create(names[i], 0));
	ck_assert_int_eq(count_fds(), fds);
}
END_TEST

/* What is there under that name is not ours to write to. */
START_TEST(a_file_is_no_pipe)
{
	static const char words[] = "somebody's words";
	char path[80], names[180], got[64];
	int fd;

	snprintf(path, sizeof(path), "%s/file", dir);
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	ck_assert_int_eq(write(fd, words, sizeof(words)), sizeof(words));
	snprintf(names, sizeof(names), "%s/fifo|%s", dir, path);
	ck_assert_ptr_null(lkl_netdev_pipe_create(names, 0));
	snprintf(names, sizeof(names), "%s|%s/fifo", path, dir);
	ck_assert_ptr_null(lkl_netdev_pipe_create(names, 0));
	ck_assert_int_eq(pread(fd, got, sizeof(got), 0), sizeof(words));
	ck_assert_str_eq(got, words);
	close(fd);
}
END_TEST

START_TEST(a_back_end_is_opened_once)
{
	struct end a = pipe_open("a", "b");

	end_use(&a, poller_open(_i));
	ck_assert_int_eq(a.ops->open(a.nd, a.poller, 0, NULL, NULL),
			 -LKL_EBUSY);
	end_close(&a);
}
END_TEST

/* Waiting */

static void *wait_once(void *arg)
{
	wait_ops->poller_wait(arg, INT64_MAX);
	return NULL;
}

/* Whether it sleeps already when something changes is left to chance. */
static void start_waiter(struct lkl_poller *poller, pthread_t *thread)
{
	ck_assert_int_eq(pthread_create(thread, NULL, wait_once, poller), 0);
	sched_yield();
}

START_TEST(who_waits_hears_of_what_changes)
{
	struct end a = pipe_open("a", "b"), b = pipe_open("b", "a");
	struct lkl_poller *poller = poller_open(_i % 2);
	pthread_t thread;
	int round;

	end_use(&a, poller_open(WITH_RING));
	for (round = 0; round < 200; round++) {
		/* What the last round's changes left. */
		look(poller);
		start_waiter(poller, &thread);
		end_use(&b, poller);
		pthread_join(thread, NULL);
		ck_assert_int_eq(wait_ops->poller_reap(poller), 0);
		start_waiter(poller, &thread);
		b.ops->want_rx(b.nd, 1);
		pthread_join(thread, NULL);
		make_packet(0, 100, round, 1);
		look(poller);
		start_waiter(poller, &thread);
		a.ops->send(a.nd, packets, 1);
		pthread_join(thread, NULL);
		b.calls = 0;
		ck_assert_int_eq(wait_ops->poller_reap(poller), 1);
		ck_assert_int_eq(b.calls, 1);
		ck_assert_uint_eq(b.events, LKL_NET_RX);
		ck_assert_int_eq(recv_some(&b, 2), 1);
		start_waiter(poller, &thread);
		b.ops->close(b.nd);
		pthread_join(thread, NULL);
	}
	b.poller = NULL;
	end_close(&a);
	end_close(&b);
}
END_TEST

START_TEST(what_was_found_is_told_once)
{
	struct end a = pipe_open("a", "b"), b = pipe_open("b", "a");

	end_use(&a, poller_open(WITH_RING));
	end_use(&b, poller_open(WITH_RING));
	b.ops->want_rx(b.nd, 1);
	make_packet(0, 100, 1, 1);
	a.ops->send(a.nd, packets, 1);
	ck_assert_int_eq(look(b.poller), 1);
	ck_assert_int_eq(b.calls, 1);
	ck_assert_int_eq(wait_ops->poller_reap(b.poller), 0);
	/* It is still there: again at the next wait. */
	wait_ops->poller_wait(b.poller, INT64_MAX);
	ck_assert_int_eq(wait_ops->poller_reap(b.poller), 1);
	/* Not when nobody wants to know. */
	b.ops->want_rx(b.nd, 0);
	ck_assert_int_eq(look(b.poller), 0);
	b.ops->want_rx(b.nd, 1);
	ck_assert_int_eq(look(b.poller), 1);
	end_close(&a);
	end_close(&b);
}
END_TEST

START_TEST(what_was_found_for_one_that_is_gone_is_forgotten)
{
	struct end a = pipe_open("a", "b"), b = pipe_open("b", "a");

	end_use(&a, poller_open(WITH_RING));
	end_use(&b, poller_open(WITH_RING));
	b.ops->want_rx(b.nd, 1);
	make_packet(0, 100, 1, 1);
	a.ops->send(a.nd, packets, 1);
	look(b.poller);
	b.calls = 0;
	wait_ops->poller_wait(b.poller, INT64_MAX);
	b.ops->close(b.nd);
	ck_assert_int_eq(wait_ops->poller_reap(b.poller), 0);
	end_use(&b, b.poller);
	ck_assert_int_eq(look(b.poller), 0);
	ck_assert_int_eq(b.calls, 0);
	b.ops->want_rx(b.nd, 1);
	ck_assert_int_eq(look(b.poller), 1);
	ck_assert_int_eq(recv_some(&b, 1), 1);
	end_close(&a);
	end_close(&b);
}
END_TEST

/* Interfaces of the host */

static bool have_net(void)
{
	if (!unshare(CLONE_NEWNET))
		return true;
	skipped("a network namespace cannot be made here: not root");
	return false;
}

static void link_up(const char *name, bool up)
{
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct ifreq ifr = { };

	snprintf(ifr.ifr_name, sizeof(ifr.ifr_name), "%s", name);
	ck_assert_int_eq(ioctl(fd, SIOCGIFFLAGS, &ifr), 0);
	ifr.ifr_flags = up ? ifr.ifr_flags | IFF_UP : ifr.ifr_flags & ~IFF_UP;
	ck_assert_int_eq(ioctl(fd, SIOCSIFFLAGS, &ifr), 0);
	close(fd);
}

/*
 * Until packets pass: what one end of a pair learns of the other it learns
 * later.  The flags are written so that whoever is at that has finished.
 */
static void link_wait(const char *name)
{
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct ifreq ifr = { };

	snprintf(ifr.ifr_name, sizeof(ifr.ifr_name), "%s", name);
	do {
		sched_yield();
		ck_assert_int_eq(ioctl(fd, SIOCGIFFLAGS, &ifr), 0);
	} while (!(ifr.ifr_flags & IFF_RUNNING));
	ck_assert_int_eq(ioctl(fd, SIOCSIFFLAGS, &ifr), 0);
	close(fd);
}

static void pair_up(void)
{
	link_up("lkl0", true);
	link_up("lkl1", true);
	link_wait("lkl0");
	link_wait("lkl1");
}

/* A socket that sees the packets of ours on an interface. */
static int packet_socket(const char *name)
{
	int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, htons(ETHERTYPE));
	struct sockaddr_ll addr = {
		.sll_family = AF_PACKET,
		.sll_protocol = htons(ETHERTYPE),
		.sll_ifindex = if_nametoindex(name),
	};

	ck_assert_int_eq(bind(fd, (struct sockaddr *)&addr, sizeof(addr)), 0);
	return fd;
}

static void make_frame(unsigned char *p, size_t len, uint64_t seed)
{
	fill(p, len, seed);
	memset(p, 0xff, 6);
	memcpy(p + 6, "\2\0\0\0\0\1", 6);
	p[12] = ETHERTYPE >> 8;
	p[13] = ETHERTYPE & 0xff;
}

static void host_sends(int fd, size_t len, uint64_t seed)
{
	unsigned char p[2000];

	make_frame(p, len, seed);
	ck_assert_int_eq(send(fd, p, len, 0), len);
}

static void host_receives(int fd, size_t len, uint64_t seed)
{
	unsigned char p[2000], expected[2000];

	ck_assert_int_eq(recv(fd, p, sizeof(p), 0), len);
	make_frame(expected, len, seed);
	ck_assert_int_eq(memcmp(p, expected, len), 0);
}

static void guest_sends(struct end *end, int n, size_t len)
{
	int i;

	for (i = 0; i < n; i++) {
		make_packet(i, HDR + len, 0, 3);
		memset(bufs[i], 0, HDR);
		make_frame((unsigned char *)bufs[i] + HDR, len, i);
	}
	ck_assert_int_eq(end->ops->send(end->nd, packets, n), n);
}

/* The next of our packets; the host has some of its own. */
static void guest_receives(struct end *end, size_t len, uint64_t seed)
{
	unsigned char expected[2000], *p = (unsigned char *)bufs[0] + HDR;

	do {
		while (!recv_some(end, 1))
			wait_for(end, LKL_NET_RX);
	} while (p[12] != ETHERTYPE >> 8 || p[13] != (ETHERTYPE & 0xff));
	make_frame(expected, len, seed);
	ck_assert_uint_eq(packets[0].len, HDR + len);
	ck_assert_int_eq(memcmp(p, expected, len), 0);
}

static void exchange(struct end *end, int fd)
{
	int i;

	guest_sends(end, 20, 200);
	for (i = 0; i < 20; i++)
		host_receives(fd, 200, i);
	for (i = 0; i < 20; i++)
		host_sends(fd, 60 + i * 50, i);
	for (i = 0; i < 20; i++)
		guest_receives(end, 60 + i * 50, i);
}

START_TEST(packets_pass_a_tap)
{
	struct end tap;
	int fd;

	if (!have_net())
		return;
	tap = end_open(lkl_netdev_tap_create("lkltest", 0));
	ck_assert_uint_eq(tap.nd->has_vnet_hdr, 1);
	ck_assert_uint_eq(tap.ops->features(tap.nd, 0x8883), 0x8883);
	ck_assert_uint_eq(tap.ops->features(tap.nd, 0xc803), 0xc803);
	ck_assert_uint_eq(tap.ops->features(tap.nd, F(CTRL_VQ)), 0);
	end_use(&tap, poller_open(WITH_RING));
	tap.ops->want_rx(tap.nd, 1);
	link_up("lkltest", true);
	fd = packet_socket("lkltest");
	exchange(&tap, fd);
	/* What is sent while it is down is lost. */
	link_up("lkltest", false);
	guest_sends(&tap, 3, 100);
	close(fd);
	link_up("lkltest", true);
	fd = packet_socket("lkltest");
	exchange(&tap, fd);
	close(fd);
	end_close(&tap);
	ck_assert_uint_eq(if_nametoindex("lkltest"), 0);
}
END_TEST

START_TEST(a_tap_is_given_to_one)
{
	struct lkl_netdev *nd;
	int fds = count_fds();

	if (!have_net())
		return;
	nd = lkl_netdev_tap_create("lkltest", 0);
	ck_assert_ptr_nonnull(nd);
	ck_assert_ptr_null(lkl_netdev_tap_create("lkltest", 0));
	ck_assert_ptr_null(lkl_netdev_tap_create("name-that-is-too-long", 0));
	ck_assert_ptr_null(lkl_netdev_tap_create("a/b", 0));
	ck_assert_ptr_null(lkl_netdev_tap_create("lo", 0));
	ck_assert_ptr_null(lkl_netdev_macvtap_create("/no/where", 0));
	ck_assert_ptr_null(lkl_netdev_raw_create("nowhere"));
	ck_assert_ptr_null(lkl_netdev_dpdk_create("port", 0, NULL));
	nd->ops->free(nd);
	ck_assert_int_eq(count_fds(), fds);
}
END_TEST

static bool have_veth(void)
{
	if (!have_net())
		return false;
	if (!system("ip link add lkl0 type veth peer name lkl1 2>/dev/null"))
		return true;
	skipped("there is no veth here");
	return false;
}

START_TEST(packets_pass_a_packet_socket)
{
	struct end raw;
	int fd;

	if (!have_veth())
		return;
	/* It may be down at first. */
	raw = end_open(lkl_netdev_raw_create("lkl0"));
	ck_assert_uint_eq(raw.nd->has_vnet_hdr, 1);
	/* Who sends to an interface does not ask. */
	ck_assert_uint_eq(raw.ops->features(raw.nd, 0x8803),
			  0x8803 | F(GUEST_TSO4) | F(GUEST_TSO6) |
			  F(GUEST_ECN));
	end_use(&raw, poller_open(WITH_RING));
	raw.ops->want_rx(raw.nd, 1);
	look(raw.poller);
	pair_up();
	fd = packet_socket("lkl1");
	exchange(&raw, fd);
	link_up("lkl0", false);
	look(raw.poller);
	recv_some(&raw, 1);
	guest_sends(&raw, 3, 100);
	pair_up();
	exchange(&raw, fd);
	close(fd);
	end_close(&raw);
}
END_TEST

/* What is not for us, and what the host sends by itself. */
START_TEST(a_packet_socket_sees_what_comes_and_not_what_goes)
{
	struct end raw;
	int fd, here;

	if (!have_veth())
		return;
	pair_up();
	raw = end_open(lkl_netdev_raw_create("lkl0"));
	end_use(&raw, poller_open(WITH_RING));
	raw.ops->want_rx(raw.nd, 1);
	here = packet_socket("lkl0");
	fd = packet_socket("lkl1");
	host_sends(here, 100, 1);
	host_sends(fd, 100, 2);
	guest_receives(&raw, 100, 2);
	close(here);
	close(fd);
	end_close(&raw);
}
END_TEST

/* Descriptors that tasks wait for */

struct waited {
	struct lkl_hostfd hf;
	int calls;
};

static void became_ready(struct lkl_hostfd *hf)
{
	((struct waited *)hf)->calls++;
}

static struct waited waited(int fd)
{
	return (struct waited) { .hf = { .fd = fd, .ready = became_ready } };
}

START_TEST(a_descriptor_that_becomes_ready_is_told_of)
{
	struct lkl_poller *poller = poller_open(_i);
	struct waited w;
	uint64_t one = 1;
	int fds[2];

	ck_assert_int_eq(pipe(fds), 0);
	w = waited(fds[0]);
	ck_assert_int_eq(fd_ops->watch(poller, &w.hf), 0);
	look(poller);
	ck_assert_int_eq(w.calls, 0);
	ck_assert_int_eq(fd_ops->poll(fds[0]), 0);
	ck_assert_int_eq(write(fds[1], &one, 8), 8);
	while (!w.calls) {
		wait_ops->poller_wait(poller, INT64_MAX);
		wait_ops->poller_reap(poller);
	}
	ck_assert_int_eq(fd_ops->poll(fds[0]), LKL_POLLIN);
	/* It is told of once, though nobody reads. */
	look(poller);
	look(poller);
	ck_assert_int_eq(w.calls, 1);
	ck_assert_int_eq(write(fds[1], &one, 8), 8);
	look(poller);
	ck_assert_int_eq(w.calls, 2);
	close(fds[1]);
	look(poller);
	ck_assert_int_eq(w.calls, 3);
	ck_assert_int_eq(fd_ops->poll(fds[0]), LKL_POLLIN | LKL_POLLHUP);
	fd_ops->unwatch(poller, &w.hf);
	close(fds[0]);
	wait_ops->poller_destroy(poller);
}
END_TEST

START_TEST(who_waits_is_woken_by_a_descriptor)
{
	struct lkl_poller *poller = poller_open(_i);
	struct waited w = waited(eventfd(0, EFD_NONBLOCK));
	uint64_t n = 1;
	pthread_t thread;
	int i;

	for (i = 0; i < 100; i++) {
		w.calls = 0;
		ck_assert_int_eq(fd_ops->watch(poller, &w.hf), 0);
		look(poller);
		w.calls = 0;
		start_waiter(poller, &thread);
		ck_assert_int_eq(write(w.hf.fd, &n, 8), 8);
		pthread_join(thread, NULL);
		wait_ops->poller_reap(poller);
		ck_assert_int_eq(w.calls, 1);
		ck_assert_int_eq(fd_ops->poll(w.hf.fd),
				 LKL_POLLIN | LKL_POLLOUT);
		ck_assert_int_eq(read(w.hf.fd, &n, 8), 8);
		fd_ops->unwatch(poller, &w.hf);
	}
	wait_ops->poller_destroy(poller);
}
END_TEST

START_TEST(a_file_is_always_ready)
{
	struct lkl_poller *poller = poller_open(WITH_RING);
	struct waited w = waited(temp_file(100));

	ck_assert_int_eq(fd_ops->watch(poller, &w.hf), 1);
	ck_assert_int_eq(fd_ops->poll(w.hf.fd), LKL_POLLIN | LKL_POLLOUT);
	wait_ops->poller_destroy(poller);
}
END_TEST

START_TEST(descriptors_that_there_are_not_are_refused)
{
	struct lkl_poller *poller = poller_open(WITH_RING);
	/* One that nothing is going to get. */
	struct waited w = waited(1000);

	ck_assert_int_eq(fd_ops->watch(poller, &w.hf), -LKL_EBADF);
	ck_assert_int_eq(fd_ops->poll(w.hf.fd), LKL_POLLNVAL);
	ck_assert_int_eq(fd_ops->poll(-1), -LKL_EBADF);
	wait_ops->poller_destroy(poller);
}
END_TEST

START_TEST(a_descriptor_may_be_closed_while_it_is_watched)
{
	struct lkl_poller *poller = poller_open(WITH_RING);
	struct waited w = waited(eventfd(0, 0)), other;
	uint64_t one = 1;
	int copy;

	/* Its number is another's, and there is a copy of it. */
	copy = dup(w.hf.fd);
	ck_assert_int_eq(fd_ops->watch(poller, &w.hf), 0);
	close(w.hf.fd);
	other = waited(eventfd(0, 0));
	ck_assert_int_eq(other.hf.fd, w.hf.fd);
	ck_assert_int_eq(fd_ops->watch(poller, &other.hf), 0);
	fd_ops->unwatch(poller, &w.hf);
	look(poller);
	w.calls = 0;
	other.calls = 0;
	ck_assert_int_eq(write(copy, &one, 8), 8);
	look(poller);
	ck_assert_int_eq(w.calls, 0);
	fd_ops->unwatch(poller, &other.hf);
	close(copy);
	close(other.hf.fd);
	wait_ops->poller_destroy(poller);
}
END_TEST

#define CROWD	400

START_TEST(many_descriptors_are_each_told_of)
{
	static struct waited crowd[CROWD];
	struct lkl_poller *poller = poller_open(WITH_RING);
	uint64_t one = 1;
	int i;

	for (i = 0; i < CROWD; i++) {
		crowd[i] = waited(eventfd(0, EFD_CLOEXEC));
		ck_assert_int_ge(crowd[i].hf.fd, 0);
		ck_assert_int_eq(fd_ops->watch(poller, &crowd[i].hf), 0);
	}
	look(poller);
	for (i = 0; i < CROWD; i++)
		crowd[i].calls = 0;
	for (i = 0; i < CROWD; i += 2)
		ck_assert_int_eq(write(crowd[i].hf.fd, &one, 8), 8);
	for (i = 0; i < CROWD; i += 4)
		fd_ops->unwatch(poller, &crowd[i].hf);
	look(poller);
	for (i = 0; i < CROWD; i++)
		ck_assert_int_eq(crowd[i].calls, i % 4 == 2);
	for (i = 0; i < CROWD; i++) {
		if (i % 4)
			fd_ops->unwatch(poller, &crowd[i].hf);
		close(crowd[i].hf.fd);
	}
	wait_ops->poller_destroy(poller);
}
END_TEST

/* Plug-ins */

/* True, and LKL_PLUGIN_DIR is set: it was built. */
static bool have_plugin(const char *name)
{
	const char *build = getenv("LKL_BUILD");
	char path[4096];

	snprintf(path, sizeof(path), "%s/liblkl-host-posix/plugins",
		 build ? build : ".");
	if (!getenv("LKL_PLUGIN_DIR"))
		setenv("LKL_PLUGIN_DIR", path, 1);
	snprintf(path, sizeof(path), "%s/lkl-net-%s.so",
		 getenv("LKL_PLUGIN_DIR"), name);
	if (!access(path, R_OK))
		return true;
	skipped("a plug-in was not built");
	return false;
}

START_TEST(a_plug_in_that_is_not_there_is_no_back_end)
{
	setenv("LKL_PLUGIN_DIR", "/no/where", 1);
	ck_assert_ptr_null(lkl_netdev_slirp_create());
	ck_assert_ptr_null(lkl_netdev_vde_create("/no/where"));
}
END_TEST

/* Who has 10.0.2.@host? */
static void ask(struct end *end, int host)
{
	static const unsigned char arp[42] = {
		0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2, 0, 0, 0, 0, 1, 8, 6,
		0, 1, 8, 0, 6, 4, 0, 1, 2, 0, 0, 0, 0, 1, 10, 0, 2, 15,
		0, 0, 0, 0, 0, 0, 10, 0, 2, 0,
	};

	memcpy(bufs[0], arp, sizeof(arp));
	bufs[0][41] = host;
	iovs[0][0] = (struct iovec) { bufs[0], 20 };
	iovs[0][1] = (struct iovec) { bufs[0] + 20, sizeof(arp) - 20 };
	packets[0] = (struct lkl_packet) { .iov = iovs[0], .iov_count = 2 };
	ck_assert_int_eq(end->ops->send(end->nd, packets, 1), 1);
}

/* An answer of @host's among @n packets. */
static bool is_answered(int n, int host)
{
	int i;

	for (i = 0; i < n; i++)
		if (packets[i].len >= 42 && bufs[i][12] == 8 &&
		    bufs[i][13] == 6 && bufs[i][21] == 2 &&
		    bufs[i][31] == host)
			return true;
	return false;
}

START_TEST(slirp_answers)
{
	struct end s;
	int n;

	if (!have_plugin("slirp"))
		return;
	s = end_open(lkl_netdev_slirp_create());
	ck_assert_uint_eq(s.nd->has_vnet_hdr, 0);
	ck_assert_uint_eq(s.ops->features(s.nd, F(MRG_RXBUF) | F(CSUM)),
			  F(MRG_RXBUF));
	end_use(&s, poller_open(WITH_RING));
	ask(&s, 2);
	ask(&s, 3);
	ck_assert_int_eq(s.calls, 0);
	/* Nobody sends anything any more: it tells by itself. */
	slirp_listener = &s;
	s.ops->want_rx(s.nd, 1);
	wait_for(&s, LKL_NET_RX);
	slirp_listener = NULL;
	n = recv_some(&s, MANY);
	ck_assert(is_answered(n, 2));
	ck_assert(is_answered(n, 3));
	ck_assert_int_eq(recv_some(&s, MANY), 0);
	end_close(&s);
}
END_TEST

int main(void)
{
	const TTest *const in_both_modes[] = {
		packets_pass_a_pipe,
		a_full_pipe_tells_when_it_takes_packets_again,
		who_waits_hears_of_what_changes,
		a_descriptor_that_becomes_ready_is_told_of,
		who_waits_is_woken_by_a_descriptor,
	};
	TCase *tc = tcase_create("net");
	size_t i;

	tcase_set_timeout(tc, 60);
	tcase_add_checked_fixture(tc, setup, teardown);
	for (i = 0; i < ARRAY_SIZE(in_both_modes); i++)
		tcase_add_loop_test(tc, in_both_modes[i], 0, POLLER_MODES);
	tcase_add_loop_test(tc, what_was_read_already_is_told_of, 1, 34);
	tcase_add_test(tc, a_small_pipe_takes_packets_piece_by_piece);
	tcase_add_loop_test(tc, after_a_torn_packet_packets_are_found_again, 0,
			    5);
	tcase_add_test(tc, a_packet_that_is_no_packet_does_no_harm);
	tcase_add_test(tc, both_sides_of_a_pipe_can_do_the_same);
	tcase_add_test(tc, bad_names_of_pipes_are_refused);
	tcase_add_test(tc, a_file_is_no_pipe);
	tcase_add_loop_test(tc, a_back_end_is_opened_once, 0, 2);
	tcase_add_test(tc, what_was_found_is_told_once);
	tcase_add_test(tc, what_was_found_for_one_that_is_gone_is_forgotten);
	tcase_add_test(tc, packets_pass_a_tap);
	tcase_add_test(tc, a_tap_is_given_to_one);
	tcase_add_test(tc, packets_pass_a_packet_socket);
	tcase_add_test(tc, a_packet_socket_sees_what_comes_and_not_what_goes);
	tcase_add_test(tc, a_file_is_always_ready);
	tcase_add_test(tc, descriptors_that_there_are_not_are_refused);
	tcase_add_test(tc, a_descriptor_may_be_closed_while_it_is_watched);
	tcase_add_test(tc, many_descriptors_are_each_told_of);
	tcase_add_test(tc, a_plug_in_that_is_not_there_is_no_back_end);
	tcase_add_test(tc, slirp_answers);
	return run_case(tc, CK_FORK);
}
