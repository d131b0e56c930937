/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The parts of a tree sink, from the bottom to the top: open directories
 * (sink-dirs.c), attributes (sink-attrs.c), hard links (sink-links.c), and the
 * sink itself (tree-sink.c).
 */
#ifndef COPY_SINK_PARTS_H
#define COPY_SINK_PARTS_H

#include "copy/trees/tree-sink.h"

#define NAMES_SIZE 65536
#define VALUE_SIZE 65536

/*
 * A directory that is open.  @node and @attrs are what it is to get, if
 * @has_node; @inherits: what is created in it gets an access list from it.
 */
struct sink_dir {
	int fd;
	size_t path_len;
	struct tree_node node;
	struct event_buf attrs;
	bool has_node;
	bool again;
	bool inherits;
};

/* What is set at the end; @path is relative to the root. */
struct sink_deferred {
	struct list link;
	struct tree_node node;
	bool times;
	char path[];
};

/*
 * A file that could have no more links, and its copy that further ones go to.
 */
struct sink_copy {
	struct list link;
	char *from;
	char *to;
};

/* An open file, or a name in a directory. */
struct sink_file {
	int dir;
	const char *name;
};

/* sink-dirs.c */
void sink_error(struct tree_sink *s, struct copy *c, const char *what, int err);
int sink_check(struct tree_sink *s, struct copy *c, enum copy_feature loss,
	       const char *what, int err);
struct sink_dir *sink_top(struct tree_sink *s);
struct sink_dir *sink_push(struct tree_sink *s, int fd, size_t path_len);
void sink_pop(struct tree_sink *s, struct copy *c);
const char *sink_here(const struct tree_sink *s);
int sink_open_dir(struct tree_sink *s, int dir, const char *name,
		  const char *path);
int sink_open_parent(struct tree_sink *s, const char *path, const char **name);

/* sink-attrs.c */
void event_buf_add(struct event_buf *k, const struct copy_event *ev);
void sink_defer(struct tree_sink *s, const struct tree_node *node, bool times);
void sink_drop_acls(struct tree_sink *s, struct copy *c,
		    const struct sink_file *p);
void sink_set_attributes(struct tree_sink *s, struct copy *c,
			 const struct sink_file *p,
			 const struct tree_node *from,
			 const struct event_buf *attrs, bool inherits);
void sink_set_deferred(struct tree_sink *s, struct copy *c,
		       const struct sink_deferred *l);

/* sink-links.c */
int sink_create_file(struct tree_sink *s, int dir, const char *name);
void sink_make_link(struct tree_sink *s, struct copy *c,
		    const struct copy_event *ev);

#endif /* COPY_SINK_PARTS_H */
