// SPDX-License-Identifier: GPL-2.0
/*
 * Streams of archives: pipes whose other end takes its time, and files.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "common/host/host-file.h"
#include "copy/archives/tar-host.h"
#include "copy/core/engine.h"
#include "support/check-main.h"

#ifdef _WIN32
#include <io.h>
#define make_pipe(fds) _pipe(fds, 4096, _O_BINARY | _O_NOINHERIT)
#else
#define make_pipe(fds) pipe(fds)
#endif

/* Bytes that libc on Windows changes in text files, and its end of such files */
static const char bytes[] = "one\r\ntwo\n\x1a\r\0end";

static volatile sig_atomic_t interrupted;
static volatile uint64_t steps;
static struct copy copy = { .interrupted = &interrupted, .steps = &steps };
static int fds[2];

static void check_bytes(int fd)
{
	char buf[2 * sizeof(bytes)];

	ck_assert(tar_host_is_ready(fd));
	ck_assert_int_eq(tar_host_read(&copy, fd, buf, sizeof(buf)), sizeof(bytes));
	ck_assert(!memcmp(buf, bytes, sizeof(bytes)));
}

START_TEST(a_pipe_keeps_bytes_and_has_an_end)
{
	char c;

	ck_assert(!make_pipe(fds));
	ck_assert(!tar_host_is_regular(fds[0]));
	ck_assert(!tar_host_is_ready(fds[0]));
	ck_assert_int_eq(tar_host_write(&copy, fds[1], bytes, sizeof(bytes)), sizeof(bytes));
	check_bytes(fds[0]);
	ck_assert(!tar_host_is_ready(fds[0]));
	ck_assert(!close(fds[1]));
	ck_assert(tar_host_is_ready(fds[0]));
	ck_assert_int_eq(tar_host_read(&copy, fds[0], &c, 1), 0);
	ck_assert(!close(fds[0]));
}
END_TEST

START_TEST(a_file_keeps_bytes_and_has_an_end)
{
	char name[] = "tar-stream-XXXXXX", c;
	int fd = host_file_create_unique(name);

	ck_assert(fd >= 0 && !host_file_remove(name));
	ck_assert(tar_host_is_regular(fd));
	ck_assert_int_eq(tar_host_write(&copy, fd, bytes, sizeof(bytes)), sizeof(bytes));
	ck_assert_int_eq(lseek(fd, 0, SEEK_SET), 0);
	check_bytes(fd);
	ck_assert(tar_host_is_ready(fd));
	ck_assert_int_eq(tar_host_read(&copy, fd, &c, 1), 0);
	ck_assert(!close(fd));
}
END_TEST

START_TEST(a_pipe_without_a_reader_is_broken)
{
#ifdef SIGPIPE
	signal(SIGPIPE, SIG_IGN);
#endif
	ck_assert(!make_pipe(fds));
	ck_assert(!close(fds[0]));
	ck_assert_int_eq(tar_host_write(&copy, fds[1], bytes, sizeof(bytes)), -1);
	ck_assert_int_eq(errno, EPIPE);
	ck_assert_str_eq(host_file_strerror(errno), "Broken pipe");
	ck_assert(!close(fds[1]));
}
END_TEST

/* Interrupt the copy when the other thread has waited for some time. */
static void *interrupt(void *arg)
{
	while (!steps)
		sched_yield();
	interrupted = SIGINT;
	return NULL;
}

/* Wait in a pipe of which nobody uses the other end. */
START_TEST(a_copy_that_waits_can_be_interrupted)
{
	static char buf[65536];
	pthread_t thread;
	ssize_t n;

	interrupted = 0;
	steps = 0;
	copy.stop = false;
	ck_assert(!make_pipe(fds));
	ck_assert(!pthread_create(&thread, NULL, interrupt, NULL));
	do {
		n = _i ? tar_host_write(&copy, fds[1], buf, sizeof(buf)) :
			 tar_host_read(&copy, fds[0], buf, sizeof(buf));
	} while (n > 0);
	ck_assert_int_eq(errno, EINTR);
	ck_assert_int_eq(n, -1);
	ck_assert_uint_gt(steps, 0);
	pthread_join(thread, NULL);
	/* Another call does not begin to wait. */
	ck_assert_int_eq(tar_host_read(&copy, fds[0], buf, 1), -1);
	ck_assert_int_eq(errno, EINTR);
	ck_assert(!close(fds[0]));
	ck_assert(!close(fds[1]));
}
END_TEST

int main(void)
{
	TCase *tc = tcase_create("streams");

	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, a_pipe_keeps_bytes_and_has_an_end);
	tcase_add_test(tc, a_file_keeps_bytes_and_has_an_end);
	tcase_add_test(tc, a_pipe_without_a_reader_is_broken);
	tcase_add_loop_test(tc, a_copy_that_waits_can_be_interrupted, 0, 2);
	return run_case(tc, CK_FORK);
}
