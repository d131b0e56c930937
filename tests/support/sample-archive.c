// SPDX-License-Identifier: GPL-2.0
/*
 * Archives that a test makes block by block, and a sink that executes nothing,
 * but demands what a real sink needs.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/host/host-file.h"
#include "common/report.h"
#include "shared/macros.h"
#include "support/sample-archive.h"

struct sample sample = { .fd = -1 };

void sample_must(bool ok, const char *what)
{
	if (ok)
		return;
	fprintf(stderr, "%s\n", what);
	abort();
}

/* Messages, in the place of those of the tools */

const char *report_program(void)
{
	return "test";
}

void report_error(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	if (!sample.errors++)
		vsnprintf(sample.error, sizeof(sample.error), format, args);
	va_end(args);
}

void report_warning(const char *format, ...)
{
}

int report_cannot(const char *what, const char *object, const char *why)
{
	sample_must(*why && strcmp(why, "Success"), "an error has no reason");
	report_error("cannot %s '%s': %s", what, object, why);
	return -1;
}

/* The archive */

/* Open a file without a name. */
static int sample_open(void)
{
	char name[] = "sample-archive-XXXXXX";
	int fd = host_file_create_unique(name);

	sample_must(fd >= 0 && !host_file_remove(name), "no file");
	return fd;
}

void sample_begin(void)
{
	if (sample.fd < 0)
		sample.fd = sample_open();
	sample_must(!ftruncate(sample.fd, 0), "no file");
	lseek(sample.fd, 0, SEEK_SET);
	sample.count = 0;
}

void *sample_add_blocks(size_t n)
{
	void *p;

	if (sample.count + n > sample.room) {
		sample.room = (sample.count + n) * 2;
		sample.blocks = realloc(sample.blocks, sample.room * TAR_BLOCK);
		sample.is_header = realloc(sample.is_header, sample.room);
	}
	p = memset(sample.blocks + sample.count, 0, n * TAR_BLOCK);
	memset(sample.is_header + sample.count, 0, n);
	sample.count += n;
	return p;
}

void sample_add_data(const void *data, size_t len)
{
	if (len)
		memcpy(sample_add_blocks((len + TAR_BLOCK - 1) / TAR_BLOCK),
		       data, len);
}

struct tar_header *sample_add_header(char type, const char *name,
				     const char *magic, uint64_t size)
{
	struct tar_header *h = sample_add_blocks(1);

	sample.is_header[sample.count - 1] = true;
	memcpy(h->name, name, strnlen(name, sizeof(h->name)));
	h->type = type;
	memcpy(h->magic, magic, sizeof(h->magic));
	tar_header_put(h->mode, sizeof(h->mode), 0644);
	tar_header_put(h->uid, sizeof(h->uid), 1000);
	tar_header_put(h->gid, sizeof(h->gid), 1000);
	tar_header_put(h->size, sizeof(h->size), size);
	tar_header_put(h->mtime, sizeof(h->mtime), 1700000000);
	return h;
}

void sample_write(size_t cut)
{
	size_t i, len = sample.count * TAR_BLOCK - cut;

	for (i = 0; i < sample.count; i++)
		if (sample.is_header[i])
			snprintf(sample.blocks[i].checksum, 8, "%06o",
				 tar_header_sum(&sample.blocks[i]));
	sample_must(write(sample.fd, sample.blocks, len) == (ssize_t)len,
		    "no memory");
	sample.count = 0;
}

/* The sink */

struct check_sink {
	struct copy_sink base;
	unsigned int depth;
	enum copy_event_type item;
	struct tree_node node;
	uint64_t end;
	unsigned int events;
};

static void check_name(const struct check_sink *s, const struct copy_event *ev)
{
	const char *name = event_name(ev);

	sample_must(ev->name_len && !name[ev->name_len] &&
		    strlen(name) == ev->name_len,
		    "a name is not a string");
	sample_must(!strchr(name, '/') && strcmp(name, ".."),
		    "a name is a path");
	sample_must(strcmp(name, ".") || (ev->type == EVENT_DIR && !s->depth),
		    "a file has the name of a directory");
}

static void check_link(const struct copy_event *ev)
{
	const char *target = event_payload(ev), *p;

	sample_must(ev->len == strlen(target) + 1, "a target is not a string");
	if (ev->type != EVENT_LINK)
		return;
	sample_must(*target && *target != '/',
		    "a link refers to no file of the archive");
	for (p = target; p; p = strchr(p, '/')) {
		p += *p == '/';
		sample_must(strncmp(p, "../", 3) && strcmp(p, ".."),
			    "a link leads out of the archive");
	}
}

static void check_data(struct check_sink *s, const struct copy_event *ev)
{
	sample_must(s->item == EVENT_FILE, "data without a file");
	sample_must(ev->len && ev->off >= s->end, "data overlap");
	sample_must(ev->len <= s->node.size &&
		    ev->off <= s->node.size - ev->len,
		    "data behind the end of the file");
	s->end = ev->off + ev->len;
}

static void check_item(struct check_sink *s, const struct copy_event *ev)
{
	sample_must(s->item == EVENT_PAD, "a file in a file");
	check_name(s, ev);
	sample_must(ev->node.size <= INT64_MAX, "a size is negative");
	sample_must(ev->node.atime.nsec < 1000000000 &&
		    ev->node.mtime.nsec < 1000000000,
		    "a time is not valid");
	if (ev->type == EVENT_LINK || ev->type == EVENT_SYMLINK)
		check_link(ev);
}

static void check_consume(struct copy_sink *sink, struct copy *c,
			  const struct copy_event *ev)
{
	struct check_sink *s = container_of(sink, struct check_sink, base);

	s->events++;
	switch (ev->type) {
	case EVENT_DIR:
	case EVENT_ENTER:
		check_item(s, ev);
		s->depth++;
		break;
	case EVENT_LEAVE:
		sample_must(s->item == EVENT_PAD && s->depth,
			    "no directory to leave");
		s->depth--;
		break;
	case EVENT_XATTR:
		sample_must(s->item != EVENT_PAD || s->depth,
			    "an attribute of nothing");
		sample_must(*event_name(ev), "an attribute without a name");
		break;
	case EVENT_DATA:
		check_data(s, ev);
		break;
	case EVENT_END:
		sample_must(s->item != EVENT_PAD, "no file ends");
		s->item = EVENT_PAD;
		break;
	default:
		check_item(s, ev);
		s->item = ev->type;
		s->node = ev->node;
		s->end = 0;
		sample.atime = ev->node.atime.sec;
	}
}

static void check_finish(struct copy_sink *sink, struct copy *c)
{
	struct check_sink *s = container_of(sink, struct check_sink, base);

	sample_must(copy_stopped(c) || (!s->depth && s->item == EVENT_PAD),
		    "a file or directory has no end");
}

/* Reading */

void sample_read_fd(int fd, const volatile sig_atomic_t *interrupted)
{
	static volatile uint64_t steps;
	struct check_sink sink = {
		.base = { check_consume, check_finish },
	};
	struct copy c = {
		.opt = {
			.owner = OWNER_UNCHANGED,
			.group = OWNER_UNCHANGED,
			.keep_owner = true,
			.mtime_max = INT64_MAX,
		},
		.interrupted = interrupted,
		.steps = &steps,
	};
	struct tar_source source;

	sample.errors = 0;
	tar_source_init(&source, fd, "x");
	/* The checks run in this thread. */
	copy_run(&c, &source.base, &sink.base, CALLER_WRITES);
	tar_source_exit(&source);
	copy_exit(&c);
	sample_must(c.failed == (sample.errors > 0),
		    "the copy failed without a message");
	sample.events = sink.events;
}

void sample_read(void)
{
	static const volatile sig_atomic_t never;

	lseek(sample.fd, 0, SEEK_SET);
	sample_read_fd(sample.fd, &never);
}
