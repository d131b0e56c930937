/* SPDX-License-Identifier: GPL-2.0 */
#ifndef COPY_TREE_SINK_H
#define COPY_TREE_SINK_H

#include "copy/core/engine.h"
#include "shared/list.h"

/* A buffer of events. */
struct event_buf {
	char *buf;
	size_t len;
	size_t size;
};

struct sink_dir;
struct sink_names;

/**
 * struct tree_sink - a directory of the host or of an image
 * @base:	the sink
 * @ops:	the tree of the directory
 * @path:	path of the directory, then of the current file
 * @follow:	directories may be symbolic links that do not lead out of the
 *		directory
 * @replaces_dirs: files and empty directories replace each other
 * @layered:	the source is a layer: a directory replaces a symbolic link, and a
 *		file replaces a directory with all files that were there before
 * @repeats:	a file may come twice; the last one wins
 * @guards:	never replace a device by another device, nor a device, a FIFO or
 *		a socket by a file of another type, nor, on the host, a symbolic
 *		link by another type
 * @keeps_names: directories may be entered again, so their names are kept
 * @number:	number of this copy among the copies that share names, or 0 if there
 *		is only this copy; 0 is also the number of what no copy has made
 */
struct tree_sink {
	struct copy_sink base;
	const struct tree_ops *ops;
	struct path_buf path;
	bool follow;
	bool replaces_dirs;
	bool layered;
	bool repeats;
	bool guards;
	bool keeps_names;
	unsigned int number;
	/* private */
	size_t root_len;
	struct sink_dir *dirs;
	size_t depth;
	size_t dirs_size;
	size_t skipped;
	bool early_writeback;
	enum tree_type target_type;
	/* The current file, which is not a directory. */
	uint16_t type;
	bool failed;
	bool reported;
	size_t parent_len;
	size_t name_len;
	struct tree_node node;
	struct event_buf attrs;
	int fd;
	uint64_t end;
	struct list deferred;
	bool defers_flags;
	struct list copies;
	char *names;
	char *value;
};

/* Initialize a sink for directory @path, which is open as @fd. */
void tree_sink_init(struct tree_sink *s, const struct tree_ops *ops, int fd,
		    const char *path);
/*
 * Let the sink know, and add to, the names that several copies have made in its
 * directory; see run-names.h.  The sink belongs to copy @number.
 */
void tree_sink_share_names(struct tree_sink *s, struct sink_names *names,
			   unsigned int number);
/* Close the directory and free all memory, after the copy. */
void tree_sink_exit(struct tree_sink *s);

#endif /* COPY_TREE_SINK_H */
