/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The parts of a tree source: where the data of a sparse file lies
 * (source-extents.c), files that the kernel shows in another form than the
 * program that has written them (source-foreign.c), and the source itself
 * (tree-source.c).
 */
#ifndef COPY_SOURCE_PARTS_H
#define COPY_SOURCE_PARTS_H

#include "copy/source/tree-source.h"

/* Maximum of the kernel for the value of an attribute. */
#define SOURCE_VALUE_SIZE	65536

struct extent_map {
	struct copy_extent *extents;
	size_t count;
	size_t size;
};

static inline void source_error(struct tree_source *s, struct copy *c,
				const char *what, int err)
{
	copy_error(c, what, s->path.str, s->ops->strerror(err));
}

/*
 * Find the data of sparse file @fd.  A file without data gets one empty extent.
 * Return 0, or -1 after a message.
 */
int source_find_extents(struct tree_source *s, struct copy *c, int fd,
			uint64_t size, struct extent_map *m);

/* Return the type of the file system that holds @fd. */
enum tree_type source_type(struct tree_source *s, int fd);

/*
 * Report file @fd if another program has written it in a form that the kernel does
 * not know.  The first @len bytes of the file are @data.
 */
void source_report_contents(struct tree_source *s, struct copy *c, int fd,
			    const void *data, size_t len);
/* The same, by the attributes of the file or directory. */
void source_report_node(struct tree_source *s, struct copy *c, int fd,
			const struct tree_node *node);

#endif /* COPY_SOURCE_PARTS_H */
