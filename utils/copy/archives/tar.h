/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Archives as sources and sinks, with the help of libarchive.
 */
#ifndef COPY_TAR_H
#define COPY_TAR_H

#include <archive.h>
#include <archive_entry.h>
#include <stdio.h>

#include "copy/archives/tar-host.h"
#include "copy/core/engine.h"

/*
 * Store the access control list in @text as the value of an extended attribute.
 * Return its size, 0 if there is no list, or -1 with the reason in *@why.
 */
long tar_acl_from_text(const struct owner_files *names, const char *text,
		       void *value, size_t size, const char **why);
/*
 * Return the access control list in the value of an extended attribute as
 * text, allocated, or NULL if the value is not a list.
 */
char *tar_acl_to_text(const void *value, size_t len);

struct tar_reader;
struct tar_entry;

/* A buffer that grows. */
struct tar_buf {
	char *buf;
	size_t len;
	size_t size;
};

/**
 * struct tar_source - an archive that is read
 * @base:	the source
 * @is_layer:	names that begin with ".wh." remove files of lower layers
 */
struct tar_source {
	struct copy_source base;
	bool is_layer;
	/* private */
	struct copy *c;
	struct tar_reader *reader;
	struct owner_files names;
	struct path_buf dir;
};

/* Initialize a source for the archive in descriptor @fd, named @path. */
void tar_source_init(struct tar_source *s, int fd, const char *path);
void tar_source_exit(struct tar_source *s);

/**
 * struct tar_sink - an archive that is written
 * @base:	the sink
 * @path:	name of the archive for messages
 * @fd:		descriptor of the archive
 * @filter:	libarchive's name of the compression, or NULL
 * @fills_holes: store zeros in place of holes
 * @contexts:	file that SELinux labels are written to, or NULL
 * @complete:	the whole archive is written
 */
struct tar_sink {
	struct copy_sink base;
	const char *path;
	int fd;
	const char *filter;
	bool fills_holes;
	FILE *contexts;
	bool complete;
	/* private */
	struct copy *c;
	struct archive *archive;
	struct tar_entry *entry;
	struct tar_buf attributes;
	struct tar_buf header;
	struct path_buf entry_path;
	size_t *parent_lens;
	size_t depth;
	size_t parent_lens_size;
	bool broken;
	bool pending;
	bool skip;
	bool begun;
	uint64_t written;
};

void tar_sink_init(struct tar_sink *s, int fd, const char *path);
void tar_sink_exit(struct tar_sink *s);

#endif /* COPY_TAR_H */
