// SPDX-License-Identifier: GPL-2.0
/*
 * Events of a source of files on the host, with and without threads that open and
 * read files ahead: the events must be the same.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/path.h"
#include "copy/source/tree-source.h"
#include "support/check-main.h"

#define ROOT		"tree-source"
#define DIRS		6
#define FILES		15
#define STOP_AFTER	100
#define SPARSE_SIZE	60000

/* Sizes around a sparse file's, a block of the copy's, and those read ahead */
static const size_t sizes[] = { 0, 1, 100, 4096, 5000, 65535, 65536, 65537, 300000 };

static _Atomic int open_files;

static int counted(int fd)
{
	if (fd >= 0)
		open_files++;
	return fd;
}

static int test_open(int dir, const char *name, enum tree_open how, uint32_t mode)
{
	return counted(host_tree.open(dir, name, how, mode));
}

static int test_close(int fd)
{
	open_files--;
	return host_tree.close(fd);
}

static void test_dir_close(struct tree_dir *dir)
{
	open_files--;
	host_tree.dir_close(dir);
}

/* Do what the tree of Windows does, on each host. */
static int test_stat_open(int dir, const char *name, struct tree_node *node, int *fd)
{
	int err;
	uint32_t type;

	if (host_tree.stat_open) {
		err = host_tree.stat_open(dir, name, node, fd);
		counted(*fd);
		return err;
	}
	*fd = -1;
	err = host_tree.stat(dir, name, node);
	type = err < 0 ? 0 : node->mode & NODE_TYPE;
	if (type == NODE_FILE || type == NODE_DIR)
		*fd = test_open(dir, name, type == NODE_DIR ? TREE_DIR : TREE_READ, 0);
	return err;
}

/* The files */

static void make_file(int dir, const char *name, size_t size, int byte)
{
	int fd = host_tree.open(dir, name, TREE_CREATE, 0600);
	char *data = malloc(size + 1);
	size_t i;

	ck_assert_int_ge(fd, 0);
	for (i = 0; i < size; i++)
		data[i] = byte + i / 512;
	ck_assert_int_eq(host_tree.write(fd, data, size, 0), size);
	host_tree.close(fd);
	free(data);
}

static void make_sparse_file(int dir)
{
	int fd = host_tree.open(dir, "sparse", TREE_CREATE, 0600);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(host_tree.write(fd, "start", 5, 0), 5);
	ck_assert_int_eq(host_tree.write(fd, "end", 3, SPARSE_SIZE - 3), 3);
	host_tree.close(fd);
}

static int make_dir(int dir, const char *name)
{
	int fd;

	ck_assert_int_eq(host_tree.mkdir(dir, name, 0755), 0);
	fd = host_tree.open(dir, name, TREE_DIR, 0);
	ck_assert_int_ge(fd, 0);
	return fd;
}

static void make_dirs(int dir, int depth)
{
	char name[16], first[16];
	int i, fd;

	for (i = 0; i < FILES; i++) {
		snprintf(name, sizeof(name), "file-%d", i);
		make_file(dir, name, sizes[(i + depth) % (sizeof(sizes) / sizeof(*sizes))],
			  'a' + i);
		snprintf(first, sizeof(first), "file-%d", i / 2);
		snprintf(name, sizeof(name), "link-%d", i);
		if (i % 5 == 4)
			ck_assert_int_eq(host_tree.link(dir, first, dir, name), 0);
	}
	make_sparse_file(dir);
	/* Not all hosts and users can have a symbolic link. */
	host_tree.symlink("file-1", dir, "symlink");
	for (i = 0; i < DIRS && depth < 2; i += depth + 1) {
		snprintf(name, sizeof(name), "dir-%d", i);
		fd = make_dir(dir, name);
		make_dirs(fd, depth + 1);
		host_tree.close(fd);
	}
}

static void remove_contents(int fd)
{
	struct tree_dir *d;
	const char *name;
	int sub, err;

	d = host_tree.dir_open(host_tree.open(fd, ".", TREE_DIR, 0), &err);
	ck_assert_ptr_nonnull(d);
	while ((name = host_tree.dir_next(d, &err))) {
		if (path_is_dots(name) || !host_tree.unlink(fd, name))
			continue;
		sub = host_tree.open(fd, name, TREE_DIR, 0);
		ck_assert_int_ge(sub, 0);
		remove_contents(sub);
		host_tree.close(sub);
		ck_assert_int_eq(host_tree.rmdir(fd, name), 0);
	}
	host_tree.dir_close(d);
}

static void remove_tree(void)
{
	int fd = host_tree.open(TREE_CWD, ROOT, TREE_DIR, 0);

	if (fd < 0)
		return;
	remove_contents(fd);
	host_tree.close(fd);
	ck_assert_int_eq(rmdir(ROOT), 0);
}

/* The sink writes a line for each event. */

struct lines {
	struct copy_sink base;
	char *text;
	size_t len;
	size_t room;
	int events;
	int stop_after;
};

static void lines_consume(struct copy_sink *sink, struct copy *c,
			  const struct copy_event *ev)
{
	struct lines *l = (struct lines *)sink;
	const struct tree_node *n = &ev->node;
	uint32_t i, sum = 0;

	if (l->room < l->len + 1024)
		l->text = realloc(l->text, l->room = 2 * l->room + 4096);
	for (i = 0; i < ev->len; i++)
		sum = sum * 31 + (unsigned char)event_payload(ev)[i];
	l->len += snprintf(l->text + l->len, 1024,
			   "%d %d %.*s %u:%08x at %llu: %o %u.%u %u links %llu %llu %llu %lld\n",
			   ev->type, ev->flags, (int)ev->name_len, event_name(ev),
			   ev->len, sum, (unsigned long long)ev->off, n->mode,
			   n->uid, n->gid, n->nlink, (unsigned long long)n->ino,
			   (unsigned long long)n->size,
			   (unsigned long long)n->blocks, (long long)n->mtime.sec);
	if (++l->events == l->stop_after)
		c->stop = true;
}

static void lines_finish(struct copy_sink *sink, struct copy *c)
{
}

static void run(struct lines *l, unsigned int threads, bool sorted)
{
	struct tree_ops ops = host_tree;
	volatile uint64_t steps = 0;
	volatile sig_atomic_t interrupted = 0;
	struct copy c = {
		.opt = { .keep_owner = true, .owner = OWNER_UNCHANGED,
			 .group = OWNER_UNCHANGED, .mtime_max = INT64_MAX },
		.interrupted = &interrupted,
		.steps = &steps,
	};
	struct tree_source source;

	ops.open = test_open;
	ops.close = test_close;
	ops.dir_close = test_dir_close;
	ops.stat_open = test_stat_open;
	ops.ahead_threads = threads;
	l->base.consume = lines_consume;
	l->base.finish = lines_finish;
	tree_source_init(&source, &ops);
	source.sorted = sorted;
	tree_source_add(&source, ROOT, NULL);
	tree_source_add(&source, ROOT, "again");
	copy_run(&c, &source.base, &l->base, CALLER_WRITES);
	tree_source_exit(&source);
	copy_exit(&c);
	ck_assert(!c.failed);
	ck_assert_int_eq(open_files, 0);
}

START_TEST(the_events_are_the_same_with_threads)
{
	struct lines without = { }, with;
	unsigned int threads;

	run(&without, 0, _i);
	ck_assert_int_gt(without.events, 2 * FILES * DIRS);
	for (threads = 1; threads <= 4; threads++) {
		memset(&with, 0, sizeof(with));
		run(&with, threads, _i);
		ck_assert_int_eq(with.events, without.events);
		ck_assert_uint_eq(with.len, without.len);
		ck_assert(!memcmp(with.text, without.text, with.len));
		free(with.text);
	}
	free(without.text);
}
END_TEST

START_TEST(a_stopped_copy_leaves_nothing_open)
{
	struct lines l = { .stop_after = STOP_AFTER + _i * 7 };

	run(&l, 4, false);
	ck_assert_int_eq(l.events, l.stop_after);
	free(l.text);
}
END_TEST

static void make_tree(void)
{
	int fd;

	/* A test that has failed leaves its files. */
	remove_tree();
	fd = make_dir(TREE_CWD, ROOT);
	make_dirs(fd, 0);
	host_tree.close(fd);
}

int main(void)
{
	TCase *tc = tcase_create("tree-source");

	tcase_set_timeout(tc, 60);
	tcase_add_unchecked_fixture(tc, make_tree, remove_tree);
	tcase_add_loop_test(tc, the_events_are_the_same_with_threads, 0, 2);
	tcase_add_loop_test(tc, a_stopped_copy_leaves_nothing_open, 0, 20);
	return run_case(tc, CK_NOFORK);
}
