/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The parts of a tree sink, from the bottom to the top: names (sink-names.c),
 * messages and open directories (sink-dirs.c), attributes (sink-attrs.c), files
 * of lower layers (sink-layers.c), hard links (sink-links.c), and the sink itself
 * (tree-sink.c).
 */
#ifndef COPY_SINK_PARTS_H
#define COPY_SINK_PARTS_H

#include "copy/sink/tree-sink.h"

#define NAMES_SIZE 65536
#define VALUE_SIZE 65536

/**
 * struct sink_dir - an open directory of the target
 * @fd:		descriptor
 * @names:	names that this copy has made in the directory
 * @path_len:	length of the path before the name of the directory was added
 * @node:	attributes that the directory gets, if @has_node
 * @attrs:	extended attributes that the directory gets
 * @has_node:	the directory gets attributes
 * @again:	further files may be created in the directory later
 * @inherits:	new files in the directory inherit an access control list
 */
struct sink_dir {
	int fd;
	struct sink_names *names;
	size_t path_len;
	struct tree_node node;
	struct event_buf attrs;
	bool has_node;
	bool again;
	bool inherits;
};

/**
 * struct sink_deferred - times or flags that are set at the end of the copy
 * @link:	in the list of the sink
 * @node:	the attributes
 * @times:	set times, not flags
 * @path:	path relative to the root
 */
struct sink_deferred {
	struct list link;
	struct tree_node node;
	bool times;
	char path[];
};

/**
 * struct sink_copy - a copy of a file that can have no more links
 * @link:	in the list of the sink
 * @from:	path of the file
 * @to:		path of the copy, to which further links refer
 */
struct sink_copy {
	struct list link;
	char *from;
	char *to;
};

/* An open file (@name is NULL), or a name in a directory. */
struct sink_file {
	int dir;
	const char *name;
};

/* sink-names.c */
struct sink_names *sink_names_new(bool is_new);
/* Free the names of a directory and of the directories in there. */
void sink_names_free(struct sink_names *names);
/* Remember that the copy of number @copy has made file @name. */
void sink_names_add(struct sink_names *names, const char *name,
		    unsigned int copy);
/*
 * Return the names in directory @name, which the copy of number @copy has entered;
 * @is_new: this copy has made it.
 */
struct sink_names *sink_names_enter(struct sink_names *names, const char *name,
				    bool is_new, unsigned int copy);
/*
 * Return the names in directory @name of directory @dir, a path; the directory is
 * on the way to another file.
 */
struct sink_names *sink_names_pass(struct sink_names *names,
				   const struct tree_ops *ops, const char *dir,
				   const char *name);
/* Forget the names in directory @name, but not @name itself. */
void sink_names_forget(struct sink_names *names, const char *name);
/* Remember that file @name, and all in it, was removed. */
void sink_names_remove(struct sink_names *names, const char *name);
/* Return true if this copy, or one before, has made @name. */
bool sink_names_has(const struct sink_names *names, const char *name);
/* Return true if this copy, not one before, has made file @name. */
bool sink_names_is_new(const struct tree_sink *s,
		       const struct sink_names *names, const char *name);
/*
 * Return the names in directory @name that this copy has made there, or NULL if
 * @name is no directory or nothing was there before.
 */
const struct sink_names *sink_names_below(const struct sink_names *names,
					  const char *name);
/*
 * Return the name by which this copy has made the file that is called @name, or
 * NULL if the file is older or has exactly this name.
 */
const char *sink_names_clash(struct tree_sink *s, struct copy *c,
			     struct sink_names *names, int dir,
			     const char *name);

/* sink-dirs.c */
void sink_error(struct tree_sink *s, struct copy *c, const char *what, int err);
/* Report that an existing file is in the way; the next error is not reported. */
void sink_way_error(struct tree_sink *s, struct copy *c, const char *why);
/* Report that the file exists and was made by this copy as @other. */
void sink_clash_error(struct tree_sink *s, struct copy *c, const char *other);
bool sink_refuses_name(struct tree_sink *s, struct copy *c, const char *name);
int sink_check(struct tree_sink *s, struct copy *c, enum copy_feature feature,
	       const char *what, int err);
struct sink_dir *sink_top(struct tree_sink *s);
struct sink_dir *sink_push(struct tree_sink *s, int fd, size_t path_len,
			   struct sink_names *names);
void sink_pop(struct tree_sink *s, struct copy *c);
const char *sink_here(const struct tree_sink *s);
int sink_open_dir(struct tree_sink *s, int dir, const char *name,
		  const char *path);
int sink_open_parent(struct tree_sink *s, const char *path, const char **name);

/* sink-attrs.c */
void event_buf_add(struct event_buf *k, const struct copy_event *ev);
void sink_defer(struct tree_sink *s, const struct tree_node *node, bool times);
/* Do nothing at the end for the current file, which is removed. */
void sink_forget_deferred(struct tree_sink *s);
void sink_drop_acls(struct tree_sink *s, struct copy *c,
		    const struct sink_file *p);
void sink_set_attributes(struct tree_sink *s, struct copy *c,
			 const struct sink_file *p,
			 const struct tree_node *from,
			 const struct event_buf *attrs, bool inherits);
void sink_set_deferred(struct tree_sink *s, struct copy *c,
		       const struct sink_deferred *l);

/* sink-layers.c */
/*
 * Remove all files in directory @name of @dir that were there before this copy,
 * which has made @keep, or NULL: nothing.  The directory itself stays.
 */
void sink_purge(struct tree_sink *s, struct copy *c, int dir, const char *name,
		const struct sink_names *keep);
/* Remove file @name of the current directory if it was there before this copy. */
void sink_white_out(struct tree_sink *s, struct copy *c, const char *name);

/* sink-links.c */
/*
 * If @err means that @name exists in the current directory, remove the file and
 * return true: the caller tries again, so that existing files are replaced as
 * cp(1) does.  Otherwise, or if the file must not or cannot be removed, return
 * false with the error in *@err.  @node has the type of the new file and, of a
 * device, the numbers.
 */
bool sink_replace(struct tree_sink *s, struct copy *c, const char *name,
		  const struct tree_node *node, int *err);
int sink_create_file(struct tree_sink *s, struct copy *c, const char *name);
void sink_make_link(struct tree_sink *s, struct copy *c,
		    const struct copy_event *ev);

#endif /* COPY_SINK_PARTS_H */
