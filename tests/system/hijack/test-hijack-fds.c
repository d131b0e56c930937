// SPDX-License-Identifier: GPL-2.0
/*
 * One space of descriptors: host's and LKL's under numbers as the host alone
 * would give them.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "support/check-main.h"
#include "hijack.h"

static int lkl_socket(void)
{
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	ck_assert_int_ge(fd, 0);
	return fd;
}

static int host_file(void)
{
	int fd = open("/dev/null", O_RDWR);

	ck_assert_int_ge(fd, 0);
	return fd;
}

static int is_socket(int fd)
{
	struct stat st;

	ck_assert_int_eq(fstat(fd, &st), 0);
	return S_ISSOCK(st.st_mode);
}

static int is_open(int fd)
{
	return fcntl(fd, F_GETFD) >= 0;
}

START_TEST(the_lowest_free_number_is_taken)
{
	int a = lkl_socket(), b = host_file(), c = lkl_socket();

	ck_assert_int_eq(b, a + 1);
	ck_assert_int_eq(c, a + 2);
	close(b);
	ck_assert_int_eq(lkl_socket(), b);
	close(a);
	ck_assert_int_eq(host_file(), a);
	ck_assert_int_eq(close_range(a, c, 0), 0);
}
END_TEST

START_TEST(dup2_replaces_across_kinds)
{
	int lkl = lkl_socket(), host = host_file(), to = dup(host);

	ck_assert_int_eq(dup2(lkl, to), to);
	ck_assert(is_socket(to));
	ck_assert_int_eq(dup2(host, to), to);
	ck_assert(!is_socket(to));
	ck_assert_int_eq(dup2(lkl, to), to);
	close(lkl);
	/* The other number stays. */
	ck_assert(is_socket(to));
	ck_assert_int_eq(dup2(to, to), to);
	ck_assert_int_eq(dup2(99, to), -1);
	ck_assert_int_eq(errno, EBADF);
	ck_assert(is_socket(to));
	close(host);
	close(to);
}
END_TEST

START_TEST(close_on_exec_belongs_to_the_number)
{
	int a = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), b;

	ck_assert_int_eq(fcntl(a, F_GETFD), FD_CLOEXEC);
	b = dup(a);
	ck_assert_int_eq(fcntl(b, F_GETFD), 0);
	ck_assert_int_eq(fcntl(b, F_SETFD, FD_CLOEXEC), 0);
	ck_assert_int_eq(fcntl(b, F_GETFD), FD_CLOEXEC);
	ck_assert_int_eq(ioctl(b, FIONCLEX), 0);
	ck_assert_int_eq(fcntl(b, F_GETFD), 0);
	close(b);
	b = fcntl(a, F_DUPFD_CLOEXEC, 50);
	ck_assert_int_eq(b, 50);
	ck_assert_int_eq(fcntl(b, F_GETFD), FD_CLOEXEC);
	ck_assert_int_eq(dup3(a, 51, O_CLOEXEC), 51);
	ck_assert_int_eq(fcntl(51, F_GETFD), FD_CLOEXEC);
	ck_assert_int_eq(close_range(50, 51, 0), 0);
	ck_assert(!is_open(50) && !is_open(51));
	close(a);
}
END_TEST

START_TEST(non_blocking_belongs_to_what_is_open)
{
	int a = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0), b = dup(a);
	int no = 0;
	char c;

	ck_assert_int_eq(fcntl(b, F_GETFL), O_RDWR | O_NONBLOCK);
	ck_assert_int_eq(read(b, &c, 1), -1);
	ck_assert_int_eq(errno, EAGAIN);
	ck_assert_int_eq(ioctl(b, FIONBIO, &no), 0);
	ck_assert_int_eq(fcntl(a, F_GETFL), O_RDWR);
	close(a);
	close(b);
}
END_TEST

START_TEST(a_full_table_is_EMFILE)
{
	struct rlimit old, few = { 64, 0 };
	int fds[64], n = 0, fd, listener;
	struct sockaddr_in a;

	listener = make_listener(&a);
	ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &old), 0);
	few.rlim_max = old.rlim_max;
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &few), 0);
	while ((fd = socket(AF_INET, SOCK_DGRAM, 0)) >= 0)
		fds[n++] = fd;
	ck_assert_int_eq(errno, EMFILE);
	ck_assert_int_eq(fds[n - 1], 63);
	ck_assert_int_eq(dup(fds[0]), -1);
	ck_assert_int_eq(errno, EMFILE);
	ck_assert_int_eq(accept(listener, NULL, NULL), -1);
	ck_assert_int_eq(errno, EMFILE);
	while (n)
		close(fds[--n]);
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &old), 0);
	close(listener);
}
END_TEST

START_TEST(a_closed_number_is_EBADF)
{
	int fd = lkl_socket();
	char c;

	ck_assert_int_eq(close(fd), 0);
	ck_assert_int_eq(close(fd), -1);
	ck_assert_int_eq(errno, EBADF);
	ck_assert_int_eq(read(fd, &c, 1), -1);
	ck_assert_int_eq(errno, EBADF);
	ck_assert_int_eq(send(fd, &c, 1, 0), -1);
	ck_assert_int_eq(errno, EBADF);
}
END_TEST

START_TEST(syscall_goes_where_functions_go)
{
	int fd = syscall(SYS_socket, AF_INET, SOCK_DGRAM, 0), copy;
	struct stat st;

	ck_assert_int_ge(fd, 0);
	ck_assert(is_socket(fd));
	copy = syscall(SYS_dup, fd);
	ck_assert(is_socket(copy));
	ck_assert_int_eq(syscall(SYS_fstat, copy, &st), 0);
	ck_assert(S_ISSOCK(st.st_mode));
	ck_assert_int_eq(syscall(SYS_close, copy), 0);
	ck_assert_int_eq(syscall(SYS_close, fd), 0);
	ck_assert_int_eq(syscall(SYS_close, fd), -1);
	ck_assert_int_eq(errno, EBADF);
}
END_TEST

/* A placeholder is of no use to another process. */
START_TEST(lkl_descriptors_are_not_passed_on)
{
	union {
		struct cmsghdr h;
		char space[CMSG_SPACE(sizeof(int))];
	} c = { .h = { .cmsg_len = CMSG_LEN(sizeof(int)),
		       .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS } };
	struct iovec iov = { "x", 1 };
	struct msghdr m = { .msg_iov = &iov, .msg_iovlen = 1,
			    .msg_control = &c, .msg_controllen = sizeof(c) };
	int pair[2], fd = lkl_socket();

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	memcpy(CMSG_DATA(&c.h), &fd, sizeof(fd));
	ck_assert_int_eq(sendmsg(pair[0], &m, 0), -1);
	ck_assert_int_eq(errno, EOPNOTSUPP);
	close(fd);
	fd = host_file();
	memcpy(CMSG_DATA(&c.h), &fd, sizeof(fd));
	ck_assert_int_eq(sendmsg(pair[0], &m, 0), 1);
	close(fd);
	close_pair(pair);
}
END_TEST

/* Random operations, compared with a model. */

#define FIRST	10
#define COUNT	30

struct model {
	int open;
	int cloexec;
	dev_t dev;
	ino_t ino;
};

static struct model model[COUNT];

static void fds_note(int fd, int cloexec)
{
	struct stat st;

	ck_assert_int_eq(fstat(fd, &st), 0);
	if (fd >= FIRST && fd < FIRST + COUNT)
		model[fd - FIRST] = (struct model) { 1, cloexec, st.st_dev,
						     st.st_ino };
}

static int fds_lowest(int from)
{
	int fd;

	for (fd = from; fd < FIRST + COUNT; fd++)
		if (!model[fd - FIRST].open)
			return fd;
	return -1;
}

static void check_all(void)
{
	struct stat st;
	int i, flags;

	for (i = 0; i < COUNT; i++) {
		flags = fcntl(FIRST + i, F_GETFD);
		ck_assert_int_eq(flags >= 0, model[i].open);
		if (flags < 0)
			continue;
		ck_assert_int_eq(flags, model[i].cloexec ? FD_CLOEXEC : 0);
		ck_assert_int_eq(fstat(FIRST + i, &st), 0);
		ck_assert(st.st_ino == model[i].ino &&
			  st.st_dev == model[i].dev);
	}
}

static void open_one(int cloexec)
{
	int want = fds_lowest(FIRST), fd;

	if (want < 0)
		return;
	if (rand() % 2)
		fd = socket(AF_INET, SOCK_DGRAM | (cloexec ? SOCK_CLOEXEC : 0),
			    0);
	else
		fd = memfd_create("x", cloexec ? MFD_CLOEXEC : 0);
	ck_assert_int_eq(fd, want);
	fds_note(fd, cloexec);
}

static void fds_duplicate(int from, int to, int cloexec)
{
	struct model *m = &model[from - FIRST];
	int want = m->open ? to : -1;

	if (from == to)
		want = -1;
	ck_assert_int_eq(dup3(from, to, cloexec ? O_CLOEXEC : 0), want);
	if (want < 0)
		return;
	model[to - FIRST] = *m;
	model[to - FIRST].cloexec = cloexec;
}

static void duplicate_above(int from, int min, int cloexec)
{
	struct model *m = &model[from - FIRST];
	int want = fds_lowest(min), fd;

	if (want < 0)
		return;
	if (!m->open)
		want = -1;
	fd = fcntl(from, cloexec ? F_DUPFD_CLOEXEC : F_DUPFD, min);
	ck_assert_int_eq(fd, want);
	if (fd < 0)
		return;
	model[fd - FIRST] = *m;
	model[fd - FIRST].cloexec = cloexec;
}

static void close_some(int from, int to)
{
	int fd;

	ck_assert_int_eq(close_range(from, to, 0), from <= to ? 0 : -1);
	for (fd = from; fd <= to; fd++)
		model[fd - FIRST].open = 0;
}

START_TEST(random_operations_are_as_in_the_model)
{
	int filler[FIRST], n = 0, fd, i;

	/*
	 * Use all descriptors below FIRST and close all others, inherited ones
	 * too.
	 */
	close_range(FIRST, FIRST + COUNT - 1, 0);
	while ((fd = open("/dev/null", O_RDONLY)) < FIRST)
		filler[n++] = fd;
	close(fd);
	srand(1);
	for (i = 0; i < 2000; i++) {
		int a = FIRST + rand() % COUNT, b = FIRST + rand() % COUNT;
		int cloexec = rand() % 2;

		switch (rand() % 8) {
		case 0:
		case 1:
		case 2:
			open_one(cloexec);
			break;
		case 3:
			fds_duplicate(a, b, cloexec);
			break;
		case 4:
			duplicate_above(a, b, cloexec);
			break;
		case 5:
		case 6:
			ck_assert_int_eq(close(a), model[a - FIRST].open - 1);
			model[a - FIRST].open = 0;
			break;
		case 7:
			if (rand() % 4 == 0)
				close_some(a, b);
			break;
		}
		check_all();
	}
	close_some(FIRST, FIRST + COUNT - 1);
	while (n)
		close(filler[--n]);
}
END_TEST

static void wait_for_both(void)
{
	int pair[2], pipes[2];
	struct pollfd p[2];

	make_pair(pair);
	ck_assert_int_eq(pipe(pipes), 0);
	p[0] = (struct pollfd) { pair[0], POLLIN, 0 };
	p[1] = (struct pollfd) { pipes[0], POLLIN, 0 };
	ck_assert_int_eq(write(pair[1], "x", 1), 1);
	ck_assert_int_eq(poll(p, 2, -1), 1);
	ck_assert_int_eq(write(pipes[1], "x", 1), 1);
	ck_assert_int_eq(poll(p, 2, -1), 2);
	close_pair(pipes);
	close_pair(pair);
}

/* Programs that close everything do not close what LKL needs. */
START_TEST(closing_everything_leaves_the_kernel_alone)
{
	struct rlimit old, more = { 3000, 0 };
	int fd;

	/* The first wait for both kinds opens something within LKL. */
	getrlimit(RLIMIT_NOFILE, &old);
	more.rlim_max = old.rlim_max;
	setrlimit(RLIMIT_NOFILE, &more);
	wait_for_both();
	setrlimit(RLIMIT_NOFILE, &old);
	/* Descriptors below FIRST belong to Check. */
	for (fd = FIRST; fd < 1 << 20; fd++)
		close(fd);
	closefrom(FIRST);
	wait_for_both();
	close_range(FIRST, 2000, 0);
	close_range(2000, ~0U, 0);
	wait_for_both();
}
END_TEST

int main(void)
{
	TCase *tc = tcase_create("fds");

	if (!is_hijacked())
		return 1;
	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, the_lowest_free_number_is_taken);
	tcase_add_test(tc, dup2_replaces_across_kinds);
	tcase_add_test(tc, close_on_exec_belongs_to_the_number);
	tcase_add_test(tc, non_blocking_belongs_to_what_is_open);
	tcase_add_test(tc, a_full_table_is_EMFILE);
	tcase_add_test(tc, a_closed_number_is_EBADF);
	tcase_add_test(tc, syscall_goes_where_functions_go);
	tcase_add_test(tc, lkl_descriptors_are_not_passed_on);
	tcase_add_test(tc, random_operations_are_as_in_the_model);
	tcase_add_test(tc, closing_everything_leaves_the_kernel_alone);
	return run_case(tc, CK_NOFORK);
}
