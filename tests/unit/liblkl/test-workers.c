// SPDX-License-Identifier: GPL-2.0
/*
 * Threads that perform disk requests: a toy kernel whose calls read a real file.  The
 * order of events is that of the host; test-schedules.c tries other orders.
 */
#include <check.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <lkl_host.h>

#include "shared/macros.h"
#include "support/check-main.h"
#include "toy-kernel.h"

#define READERS		8
#define ROUNDS		1000
#define BLOCK		512
#define BLOCKS		64

/* A disk request, which belongs to the thread with the lock. */
struct workers_io {
	struct lkl_blk_io io;
	struct iovec iov;
	void *reader;
	char buf[BLOCK];
};

static struct workers_io ios[READERS];
static const struct lkl_host_blk_ops *blk_ops;
static void *blk;
static int disk_fd;
static unsigned int next_block;
static unsigned long wrong_blocks;

/* Byte 0 of each block is the number of the block. */
static void workers_fill_disk(void)
{
	char buf[BLOCK] = { };
	int i;

	for (i = 0; i < BLOCKS; i++) {
		buf[0] = i;
		ck_assert_int_eq(pwrite(disk_fd, buf, BLOCK, i * BLOCK), BLOCK);
	}
}

static void workers_io_done(struct lkl_blk_io *io, int result)
{
	struct workers_io *w = container_of(io, struct workers_io, io);
	void *reader = w->reader;

	wrong_blocks += result || w->buf[0] != (char)(io->offset / BLOCK);
	w->reader = NULL;
	toy_disk_done(reader);
}

static bool workers_queue(void *reader)
{
	struct workers_io *w = ios;

	while (w->reader)
		if (++w == ios + READERS)
			return false;
	w->reader = reader;
	w->buf[0] = -1;
	w->iov = (struct iovec) { w->buf, BLOCK };
	w->io = (struct lkl_blk_io) {
		.op = LKL_BLK_OP_READ,
		.offset = next_block++ % BLOCKS * BLOCK,
		.len = BLOCK,
		.iov = &w->iov,
		.iov_count = 1,
		.done = workers_io_done,
	};
	lkl_vcpu_expect_io(&toy_vcpu);
	blk_ops->submit(blk, &w->io);
	return true;
}

static void workers_setup(void)
{
	const struct lkl_host_operations *host = lkl_default_host_ops();
	FILE *file = tmpfile();
	struct lkl_disk disk = { };
	struct lkl_blk_info info;

	ck_assert_ptr_nonnull(file);
	disk_fd = dup(fileno(file));
	fclose(file);
	workers_fill_disk();
	toy_boot(host);
	blk_ops = host->blk;
	disk.fd = disk_fd;
	ck_assert_int_eq(blk_ops->open(toy_vcpu.poller, &disk, &info, &blk), 0);
	memset(ios, 0, sizeof(ios));
	wrong_blocks = 0;
	toy_disk = workers_queue;
}

static void workers_teardown(void)
{
	lkl_vcpu_quiesce(&toy_vcpu);
	/* Destroying the poller waits for requests that nobody has reaped. */
	toy_halt();
	blk_ops->close(blk);
	close(disk_fd);
}

static int64_t workers_call(struct lkl_thread *t, int64_t nr, int64_t param)
{
	int64_t params[6] = { param };

	t->k.nr = nr;
	t->k.params = (uintptr_t)params;
	t->k.request = LKL_REQ_SYSCALL;
	return lkl_vcpu_call(&toy_vcpu, t);
}

static void *workers_read(void *arg)
{
	struct lkl_thread t = { .generation = toy_vcpu.generation };
	unsigned int i;

	for (i = 0; i < ROUNDS; i++) {
		ck_assert_int_eq(workers_call(&t, TOY_READ, 0), 0);
		if (i % 8 == (uintptr_t)arg % 8)
			ck_assert_int_eq(workers_call(&t, TOY_COUNT, 0), 0);
	}
	return NULL;
}

static void workers_run(void *(*fn)(void *arg), unsigned int n)
{
	pthread_t threads[READERS];
	unsigned int i;

	for (i = 0; i < n; i++)
		ck_assert_int_eq(pthread_create(&threads[i], NULL, fn,
						(void *)(uintptr_t)i), 0);
	for (i = 0; i < n; i++)
		pthread_join(threads[i], NULL);
}

static bool stop_background;
static struct lkl_thread background_thread;

static void *workers_background(void *arg)
{
	(void)arg;
	lkl_vcpu_run(&toy_vcpu, &background_thread, INT64_MAX, &stop_background);
	return NULL;
}

START_TEST(each_reader_gets_its_block)
{
	workers_run(workers_read, READERS);
	ck_assert_uint_eq(wrong_blocks, 0);
	ck_assert_uint_eq(toy_count(), READERS * ROUNDS / 8);
	ck_assert_ptr_null(toy_vcpu.workers);
}
END_TEST

START_TEST(each_reader_gets_its_block_beside_a_background_thread)
{
	pthread_t thread;

	background_thread = (struct lkl_thread) { .background = true };
	stop_background = false;
	pthread_create(&thread, NULL, workers_background, NULL);
	workers_run(workers_read, READERS);
	__atomic_store_n(&stop_background, true, __ATOMIC_SEQ_CST);
	lkl_vcpu_wake(&toy_vcpu, &background_thread);
	pthread_join(thread, NULL);
	ck_assert_uint_eq(wrong_blocks, 0);
}
END_TEST

static void *workers_read_until_death(void *arg)
{
	struct lkl_thread t = { .generation = toy_vcpu.generation };
	int64_t ret;

	if (!arg) {
		ck_assert_int_eq(workers_call(&t, TOY_SLEEP, 2000000), 0);
		ck_assert_int_eq(workers_call(&t, TOY_DIE, 0), -LKL_EIO);
		return NULL;
	}
	do
		ret = workers_call(&t, TOY_READ, 0);
	while (!ret);
	ck_assert_int_eq(ret, -LKL_EIO);
	return NULL;
}

START_TEST(a_panic_ends_every_read)
{
	workers_run(workers_read_until_death, READERS);
	lkl_vcpu_quiesce(&toy_vcpu);
	ck_assert_uint_eq(toy_vcpu.working, 0);
	ck_assert_ptr_null(toy_vcpu.workers);
}
END_TEST

int main(void)
{
	TCase *tc = tcase_create("workers");

	tcase_set_timeout(tc, 120);
	tcase_add_checked_fixture(tc, workers_setup, workers_teardown);
	tcase_add_test(tc, each_reader_gets_its_block);
	tcase_add_test(tc, each_reader_gets_its_block_beside_a_background_thread);
	tcase_add_loop_test(tc, a_panic_ends_every_read, 0, 20);
	return run_case(tc, CK_NOFORK);
}
