/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Archives as sources and sinks, with libarchive.
 */
#ifndef COPY_TAR_H
#define COPY_TAR_H

#include <archive.h>
#include <archive_entry.h>
#include <stdio.h>

#include "copy/core/engine.h"

/* Names are bytes on Linux, UTF-8 in archives: libarchive converts otherwise. */
void tar_set_locale(void);

/**
 * struct tar_source - an archive that is read
 * @base:	for the engine
 * @path:	its name, for messages
 * @fd:		where it is open
 */
struct tar_source {
	struct copy_source base;
	const char *path;
	int fd;
	/* private */
	struct copy *c;
	struct archive *archive;
	struct path_buf dir;
	char *buf;
};

void tar_source_init(struct tar_source *s, int fd, const char *path);
void tar_source_exit(struct tar_source *s);

/**
 * struct tar_sink - an archive that is written
 * @base:	for the engine
 * @path:	its name, for messages
 * @fd:		where it is open
 * @filter:	how libarchive calls the compression, or NULL
 * @contexts:	where SELinux labels are written to, or NULL
 * @regular:	it is a file, not a pipe or a device
 * @complete:	all of it is written
 */
struct tar_sink {
	struct copy_sink base;
	const char *path;
	int fd;
	const char *filter;
	FILE *contexts;
	bool regular;
	bool complete;
	/* private */
	struct copy *c;
	struct archive *archive;
	struct archive_entry *entry;
	struct path_buf entry_path;
	size_t *levels;
	size_t depth;
	size_t levels_size;
	bool broken;
	bool pending;
	bool skip;
	bool begun;
	uint64_t size;
	uint64_t written;
};

void tar_sink_init(struct tar_sink *s, int fd, const char *path);
void tar_sink_exit(struct tar_sink *s);

/* Access lists: the kernel's form of them is that of the attributes. */

/* False: it is none. */
bool tar_acl_put(struct archive_entry *entry, const char *attr,
		 const void *value, size_t len);
/*
 * The bytes of the list, 0 if there is none, -1 if it has somebody in it whom
 * the host does not know.
 */
long tar_acl_get(struct archive_entry *entry, const char *attr, void *value,
		 size_t size);

bool tar_is_utf8(const char *s);

/* Wait until @fd can be read or written; false: the copy was stopped. */
bool tar_wait(struct copy *c, int fd, short events);

#endif /* COPY_TAR_H */
