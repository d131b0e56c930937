/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Archives as sources and sinks, with the help of libarchive.
 */
#ifndef COPY_TAR_H
#define COPY_TAR_H

#include <archive.h>
#include <archive_entry.h>
#include <stdio.h>

#include "copy/core/engine.h"

/* Select an UTF-8 locale: in others, libarchive would convert file names. */
void tar_set_locale(void);

/**
 * struct tar_source - an archive that is read
 * @base:	the source
 * @path:	name of the archive for messages
 * @fd:		descriptor of the archive
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
 * @base:	the sink
 * @path:	name of the archive for messages
 * @fd:		descriptor of the archive
 * @filter:	libarchive's name of the compression, or NULL
 * @contexts:	file that SELinux labels are written to, or NULL
 * @regular:	the archive is a regular file, not a pipe or a device
 * @complete:	the whole archive is written
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
	size_t *parent_lens;
	size_t depth;
	size_t parent_lens_size;
	bool broken;
	bool pending;
	bool skip;
	bool begun;
	uint64_t size;
	uint64_t written;
};

void tar_sink_init(struct tar_sink *s, int fd, const char *path);
void tar_sink_exit(struct tar_sink *s);

/* Access control lists */

/*
 * Add the list in extended attribute @attr to the entry.  Return false if the
 * value is not a list.
 */
bool tar_acl_put(struct archive_entry *entry, const char *attr,
		 const void *value, size_t len);
/*
 * Store the list of the entry as the value of extended attribute @attr.  Return
 * its size, 0 if there is no list, or -1 if the list names a user or a group
 * that is not known on this host.
 */
long tar_acl_get(struct archive_entry *entry, const char *attr, void *value,
		 size_t size);

bool tar_is_utf8(const char *s);

/*
 * Wait until @fd can be read or written.  Return false if the copy was stopped.
 */
bool tar_wait(struct copy *c, int fd, short events);

#endif /* COPY_TAR_H */
