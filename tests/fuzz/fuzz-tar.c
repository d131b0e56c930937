// SPDX-License-Identifier: GPL-2.0
/*
 * Damaged archives: each is read to its end or refused, and what the source
 * emits is what a sink can rely on: names of one component, data in ascending
 * order, directories that are left as often as entered.
 */
#define _GNU_SOURCE
#include <assert.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "copy/archives/tar-format.h"
#include "fuzz.h"

enum { FILES, COMPLETE, REFUSED };

/* What the sink has seen */
static struct {
	unsigned int depth;
	bool in_file;
	uint64_t end;
	uint64_t size;
} seen;

static struct tar_buf sample;

static void fuzz_tar_check_name(const struct copy_event *ev)
{
	const char *name = event_name(ev);

	assert(strlen(name) == ev->name_len && ev->name_len);
	assert(!strchr(name, '/') && strcmp(name, ".."));
	assert(strcmp(name, ".") || ev->type == EVENT_DIR);
}

static void fuzz_tar_consume(struct copy_sink *sink, struct copy *c,
			     const struct copy_event *ev)
{
	switch (ev->type) {
	case EVENT_ENTER:
	case EVENT_DIR:
		assert(!seen.in_file);
		fuzz_tar_check_name(ev);
		seen.depth++;
		break;
	case EVENT_LEAVE:
		assert(!seen.in_file && seen.depth);
		seen.depth--;
		break;
	case EVENT_FILE:
	case EVENT_SYMLINK:
	case EVENT_SPECIAL:
	case EVENT_LINK:
		assert(!seen.in_file);
		fuzz_tar_check_name(ev);
		seen.in_file = true;
		seen.size = ev->node.size;
		seen.end = 0;
		break;
	case EVENT_DATA:
		assert(seen.in_file && ev->off >= seen.end);
		seen.end = ev->off + ev->len;
		assert(seen.end >= ev->off && seen.end <= seen.size);
		break;
	case EVENT_END:
		assert(seen.in_file);
		seen.in_file = false;
		fuzz_count[FILES]++;
		break;
	}
}

static void fuzz_tar_finish(struct copy_sink *sink, struct copy *c)
{
}

/* Append a header with extended records or a long name, and its contents. */
static void fuzz_tar_add_raw(char type, const void *data, size_t len)
{
	struct tar_header h = { .name = "raw", .type = type };

	tar_header_put(h.size, sizeof(h.size), len);
	memcpy(h.magic, type == TAR_GNU_SPARSE ? "ustar  " : "ustar\00000", 8);
	if (type == TAR_GNU_SPARSE) {
		/* Two extents, and the size of the file */
		memcpy((char *)&h + 386, "00000000000\00000000000005\0"
		       "00000010000\00000000000003", 48);
		memcpy((char *)&h + 483, "00000100000", 12);
	}
	tar_header_put(h.checksum, sizeof(h.checksum), tar_header_sum(&h));
	tar_buf_add(&sample, &h, sizeof(h));
	tar_buf_add(&sample, data, len);
	tar_buf_pad(&sample);
}

static void fuzz_tar_add_file(char type, const char *path, const char *target,
			      bool sparse)
{
	struct copy_extent map[] = { { 0, 10 }, { 4096, 700 }, { 9000, 0 } };
	struct tar_entry e = {
		.type = type,
		.path = (char *)path,
		.target = (char *)target,
		.node = { .mode = 0644, .uid = below(3000000), .size = 600,
			  .mtime = { -5, 250000000 }, .flags = 0x50 },
		.stored = type == TAR_FILE ? 600 : 0,
	};
	struct tar_buf attrs = { }, out = { };
	static const char zeros[1024];

	if (sparse) {
		e.sparse = true;
		e.map = map;
		e.map_count = 3;
		e.node.size = 9000;
		e.stored = 710;
	}
	tar_encode_xattr(&attrs, "user.a=b%", "value\0\n", 7);
	tar_buf_add_record(&attrs, "LIBARCHIVE.xattr.user.%41", "dmE9bA", 6);
	tar_buf_add_record(&attrs, "SCHILY.acl.access",
			   "user::rw-,user:7:r--,group::r--,mask::r--,other:r--",
			   50);
	tar_encode_entry(&out, &e, &attrs);
	tar_buf_add(&sample, out.buf, out.len);
	tar_buf_add(&sample, zeros, e.stored);
	tar_buf_pad(&sample);
	free(out.buf);
	free(attrs.buf);
}

static void fuzz_tar_make_sample(void)
{
	struct tar_buf global = { }, map = { };
	static const char zeros[1024];

	tar_buf_add_record(&global, "uid", "1234", 4);
	tar_buf_add_record(&global, "mtime", "-12.25000000001", 15);
	tar_buf_add_record(&map, "GNU.sparse.size", "9", 1);
	tar_buf_add_record(&map, "GNU.sparse.map", "0,5,7,2", 7);
	sample.len = 0;
	fuzz_tar_add_raw(TAR_PAX_GLOBAL, global.buf, global.len);
	fuzz_tar_add_file(TAR_DIR, "dir/", NULL, false);
	fuzz_tar_add_file(TAR_FILE, "dir/sub/file", NULL, false);
	fuzz_tar_add_file(TAR_FILE, "dir/sparse", NULL, true);
	fuzz_tar_add_raw(TAR_GNU_NAME, "a/long/name", 11);
	fuzz_tar_add_raw(TAR_GNU_LINK, "dir/another", 11);
	fuzz_tar_add_file(TAR_LINK, "link", "dir/file", false);
	fuzz_tar_add_file(TAR_SYMLINK, "./symlink", "/target", false);
	fuzz_tar_add_raw(TAR_GNU_SPARSE, "12345678", 8);
	fuzz_tar_add_raw(TAR_PAX, map.buf, map.len);
	fuzz_tar_add_raw(TAR_FILE, "1234567", 7);
	fuzz_tar_add_file(TAR_CHAR, "device", NULL, false);
	if (one_in(2))
		tar_buf_add(&sample, zeros, 1024);
	fuzz_tar_add_file(TAR_FIFO, "fifo", NULL, false);
	fuzz_tar_add_raw(TAR_GNU_DUMPDIR, "Ya\0Yb\0", 7);
	tar_buf_add(&sample, zeros, 1024);
	free(global.buf);
	free(map.buf);
}

/* Change some bytes, and make the checksums of most headers right again. */
static void fuzz_tar_damage(void)
{
	static const char pieces[] = "0123456789=,\n./%-: \0\377SxgLK5";
	unsigned int times = below(12);
	size_t at;

	while (times--) {
		at = below(sample.len);
		sample.buf[at] = one_in(3) ? (char)below(256) :
				 pieces[below(sizeof(pieces))];
	}
	for (at = 0; at + TAR_BLOCK <= sample.len; at += TAR_BLOCK) {
		struct tar_header *h = (void *)(sample.buf + at);

		if (!memcmp(h->magic, "ustar", 5) && !one_in(50))
			tar_header_put(h->checksum, sizeof(h->checksum),
				       tar_header_sum(h));
	}
	if (one_in(8))
		sample.len = below(sample.len);
}

static void fuzz_tar_try_seed(void)
{
	struct copy_sink sink = {
		.consume = fuzz_tar_consume,
		.finish = fuzz_tar_finish,
	};
	volatile sig_atomic_t interrupted = 0;
	volatile uint64_t steps = 0;
	struct copy c = {
		.opt = { .owner = OWNER_UNCHANGED, .group = OWNER_UNCHANGED,
			 .keep_owner = true, .mtime_max = INT64_MAX },
		.interrupted = &interrupted,
		.steps = &steps,
	};
	struct tar_source source;
	int fd = memfd_create("archive", MFD_CLOEXEC);

	fuzz_tar_make_sample();
	fuzz_tar_damage();
	assert(write(fd, sample.buf, sample.len) == (ssize_t)sample.len);
	assert(lseek(fd, 0, SEEK_SET) == 0);
	memset(&seen, 0, sizeof(seen));
	tar_source_init(&source, fd, "archive");
	copy_run(&c, &source.base, &sink, CALLER_WRITES);
	assert(!seen.in_file && !seen.depth);
	fuzz_count[c.failed ? REFUSED : COMPLETE]++;
	tar_source_exit(&source);
	copy_exit(&c);
	close(fd);
}

int main(int argc, char **argv)
{
	static const struct fuzz fuzz = {
		.name = "fuzz-tar",
		.seeds = 3000,
		.counts = {
			[FILES] = "files",
			[COMPLETE] = "archives without an error",
			[REFUSED] = "archives with an error",
		},
		.try_seed = fuzz_tar_try_seed,
	};

	/* The messages are expected. */
	if (argc < 2 && !freopen("/dev/null", "w", stderr))
		return EXIT_FAILURE;
	tar_set_locale();
	return fuzz_main(&fuzz, argc, argv);
}
