// SPDX-License-Identifier: GPL-2.0
/*
 * A file system exerciser: random operations on a file are repeated on a model
 * in memory, and all data read are compared with the model.
 *
 * 	fsx [-s SEED] [-n OPERATIONS | -t SECONDS] [-l LENGTH]
 * 	    [-p PROCESSES] FILE
 *
 * With -p, each process has a file of its own, FILE.0, FILE.1, ..., and a seed
 * of its own.  Runs with the same seed are equal.  Operations that the file
 * system does not support are left out.  On a difference, print the last
 * operations and return status 1.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/falloc.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <sys/vfs.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <linux/magic.h>

#include "shared/macros.h"

#define BLOCK		4096	/* alignment of O_DIRECT and collapsing */
#define HISTORY		50

static struct {
	const char *path;
	uint64_t seed;
	long long operations;	/* number of operations, or */
	long seconds;		/* duration */
	size_t max;		/* maximum size of the file */
} opt = { .operations = -1, .max = 512 << 10 };

static int fd, direct_fd = -1;
static uint8_t *map;		/* @opt.max bytes, SIGBUS behind the file */
static uint8_t *model, *buf;	/* @opt.max bytes each, aligned to BLOCK */
static size_t size;		/* size of the model */
static long long done;		/* number of operations */
static uint64_t state;		/* state of the random number generator */

static struct {
	long long nr;
	const char *name;
	size_t at, len, from, size;
} history[HISTORY];

static int noted;		/* number of operations in the history */

static uint64_t random_number(void)
{
	/* splitmix64 */
	uint64_t z = state += 0x9e3779b97f4a7c15;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
	z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
	return z ^ (z >> 31);
}

/* Return a random number from 0 to @limit - 1. */
static size_t random_below(size_t limit)
{
	return limit ? random_number() % limit : 0;
}

static void print_history(void)
{
	fprintf(stderr, "the last operations of %s:\n", opt.path);
	for (int i = 0; i < HISTORY; i++) {
		int slot = (noted + i) % HISTORY;

		if (!history[slot].name)
			continue;
		fprintf(stderr,
			"%8lld %-12s at %#zx to %#zx, %#zx bytes, from %#zx, size was %#zx\n",
			history[slot].nr, history[slot].name, history[slot].at,
			history[slot].at + history[slot].len, history[slot].len,
			history[slot].from, history[slot].size);
	}
	fprintf(stderr, "%s: seed %" PRIu64 ", operation %lld, size %#zx\n",
		opt.path, opt.seed, done, size);
}

static void __attribute__((noreturn, format(printf, 1, 2)))
fsx_fail(const char *format, ...)
{
	va_list args;

	fprintf(stderr, "FAILED: %s: ", opt.path);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	print_history();
	exit(1);
}

static void on_sigbus(int sig)
{
	(void)sig;
	fsx_fail("SIGBUS on a page within the file");
}

/* Fail unless @got equals the @len bytes of the model at @at. */
static void compare_range(const uint8_t *got, size_t at, size_t len,
			  const char *how)
{
	size_t first = 0, last, count = 0;

	if (!memcmp(got, model + at, len))
		return;
	while (got[first] == model[at + first])
		first++;
	for (size_t i = last = first; i < len; i++)
		if (got[i] != model[at + i]) {
			last = i;
			count++;
		}
	fprintf(stderr, "%s: %s: offset %#zx: expected", opt.path, how,
		at + first);
	for (size_t i = first; i < len && i < first + 16; i++)
		fprintf(stderr, " %02x", model[at + i]);
	fprintf(stderr, ", actual");
	for (size_t i = first; i < len && i < first + 16; i++)
		fprintf(stderr, " %02x", got[i]);
	fputc('\n', stderr);
	fsx_fail("%zu bytes differ from %#zx to %#zx", count, at + first, at + last);
}

static void check_size(void)
{
	struct stat st;
	off_t end = lseek(fd, 0, SEEK_END);

	if (fstat(fd, &st))
		fsx_fail("fstat: %s", strerror(errno));
	if ((size_t)st.st_size != size || (size_t)end != size)
		fsx_fail("the size is %#llx by fstat and %#llx by lseek, not %#zx",
			 (long long)st.st_size, (long long)end, size);
}

static void read_fully(int from, uint8_t *to, size_t at, size_t len)
{
	size_t n = 0;

	while (n < len) {
		ssize_t part = pread(from, to + n, len - n, at + n);

		if (part < 0)
			fsx_fail("pread: %s", strerror(errno));
		if (!part)
			fsx_fail("the file ends at %#zx", at + n);
		n += part;
	}
}

static void check_everything(void)
{
	check_size();
	read_fully(fd, buf, 0, size);
	compare_range(buf, 0, size, "read of everything");
}

static void note_operation(const char *name, size_t at, size_t len, size_t from)
{
	int slot = noted++ % HISTORY;

	history[slot].nr = done;
	history[slot].name = name;
	history[slot].at = at;
	history[slot].len = len;
	history[slot].from = from;
	history[slot].size = size;
}

/* Grow the model to @to bytes. */
static void grow_model(size_t to)
{
	if (to > size)
		size = to;
}

static void fill_range(uint8_t *p, size_t len)
{
	uint64_t value = random_number() | 0x0101010101010101;

	for (size_t i = 0; i < len; i++)
		p[i] = (value >> (i % 8 * 8)) + i / 8;
}

/* Choose a range below @limit: sometimes small, sometimes of whole pages. */
static bool pick_range(size_t limit, size_t *at, size_t *len)
{
	if (!limit)
		return false;
	*at = random_below(limit);
	*len = 1 + random_below(random_number() % 4 ? 64 << 10 : 100);
	if (random_number() % 4 == 0)
		*at &= ~(size_t)(BLOCK - 1);
	if (*len > limit - *at)
		*len = limit - *at;
	if (random_number() % 4 == 0 && *len > BLOCK)
		*len &= ~(size_t)(BLOCK - 1);
	return true;
}

static bool pick_aligned(size_t limit, size_t *at, size_t *len)
{
	size_t blocks = limit / BLOCK;

	if (!blocks)
		return false;
	*at = random_below(blocks);
	*len = (1 + random_below(16));
	if (*len > blocks - *at)
		*len = blocks - *at;
	*at *= BLOCK;
	*len *= BLOCK;
	return true;
}

static bool is_unsupported(void)
{
	return errno == EOPNOTSUPP;
}

/* The operations return false if the file system does not support them. */

static bool do_read(void)
{
	size_t at, len;

	if (!pick_range(size, &at, &len))
		return true;
	note_operation("read", at, len, 0);
	read_fully(fd, buf, at, len);
	compare_range(buf, at, len, "read");
	if (at + len == size && pread(fd, buf, 100, size))
		fsx_fail("there are bytes beyond the end");
	return true;
}

/*
 * Return true if the host may lose data of a write that extends a file: since Linux
 * 6.17, FUSE uses iomap_writepages(), which zeroes a page behind the end of the
 * file, while fuse_perform_write() puts data there before the file grows.  See
 * findings/fuse-append-beside-mapped-data.sh.
 */
static bool host_loses_extending_writes(void)
{
	static int loses = -1;
	unsigned int major = 0, minor = 0;
	struct utsname host;
	struct statfs st;

	if (loses >= 0)
		return loses;
	if (uname(&host) || fstatfs(fd, &st))
		fsx_fail("uname or statfs: %s", strerror(errno));
	sscanf(host.release, "%u.%u", &major, &minor);
	loses = st.f_type == FUSE_SUPER_MAGIC &&
		(major > 6 || (major == 6 && minor >= 17));
	if (loses)
		fprintf(stderr, "skipped a part: extending a file whose mapped pages are dirty\n");
	return loses;
}

/* Write back what is mapped, if a write up to @end needs this. */
static void prepare_to_extend(size_t end)
{
	if (end > size && size && host_loses_extending_writes() &&
	    msync(map, size, MS_SYNC))
		fsx_fail("msync: %s", strerror(errno));
}

static void write_fully(int to, const uint8_t *data, size_t at, size_t len)
{
	while (len) {
		ssize_t n = pwrite(to, data, len, at);

		if (n <= 0)
			fsx_fail("pwrite: %s", n ? strerror(errno) : "no progress");
		data += n;
		at += n;
		len -= n;
	}
}

static bool do_write(void)
{
	size_t at, len;

	pick_range(opt.max, &at, &len);
	note_operation("write", at, len, 0);
	prepare_to_extend(at + len);
	fill_range(model + at, len);
	write_fully(fd, model + at, at, len);
	grow_model(at + len);
	return true;
}

static bool do_append(void)
{
	size_t at = size, len = 1 + random_below(20000);
	int append;

	if (len > opt.max - size)
		len = opt.max - size;
	if (!len)
		return true;
	note_operation("append", at, len, 0);
	prepare_to_extend(at + len);
	append = open(opt.path, O_WRONLY | O_APPEND);
	if (append < 0)
		fsx_fail("open: %s", strerror(errno));
	fill_range(model + at, len);
	if (write(append, model + at, len) != (ssize_t)len)
		fsx_fail("write: %s", strerror(errno));
	grow_model(at + len);
	if (close(append))
		fsx_fail("close: %s", strerror(errno));
	return true;
}

static bool do_mapread(void)
{
	size_t at, len;

	if (!pick_range(size, &at, &len))
		return true;
	note_operation("mapread", at, len, 0);
	compare_range(map + at, at, len, "mapread");
	return true;
}

static bool do_mapwrite(void)
{
	size_t at, len;

	if (!pick_range(size, &at, &len))
		return true;
	note_operation("mapwrite", at, len, 0);
	fill_range(model + at, len);
	memcpy(map + at, model + at, len);
	return true;
}

static bool do_msync(void)
{
	size_t at, len;

	if (!pick_aligned(size, &at, &len))
		return true;
	note_operation("msync", at, len, 0);
	if (msync(map + at, len, random_number() % 2 ? MS_SYNC : MS_ASYNC))
		fsx_fail("msync: %s", strerror(errno));
	return true;
}

static bool do_truncate(void)
{
	size_t to = random_below(random_number() % 2 ? size : opt.max);

	note_operation("truncate", 0, to, 0);
	if (random_number() % 2 ? ftruncate(fd, to) : truncate(opt.path, to))
		fsx_fail("truncate: %s", strerror(errno));
	if (to < size)
		memset(model + to, 0, size - to);
	size = to;
	return true;
}

static bool do_fallocate(void)
{
	bool keep = random_number() % 2;
	size_t at, len;

	pick_range(opt.max, &at, &len);
	note_operation(keep ? "fallocate -k" : "fallocate", at, len, 0);
	if (fallocate(fd, keep ? FALLOC_FL_KEEP_SIZE : 0, at, len)) {
		if (is_unsupported())
			return false;
		fsx_fail("fallocate: %s", strerror(errno));
	}
	if (!keep)
		grow_model(at + len);
	return true;
}

static void zero_model(size_t at, size_t len)
{
	if (at >= size)
		return;
	memset(model + at, 0, len > size - at ? size - at : len);
}

static bool do_punch(void)
{
	size_t at, len;

	pick_range(opt.max, &at, &len);
	note_operation("punch", at, len, 0);
	if (fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, at, len)) {
		if (is_unsupported())
			return false;
		fsx_fail("punch: %s", strerror(errno));
	}
	zero_model(at, len);
	return true;
}

static bool do_zero(void)
{
	bool keep = random_number() % 2;
	size_t at, len;

	pick_range(opt.max, &at, &len);
	note_operation(keep ? "zero -k" : "zero", at, len, 0);
	if (fallocate(fd, FALLOC_FL_ZERO_RANGE |
		      (keep ? FALLOC_FL_KEEP_SIZE : 0), at, len)) {
		if (is_unsupported())
			return false;
		fsx_fail("zero range: %s", strerror(errno));
	}
	if (!keep)
		grow_model(at + len);
	zero_model(at, len);
	return true;
}

static bool do_collapse(void)
{
	size_t at, len;

	if (!pick_aligned(size, &at, &len) || at + len >= size)
		return true;
	note_operation("collapse", at, len, 0);
	if (fallocate(fd, FALLOC_FL_COLLAPSE_RANGE, at, len)) {
		if (is_unsupported())
			return false;
		fsx_fail("collapse range: %s", strerror(errno));
	}
	memmove(model + at, model + at + len, size - at - len);
	size -= len;
	memset(model + size, 0, len);
	return true;
}

static bool do_insert(void)
{
	size_t at, len;

	if (!pick_aligned(size, &at, &len) || at + len >= size ||
	    size + len > opt.max)
		return true;
	note_operation("insert", at, len, 0);
	if (fallocate(fd, FALLOC_FL_INSERT_RANGE, at, len)) {
		if (is_unsupported())
			return false;
		fsx_fail("insert range: %s", strerror(errno));
	}
	memmove(model + at + len, model + at, size - at);
	memset(model + at, 0, len);
	size += len;
	return true;
}

static bool do_copy(void)
{
	size_t from, len, to, n = 0;

	if (!pick_range(size, &from, &len))
		return true;
	to = random_below(opt.max - len + 1);
	if (to < from + len && from < to + len)
		return true;	/* overlapping ranges are not supported */
	note_operation("copy", to, len, from);
	prepare_to_extend(to + len);
	while (n < len) {
		off_t in = from + n, out = to + n;
		ssize_t part = copy_file_range(fd, &in, fd, &out, len - n, 0);

		if (part < 0 && (is_unsupported() || errno == EXDEV) && !n)
			return false;
		if (part <= 0)
			fsx_fail("copy_file_range: %s",
				 part ? strerror(errno) : "no progress");
		n += part;
	}
	memcpy(model + to, model + from, len);
	grow_model(to + len);
	return true;
}

static bool do_direct_read(void)
{
	size_t at, len, want;
	ssize_t n;

	if (direct_fd < 0)
		return false;
	/*
	 * Do not read behind the last block: XFS of Linux 6.18 may have delayed
	 * allocations there, and reports a collision with buffered writes as
	 * EIO.
	 */
	if (!pick_aligned(size + BLOCK - 1, &at, &len))
		return true;
	note_operation("direct read", at, len, 0);
	want = len > size - at ? size - at : len;
	n = pread(direct_fd, buf, len, at);
	if (n < 0)
		fsx_fail("direct read: %s", strerror(errno));
	if ((size_t)n != want)
		fsx_fail("direct read of %#zx bytes gives %#zx", want, (size_t)n);
	compare_range(buf, at, want, "direct read");
	return true;
}

static bool do_direct_write(void)
{
	size_t at, len;

	if (direct_fd < 0)
		return false;
	if (!pick_aligned(opt.max, &at, &len))
		return true;
	note_operation("direct write", at, len, 0);
	fill_range(model + at, len);
	memcpy(buf, model + at, len);
	if (pwrite(direct_fd, buf, len, at) != (ssize_t)len)
		fsx_fail("direct write: %s", strerror(errno));
	grow_model(at + len);
	return true;
}

/* Check that all bytes in front of the data that SEEK_DATA finds are zeros. */
static bool do_seek(void)
{
	size_t at = random_below(size), hole, data;
	off_t r;

	if (!size)
		return true;
	note_operation("seek", at, 0, 0);
	r = lseek(fd, at, SEEK_HOLE);
	if (r < 0)
		fsx_fail("SEEK_HOLE: %s", strerror(errno));
	hole = random_number() % 2 ? (size_t)r : at;
	if ((size_t)r < at || (size_t)r > size)
		fsx_fail("SEEK_HOLE from %#zx gives %#zx", at, (size_t)r);
	if (hole == size)
		return true;
	r = lseek(fd, hole, SEEK_DATA);
	if (r < 0 && errno != ENXIO)
		fsx_fail("SEEK_DATA: %s", strerror(errno));
	data = r < 0 ? size : (size_t)r;
	if (data < hole || data > size)
		fsx_fail("SEEK_DATA from %#zx gives %#zx", hole, data);
	for (size_t i = hole; i < data; i++)
		if (model[i])
			fsx_fail("the data at %#zx are a hole from %#zx to %#zx",
				 i, hole, data);
	return true;
}

static bool do_sync(void)
{
	size_t at = 0, len = 0;
	int error;

	switch (random_below(4)) {
	case 0:
		note_operation("fsync", 0, 0, 0);
		error = fsync(fd);
		break;
	case 1:
		note_operation("fdatasync", 0, 0, 0);
		error = fdatasync(fd);
		break;
	case 2:
		pick_range(size, &at, &len);
		note_operation("sync range", at, len, 0);
		error = sync_file_range(fd, at, len, SYNC_FILE_RANGE_WRITE);
		break;
	default:
		/* Make the next reads bypass the cache. */
		note_operation("fsync, drop", 0, 0, 0);
		error = fsync(fd);
		posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
	}
	if (error)
		fsx_fail("sync: %s", strerror(errno));
	return true;
}

static bool do_open(void)
{
	note_operation("open", 0, 0, 0);
	if (fd > 0) {
		munmap(map, opt.max);
		if (close(fd) || (direct_fd >= 0 && close(direct_fd)))
			fsx_fail("close: %s", strerror(errno));
	}
	fd = open(opt.path, O_RDWR);
	if (fd < 0)
		fsx_fail("open: %s", strerror(errno));
	map = mmap(NULL, opt.max, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (map == MAP_FAILED)
		fsx_fail("mmap: %s", strerror(errno));
	direct_fd = open(opt.path, O_RDWR | O_DIRECT);
	if (direct_fd < 0 && errno != EINVAL)
		fsx_fail("open with O_DIRECT: %s", strerror(errno));
	return true;
}

static bool do_check(void)
{
	note_operation("check", 0, size, 0);
	check_everything();
	return true;
}

static struct operation {
	const char *name;
	int weight;
	bool (*run)(void);
	bool dropped;
} operations[] = {
	{ "read", 20, do_read, false },
	{ "write", 20, do_write, false },
	{ "append", 5, do_append, false },
	{ "mapread", 15, do_mapread, false },
	{ "mapwrite", 15, do_mapwrite, false },
	{ "msync", 3, do_msync, false },
	{ "truncate", 10, do_truncate, false },
	{ "fallocate", 6, do_fallocate, false },
	{ "punch hole", 8, do_punch, false },
	{ "zero range", 6, do_zero, false },
	{ "collapse range", 3, do_collapse, false },
	{ "insert range", 3, do_insert, false },
	{ "copy_file_range", 6, do_copy, false },
	{ "direct read", 6, do_direct_read, false },
	{ "direct write", 6, do_direct_write, false },
	{ "seek", 8, do_seek, false },
	{ "sync", 3, do_sync, false },
	{ "open", 2, do_open, false },
	{ "check", 2, do_check, false },
};

static void run_one(void)
{
	int total = 0, n;
	struct operation *op;

	for (size_t i = 0; i < ARRAY_SIZE(operations); i++)
		total += operations[i].weight;
	n = random_below(total);
	for (op = operations; n >= op->weight; op++)
		n -= op->weight;
	if (op->dropped)
		return;
	if (!op->run()) {
		op->dropped = true;
		fprintf(stderr, "skipped a part: %s\n", op->name);
	}
	check_size();
}

static void prepare_file(void)
{
	struct sigaction sa = { .sa_handler = on_sigbus };
	int created = open(opt.path, O_RDWR | O_CREAT | O_TRUNC, 0644);

	if (created < 0)
		fsx_fail("open: %s", strerror(errno));
	close(created);
	state = opt.seed;
	opt.max = (opt.max + BLOCK - 1) / BLOCK * BLOCK;
	model = aligned_alloc(BLOCK, opt.max);
	buf = aligned_alloc(BLOCK, opt.max);
	if (!model || !buf)
		fsx_fail("no memory");
	memset(model, 0, opt.max);
	sigaction(SIGBUS, &sa, NULL);
	do_open();
}

static bool time_is_left(const struct timespec *end)
{
	struct timespec now;

	if (!opt.seconds)
		return done < opt.operations;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec < end->tv_sec;
}

static int run_operations(void)
{
	struct timespec end;

	printf("%s: seed %" PRIu64 "\n", opt.path, opt.seed);
	fflush(stdout);
	clock_gettime(CLOCK_MONOTONIC, &end);
	end.tv_sec += opt.seconds;
	prepare_file();
	for (done = 1; time_is_left(&end); done++)
		run_one();
	do_open();
	check_everything();
	printf("%s: %lld operations\n", opt.path, done - 1);
	return 0;
}

static int exercise_in_processes(int count)
{
	int status, failed = 0;

	fflush(stdout);
	for (int i = 0; i < count; i++) {
		char *path;
		pid_t pid = fork();

		if (pid < 0) {
			perror("fork");
			return 1;
		}
		if (pid)
			continue;
		if (asprintf(&path, "%s.%d", opt.path, i) < 0)
			exit(1);
		opt.path = path;
		opt.seed += i;
		exit(run_operations());
	}
	while (wait(&status) > 0)
		failed |= !WIFEXITED(status) || WEXITSTATUS(status);
	return failed;
}

static int print_usage(void)
{
	fprintf(stderr, "usage: fsx [-s SEED] [-n OPERATIONS | -t SECONDS] [-l LENGTH] [-p PROCESSES] FILE\n");
	return 2;
}

int main(int argc, char **argv)
{
	int processes = 0, c;

	opt.seed = time(NULL) ^ ((uint64_t)getpid() << 16);
	while ((c = getopt(argc, argv, "s:n:t:l:p:")) != -1)
		switch (c) {
		case 's':
			opt.seed = strtoull(optarg, NULL, 0);
			break;
		case 'n':
			opt.operations = strtoll(optarg, NULL, 0);
			break;
		case 't':
			opt.seconds = strtol(optarg, NULL, 0);
			break;
		case 'l':
			opt.max = strtoull(optarg, NULL, 0);
			break;
		case 'p':
			processes = strtol(optarg, NULL, 0);
			break;
		default:
			return print_usage();
		}
	if (optind + 1 != argc || opt.max < 1)
		return print_usage();
	if (opt.operations < 0 && !opt.seconds)
		opt.operations = 10000;
	opt.path = argv[optind];
	return processes ? exercise_in_processes(processes) : run_operations();
}
