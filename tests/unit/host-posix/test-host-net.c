// SPDX-License-Identifier: GPL-2.0
/*
 * Network back ends of the POSIX host, and descriptors for which the kernel
 * waits, as the device models see them, without a kernel.
 *
 * Interfaces of the host are created in a network namespace of the test, which
 * requires root.
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
/* Reserved for experiments, so nothing else sends such packets. */
#define ETHERTYPE	0x88b5

/**
 * struct end - a back end in use
 * @nd:		the back end
 * @ops:	functions of the back end
 * @poller:	poller that watches the back end
 * @events:	events reported to ready() and not yet taken
 * @calls:	number of calls of ready()
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

/* This back end reports packets until the device stops to receive. */
static struct end *slirp_end;

static void end_ready(void *data, uint32_t events)
{
	struct end *end = data;

	if (end == slirp_end)
		end->ops->want_rx(end->nd, 0);

	end->events |= events;
	end->calls++;
}

static void end_use(struct end *end, struct lkl_poller *poller)
{
	end->poller = poller;
	end->events = 0;
	ck_assert_int_eq(end->ops->open(end->nd, poller, 0, end_ready, end), 0);
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

/* Make packet @i: @len bytes that depend on @seed, in @parts buffers. */
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

/* Make buffers for packet @i. */
static void make_room(int i)
{
	memset(bufs[i], 0, sizeof(bufs[i]));
	iovs[i][0] = (struct iovec) { bufs[i], HDR };
	iovs[i][1] = (struct iovec) { bufs[i] + HDR, 1000 };
	iovs[i][2] = (struct iovec) { bufs[i] + HDR + 1000,
				      sizeof(bufs[i]) - HDR - 1000 };
	packets[i] = (struct lkl_packet) { .iov = iovs[i], .iov_count = 3 };
}

static int end_recv(struct end *end, int n)
{
	int i;

	for (i = 0; i < n; i++)
		make_room(i);
	return end->ops->recv(end->nd, packets, n);
}

/* Wait for @event as the leader does. */
static void end_wait_for(struct end *end, uint32_t event)
{
	while (!(end->events & event)) {
		wait_ops->poller_wait(end->poller, INT64_MAX);
		wait_ops->poller_reap(end->poller);
	}
	end->events &= ~event;
}

/* Dispatch the events that are there now.  Return the number of calls. */
static int dispatch_now(struct lkl_poller *poller)
{
	wait_ops->poller_wait(poller, 0);
	wait_ops->poller_wait(poller, 0);
	return wait_ops->poller_reap(poller);
}

/* Pipes */

static char dir[64];

static void pipe_setup(void)
{
	strcpy(dir, "./host-net-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(dir));
}

static void pipe_teardown(void)
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

/* Return another descriptor of pipe @name. */
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
			end_wait_for(&b, LKL_NET_RX);
			ck_assert_int_eq(end_recv(&b, 1), 1);
			ck_assert_uint_eq(packets[0].len, lens[i]);
			ck_assert(is_filled(bufs[0], lens[i], i));
			ck_assert_int_eq(end_recv(&b, 1), 0);
		}
	end_close(&a);
	end_close(&b);
}
END_TEST

/* All packets arrive in one read; the device takes a few at a time. */
START_TEST(packets_that_were_read_already_are_reported)
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

		end_wait_for(&b, LKL_NET_RX);
		got = end_recv(&b, _i);
		ck_assert_int_gt(got, 0);
		for (j = 0; j < got; j++) {
			ck_assert_uint_eq(packets[j].len, 100 + i + j);
			ck_assert(is_filled(bufs[j], 100 + i + j, i + j));
		}
	}
	ck_assert_int_eq(end_recv(&b, 1), 0);
	b.events = 0;
	dispatch_now(b.poller);
	ck_assert_uint_eq(b.events, 0);
	end_close(&a);
	end_close(&b);
}
END_TEST

/* Return the length of packet @i, in no order. */
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
		end_wait_for(&b, LKL_NET_RX);
		while ((n = end_recv(&b, 3))) {
			for (i = 0; i < n; i++, received++) {
				size_t len = any_length(received);

				ck_assert_uint_eq(packets[i].len, len);
				ck_assert(is_filled(bufs[i], len, received));
			}
			dispatch_now(b.poller);
		}
		/* No further packet comes after the last piece and flushes it. */
		if (a.events & LKL_NET_TX)
			a.ops->send(a.nd, packets, 0);
	}
	ck_assert_int_gt(blocked, 0);
	close(fd);
	end_close(&a);
	end_close(&b);
}
END_TEST

START_TEST(a_full_pipe_reports_when_it_has_room_again)
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
	dispatch_now(a.poller);
	ck_assert_uint_eq(a.events, 0);
	for (i = 0; i < sent - 1; i++) {
		while (!end_recv(&b, 1)) {
			dispatch_now(a.poller);
			a.events = 0;
			make_packet(0, 60000, 0, 2);
			a.ops->send(a.nd, packets, 0);
		}
		ck_assert(is_filled(bufs[0], 60000, i));
	}
	end_wait_for(&a, LKL_NET_TX);
	make_packet(0, 100, 7, 2);
	ck_assert_int_eq(a.ops->send(a.nd, packets, 1), 1);
	ck_assert_int_eq(end_recv(&b, 2), 2);
	ck_assert(is_filled(bufs[0], 60000, sent - 1));
	ck_assert(is_filled(bufs[1], 100, 7));
	/* After that the back end does not report room. */
	dispatch_now(a.poller);
	a.events = 0;
	dispatch_now(a.poller);
	ck_assert_uint_eq(a.events, 0);
	end_close(&a);
	end_close(&b);
}
END_TEST

/* A writer that was killed leaves a part of a packet. */
START_TEST(a_reader_finds_packets_after_a_torn_one)
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
	while ((n = end_recv(&b, 1)))
		for (i = 0; i < 20; i++)
			if (packets[0].len == 100 &&
			    is_filled(bufs[0], 100, i)) {
				ck_assert_int_gt(i, last);
				/* At most the torn packet is missing. */
				ck_assert_int_le(i, last + 3);
				last = i;
			}
	ck_assert_int_eq(last, 19);
	close(fd);
	end_close(&a);
	end_close(&b);
}
END_TEST

START_TEST(an_invalid_packet_does_no_harm)
{
	struct end a = pipe_open("a", "b"), b = pipe_open("b", "a");

	end_use(&a, poller_open(WITH_RING));
	end_use(&b, poller_open(WITH_RING));
	/* A header without a packet, which readers drop. */
	make_packet(0, HDR, 1, 1);
	make_packet(1, 100, 2, 2);
	ck_assert_int_eq(a.ops->send(a.nd, packets, 2), 2);
	ck_assert_int_eq(end_recv(&b, 2), 1);
	ck_assert_uint_eq(packets[0].len, 100);
	ck_assert(is_filled(bufs[0], 100, 2));
	end_close(&a);
	end_close(&b);
}
END_TEST

START_TEST(both_sides_of_a_pipe_have_the_same_features)
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

/* A file that is no pipe must not be written to. */
START_TEST(a_regular_file_is_refused_as_a_pipe)
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

/* The thread may or may not sleep already when the watches change. */
static void start_waiter(struct lkl_poller *poller, pthread_t *thread)
{
	ck_assert_int_eq(pthread_create(thread, NULL, wait_once, poller), 0);
	sched_yield();
}

START_TEST(a_waiting_thread_sees_changed_watches)
{
	struct end a = pipe_open("a", "b"), b = pipe_open("b", "a");
	struct lkl_poller *poller = poller_open(_i % 2);
	pthread_t thread;
	int round;

	end_use(&a, poller_open(WITH_RING));
	for (round = 0; round < 200; round++) {
		/* Take what the changes of the previous round left. */
		dispatch_now(poller);
		start_waiter(poller, &thread);
		end_use(&b, poller);
		pthread_join(thread, NULL);
		ck_assert_int_eq(wait_ops->poller_reap(poller), 0);
		start_waiter(poller, &thread);
		b.ops->want_rx(b.nd, 1);
		pthread_join(thread, NULL);
		make_packet(0, 100, round, 1);
		dispatch_now(poller);
		start_waiter(poller, &thread);
		a.ops->send(a.nd, packets, 1);
		pthread_join(thread, NULL);
		b.calls = 0;
		ck_assert_int_eq(wait_ops->poller_reap(poller), 1);
		ck_assert_int_eq(b.calls, 1);
		ck_assert_uint_eq(b.events, LKL_NET_RX);
		ck_assert_int_eq(end_recv(&b, 2), 1);
		start_waiter(poller, &thread);
		b.ops->close(b.nd);
		pthread_join(thread, NULL);
	}
	b.poller = NULL;
	end_close(&a);
	end_close(&b);
}
END_TEST

/* Open both ends of a pipe, with a packet for @b in it. */
static void pipe_open_with_packet(struct end *a, struct end *b)
{
	*a = pipe_open("a", "b");
	*b = pipe_open("b", "a");
	end_use(a, poller_open(WITH_RING));
	end_use(b, poller_open(WITH_RING));
	b->ops->want_rx(b->nd, 1);
	make_packet(0, 100, 1, 1);
	a->ops->send(a->nd, packets, 1);
}

START_TEST(an_event_is_reported_once)
{
	struct end a, b;

	pipe_open_with_packet(&a, &b);
	ck_assert_int_eq(dispatch_now(b.poller), 1);
	ck_assert_int_eq(b.calls, 1);
	ck_assert_int_eq(wait_ops->poller_reap(b.poller), 0);
	/* The packet is still there, so the next wait reports it again. */
	wait_ops->poller_wait(b.poller, INT64_MAX);
	ck_assert_int_eq(wait_ops->poller_reap(b.poller), 1);
	/* Nothing is reported while no events are wanted. */
	b.ops->want_rx(b.nd, 0);
	ck_assert_int_eq(dispatch_now(b.poller), 0);
	b.ops->want_rx(b.nd, 1);
	ck_assert_int_eq(dispatch_now(b.poller), 1);
	end_close(&a);
	end_close(&b);
}
END_TEST

START_TEST(events_of_a_removed_watch_are_dropped)
{
	struct end a, b;

	pipe_open_with_packet(&a, &b);
	dispatch_now(b.poller);
	b.calls = 0;
	wait_ops->poller_wait(b.poller, INT64_MAX);
	b.ops->close(b.nd);
	ck_assert_int_eq(wait_ops->poller_reap(b.poller), 0);
	end_use(&b, b.poller);
	ck_assert_int_eq(dispatch_now(b.poller), 0);
	ck_assert_int_eq(b.calls, 0);
	b.ops->want_rx(b.nd, 1);
	ck_assert_int_eq(dispatch_now(b.poller), 1);
	ck_assert_int_eq(end_recv(&b, 1), 1);
	end_close(&a);
	end_close(&b);
}
END_TEST

/* Interfaces of the host */

static bool have_net(void)
{
	if (!unshare(CLONE_NEWNET))
		return true;
	skipped("a network namespace cannot be created here: not root");
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
 * Wait until packets pass: one end of a pair learns of the state of the other
 * end with a delay.  Writing the flags waits until the host has finished that.
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

/* Return a socket that receives the test's packets on interface @name. */
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

/* Receive the next packet of the test, and skip packets of the host. */
static void guest_receives(struct end *end, size_t len, uint64_t seed)
{
	unsigned char expected[2000], *p = (unsigned char *)bufs[0] + HDR;

	do {
		while (!end_recv(end, 1))
			end_wait_for(end, LKL_NET_RX);
	} while (p[12] != ETHERTYPE >> 8 || p[13] != (ETHERTYPE & 0xff));
	make_frame(expected, len, seed);
	ck_assert_uint_eq(packets[0].len, HDR + len);
	ck_assert_int_eq(memcmp(p, expected, len), 0);
}

static void exchange_packets(struct end *end, int fd)
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
	exchange_packets(&tap, fd);
	/* Packets that are sent while the interface is down are lost. */
	link_up("lkltest", false);
	guest_sends(&tap, 3, 100);
	close(fd);
	link_up("lkltest", true);
	fd = packet_socket("lkltest");
	exchange_packets(&tap, fd);
	close(fd);
	end_close(&tap);
	ck_assert_uint_eq(if_nametoindex("lkltest"), 0);
}
END_TEST

START_TEST(a_tap_has_one_user)
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
	/* The interface may be down at first. */
	raw = end_open(lkl_netdev_raw_create("lkl0"));
	ck_assert_uint_eq(raw.nd->has_vnet_hdr, 1);
	/* Senders use these features of an interface unasked. */
	ck_assert_uint_eq(raw.ops->features(raw.nd, 0x8803),
			  0x8803 | F(GUEST_TSO4) | F(GUEST_TSO6) |
			  F(GUEST_ECN));
	end_use(&raw, poller_open(WITH_RING));
	raw.ops->want_rx(raw.nd, 1);
	dispatch_now(raw.poller);
	pair_up();
	fd = packet_socket("lkl1");
	exchange_packets(&raw, fd);
	link_up("lkl0", false);
	dispatch_now(raw.poller);
	end_recv(&raw, 1);
	guest_sends(&raw, 3, 100);
	pair_up();
	exchange_packets(&raw, fd);
	close(fd);
	end_close(&raw);
}
END_TEST

/* Packets to other hosts, and packets that the host sends */
START_TEST(a_packet_socket_receives_incoming_packets_only)
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

struct waited_fd {
	struct lkl_hostfd hf;
	int calls;
};

static void became_ready(struct lkl_hostfd *hf)
{
	((struct waited_fd *)hf)->calls++;
}

static struct waited_fd waited_fd(int fd)
{
	return (struct waited_fd) { .hf = { .fd = fd, .ready = became_ready } };
}

START_TEST(a_descriptor_that_becomes_ready_is_reported)
{
	struct lkl_poller *poller = poller_open(_i);
	struct waited_fd w;
	uint64_t one = 1;
	int fds[2];

	ck_assert_int_eq(pipe(fds), 0);
	w = waited_fd(fds[0]);
	ck_assert_int_eq(fd_ops->watch(poller, &w.hf), 0);
	dispatch_now(poller);
	ck_assert_int_eq(w.calls, 0);
	ck_assert_int_eq(fd_ops->poll(fds[0]), 0);
	ck_assert_int_eq(write(fds[1], &one, 8), 8);
	while (!w.calls) {
		wait_ops->poller_wait(poller, INT64_MAX);
		wait_ops->poller_reap(poller);
	}
	ck_assert_int_eq(fd_ops->poll(fds[0]), LKL_POLLIN);
	/* The descriptor is reported once, though nobody reads. */
	dispatch_now(poller);
	dispatch_now(poller);
	ck_assert_int_eq(w.calls, 1);
	ck_assert_int_eq(write(fds[1], &one, 8), 8);
	dispatch_now(poller);
	ck_assert_int_eq(w.calls, 2);
	close(fds[1]);
	dispatch_now(poller);
	ck_assert_int_eq(w.calls, 3);
	ck_assert_int_eq(fd_ops->poll(fds[0]), LKL_POLLIN | LKL_POLLHUP);
	fd_ops->unwatch(poller, &w.hf);
	close(fds[0]);
	wait_ops->poller_destroy(poller);
}
END_TEST

START_TEST(a_descriptor_wakes_a_waiting_thread)
{
	struct lkl_poller *poller = poller_open(_i);
	struct waited_fd w = waited_fd(eventfd(0, EFD_NONBLOCK));
	uint64_t n = 1;
	pthread_t thread;
	int i;

	for (i = 0; i < 100; i++) {
		w.calls = 0;
		ck_assert_int_eq(fd_ops->watch(poller, &w.hf), 0);
		dispatch_now(poller);
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
	struct waited_fd w = waited_fd(temp_file(100));

	ck_assert_int_eq(fd_ops->watch(poller, &w.hf), 1);
	ck_assert_int_eq(fd_ops->poll(w.hf.fd), LKL_POLLIN | LKL_POLLOUT);
	wait_ops->poller_destroy(poller);
}
END_TEST

START_TEST(invalid_descriptors_are_refused)
{
	struct lkl_poller *poller = poller_open(WITH_RING);
	/* A number that no descriptor will get */
	struct waited_fd w = waited_fd(1000);

	ck_assert_int_eq(fd_ops->watch(poller, &w.hf), -LKL_EBADF);
	ck_assert_int_eq(fd_ops->poll(w.hf.fd), LKL_POLLNVAL);
	ck_assert_int_eq(fd_ops->poll(-1), -LKL_EBADF);
	wait_ops->poller_destroy(poller);
}
END_TEST

START_TEST(a_descriptor_may_be_closed_while_it_is_watched)
{
	struct lkl_poller *poller = poller_open(WITH_RING);
	struct waited_fd w = waited_fd(eventfd(0, 0)), other;
	uint64_t one = 1;
	int copy;

	/* Another descriptor has the number, and a copy of the first is open. */
	copy = dup(w.hf.fd);
	ck_assert_int_eq(fd_ops->watch(poller, &w.hf), 0);
	close(w.hf.fd);
	other = waited_fd(eventfd(0, 0));
	ck_assert_int_eq(other.hf.fd, w.hf.fd);
	ck_assert_int_eq(fd_ops->watch(poller, &other.hf), 0);
	fd_ops->unwatch(poller, &w.hf);
	dispatch_now(poller);
	w.calls = 0;
	other.calls = 0;
	ck_assert_int_eq(write(copy, &one, 8), 8);
	dispatch_now(poller);
	ck_assert_int_eq(w.calls, 0);
	fd_ops->unwatch(poller, &other.hf);
	close(copy);
	close(other.hf.fd);
	wait_ops->poller_destroy(poller);
}
END_TEST

#define CROWD	400

START_TEST(each_of_many_descriptors_is_reported)
{
	static struct waited_fd crowd[CROWD];
	struct lkl_poller *poller = poller_open(WITH_RING);
	uint64_t one = 1;
	int i;

	for (i = 0; i < CROWD; i++) {
		crowd[i] = waited_fd(eventfd(0, EFD_CLOEXEC));
		ck_assert_int_ge(crowd[i].hf.fd, 0);
		ck_assert_int_eq(fd_ops->watch(poller, &crowd[i].hf), 0);
	}
	dispatch_now(poller);
	for (i = 0; i < CROWD; i++)
		crowd[i].calls = 0;
	for (i = 0; i < CROWD; i += 2)
		ck_assert_int_eq(write(crowd[i].hf.fd, &one, 8), 8);
	for (i = 0; i < CROWD; i += 4)
		fd_ops->unwatch(poller, &crowd[i].hf);
	dispatch_now(poller);
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

/* Return true when plug-in @name was built; LKL_PLUGIN_DIR is set then. */
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

static char messages[1024];

static void collect_message(const char *str, int len)
{
	size_t used = strlen(messages);

	snprintf(messages + used, sizeof(messages) - used, "%.*s", len, str);
}

START_TEST(a_missing_plug_in_is_no_back_end)
{
	setenv("LKL_PLUGIN_DIR", "/no/where", 1);
	lkl_host_ops.print = collect_message;
	ck_assert_ptr_null(lkl_netdev_slirp_create());
	ck_assert_ptr_nonnull(strstr(messages, "cannot load"));
	ck_assert_ptr_null(lkl_netdev_vde_create("/no/where"));
}
END_TEST

START_TEST(a_back_end_that_cannot_be_made_is_reported)
{
	static const char *const refused[][3] = {
		{ "tun", "a", "the types are tap," },
		{ "tap", NULL, "need a parameter" },
	};
	const struct lkl_host_operations *host = lkl_default_host_ops();
	size_t i;

	lkl_host_ops.print = collect_message;
	for (i = 0; i < ARRAY_SIZE(refused); i++) {
		messages[0] = '\0';
		ck_assert_ptr_null(host->netdev_create(refused[i][0],
						       refused[i][1], 0));
		ck_assert_ptr_nonnull(strstr(messages, refused[i][0]));
		ck_assert_ptr_nonnull(strstr(messages, refused[i][2]));
	}
}
END_TEST

/* One plug-in has another version, the other one the function of version 1. */
START_TEST(a_plug_in_of_another_version_is_refused)
{
	int i;

	setenv("LKL_PLUGIN_DIR", OLD_PLUGIN_DIR, 1);
	lkl_host_ops.print = collect_message;
	for (i = 0; i < 2; i++) {
		messages[0] = '\0';
		ck_assert_ptr_null(i ? lkl_netdev_slirp_create() :
				   lkl_netdev_vde_create("/no/where"));
		ck_assert_ptr_nonnull(strstr(messages, "another version"));
	}
}
END_TEST

/* Send an ARP request for 10.0.2.@host. */
static void ask_who_has(struct end *end, int host)
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

/* Return true when the answer of 10.0.2.@host is among @n packets. */
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

START_TEST(slirp_answers_arp_requests)
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
	ask_who_has(&s, 2);
	ask_who_has(&s, 3);
	ck_assert_int_eq(s.calls, 0);
	/* The guest sends nothing more, and the back end reports its packets. */
	slirp_end = &s;
	s.ops->want_rx(s.nd, 1);
	end_wait_for(&s, LKL_NET_RX);
	slirp_end = NULL;
	n = end_recv(&s, MANY);
	ck_assert(is_answered(n, 2));
	ck_assert(is_answered(n, 3));
	ck_assert_int_eq(end_recv(&s, MANY), 0);
	end_close(&s);
}
END_TEST

/* Return the number of open descriptors below 1000. */
static int open_count(void)
{
	int fd, n = 0;

	for (fd = 0; fd < 1000; fd++)
		n += fcntl(fd, F_GETFD) >= 0;
	return n;
}

/* Let the child of a fork drop @nd: @mine of the descriptors stay. */
static void check_child_keeps(struct lkl_netdev *nd, int mine)
{
	pid_t pid = fork();
	int status;

	if (!pid) {
		nd->ops->host->forked(nd);
		if (open_count() != mine)
			_exit(1);
		nd->ops->free(nd);
		_exit(open_count() != mine);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(status, 0);
}

START_TEST(a_child_keeps_no_pipe)
{
	int mine = open_count();
	struct end a = pipe_open("a", "b");

	ck_assert_int_eq(open_count(), mine + 2);
	check_child_keeps(a.nd, mine);
	ck_assert_int_eq(open_count(), mine + 2);
	end_close(&a);
}
END_TEST

/* Send a datagram from 10.0.2.15 to 10.0.2.2, for which slirp makes a socket. */
static void send_datagram(struct end *end)
{
	static const unsigned char udp[43] = {
		2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 8, 0,
		0x45, 0, 0, 29, 0, 0, 0, 0, 64, 17, 0x62, 0xc0, 10, 0, 2, 15,
		10, 0, 2, 2, 0, 99, 0, 9, 0, 9, 0, 0, 'x',
	};

	memcpy(bufs[0], udp, sizeof(udp));
	iovs[0][0] = (struct iovec) { bufs[0], sizeof(udp) };
	packets[0] = (struct lkl_packet) { .iov = iovs[0], .iov_count = 1 };
	ck_assert_int_eq(end->ops->send(end->nd, packets, 1), 1);
}

START_TEST(a_child_keeps_no_sockets_of_slirp)
{
	int mine, with_plugin;
	struct end s;

	if (!have_plugin("slirp"))
		return;
	mine = open_count();
	s = end_open(lkl_netdev_slirp_create());
	end_use(&s, poller_open(WITHOUT_RING));
	/* The poller's descriptors are not the back end's. */
	with_plugin = open_count();
	ck_assert_int_gt(with_plugin, mine);
	send_datagram(&s);
	ck_assert_int_eq(open_count(), with_plugin + 1);
	check_child_keeps(s.nd, with_plugin - 2);
	end_close(&s);
}
END_TEST

int main(void)
{
	const TTest *const in_both_modes[] = {
		packets_pass_a_pipe,
		a_full_pipe_reports_when_it_has_room_again,
		a_waiting_thread_sees_changed_watches,
		a_descriptor_that_becomes_ready_is_reported,
		a_descriptor_wakes_a_waiting_thread,
	};
	TCase *tc = tcase_create("net");
	size_t i;

	tcase_set_timeout(tc, 60);
	tcase_add_checked_fixture(tc, pipe_setup, pipe_teardown);
	for (i = 0; i < ARRAY_SIZE(in_both_modes); i++)
		tcase_add_loop_test(tc, in_both_modes[i], 0, POLLER_MODES);
	tcase_add_loop_test(tc, packets_that_were_read_already_are_reported, 1,
			    34);
	tcase_add_test(tc, a_small_pipe_takes_packets_piece_by_piece);
	tcase_add_loop_test(tc, a_reader_finds_packets_after_a_torn_one, 0,
			    5);
	tcase_add_test(tc, an_invalid_packet_does_no_harm);
	tcase_add_test(tc, both_sides_of_a_pipe_have_the_same_features);
	tcase_add_test(tc, bad_names_of_pipes_are_refused);
	tcase_add_test(tc, a_regular_file_is_refused_as_a_pipe);
	tcase_add_test(tc, a_child_keeps_no_pipe);
	tcase_add_loop_test(tc, a_back_end_is_opened_once, 0, 2);
	tcase_add_test(tc, an_event_is_reported_once);
	tcase_add_test(tc, events_of_a_removed_watch_are_dropped);
	tcase_add_test(tc, packets_pass_a_tap);
	tcase_add_test(tc, a_tap_has_one_user);
	tcase_add_test(tc, packets_pass_a_packet_socket);
	tcase_add_test(tc, a_packet_socket_receives_incoming_packets_only);
	tcase_add_test(tc, a_file_is_always_ready);
	tcase_add_test(tc, invalid_descriptors_are_refused);
	tcase_add_test(tc, a_descriptor_may_be_closed_while_it_is_watched);
	tcase_add_test(tc, each_of_many_descriptors_is_reported);
	tcase_add_test(tc, a_back_end_that_cannot_be_made_is_reported);
	tcase_add_test(tc, a_missing_plug_in_is_no_back_end);
	tcase_add_test(tc, a_plug_in_of_another_version_is_refused);
	tcase_add_test(tc, slirp_answers_arp_requests);
	tcase_add_test(tc, a_child_keeps_no_sockets_of_slirp);
	return run_case(tc, CK_FORK);
}
