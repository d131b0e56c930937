/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Entries of directories, opened and read ahead of the copy.
 *
 * In a tree with @ahead_threads, threads open the next entries of the directories
 * that are being copied, and read small files.  The copy takes the entries in the
 * order of the names as if it had opened them itself.
 */
#ifndef COPY_AHEAD_H
#define COPY_AHEAD_H

#include <pthread.h>

#include "copy/core/tree.h"

/* Maximum number of threads of a tree */
#define AHEAD_THREADS	4

/**
 * struct ahead_file - an entry of a directory
 * @name:	name of the entry, or a path
 * @err:	0, or the error of @stat or @stat_open
 * @fd:		descriptor that can read the file, or -1; closed by ahead_put()
 * @node:	attributes
 * @data:	the first @len bytes of the file, or NULL if nobody has read the file
 * @len:	see @data
 */
struct ahead_file {
	char *name;
	int err;
	int fd;
	struct tree_node node;
	char *data;
	size_t len;
	/* private */
	bool done;
};

struct ahead_dir;

/**
 * struct ahead - the threads, and the directories that are being copied
 * @ops:	the tree
 * @inner:	the innermost directory
 * @used:	number of entries in all directories
 */
struct ahead {
	/* private */
	const struct tree_ops *ops;
	struct ahead_dir *inner;
	size_t used;
	struct monitor *monitor;
	unsigned int idle;
	bool waits;
	bool stop;
	bool started;
	unsigned int threads;
	pthread_t thread[AHEAD_THREADS];
};

void ahead_init(struct ahead *a, const struct tree_ops *ops);
/* End the threads; the next directory starts them again. */
void ahead_stop(struct ahead *a);
void ahead_exit(struct ahead *a);

/* Get the attributes of @name in @dir; open the file if this costs nothing. */
void ahead_open(const struct tree_ops *ops, int dir, const char *name,
		struct ahead_file *f);

/*
 * Begin to copy open directory @fd, whose next name @next returns, or NULL at the
 * end.  Directories end in the opposite order; @fd stays open until then.
 */
struct ahead_dir *ahead_begin(struct ahead *a, int fd,
			      const char *(*next)(void *arg), void *arg);
/* Return the next entry, or NULL at the end.  ahead_put() ends its use. */
struct ahead_file *ahead_take(struct ahead_dir *d);
void ahead_put(struct ahead_dir *d);
/* End the directory; no thread uses it any more. */
void ahead_end(struct ahead_dir *d);

#endif /* COPY_AHEAD_H */
