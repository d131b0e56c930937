// SPDX-License-Identifier: GPL-2.0
/*
 * Remove and add taps while data flows: first tap1 in the middle of a stream, many times,
 * while a stream over tap0 must continue; then tap0.
 *
 * The host has 10.9.0.1 on tap0, 10.10.0.1 on tap1, and an echo on port 5000.
 */
#include "support/net/network-instance.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* SHUTDOWN_BOTH: 2 in each Unix, but in no header of the kernel for programs */
enum { TIMES = 20, SIZE = 10000, PORT = 5000, SHUTDOWN_BOTH = 2 };

/* A thread that sends data to an echo server, until @stop or an error. */
struct stream {
	pthread_t thread;
	int fd;
	unsigned int rounds;
	bool stop, broken;
};

static unsigned int rounds_of(struct stream *s)
{
	return __atomic_load_n(&s->rounds, __ATOMIC_ACQUIRE);
}

static bool round_trip(int fd, unsigned int seed)
{
	char out[SIZE], in[SIZE];

	fill(out, sizeof(out), seed);
	if (!send_all(fd, out, sizeof(out)) || !receive_all(fd, in, sizeof(in)))
		return false;
	if (memcmp(in, out, sizeof(in))) {
		fprintf(stderr, "other bytes came back\n");
		exit(1);
	}
	return true;
}

static void *run_stream(void *arg)
{
	struct stream *s = arg;

	while (!__atomic_load_n(&s->stop, __ATOMIC_ACQUIRE)) {
		if (!round_trip(s->fd, s->rounds)) {
			s->broken = true;
			break;
		}
		__atomic_fetch_add(&s->rounds, 1, __ATOMIC_RELEASE);
	}
	return NULL;
}

static void start_stream(struct stream *s, const char *address)
{
	*s = (struct stream){ .fd = must(connect_to(address, PORT)) };
	if (pthread_create(&s->thread, NULL, run_stream, s))
		abort();
}

/* Until the stream has made some progress from now on. */
static void until_flowing(struct stream *s)
{
	unsigned int before = rounds_of(s);

	while (rounds_of(s) < before + 3) {
		struct __lkl__kernel_timespec moment = { .tv_nsec = 1000000 };

		if (s->broken) {
			fprintf(stderr, "the stream broke\n");
			exit(1);
		}
		lkl_sys_nanosleep(&moment, NULL);
	}
}

static void hotplug_detach(int id, struct lkl_netdev *nd)
{
	must(lkl_netdev_remove(id));
	lkl_netdev_free(nd);
}

/* Takes tap1 away from under a stream, which can only wait then. */
static void hotplug_pull(void)
{
	struct lkl_netdev *nd = lkl_netdev_tap_create("tap1", 0x8883);
	int id = attach(nd, "10.10.0.2");
	struct stream s;

	start_stream(&s, "10.10.0.1");
	until_flowing(&s);
	hotplug_detach(id, nd);
	if (lkl_netdev_get_ifindex(id) != -LKL_ENOENT) {
		fprintf(stderr, "a removed device has an interface\n");
		exit(1);
	}
	must(lkl_sys_shutdown(s.fd, SHUTDOWN_BOTH));
	pthread_join(s.thread, NULL);
	if (!s.broken) {
		fprintf(stderr, "a stream without a device went on\n");
		exit(1);
	}
	must(lkl_sys_close(s.fd));
}

int main(void)
{
	struct lkl_netdev *nd;
	struct stream other;
	int id;

	boot();
	nd = lkl_netdev_tap_create("tap0", 0x8883);
	id = attach(nd, "10.9.0.2");
	start_stream(&other, "10.9.0.1");
	for (int i = 0; i < TIMES; i++) {
		hotplug_pull();
		until_flowing(&other);
	}
	printf("%d times\n", TIMES);
	__atomic_store_n(&other.stop, true, __ATOMIC_RELEASE);
	pthread_join(other.thread, NULL);
	if (other.broken)
		give_up("the other stream", -LKL_EIO);
	must(lkl_sys_close(other.fd));
	printf("the other stream went on\n");

	hotplug_detach(id, nd);
	nd = lkl_netdev_tap_create("tap0", 0);
	id = attach(nd, "10.9.0.2");
	start_stream(&other, "10.9.0.1");
	until_flowing(&other);
	__atomic_store_n(&other.stop, true, __ATOMIC_RELEASE);
	pthread_join(other.thread, NULL);
	hotplug_detach(id, nd);
	must(lkl_sys_halt());
	lkl_cleanup();
	return 0;
}
