// SPDX-License-Identifier: GPL-2.0
/*
 * Network devices that are added and removed, a program's own back end, and
 * descriptors of the host in the kernel's table.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <check.h>
#include <dirent.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <lkl_host.h>
#include <lkl/linux/icmp.h>
#include <lkl/linux/if.h>
#include <lkl/linux/if_arp.h>
#include <lkl/linux/if_ether.h>
#include <lkl/linux/ip.h>
#include <lkl/linux/sockios.h>
#include <lkl/linux/virtio_net.h>

#include "support/check-main.h"

#define QUEUE	64
#define FRAME	2048

/*
 * A back end that is a whole network: one host, 10.0.0.1, which answers ARP and
 * echo requests.
 */
struct tiny_net {
	struct lkl_netdev nd;
	pthread_mutex_t lock;
	sem_t news;
	bool hup;
	unsigned int head, tail;
	size_t len[QUEUE];
	unsigned char frame[QUEUE][FRAME];
	int freed;
};

static const unsigned char tiny_mac[] = { 2, 0, 0, 0, 0, 1 };

static void netdev_swap(void *a, void *b, size_t n)
{
	unsigned char t[16];

	memcpy(t, a, n);
	memcpy(a, b, n);
	memcpy(b, t, n);
}

/* The request becomes its answer; false: there is none. */
static bool answer_arp(unsigned char *p)
{
	static const unsigned char us[] = { 10, 0, 0, 1 };

	if (p[7] != 1 || memcmp(p + 24, us, 4))
		return false;
	p[7] = 2;
	memcpy(p + 18, p + 8, 10);
	memcpy(p + 8, tiny_mac, 6);
	memcpy(p + 14, us, 4);
	return true;
}

static bool answer_echo(unsigned char *p)
{
	if (p[9] != 1 || p[20] != LKL_ICMP_ECHO)
		return false;
	netdev_swap(p + 12, p + 16, 4);
	p[20] = LKL_ICMP_ECHOREPLY;
	/* The sum of a header that is less by 8 in its first byte. */
	*(uint16_t *)(p + 22) = htons(ntohs(*(uint16_t *)(p + 22)) + 0x0800);
	return true;
}

static int tiny_tx(struct lkl_netdev *nd, struct iovec *iov, int cnt)
{
	struct tiny_net *t = (struct tiny_net *)nd;
	unsigned char *f = t->frame[t->head % QUEUE];
	size_t len = 0;
	bool answer;
	int i;

	pthread_mutex_lock(&t->lock);
	for (i = 0; i < cnt; i++) {
		ck_assert_uint_le(len + iov[i].iov_len, FRAME);
		memcpy(f + len, iov[i].iov_base, iov[i].iov_len);
		len += iov[i].iov_len;
	}
	if (f[12] == 8 && f[13] == 6)
		answer = answer_arp(f + 14);
	else
		answer = f[12] == 8 && f[13] == 0 && answer_echo(f + 14);
	if (answer) {
		memcpy(f, f + 6, 6);
		memcpy(f + 6, tiny_mac, 6);
		t->len[t->head++ % QUEUE] = len;
		sem_post(&t->news);
	}
	pthread_mutex_unlock(&t->lock);
	return len;
}

static int tiny_rx(struct lkl_netdev *nd, struct iovec *iov, int cnt)
{
	struct tiny_net *t = (struct tiny_net *)nd;
	size_t done = 0, n;
	int i;

	pthread_mutex_lock(&t->lock);
	if (t->head == t->tail) {
		pthread_mutex_unlock(&t->lock);
		return -1;
	}
	for (i = 0; i < cnt && done < t->len[t->tail % QUEUE]; i++) {
		n = t->len[t->tail % QUEUE] - done;
		if (n > iov[i].iov_len)
			n = iov[i].iov_len;
		memcpy(iov[i].iov_base, t->frame[t->tail % QUEUE] + done, n);
		done += n;
	}
	t->tail++;
	pthread_mutex_unlock(&t->lock);
	return done;
}

static int tiny_poll(struct lkl_netdev *nd)
{
	struct tiny_net *t = (struct tiny_net *)nd;

	sem_wait(&t->news);
	return __atomic_load_n(&t->hup, __ATOMIC_ACQUIRE) ?
	       LKL_DEV_NET_POLL_HUP : LKL_DEV_NET_POLL_RX;
}

static void tiny_hup(struct lkl_netdev *nd)
{
	struct tiny_net *t = (struct tiny_net *)nd;

	__atomic_store_n(&t->hup, true, __ATOMIC_RELEASE);
	sem_post(&t->news);
}

static void tiny_free(struct lkl_netdev *nd)
{
	((struct tiny_net *)nd)->freed++;
}

static struct lkl_dev_net_ops tiny_ops = {
	.tx = tiny_tx,
	.rx = tiny_rx,
	.poll = tiny_poll,
	.poll_hup = tiny_hup,
	.free = tiny_free,
};

static void tiny_init(struct tiny_net *t)
{
	memset(t, 0, sizeof(*t));
	t->nd.ops = &tiny_ops;
	pthread_mutex_init(&t->lock, NULL);
	sem_init(&t->news, 0, 0);
}

static void netdev_init(void)
{
	lkl_host_ops.print = NULL;
	ck_assert_int_eq(lkl_init(&lkl_host_ops), 0);
}

static void netdev_boot(void)
{
	netdev_init();
	ck_assert_int_eq(lkl_start_kernel("quiet"), 0);
}

static void netdev_halt(void)
{
	ck_assert_int_eq(lkl_sys_halt(), 0);
	lkl_cleanup();
}

static void if_ioctl(int ifindex, unsigned int cmd, struct lkl_ifreq *ifr)
{
	long fd = lkl_sys_socket(LKL_AF_INET, LKL_SOCK_DGRAM, 0);
	struct lkl_ifreq name = { };

	name.lkl_ifr_ifindex = ifindex;
	ck_assert_int_eq(lkl_sys_ioctl(fd, LKL_SIOCGIFNAME, (uintptr_t)&name), 0);
	memcpy(ifr->lkl_ifr_name, name.lkl_ifr_name, sizeof(name.lkl_ifr_name));
	ck_assert_int_eq(lkl_sys_ioctl(fd, cmd, (uintptr_t)ifr), 0);
	lkl_sys_close(fd);
}

static void netdev_configure(int ifindex, const char *addr)
{
	struct lkl_ifreq ifr = { };
	struct lkl_sockaddr_in *sin = (void *)&ifr.lkl_ifr_addr;

	sin->sin_family = LKL_AF_INET;
	sin->sin_addr.s_addr = inet_addr(addr);
	if_ioctl(ifindex, LKL_SIOCSIFADDR, &ifr);
	ifr.lkl_ifr_flags = LKL_IFF_UP;
	if_ioctl(ifindex, LKL_SIOCSIFFLAGS, &ifr);
}

static uint16_t netdev_checksum(const void *data, size_t len)
{
	const uint16_t *p = data;
	uint32_t sum = 0;

	for (; len > 1; len -= 2)
		sum += *p++;
	sum = (sum >> 16) + (sum & 0xffff);
	return ~(sum + (sum >> 16));
}

/* Number of answers to @count requests; each is waited for up to 10 s. */
static int netdev_ping(int count)
{
	struct lkl_sockaddr_in sin = {
		.sin_family = LKL_AF_INET,
		.sin_addr.s_addr = inet_addr("10.0.0.1"),
	};
	struct __lkl__kernel_old_timeval limit = { .tv_sec = 10 };
	long fd = lkl_sys_socket(LKL_AF_INET, LKL_SOCK_RAW, LKL_IPPROTO_ICMP);
	int answers = 0, i;

	lkl_sys_setsockopt(fd, LKL_SOL_SOCKET, LKL_SO_RCVTIMEO, (void *)&limit,
			   sizeof(limit));
	for (i = 0; i < count; i++) {
		struct lkl_icmphdr icmp = { .type = LKL_ICMP_ECHO };
		unsigned char buf[256];
		long n;

		icmp.un.echo.sequence = i;
		icmp.checksum = netdev_checksum(&icmp, sizeof(icmp));
		ck_assert_int_eq(lkl_sys_sendto(fd, &icmp, sizeof(icmp), 0,
						(void *)&sin, sizeof(sin)),
				 sizeof(icmp));
		n = lkl_sys_recvfrom(fd, buf, sizeof(buf), 0, NULL, NULL);
		answers += n == 28 && buf[20] == LKL_ICMP_ECHOREPLY &&
			   buf[26] + (buf[27] << 8) == i;
	}
	lkl_sys_close(fd);
	return answers;
}

static int count_threads(void)
{
	DIR *d = opendir("/proc/self/task");
	int n = 0;

	while (readdir(d))
		n++;
	closedir(d);
	return n;
}

START_TEST(a_program_may_be_the_network)
{
	struct tiny_net t;
	int id, threads;

	tiny_init(&t);
	netdev_boot();
	threads = count_threads();
	id = lkl_netdev_add(&t.nd, NULL);
	ck_assert_int_ge(id, 0);
	ck_assert_int_eq(t.nd.id, id);
	netdev_configure(lkl_netdev_get_ifindex(id), "10.0.0.2");
	ck_assert_int_eq(netdev_ping(200), 200);
	ck_assert_int_eq(lkl_netdev_remove(id), 0);
	ck_assert_int_eq(count_threads(), threads);
	ck_assert_int_eq(lkl_netdev_remove(id), -LKL_ENOENT);
	lkl_netdev_free(&t.nd);
	ck_assert_int_eq(t.freed, 1);
	netdev_halt();
}
END_TEST

START_TEST(a_device_from_before_is_there_after_each_boot)
{
	struct lkl_netdev_args args = {
		.mac = (unsigned char[]) { 2, 1, 2, 3, 4, 5 },
	};
	struct lkl_ifreq ifr = { };
	struct tiny_net t;
	int id, i;

	tiny_init(&t);
	netdev_init();
	id = lkl_netdev_add(&t.nd, &args);
	ck_assert_int_ge(id, 0);
	for (i = 0; i < 3; i++) {
		ck_assert_int_eq(lkl_start_kernel("quiet"), 0);
		if_ioctl(lkl_netdev_get_ifindex(id), LKL_SIOCGIFHWADDR, &ifr);
		ck_assert_mem_eq(ifr.lkl_ifr_hwaddr.sa_data, args.mac, 6);
		netdev_configure(lkl_netdev_get_ifindex(id), "10.0.0.2");
		ck_assert_int_eq(netdev_ping(10), 10);
		ck_assert_int_eq(lkl_sys_halt(), 0);
		t.hup = false;
	}
	lkl_cleanup();
}
END_TEST

START_TEST(devices_come_and_go)
{
	struct tiny_net t[3];
	int i, j, id[3];

	netdev_boot();
	for (j = 0; j < 10; j++) {
		for (i = 0; i < 3; i++) {
			tiny_init(&t[i]);
			id[i] = lkl_netdev_add(&t[i].nd, NULL);
			ck_assert_int_gt(lkl_netdev_get_ifindex(id[i]), 0);
		}
		netdev_configure(lkl_netdev_get_ifindex(id[j % 3]), "10.0.0.2");
		ck_assert_int_eq(netdev_ping(5), 5);
		for (i = 0; i < 3; i++) {
			ck_assert_int_eq(lkl_netdev_remove(id[i]), 0);
			ck_assert_int_eq(lkl_netdev_get_ifindex(id[i]),
					 -LKL_ENOENT);
		}
	}
	netdev_halt();
}
END_TEST

START_TEST(what_is_no_back_end_is_refused)
{
	struct lkl_netdev nd = { };
	struct lkl_dev_net_ops ops = { };

	ck_assert_int_eq(lkl_netdev_add(&nd, NULL), -LKL_EINVAL);
	netdev_init();
	ck_assert_int_eq(lkl_netdev_add(NULL, NULL), -LKL_EINVAL);
	ck_assert_int_eq(lkl_netdev_add(&nd, NULL), -LKL_EINVAL);
	lkl_netdev_free(&nd);
	nd.ops = &ops;
	ck_assert_int_eq(lkl_netdev_add(&nd, NULL), -LKL_EINVAL);
	lkl_netdev_free(NULL);
	ck_assert_ptr_null(lkl_netdev_tap_create(NULL, 0));
	ck_assert_ptr_null(lkl_netdev_pipe_create(NULL, 0));
	ck_assert_ptr_null(lkl_netdev_raw_create(NULL));
	ck_assert_ptr_null(lkl_netdev_macvtap_create(NULL, 0));
	ck_assert_int_eq(lkl_ifname_to_ifindex(NULL), -LKL_EINVAL);
	ck_assert_ptr_null(lkl_netdev_tap_create("a-name-that-is-too-long", 0));
	ck_assert_ptr_null(lkl_netdev_pipe_create("one-name", 0));
	ck_assert_ptr_null(lkl_netdev_raw_create("no-such-if"));
	ck_assert_ptr_null(lkl_netdev_macvtap_create("/no/such/tap", 0));
	ck_assert_ptr_null(lkl_netdev_dpdk_create("port0", 0, NULL));
	lkl_cleanup();
}
END_TEST

START_TEST(a_back_end_is_of_one_device)
{
	struct tiny_net t;
	int id;

	tiny_init(&t);
	netdev_boot();
	id = lkl_netdev_add(&t.nd, NULL);
	ck_assert_int_ge(id, 0);
	ck_assert_int_eq(lkl_netdev_add(&t.nd, NULL), -LKL_EBUSY);
	netdev_configure(lkl_netdev_get_ifindex(id), "10.0.0.2");
	ck_assert_int_eq(netdev_ping(5), 5);
	ck_assert_int_eq(lkl_netdev_remove(id), 0);
	t.hup = false;
	ck_assert_int_gt(lkl_netdev_add(&t.nd, NULL), id);
	netdev_halt();
}
END_TEST

START_TEST(more_devices_than_there_can_be_are_refused)
{
	static struct tiny_net t[61];
	int i;

	netdev_init();
	for (i = 0; i < 61; i++) {
		tiny_init(&t[i]);
		ck_assert_int_eq(lkl_netdev_add(&t[i].nd, NULL),
				 i < 60 ? i : -LKL_ENOSPC);
	}
	ck_assert_int_eq(lkl_start_kernel("quiet"), 0);
	ck_assert_int_gt(lkl_netdev_get_ifindex(59), 0);
	netdev_halt();
}
END_TEST

/* Results of a thread that adds devices while the kernel boots */
static struct during_boot {
	struct tiny_net late;
	int first, second;
	bool done;
} during_boot;

static void *change_devices(void *arg)
{
	struct during_boot *b = arg;

	ck_assert_int_eq(lkl_netdev_remove(b->first), -LKL_EBUSY);
	b->second = lkl_netdev_add(&b->late.nd, NULL);
	ck_assert_int_gt(b->second, b->first);
	ck_assert_int_eq(lkl_netdev_get_ifindex(b->second), -LKL_ENOENT);
	return NULL;
}

static void print_at_boot(const char *str, int len)
{
	pthread_t thread;

	(void)str;
	(void)len;
	if (during_boot.done)
		return;
	during_boot.done = true;
	pthread_create(&thread, NULL, change_devices, &during_boot);
	pthread_join(thread, NULL);
}

START_TEST(devices_may_come_while_it_boots)
{
	struct during_boot *b = &during_boot;
	struct tiny_net t;

	tiny_init(&t);
	tiny_init(&b->late);
	netdev_init();
	lkl_host_ops.print = print_at_boot;
	b->first = lkl_netdev_add(&t.nd, NULL);
	ck_assert_int_eq(lkl_start_kernel("loglevel=7"), 0);
	ck_assert(b->done);
	ck_assert_int_gt(lkl_netdev_get_ifindex(b->first), 0);
	ck_assert_int_eq(lkl_netdev_remove(b->first), 0);
	netdev_configure(lkl_netdev_get_ifindex(b->second), "10.0.0.2");
	ck_assert_int_eq(netdev_ping(5), 5);
	netdev_halt();
}
END_TEST

/* Longer packets than the device has room for cannot be asked for. */
START_TEST(the_mtu_is_what_can_be_received)
{
	static const struct {
		unsigned int offload;
		int mtu;
	} cases[] = {
		{ 0, 1500 },
		{ 1U << LKL_VIRTIO_NET_F_MRG_RXBUF, 9216 },
	};
	struct lkl_netdev_args args = { };
	struct tiny_net t;
	int ifindex;

	tiny_init(&t);
	netdev_boot();
	args.offload = cases[_i].offload;
	ifindex = lkl_netdev_get_ifindex(lkl_netdev_add(&t.nd, &args));
	ck_assert_int_gt(ifindex, 0);
	ck_assert_int_eq(lkl_if_set_mtu(ifindex, cases[_i].mtu), 0);
	ck_assert_int_eq(lkl_if_set_mtu(ifindex, cases[_i].mtu + 1),
			 -LKL_EINVAL);
	netdev_halt();
}
END_TEST

/* Descriptors of the host */

static int netdev_poll_two(int a, int b, int timeout_ms)
{
	struct lkl_pollfd fds[] = {
		{ .fd = a, .events = LKL_POLLIN },
		{ .fd = b, .events = LKL_POLLIN },
	};
	long n = lkl_sys_poll(fds, 2, timeout_ms);

	ck_assert_int_ge(n, 0);
	return (fds[0].revents & LKL_POLLIN ? 1 : 0) |
	       (fds[1].revents & LKL_POLLIN ? 2 : 0);
}

static void lkl_pipe_of(int *fds)
{
	ck_assert_int_eq(lkl_sys_pipe2(fds, 0), 0);
}

static void *write_host(void *arg)
{
	ck_assert_int_eq(write(*(int *)arg, "x", 1), 1);
	return NULL;
}

static void *write_lkl(void *arg)
{
	ck_assert_int_eq(lkl_sys_write(*(int *)arg, "x", 1), 1);
	return NULL;
}

/* Whichever becomes ready, the one wait ends; 300 times, by another thread. */
START_TEST(both_kinds_are_waited_for_at_once)
{
	int host[2], inside[2], i, hf;
	pthread_t thread;
	char c;

	netdev_boot();
	ck_assert_int_eq(pipe(host), 0);
	lkl_pipe_of(inside);
	hf = lkl_hostfd_create(host[0]);
	ck_assert_int_ge(hf, 0);
	ck_assert_int_eq(netdev_poll_two(hf, inside[0], 0), 0);
	for (i = 0; i < 300; i++) {
		bool by_host = i % 2;

		pthread_create(&thread, NULL, by_host ? write_host : write_lkl,
			       by_host ? &host[1] : &inside[1]);
		ck_assert_int_eq(netdev_poll_two(hf, inside[0], -1),
				 by_host ? 1 : 2);
		/* Level-triggered: readable until a read */
		ck_assert_int_eq(netdev_poll_two(hf, inside[0], -1),
				 by_host ? 1 : 2);
		if (by_host)
			ck_assert_int_eq(read(host[0], &c, 1), 1);
		else
			ck_assert_int_eq(lkl_sys_read(inside[0], &c, 1), 1);
		pthread_join(thread, NULL);
		ck_assert_int_eq(netdev_poll_two(hf, inside[0], 0), 0);
	}
	ck_assert_int_eq(lkl_sys_close(hf), 0);
	netdev_halt();
}
END_TEST

static int netdev_wait_for(long ep, int timeout_ms)
{
	struct lkl_epoll_event ev[4];

	return lkl_sys_epoll_wait(ep, ev, 4, timeout_ms);
}

START_TEST(epoll_tells_of_edges)
{
	struct lkl_epoll_event ev = { .events = LKL_EPOLLIN | LKL_EPOLLET };
	int host[2], hf, i;
	long ep;
	char c;

	netdev_boot();
	ck_assert_int_eq(pipe(host), 0);
	hf = lkl_hostfd_create(host[0]);
	ep = lkl_sys_epoll_create1(0);
	ck_assert_int_eq(lkl_sys_epoll_ctl(ep, LKL_EPOLL_CTL_ADD, hf, &ev), 0);
	ck_assert_int_eq(netdev_wait_for(ep, 0), 0);
	for (i = 0; i < 50; i++) {
		ck_assert_int_eq(write(host[1], "x", 1), 1);
		ck_assert_int_eq(netdev_wait_for(ep, -1), 1);
		/*
		 * The descriptor is still readable, which is not reported
		 * again.
		 */
		ck_assert_int_eq(netdev_wait_for(ep, 0), 0);
	}
	for (i = 0; i < 50; i++)
		ck_assert_int_eq(read(host[0], &c, 1), 1);
	close(host[1]);
	ck_assert_int_eq(netdev_wait_for(ep, -1), 1);
	netdev_halt();
}
END_TEST

START_TEST(the_last_one_of_a_number_is_its_own)
{
	int event = eventfd(0, 0), first, second;
	uint64_t n = 1;

	netdev_boot();
	first = lkl_hostfd_create(event);
	ck_assert_int_eq(netdev_poll_two(first, first, 0), 0);
	second = lkl_hostfd_create(event);
	ck_assert_int_ge(second, 0);
	ck_assert_int_eq(netdev_poll_two(first, second, 0), 0);
	ck_assert_int_eq(write(event, &n, sizeof(n)), sizeof(n));
	ck_assert_int_eq(netdev_poll_two(first, second, -1), 2);
	ck_assert_int_eq(lkl_sys_close(first), 0);
	ck_assert_int_eq(read(event, &n, sizeof(n)), sizeof(n));
	ck_assert_int_eq(netdev_poll_two(second, second, 0), 0);
	ck_assert_int_eq(write(event, &n, sizeof(n)), sizeof(n));
	ck_assert_int_eq(netdev_poll_two(second, second, -1), 3);
	netdev_halt();
	close(event);
}
END_TEST

START_TEST(what_cannot_be_waited_for_is_said)
{
	int event = eventfd(1, 0), file, hf;

	ck_assert_int_eq(lkl_hostfd_create(event), -LKL_ENODEV);
	netdev_boot();
	ck_assert_int_eq(lkl_hostfd_create(-1), -LKL_EBADF);
	ck_assert_int_eq(lkl_hostfd_create(9999), -LKL_EBADF);
	hf = lkl_hostfd_create(event);
	ck_assert_int_ge(hf, 0);
	ck_assert_int_eq(netdev_poll_two(hf, hf, -1), 3);
	ck_assert_int_eq(lkl_sys_read(hf, NULL, 0), -LKL_EINVAL);
	ck_assert_int_eq(lkl_sys_close(hf), 0);
	hf = lkl_hostfd_create(event);
	ck_assert_int_ge(hf, 0);
	/* Files are always ready, as for the host's poll(). */
	file = fileno(tmpfile());
	ck_assert_int_eq(netdev_poll_two(lkl_hostfd_create(file), hf, -1), 3);
	netdev_halt();
	close(event);
}
END_TEST

#define WAITERS	8

static void *wait_many(void *arg)
{
	int *fds = arg, i, hf = lkl_hostfd_create(fds[0]);
	uint64_t n;

	ck_assert_int_ge(hf, 0);
	for (i = 0; i < 500; i++) {
		struct lkl_pollfd p = { .fd = hf, .events = LKL_POLLIN };

		ck_assert_int_eq(lkl_sys_poll(&p, 1, -1), 1);
		ck_assert_int_eq(read(fds[0], &n, sizeof(n)), sizeof(n));
		n = 1;
		ck_assert_int_eq(write(fds[1], &n, sizeof(n)), sizeof(n));
	}
	lkl_sys_close(hf);
	return NULL;
}

/* A ring of threads, each woken by the one before. */
START_TEST(many_threads_wait_for_the_host)
{
	pthread_t thread[WAITERS];
	int event[WAITERS], fds[WAITERS][2], i;
	uint64_t one = 1;

	netdev_boot();
	for (i = 0; i < WAITERS; i++)
		event[i] = eventfd(0, EFD_SEMAPHORE);
	for (i = 0; i < WAITERS; i++) {
		fds[i][0] = event[i];
		fds[i][1] = event[(i + 1) % WAITERS];
		pthread_create(&thread[i], NULL, wait_many, fds[i]);
	}
	ck_assert_int_eq(write(event[0], &one, sizeof(one)), sizeof(one));
	ck_assert_int_eq(write(event[3], &one, sizeof(one)), sizeof(one));
	for (i = 0; i < WAITERS; i++)
		pthread_join(thread[i], NULL);
	netdev_halt();
}
END_TEST

int main(void)
{
	TCase *tc = tcase_create("netdev");

	tcase_set_timeout(tc, 120);
	tcase_add_test(tc, a_program_may_be_the_network);
	tcase_add_test(tc, a_device_from_before_is_there_after_each_boot);
	tcase_add_test(tc, devices_come_and_go);
	tcase_add_test(tc, what_is_no_back_end_is_refused);
	tcase_add_test(tc, a_back_end_is_of_one_device);
	tcase_add_test(tc, more_devices_than_there_can_be_are_refused);
	tcase_add_test(tc, devices_may_come_while_it_boots);
	tcase_add_loop_test(tc, the_mtu_is_what_can_be_received, 0, 2);
	tcase_add_test(tc, both_kinds_are_waited_for_at_once);
	tcase_add_test(tc, epoll_tells_of_edges);
	tcase_add_test(tc, the_last_one_of_a_number_is_its_own);
	tcase_add_test(tc, what_cannot_be_waited_for_is_said);
	tcase_add_test(tc, many_threads_wait_for_the_host);
	return run_case(tc, CK_FORK);
}
