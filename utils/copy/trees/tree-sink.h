/* SPDX-License-Identifier: GPL-2.0 */
#ifndef COPY_TREE_SINK_H
#define COPY_TREE_SINK_H

#include "copy/core/engine.h"
#include "shared/list.h"

/* Events that are kept until they are due. */
struct event_buf {
	char *buf;
	size_t len;
	size_t size;
};

struct sink_dir;

/**
 * struct tree_sink - a directory of the host or of an image
 * @base:	for the engine
 * @ops:	the side that it is on
 * @path:	of the directory that events begin in, then of where they are
 * @follow:	of directories that need only be there symbolic links are
 *		followed, but not out of the tree
 */
struct tree_sink {
	struct copy_sink base;
	const struct tree_ops *ops;
	struct path_buf path;
	bool follow;
	/* private, all paths and descriptors */
	size_t root_len;
	struct sink_dir *levels;
	size_t depth;
	size_t levels_size;
	size_t skipped;
	bool early;
	/* What is being made, no directory. */
	uint16_t type;
	bool bad;
	size_t old_len;
	size_t name_len;
	struct tree_node node;
	struct event_buf attrs;
	int fd;
	uint64_t end;
	struct list deferred;
	struct list copies;
	char *names;
	char *value;
};

/* Takes over @fd, the directory that events begin in, called @path. */
void tree_sink_init(struct tree_sink *s, const struct tree_ops *ops, int fd,
		    const char *path);
/* Only after a run: it closes what is open. */
void tree_sink_exit(struct tree_sink *s);

#endif /* COPY_TREE_SINK_H */
