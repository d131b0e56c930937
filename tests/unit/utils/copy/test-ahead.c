// SPDX-License-Identifier: GPL-2.0
/*
 * Entries of directories that threads open before the copy needs them: the order,
 * the data, the number of open files, and the end of a directory.
 *
 * The tree is a model: file N has N * SIZE_STEP bytes, each of them N.
 */
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/host/monitor.h"
#include "copy/source/ahead.h"
#include "support/check-main.h"

#define ENTRIES		100
#define SIZE_STEP	1000
/* Larger files are not read ahead. */
#define READ_MAX	65536
#define DIRECTORY	1
/* An entry that is a directory */
#define SUBDIRECTORY	3
/* Entries that threads open without the copy */
#define EARLY		8
/* Entries in all directories, apart from one in each */
#define OPEN_MAX_ALL	64
#define DEPTH		50
#define DEPTH_EARLY	5

static struct {
	struct monitor *monitor;
	/* Numbers of calls, and of slow ones, changed with the lock held */
	int opens;
	int slow_opens;
	/* Number of open files */
	_Atomic int open;
	_Atomic int reads;
	/* Entries whose names were asked for */
	int named;
	bool read_fails;
	/* The directory is closed: no call may use it. */
	_Atomic bool closed;
	_Atomic bool late;
	_Atomic bool directory_is_read;
	/*
	 * In a thread, opening an early entry takes until the directory ends.  The
	 * copy opens nothing before @slow_threads threads do this.
	 */
	int slow_threads;
	pthread_t copy;
	_Atomic bool ends;
} fake;

static void fake_dawdle(void)
{
	int i;

	while (!fake.ends)
		sched_yield();
	/* Enough time for a directory that ends too early */
	for (i = 0; i < 1000; i++)
		sched_yield();
}

static int fake_stat_open(int dir, const char *name, struct tree_node *node, int *fd)
{
	int n = atoi(name);
	bool copy = pthread_equal(pthread_self(), fake.copy);
	bool slow = fake.slow_threads && n && !copy;
	uint32_t mode = n == SUBDIRECTORY ? NODE_DIR : NODE_FILE;

	monitor_lock(fake.monitor);
	fake.opens++;
	fake.slow_opens += slow;
	monitor_signal(fake.monitor, 0);
	while (copy && fake.slow_opens < fake.slow_threads)
		monitor_wait(fake.monitor, 0);
	monitor_unlock(fake.monitor);
	if (slow)
		fake_dawdle();
	if (dir != DIRECTORY || fake.closed)
		fake.late = true;
	*fd = -1;
	if (n % 10 == 9)
		return -n;
	*node = (struct tree_node) { .mode = mode, .ino = n, .size = n * SIZE_STEP };
	*fd = n;
	fake.open++;
	return 0;
}

static long fake_read(int fd, void *buf, size_t len, uint64_t off)
{
	size_t size = fd * SIZE_STEP;

	fake.reads++;
	if (fd == SUBDIRECTORY)
		fake.directory_is_read = true;
	if (fake.read_fails)
		return -1;
	if (off >= size)
		return 0;
	if (len > size - off)
		len = size - off;
	memset(buf, fd, len);
	return len;
}

static int fake_close(int fd)
{
	fake.open--;
	return 0;
}

static const char *fake_next(void *arg)
{
	static char name[16];
	int *next = arg;

	if (*next == ENTRIES)
		return NULL;
	fake.named++;
	snprintf(name, sizeof(name), "%d", (*next)++);
	return name;
}

static struct tree_ops ops = {
	.stat_open = fake_stat_open,
	.read = fake_read,
	.close = fake_close,
};

static struct ahead ahead;

static void start(unsigned int threads)
{
	memset(&fake, 0, sizeof(fake));
	fake.monitor = monitor_new();
	ops.ahead_threads = threads;
	memset(&ahead, 0, sizeof(ahead));
	ahead_init(&ahead, &ops);
}

static void finish(void)
{
	ahead_exit(&ahead);
	monitor_free(fake.monitor);
	ck_assert_int_eq(fake.open, 0);
	ck_assert(!fake.late);
	ck_assert(!fake.directory_is_read);
}

/* Wait until threads have opened entries, which would never end without threads. */
static void wait_for(const int *opens, int n)
{
	monitor_lock(fake.monitor);
	while (*opens < n)
		monitor_wait(fake.monitor, 0);
	monitor_unlock(fake.monitor);
}

static void check_file(const struct ahead_file *f, int n)
{
	size_t i = 0;

	ck_assert_int_eq(atoi(f->name), n);
	if (n % 10 == 9) {
		ck_assert_int_eq(f->err, -n);
		ck_assert_int_eq(f->fd, -1);
		return;
	}
	ck_assert_int_eq(f->err, 0);
	ck_assert_int_eq(f->fd, n);
	ck_assert_uint_eq(f->node.ino, n);
	ck_assert(!f->data || f->len == f->node.size);
	ck_assert(!f->data || f->node.size <= READ_MAX);
	while (i < f->len && f->data[i] == n)
		i++;
	ck_assert_uint_eq(i, f->len);
}

START_TEST(entries_come_in_order_with_their_data)
{
	int i, next, round;

	start(_i);
	for (round = 0; round < 20; round++) {
		struct ahead_dir *d;
		struct ahead_file *f;

		next = 0;
		d = ahead_begin(&ahead, DIRECTORY, fake_next, &next);
		for (i = 0; (f = ahead_take(d)); i++) {
			check_file(f, i);
			ahead_put(d);
		}
		ck_assert_int_eq(i, ENTRIES);
		ahead_end(d);
		ck_assert_int_eq(fake.open, 0);
		ahead_stop(&ahead);
	}
	ck_assert_int_eq(fake.opens, 20 * ENTRIES);
	finish();
}
END_TEST

START_TEST(threads_open_and_read_the_next_entries)
{
	struct ahead_dir *d;
	int i, next = 0;

	start(2);
	d = ahead_begin(&ahead, DIRECTORY, fake_next, &next);
	check_file(ahead_take(d), 0);
	wait_for(&fake.opens, EARLY);
	ahead_put(d);
	/* The last ones may still be in work. */
	for (i = 1; i < EARLY - 2; i++) {
		struct ahead_file *f = ahead_take(d);

		check_file(f, i);
		ck_assert(i == SUBDIRECTORY || f->data);
		ahead_put(d);
	}
	ahead_end(d);
	finish();
}
END_TEST

START_TEST(without_threads_nothing_is_opened_early)
{
	struct ahead_dir *d;
	int i, next = 0;

	start(0);
	d = ahead_begin(&ahead, DIRECTORY, fake_next, &next);
	for (i = 0; i < 10; i++) {
		check_file(ahead_take(d), i);
		ck_assert_int_eq(fake.named, i + 1);
		ck_assert_int_eq(fake.opens, i + 1);
		ahead_put(d);
	}
	ahead_end(d);
	ck_assert_int_eq(fake.reads, 0);
	finish();
}
END_TEST

START_TEST(what_cannot_be_read_is_left_to_the_copy)
{
	struct ahead_dir *d;
	int i, next = 0;

	start(2);
	fake.read_fails = true;
	d = ahead_begin(&ahead, DIRECTORY, fake_next, &next);
	for (i = 0; i < 9; i++) {
		struct ahead_file *f = ahead_take(d);

		ck_assert_int_eq(f->err, 0);
		ck_assert_int_eq(f->fd, i);
		ck_assert_uint_eq(f->len, 0);
		ahead_put(d);
	}
	ahead_end(d);
	finish();
}
END_TEST

START_TEST(deep_directories_do_not_open_more_and_more_files)
{
	struct ahead_dir *dirs[DEPTH];
	int i, next[DEPTH] = { };

	start(2);
	for (i = 0; i < DEPTH; i++) {
		dirs[i] = ahead_begin(&ahead, DIRECTORY, fake_next, &next[i]);
		check_file(ahead_take(dirs[i]), 0);
		ck_assert_int_le(fake.named, OPEN_MAX_ALL + i + 1);
		/* The outer ones must leave something for the others. */
		ck_assert(i >= DEPTH_EARLY || next[i] > 1);
	}
	while (i--) {
		ahead_put(dirs[i]);
		check_file(ahead_take(dirs[i]), 1);
		ahead_end(dirs[i]);
	}
	finish();
}
END_TEST

/* The directory is closed then, and a thread must not use its descriptor. */
START_TEST(a_directory_ends_after_calls_that_use_it)
{
	struct ahead_dir *d;
	int next = 0;

	start(2);
	fake.slow_threads = 1;
	fake.copy = pthread_self();
	d = ahead_begin(&ahead, DIRECTORY, fake_next, &next);
	check_file(ahead_take(d), 0);
	wait_for(&fake.slow_opens, 1);
	fake.ends = true;
	ahead_end(d);
	fake.closed = true;
	ck_assert_int_eq(fake.open, 0);
	finish();
}
END_TEST

START_TEST(the_end_closes_what_the_copy_did_not_take)
{
	struct ahead_dir *d;
	int i, next;

	start(4);
	for (i = 1; i <= 20; i++) {
		next = 0;
		d = ahead_begin(&ahead, DIRECTORY, fake_next, &next);
		check_file(ahead_take(d), 0);
		wait_for(&fake.opens, i * EARLY);
		ahead_end(d);
		ck_assert_int_eq(fake.open, 0);
	}
	finish();
}
END_TEST

int main(void)
{
	TCase *tc = tcase_create("ahead");

	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(tc, entries_come_in_order_with_their_data, 0, 5);
	tcase_add_test(tc, threads_open_and_read_the_next_entries);
	tcase_add_test(tc, without_threads_nothing_is_opened_early);
	tcase_add_test(tc, what_cannot_be_read_is_left_to_the_copy);
	tcase_add_test(tc, deep_directories_do_not_open_more_and_more_files);
	tcase_add_test(tc, a_directory_ends_after_calls_that_use_it);
	tcase_add_test(tc, the_end_closes_what_the_copy_did_not_take);
	return run_case(tc, CK_NOFORK);
}
