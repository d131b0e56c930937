// SPDX-License-Identifier: GPL-2.0
/* Waiting for descriptors of the host and of LKL in one place. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/select.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <sys/wait.h>

#include "support/check-main.h"
#include "hijack.h"

/* A socket of LKL, and things of the host. */
struct things {
	int pair[2];
	int pipes[2];
	int event;
	int timer;
	int signals;
};

static struct things make_things(void)
{
	struct things t;
	sigset_t usr1;

	make_pair(t.pair);
	ck_assert_int_eq(pipe(t.pipes), 0);
	t.event = eventfd(0, 0);
	t.timer = timerfd_create(CLOCK_MONOTONIC, 0);
	sigemptyset(&usr1);
	sigaddset(&usr1, SIGUSR1);
	pthread_sigmask(SIG_BLOCK, &usr1, NULL);
	t.signals = signalfd(-1, &usr1, 0);
	return t;
}

static void close_things(const struct things *t)
{
	close_pair(t->pair);
	close_pair(t->pipes);
	close(t->event);
	close(t->timer);
	close(t->signals);
}

/* Each of them becomes readable ... */
static void wait_fire(const struct things *t, int which)
{
	struct itimerspec soon = { .it_value.tv_nsec = 1000000 };

	switch (which) {
	case 0:
		ck_assert_int_eq(write(t->pair[1], "x", 1), 1);
		break;
	case 1:
		ck_assert_int_eq(write(t->pipes[1], "x", 1), 1);
		break;
	case 2:
		ck_assert_int_eq(eventfd_write(t->event, 1), 0);
		break;
	case 3:
		ck_assert_int_eq(timerfd_settime(t->timer, 0, &soon, NULL), 0);
		break;
	case 4:
		/* An event of one thread is seen by that thread only. */
		kill(getpid(), SIGUSR1);
		break;
	}
}

static int fd_of(const struct things *t, int which)
{
	const int fds[] = { t->pair[0], t->pipes[0], t->event, t->timer,
			    t->signals };

	return fds[which];
}

/* ... and is emptied. */
static void wait_empty(const struct things *t, int which)
{
	char buf[256];

	ck_assert_int_gt(read(fd_of(t, which), buf, sizeof(buf)), 0);
}

#define THINGS	5

/* From another thread, once this one may be asleep, or not yet. */
struct later {
	const struct things *t;
	int which;
	int yields;
};

static void *fire_later(void *arg)
{
	struct later *l = arg;
	int i;

	for (i = 0; i < l->yields; i++)
		sched_yield();
	wait_fire(l->t, l->which);
	return NULL;
}

START_TEST(poll_waits_for_each)
{
	struct things t = make_things();
	struct pollfd p[THINGS + 1];
	int round, i, which;

	for (round = 0; round < 200; round++) {
		struct later l = { &t, which = round % THINGS, round / THINGS };
		pthread_t thread;

		for (i = 0; i < THINGS; i++)
			p[i] = (struct pollfd) { fd_of(&t, i), POLLIN, 0 };
		p[i] = (struct pollfd) { -1, POLLIN, 7 };
		pthread_create(&thread, NULL, fire_later, &l);
		ck_assert_int_eq(poll(p, THINGS + 1, -1), 1);
		for (i = 0; i < THINGS; i++)
			ck_assert_int_eq(p[i].revents,
					 i == which ? POLLIN : 0);
		ck_assert_int_eq(p[i].revents, 0);
		wait_empty(&t, which);
		pthread_join(thread, NULL);
		ck_assert_int_eq(poll(p, THINGS, 0), 0);
	}
	close_things(&t);
}
END_TEST

START_TEST(select_waits_for_each)
{
	struct things t = make_things();
	struct timeval tv;
	fd_set in, out;
	int which, i;

	for (which = 0; which < THINGS; which++) {
		FD_ZERO(&in);
		FD_ZERO(&out);
		for (i = 0; i < THINGS; i++)
			FD_SET(fd_of(&t, i), &in);
		wait_fire(&t, which);
		ck_assert_int_eq(select(FD_SETSIZE, &in, &out, NULL, NULL), 1);
		for (i = 0; i < THINGS; i++)
			ck_assert_int_eq(!!FD_ISSET(fd_of(&t, i), &in),
					 i == which);
		wait_empty(&t, which);
	}
	FD_ZERO(&in);
	FD_SET(t.pair[0], &in);
	FD_SET(t.pipes[0], &in);
	FD_SET(t.pair[0], &out);
	FD_SET(t.pipes[1], &out);
	tv = (struct timeval) { 100, 0 };
	ck_assert_int_eq(select(FD_SETSIZE, &in, &out, NULL, &tv), 2);
	ck_assert(tv.tv_sec == 99 || tv.tv_sec == 100);
	ck_assert(!FD_ISSET(t.pair[0], &in) && !FD_ISSET(t.pipes[0], &in));
	ck_assert(FD_ISSET(t.pair[0], &out) && FD_ISSET(t.pipes[1], &out));
	FD_ZERO(&out);
	FD_SET(t.pair[0], &in);
	FD_SET(t.event, &in);
	tv = (struct timeval) { 0, 1000 };
	ck_assert_int_eq(select(FD_SETSIZE, &in, NULL, NULL, &tv), 0);
	ck_assert(!FD_ISSET(t.pair[0], &in));
	ck_assert(tv.tv_sec == 0 && tv.tv_usec == 0);
	FD_SET(t.pair[0], &in);
	FD_SET(500, &in);
	ck_assert_int_eq(select(FD_SETSIZE, &in, NULL, NULL, NULL), -1);
	ck_assert_int_eq(errno, EBADF);
	close_things(&t);
}
END_TEST

START_TEST(files_are_always_ready_and_others_invalid)
{
	int file = memfd_create("x", 0);
	struct pollfd p[3];
	int pair[2];

	make_pair(pair);
	p[0] = (struct pollfd) { pair[0], POLLIN, 0 };
	p[1] = (struct pollfd) { file, POLLIN | POLLOUT, 0 };
	p[2] = (struct pollfd) { 500, POLLIN, 0 };
	ck_assert_int_eq(poll(p, 2, -1), 1);
	ck_assert_int_eq(p[1].revents, POLLIN | POLLOUT);
	ck_assert_int_eq(poll(p, 3, -1), 2);
	ck_assert_int_eq(p[2].revents, POLLNVAL);
	close(file);
	close_pair(pair);
}
END_TEST

/* A program may have no set as large as its count, if its table is not either. */
START_TEST(select_looks_no_farther_than_sets_are)
{
	struct rlimit old, many = { 20000, 0 };
	int pair[2], pipes[2], n;
	struct timeval tv = { 0 };
	unsigned long large[64] = { 0 };
	char *pages = mmap(NULL, 8192, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	fd_set *in = (fd_set *)(pages + 4096 - sizeof(*in));

	ck_assert_int_eq(mprotect(pages + 4096, 4096, PROT_NONE), 0);
	getrlimit(RLIMIT_NOFILE, &old);
	many.rlim_max = old.rlim_max;
	if (setrlimit(RLIMIT_NOFILE, &many))
		return;
	n = getdtablesize();
	make_pair(pair);
	FD_ZERO(in);
	FD_SET(pair[0], in);
	ck_assert_int_eq(select(n, in, NULL, NULL, &tv), 0);
	ck_assert_int_eq(write(pair[1], "x", 1), 1);
	FD_SET(pair[0], in);
	ck_assert_int_eq(select(n, in, NULL, NULL, NULL), 1);
	ck_assert(FD_ISSET(pair[0], in));
	/* A larger one is looked at as a whole. */
	ck_assert_int_eq(pipe(pipes), 0);
	ck_assert_int_eq(dup2(pipes[0], 3000), 3000);
	ck_assert_int_eq(write(pipes[1], "x", 1), 1);
	large[3000 / 64] = 1UL << 3000 % 64;
	large[pair[0] / 64] |= 1UL << pair[0] % 64;
	ck_assert_int_eq(select(3001, (fd_set *)large, NULL, NULL, NULL), 2);
	ck_assert(large[3000 / 64] >> 3000 % 64 & 1);
	close(3000);
	setrlimit(RLIMIT_NOFILE, &old);
	close_pair(pipes);
	close_pair(pair);
	munmap(pages, 8192);
}
END_TEST

/* A thread in poll() for a socket and something else. */
struct poller {
	struct pollfd p[2];
	pid_t tid;
	int ret;
};

static void *poll_both(void *arg)
{
	struct poller *poller = arg;

	__atomic_store_n(&poller->tid, gettid(), __ATOMIC_SEQ_CST);
	poller->ret = poll(poller->p, 2, -1);
	return NULL;
}

static char state_of(pid_t tid)
{
	char name[64], state = 0;
	FILE *f;

	snprintf(name, sizeof(name), "/proc/self/task/%d/stat", (int)tid);
	f = fopen(name, "r");
	ck_assert_ptr_nonnull(f);
	ck_assert_int_eq(fscanf(f, "%*d (%*[^)]) %c", &state), 1);
	fclose(f);
	return state;
}

static void start_poller(struct poller *poller, pthread_t *thread, int sock,
			 int fd)
{
	*poller = (struct poller) { { { sock, POLLIN, 0 },
				      { fd, POLLIN, 0 } }, 0, 0 };
	pthread_create(thread, NULL, poll_both, poller);
	while (!__atomic_load_n(&poller->tid, __ATOMIC_SEQ_CST) ||
	       state_of(poller->tid) != 'S')
		sched_yield();
}

START_TEST(a_number_is_used_again_while_its_old_one_is_waited_for)
{
	int pair[2], pipes[2], again[2];
	struct poller poller;
	struct pollfd p[2];
	pthread_t thread;

	make_pair(pair);
	ck_assert_int_eq(pipe(pipes), 0);
	start_poller(&poller, &thread, pair[0], pipes[0]);
	close(pipes[0]);
	ck_assert_int_eq(pipe(again), 0);
	ck_assert_int_eq(again[0], pipes[0]);
	p[0] = (struct pollfd) { pair[0], POLLIN, 0 };
	p[1] = (struct pollfd) { again[0], POLLIN, 0 };
	ck_assert_int_eq(poll(p, 2, 0), 0);
	ck_assert_int_eq(write(again[1], "x", 1), 1);
	ck_assert_int_eq(poll(p, 2, -1), 1);
	ck_assert_int_eq(p[1].revents, POLLIN);
	ck_assert_int_eq(write(pair[1], "x", 1), 1);
	pthread_join(thread, NULL);
	ck_assert_int_ge(poller.ret, 1);
	ck_assert_int_eq(poller.p[0].revents, POLLIN);
	close(pipes[1]);
	close_pair(again);
	close_pair(pair);
}
END_TEST

/* A number means something else after it was closed. */
START_TEST(stand_ins_go_with_their_descriptors)
{
	int pair[2], pipes[2], i;
	struct pollfd p[2];

	make_pair(pair);
	for (i = 0; i < 100; i++) {
		ck_assert_int_eq(pipe(pipes), 0);
		p[0] = (struct pollfd) { pair[0], POLLIN, 0 };
		p[1] = (struct pollfd) { pipes[0], POLLIN, 0 };
		if (i % 2)
			ck_assert_int_eq(write(pipes[1], "x", 1), 1);
		ck_assert_int_eq(poll(p, 2, 0), i % 2);
		if (i % 3 == 0)
			dup2(pipes[1], pipes[0]);
		if (i % 3 == 1)
			close_range(pipes[0], pipes[1], 0);
		else
			close_pair(pipes);
	}
	close_pair(pair);
}
END_TEST

/* epoll */

static int wait_add(int ep, int fd, unsigned int events, int data)
{
	struct epoll_event ev = { .events = events, .data.fd = data };

	return epoll_ctl(ep, EPOLL_CTL_ADD, fd, &ev);
}

START_TEST(epoll_waits_for_each)
{
	struct things t = make_things();
	struct epoll_event ev[8];
	int ep, which, round, lkl_at;

	/* The socket comes first, last, or in between. */
	for (lkl_at = 0; lkl_at < THINGS; lkl_at++) {
		ep = epoll_create1(EPOLL_CLOEXEC);
		for (which = 1; which < THINGS; which++) {
			if (which - 1 == lkl_at)
				ck_assert_int_eq(
					wait_add(ep, t.pair[0], EPOLLIN, 0), 0);
			ck_assert_int_eq(
				wait_add(ep, fd_of(&t, which), EPOLLIN, which),
				0);
		}
		if (lkl_at == THINGS - 1)
			ck_assert_int_eq(wait_add(ep, t.pair[0], EPOLLIN, 0),
					 0);
		ck_assert_int_eq(fcntl(ep, F_GETFD), FD_CLOEXEC);
		for (round = 0; round < 20; round++) {
			which = round % THINGS;
			wait_fire(&t, which);
			ck_assert_int_eq(epoll_wait(ep, ev, 8, -1), 1);
			ck_assert_int_eq(ev[0].data.fd, which);
			ck_assert_uint_eq(ev[0].events, EPOLLIN);
			wait_empty(&t, which);
			ck_assert_int_eq(epoll_wait(ep, ev, 8, 0), 0);
		}
		close(ep);
	}
	close_things(&t);
}
END_TEST

START_TEST(epoll_control_is_as_of_the_host)
{
	struct epoll_event ev = { .events = EPOLLIN };
	int pair[2], pipes[2], ep = epoll_create1(0), file;

	make_pair(pair);
	ck_assert_int_eq(pipe(pipes), 0);
	file = memfd_create("x", 0);
	ck_assert_int_eq(epoll_ctl(ep, EPOLL_CTL_MOD, pair[0], &ev), -1);
	ck_assert_int_eq(errno, ENOENT);
	ck_assert_int_eq(epoll_ctl(ep, EPOLL_CTL_DEL, pair[0], &ev), -1);
	ck_assert_int_eq(errno, ENOENT);
	ck_assert_int_eq(wait_add(ep, pipes[0], EPOLLIN, 1), 0);
	ck_assert_int_eq(wait_add(ep, pair[0], EPOLLIN, 2), 0);
	ck_assert_int_eq(wait_add(ep, pair[0], EPOLLIN, 2), -1);
	ck_assert_int_eq(errno, EEXIST);
	ck_assert_int_eq(wait_add(ep, pipes[0], EPOLLIN, 1), -1);
	ck_assert_int_eq(errno, EEXIST);
	ck_assert_int_eq(wait_add(ep, file, EPOLLIN, 3), -1);
	ck_assert_int_eq(errno, EPERM);
	ck_assert_int_eq(wait_add(ep, 500, EPOLLIN, 3), -1);
	ck_assert_int_eq(errno, EBADF);
	ev.events = EPOLLOUT;
	ck_assert_int_eq(epoll_ctl(ep, EPOLL_CTL_MOD, pair[0], &ev), 0);
	ck_assert_int_eq(epoll_wait(ep, &ev, 1, -1), 1);
	ck_assert_uint_eq(ev.events, EPOLLOUT);
	ck_assert_int_eq(epoll_ctl(ep, EPOLL_CTL_DEL, pair[0], NULL), 0);
	ck_assert_int_eq(write(pipes[1], "x", 1), 1);
	ck_assert_int_eq(epoll_wait(ep, &ev, 1, -1), 1);
	ck_assert_int_eq(ev.data.fd, 1);
	/* A closed descriptor is no longer a member. */
	close_pair(pipes);
	ck_assert_int_eq(epoll_wait(ep, &ev, 1, 0), 0);
	close(ep);
	close(file);
	close_pair(pair);
}
END_TEST

START_TEST(edges_are_reported_once)
{
	int ep = epoll_create1(0), pair[2], event = eventfd(0, EFD_NONBLOCK);
	struct epoll_event ev[4];
	char c;

	make_pair(pair);
	ck_assert_int_eq(wait_add(ep, event, EPOLLIN | EPOLLET, 1), 0);
	ck_assert_int_eq(wait_add(ep, pair[0], EPOLLIN | EPOLLET, 2), 0);
	ck_assert_int_eq(write(pair[1], "x", 1), 1);
	ck_assert_int_eq(epoll_wait(ep, ev, 4, -1), 1);
	ck_assert_int_eq(ev[0].data.fd, 2);
	ck_assert_int_eq(epoll_wait(ep, ev, 4, 0), 0);
	ck_assert_int_eq(write(pair[1], "x", 1), 1);
	ck_assert_int_eq(epoll_wait(ep, ev, 4, -1), 1);
	/* Events of the host's descriptors are reported too, each once. */
	eventfd_write(event, 1);
	ck_assert_int_eq(epoll_wait(ep, ev, 4, -1), 1);
	ck_assert_int_eq(ev[0].data.fd, 1);
	ck_assert_int_eq(epoll_wait(ep, ev, 4, 0), 0);
	eventfd_write(event, 1);
	ck_assert_int_eq(epoll_wait(ep, ev, 4, -1), 1);
	ck_assert_int_eq(ev[0].data.fd, 1);
	ck_assert_int_eq(read(pair[0], &c, 1), 1);
	ck_assert_int_eq(epoll_wait(ep, ev, 4, 0), 0);
	close(ep);
	close(event);
	close_pair(pair);
}
END_TEST

START_TEST(a_disarmed_member_stays_so)
{
	int ep = epoll_create1(0), pair[2], pipes[2];
	struct epoll_event ev;

	make_pair(pair);
	ck_assert_int_eq(pipe(pipes), 0);
	ck_assert_int_eq(wait_add(ep, pipes[0], EPOLLIN | EPOLLONESHOT, 1), 0);
	ck_assert_int_eq(write(pipes[1], "x", 1), 1);
	ck_assert_int_eq(epoll_wait(ep, &ev, 1, -1), 1);
	/* Now it goes over to LKL. */
	ck_assert_int_eq(wait_add(ep, pair[0], EPOLLIN, 2), 0);
	ck_assert_int_eq(epoll_wait(ep, &ev, 1, 0), 0);
	ev = (struct epoll_event) { .events = EPOLLIN | EPOLLONESHOT };
	ck_assert_int_eq(epoll_ctl(ep, EPOLL_CTL_MOD, pipes[0], &ev), 0);
	ck_assert_int_eq(epoll_wait(ep, &ev, 1, -1), 1);
	close(ep);
	close_pair(pipes);
	close_pair(pair);
}
END_TEST

START_TEST(epolls_can_be_nested_both_ways)
{
	int host = epoll_create1(0), lkl = epoll_create1(0);
	int outer = epoll_create1(0), event = eventfd(0, 0), pair[2];
	struct epoll_event ev;
	struct pollfd p;
	char c;

	make_pair(pair);
	ck_assert_int_eq(wait_add(host, event, EPOLLIN, 1), 0);
	ck_assert_int_eq(wait_add(lkl, pair[0], EPOLLIN, 2), 0);
	ck_assert_int_eq(wait_add(outer, host, EPOLLIN, 3), 0);
	ck_assert_int_eq(wait_add(outer, lkl, EPOLLIN, 4), 0);
	ck_assert_int_eq(epoll_wait(outer, &ev, 1, 0), 0);
	eventfd_write(event, 1);
	ck_assert_int_eq(epoll_wait(outer, &ev, 1, -1), 1);
	ck_assert_int_eq(ev.data.fd, 3);
	eventfd_read(event, &(eventfd_t) { 0 });
	ck_assert_int_eq(write(pair[1], "x", 1), 1);
	ck_assert_int_eq(epoll_wait(outer, &ev, 1, -1), 1);
	ck_assert_int_eq(ev.data.fd, 4);
	p = (struct pollfd) { outer, POLLIN, 0 };
	ck_assert_int_eq(poll(&p, 1, -1), 1);
	ck_assert_int_eq(read(pair[0], &c, 1), 1);
	close(outer);
	close(host);
	close(lkl);
	close(event);
	close_pair(pair);
}
END_TEST

/* Nest sets that already have members. */
static void check_nested(int outer_first, int levels)
{
	int sets[4], i, pair[2], other[2], event = eventfd(0, 0);
	struct epoll_event ev;

	make_pair(pair);
	make_pair(other);
	for (i = 0; i < levels; i++)
		sets[i] = epoll_create1(0);
	if (outer_first)
		ck_assert_int_eq(wait_add(sets[0], other[0], EPOLLIN, 99), 0);
	for (i = 1; i < levels; i++)
		ck_assert_int_eq(wait_add(sets[i - 1], sets[i], EPOLLIN, i), 0);
	ck_assert_int_eq(wait_add(sets[levels - 1], event, EPOLLIN, 50), 0);
	ck_assert_int_eq(wait_add(sets[levels - 1], pair[0], EPOLLIN, 60), 0);
	for (i = 0; i < levels; i++)
		ck_assert_int_eq(epoll_wait(sets[i], &ev, 1, 0), 0);
	ck_assert_int_eq(write(pair[1], "x", 1), 1);
	for (i = 0; i < levels; i++) {
		ck_assert_int_eq(epoll_wait(sets[i], &ev, 1, -1), 1);
		ck_assert_int_eq(ev.data.fd, i < levels - 1 ? i + 1 : 60);
	}
	ck_assert_int_eq(read(pair[0], &(char) { 0 }, 1), 1);
	ck_assert_int_eq(epoll_wait(sets[0], &ev, 1, 0), 0);
	eventfd_write(event, 1);
	ck_assert_int_eq(epoll_wait(sets[0], &ev, 1, -1), 1);
	/* The inner set is one member, under its number. */
	ev = (struct epoll_event) { .events = EPOLLIN };
	ck_assert_int_eq(wait_add(sets[0], sets[1], EPOLLIN, 1), -1);
	ck_assert_int_eq(errno, EEXIST);
	ck_assert_int_eq(epoll_ctl(sets[0], EPOLL_CTL_DEL, sets[1], &ev), 0);
	ck_assert_int_eq(epoll_wait(sets[0], &ev, 1, 0), 0);
	for (i = 0; i < levels; i++)
		close(sets[i]);
	close(event);
	close_pair(other);
	close_pair(pair);
}

START_TEST(a_nested_epoll_stays_so_when_it_moves)
{
	int levels;

	for (levels = 2; levels <= 4; levels++) {
		check_nested(0, levels);
		check_nested(1, levels);
	}
}
END_TEST

START_TEST(a_disarmed_epoll_stays_so_when_it_moves)
{
	int outer = epoll_create1(0), inner = epoll_create1(0), pair[2];
	int event = eventfd(1, 0), other[2];
	struct epoll_event ev;

	make_pair(pair);
	make_pair(other);
	ck_assert_int_eq(wait_add(outer, other[0], EPOLLIN, 1), 0);
	ck_assert_int_eq(wait_add(inner, event, EPOLLIN, 2), 0);
	ck_assert_int_eq(wait_add(outer, inner, EPOLLIN | EPOLLONESHOT, 3), 0);
	ck_assert_int_eq(epoll_wait(outer, &ev, 1, -1), 1);
	ck_assert_int_eq(wait_add(inner, pair[0], EPOLLIN, 4), 0);
	ck_assert_int_eq(epoll_wait(outer, &ev, 1, 0), 0);
	ev = (struct epoll_event) { .events = EPOLLIN, .data.fd = 5 };
	ck_assert_int_eq(epoll_ctl(outer, EPOLL_CTL_MOD, inner, &ev), 0);
	ck_assert_int_eq(epoll_wait(outer, &ev, 1, -1), 1);
	ck_assert_int_eq(ev.data.fd, 5);
	close(inner);
	ck_assert_int_eq(epoll_wait(outer, &ev, 1, 0), 0);
	close(outer);
	close(event);
	close_pair(other);
	close_pair(pair);
}
END_TEST

START_TEST(who_polls_an_epoll_sees_what_is_added)
{
	int idle[2], pair[2], inner = epoll_create1(0);
	struct poller poller;
	pthread_t thread;

	make_pair(idle);
	make_pair(pair);
	start_poller(&poller, &thread, idle[0], inner);
	ck_assert_int_eq(wait_add(inner, pair[0], EPOLLIN, 1), 0);
	ck_assert_int_eq(write(pair[1], "x", 1), 1);
	pthread_join(thread, NULL);
	ck_assert_int_eq(poller.ret, 1);
	ck_assert_int_eq(poller.p[0].revents, 0);
	ck_assert_int_eq(poller.p[1].revents, POLLIN);
	close(inner);
	close_pair(idle);
	close_pair(pair);
}
END_TEST

struct wait_in {
	int ep;
	int waiting;
	int ret;
	struct epoll_event ev;
};

static void *wait_in(void *arg)
{
	struct wait_in *w = arg;

	__atomic_store_n(&w->waiting, 1, __ATOMIC_SEQ_CST);
	w->ret = epoll_wait(w->ep, &w->ev, 1, -1);
	return NULL;
}

/* Event loops of several threads: one waits while another one adds. */
START_TEST(who_waits_meanwhile_sees_what_is_added)
{
	int round, pair[2], event = eventfd(0, 0);
	pthread_t t[2];

	for (round = 0; round < 100; round++) {
		struct wait_in w[2] = { { .ep = epoll_create1(0) } };
		int copy, i;

		copy = dup(w[0].ep);
		w[1].ep = copy;
		make_pair(pair);
		ck_assert_int_eq(wait_add(w[0].ep, event, EPOLLIN, 1), 0);
		for (i = 0; i < 2; i++)
			pthread_create(&t[i], NULL, wait_in, &w[i]);
		while (!__atomic_load_n(&w[1].waiting, __ATOMIC_SEQ_CST))
			sched_yield();
		for (i = 0; i < round; i++)
			sched_yield();
		ck_assert_int_eq(wait_add(round % 2 ? copy : w[0].ep, pair[0],
					  EPOLLIN, 2),
				 0);
		ck_assert_int_eq(write(pair[1], "x", 1), 1);
		for (i = 0; i < 2; i++) {
			pthread_join(t[i], NULL);
			ck_assert_int_eq(w[i].ret, 1);
			ck_assert_int_eq(w[i].ev.data.fd, 2);
		}
		close(w[0].ep);
		close(copy);
		close_pair(pair);
	}
	close(event);
}
END_TEST

/* Nothing of what follows may leave the library's own lock held. */

static void *add_cancelled(void *arg)
{
	int *fds = arg;

	/* Check's own functions may be cancellation points. */
	pthread_cancel(pthread_self());
	return wait_add(fds[0], fds[1], EPOLLIN, 1) ? arg : NULL;
}

/* epoll_ctl() is no cancellation point. */
START_TEST(a_cancelled_thread_adds_to_an_epoll)
{
	int pair[2], event = eventfd(0, 0), fds[2];
	struct epoll_event ev;
	pthread_t thread;
	void *result;

	make_pair(pair);
	fds[0] = epoll_create1(0);
	fds[1] = pair[0];
	ck_assert_int_eq(wait_add(fds[0], event, EPOLLIN, 2), 0);
	pthread_create(&thread, NULL, add_cancelled, fds);
	pthread_join(thread, &result);
	ck_assert_ptr_null(result);
	ck_assert_int_eq(write(pair[1], "x", 1), 1);
	ck_assert_int_eq(epoll_wait(fds[0], &ev, 1, -1), 1);
	close(fds[0]);
	close(event);
	close_pair(pair);
}
END_TEST

static int handler_ep, handler_event, handled;

static void use_epolls(int sig)
{
	struct epoll_event ev = { .events = EPOLLIN };
	int copy = dup(handler_ep);

	(void)sig;
	epoll_ctl(copy, EPOLL_CTL_MOD, handler_event, &ev);
	close(copy);
	__atomic_store_n(&handled, handled + 1, __ATOMIC_SEQ_CST);
}

static void *wait_interrupt(void *arg)
{
	pthread_t *thread = arg;
	int i;

	for (i = 0; i < 2000; i++) {
		pthread_kill(*thread, SIGUSR2);
		while (__atomic_load_n(&handled, __ATOMIC_SEQ_CST) <= i)
			sched_yield();
	}
	return NULL;
}

START_TEST(handlers_use_epolls)
{
	struct sigaction sa = { .sa_handler = use_epolls,
				.sa_flags = SA_RESTART };
	pthread_t self = pthread_self(), thread;
	int pair[2], ep, event = eventfd(0, 0);

	make_pair(pair);
	handler_event = eventfd(0, 0);
	handler_ep = epoll_create1(0);
	ck_assert_int_eq(wait_add(handler_ep, handler_event, EPOLLIN, 1), 0);
	sigaction(SIGUSR2, &sa, NULL);
	pthread_create(&thread, NULL, wait_interrupt, &self);
	while (__atomic_load_n(&handled, __ATOMIC_SEQ_CST) < 2000) {
		ck_assert_int_eq(wait_add(handler_ep, event, EPOLLIN, 1), 0);
		ck_assert_int_eq(epoll_ctl(handler_ep, EPOLL_CTL_DEL, event,
					   NULL), 0);
		ep = epoll_create1(0);
		ck_assert_int_eq(wait_add(ep, event, EPOLLIN, 1), 0);
		ck_assert_int_eq(wait_add(ep, pair[0], EPOLLIN, 1), 0);
		ck_assert_int_eq(close(ep), 0);
	}
	pthread_join(thread, NULL);
	signal(SIGUSR2, SIG_DFL);
	close(handler_ep);
	close(handler_event);
	close(event);
	close_pair(pair);
}
END_TEST

struct changes {
	int ep;
	int event;
	int sock;
	int done;
};

static void *wait_change(void *arg)
{
	struct changes *c = arg;
	struct pollfd p[2];
	int ep;

	while (!__atomic_load_n(&c->done, __ATOMIC_SEQ_CST)) {
		ck_assert_int_eq(wait_add(c->ep, c->event, EPOLLIN, 1), 0);
		ck_assert_int_eq(epoll_ctl(c->ep, EPOLL_CTL_DEL, c->event,
					   NULL), 0);
		ep = epoll_create1(0);
		ck_assert_int_eq(wait_add(ep, c->event, EPOLLIN, 1), 0);
		ck_assert_int_eq(wait_add(ep, c->sock, EPOLLIN, 1), 0);
		p[0] = (struct pollfd) { c->sock, POLLIN, 0 };
		p[1] = (struct pollfd) { eventfd(0, 0), POLLIN, 0 };
		ck_assert_int_eq(poll(p, 2, 0), 0);
		close(p[1].fd);
		close(ep);
	}
	return NULL;
}

/* In a child, which has no kernel to wait for sockets with. */
static int close_in_child(const struct changes *c, int ep)
{
	struct pollfd p[2] = {
		{ c->sock, POLLIN, 0 },
		{ eventfd(0, 0), POLLIN, 0 },
	};

	/* Ends what waits for ever, and says so in the status. */
	signal(SIGALRM, SIG_DFL);
	alarm(20);
	/* The message about the socket. */
	close(STDERR_FILENO);
	if (poll(p, 2, 0) != -1 || errno != ENETDOWN)
		return 1;
	if (dup2(c->ep, ep) != ep || close(ep) || close(c->ep))
		return 2;
	return close_range(3, ~0U, 0) ? 3 : 0;
}

START_TEST(children_use_what_a_thread_was_changing)
{
	struct changes c = { .ep = epoll_create1(0), .event = eventfd(0, 0) };
	int pair[2], other = epoll_create1(0), i, status;
	pthread_t thread;
	pid_t pid;

	make_pair(pair);
	c.sock = pair[0];
	pthread_create(&thread, NULL, wait_change, &c);
	for (i = 0; i < 200; i++) {
		pid = fork();
		/* The thread may hold Check's lock. */
		if (!pid)
			_exit(close_in_child(&c, other));
		ck_assert_int_ge(pid, 0);
		ck_assert_int_eq(waitpid(pid, &status, 0), pid);
		ck_assert_int_eq(status, 0);
	}
	__atomic_store_n(&c.done, 1, __ATOMIC_SEQ_CST);
	pthread_join(thread, NULL);
	close(c.ep);
	close(c.event);
	close(other);
	close_pair(pair);
}
END_TEST

/* Many threads, each with a loop over both kinds. */

static void *wait_loop(void *arg)
{
	int ep = epoll_create1(0), pair[2], pipes[2], i;
	struct epoll_event ev;
	char c;

	make_pair(pair);
	ck_assert_int_eq(pipe(pipes), 0);
	wait_add(ep, pipes[0], EPOLLIN, pipes[0]);
	wait_add(ep, pair[0], EPOLLIN, pair[0]);
	for (i = 0; i < 2000; i++) {
		ck_assert_int_eq(write(i % 3 ? pair[1] : pipes[1], "x", 1), 1);
		ck_assert_int_eq(epoll_wait(ep, &ev, 1, -1), 1);
		ck_assert_int_eq(ev.data.fd, i % 3 ? pair[0] : pipes[0]);
		ck_assert_int_eq(read(ev.data.fd, &c, 1), 1);
	}
	close(ep);
	close_pair(pipes);
	close_pair(pair);
	return NULL;
}

START_TEST(threads_do_not_disturb_each_other)
{
	pthread_t t[8];
	int i;

	for (i = 0; i < 8; i++)
		pthread_create(&t[i], NULL, wait_loop, NULL);
	for (i = 0; i < 8; i++)
		pthread_join(t[i], NULL);
}
END_TEST

int main(void)
{
	TCase *tc = tcase_create("wait");

	if (!is_hijacked())
		return 1;
	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, poll_waits_for_each);
	tcase_add_test(tc, select_waits_for_each);
	tcase_add_test(tc, files_are_always_ready_and_others_invalid);
	tcase_add_test(tc, select_looks_no_farther_than_sets_are);
	tcase_add_test(tc, a_number_is_used_again_while_its_old_one_is_waited_for);
	tcase_add_test(tc, stand_ins_go_with_their_descriptors);
	tcase_add_test(tc, epoll_waits_for_each);
	tcase_add_test(tc, epoll_control_is_as_of_the_host);
	tcase_add_test(tc, edges_are_reported_once);
	tcase_add_test(tc, a_disarmed_member_stays_so);
	tcase_add_test(tc, epolls_can_be_nested_both_ways);
	tcase_add_test(tc, a_nested_epoll_stays_so_when_it_moves);
	tcase_add_test(tc, a_disarmed_epoll_stays_so_when_it_moves);
	tcase_add_test(tc, who_polls_an_epoll_sees_what_is_added);
	tcase_add_test(tc, a_cancelled_thread_adds_to_an_epoll);
	tcase_add_test(tc, handlers_use_epolls);
	tcase_add_test(tc, children_use_what_a_thread_was_changing);
	tcase_add_test(tc, who_waits_meanwhile_sees_what_is_added);
	tcase_add_test(tc, threads_do_not_disturb_each_other);
	return run_case(tc, CK_NOFORK);
}
