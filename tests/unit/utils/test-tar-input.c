// SPDX-License-Identifier: GPL-2.0
/*
 * Archives that come slowly, or never end, and the memory that they take: tests
 * that need sockets and functions of glibc.
 */
#define _GNU_SOURCE
#include <check.h>
#include <fcntl.h>
#include <malloc.h>
#include <pthread.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "support/check-main.h"
#include "support/sample-archive.h"

#define MIB	(1U << 20)

static size_t allocated(void)
{
	struct mallinfo2 m = mallinfo2();

	return m.uordblks + m.hblkhd;
}

/* A name of zeros is empty, and has to take the memory of an empty name. */
START_TEST(many_names_of_zeros_take_little_memory)
{
	static const volatile sig_atomic_t never;
	static volatile uint64_t steps;
	struct copy c = { .interrupted = &never, .steps = &steps };
	struct tar_reader r = { };
	size_t before;
	unsigned int i;

	sample_begin();
	for (i = 0; i < 10; i++) {
		sample_add_header(TAR_GNU_NAME, "long", SAMPLE_GNU, 4 * MIB);
		sample_add_blocks(4 * MIB / TAR_BLOCK);
		sample_write(0);
	}
	sample_add_header(TAR_FILE, "file", SAMPLE_GNU, 0);
	sample_write(0);
	lseek(sample.fd, 0, SEEK_SET);
	tar_reader_init(&r);
	r.in.c = &c;
	r.in.fd = sample.fd;
	ck_assert(tar_input_open(&r.in));
	before = allocated();
	ck_assert(tar_reader_next(&r));
	ck_assert_str_eq(r.entry.path, "file");
	ck_assert_uint_lt(allocated() - before, MIB);
	tar_reader_exit(&r);
}
END_TEST

/* gzip's output for an archive of 1024 zeros */
static const unsigned char gz_zeros[] = {
	0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 0x63, 0x60, 0x18, 5, 0xa3, 0x60,
	0x14, 0x8c, 0x54, 0, 0, 0x2e, 0xaf, 0xb5, 0xef, 0, 4, 0, 0,
};

/* Each read returns one message: the zeros come byte by byte. */
START_TEST(zeros_behind_compressed_data_may_come_slowly)
{
	static const volatile sig_atomic_t never;
	int fd[2], i;

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, fd), 0);
	send(fd[1], gz_zeros, sizeof(gz_zeros), 0);
	for (i = 0; i < 30; i++)
		send(fd[1], _i && i == 20 ? "x" : "", 1, 0);
	close(fd[1]);
	sample_read_fd(fd[0], &never);
	close(fd[0]);
	ck_assert_uint_eq(sample.errors, _i);
	ck_assert_msg(!_i || strstr(sample.error, "other data follow"), "%s",
		      sample.error);
}
END_TEST

static volatile sig_atomic_t interrupted;

/*
 * Let the reader begin to read zeros, let its descriptor fd[0] become an endless
 * source of zeros, and interrupt the copy.
 */
static void *write_zeros(void *arg)
{
	static const char zeros[65536];
	int *fd = arg, zero = open("/dev/zero", O_RDONLY), i;

	for (i = 0; i < 20; i++)
		send(fd[1], zeros, sizeof(zeros), MSG_NOSIGNAL);
	dup2(zero, fd[0]);
	/* A read that has begun ends. */
	send(fd[1], zeros, sizeof(zeros), MSG_NOSIGNAL);
	close(zero);
	interrupted = SIGTERM;
	return NULL;
}

START_TEST(a_copy_of_endless_zeros_can_be_interrupted)
{
	pthread_t thread;
	int fd[2];

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, fd), 0);
	ck_assert_int_eq(pthread_create(&thread, NULL, write_zeros, fd), 0);
	sample_read_fd(fd[0], &interrupted);
	pthread_join(thread, NULL);
	close(fd[0]);
	close(fd[1]);
	ck_assert_uint_eq(sample.errors, 0);
}
END_TEST

int main(void)
{
	TCase *tc = tcase_create("input of archives");

	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, many_names_of_zeros_take_little_memory);
	tcase_add_loop_test(tc, zeros_behind_compressed_data_may_come_slowly, 0,
			    2);
	tcase_add_test(tc, a_copy_of_endless_zeros_can_be_interrupted);
	return run_case(tc, CK_FORK);
}
