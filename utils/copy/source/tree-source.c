// SPDX-License-Identifier: GPL-2.0
/*
 * A source: files of the host or of an image.
 *
 * All names are relative to open directories, so that neither long paths nor
 * directories that are renamed meanwhile matter; paths are for messages.  A
 * small file takes five calls: stat, open, list attributes, read, close.
 */
#include <stdlib.h>
#include <string.h>

#include "common/alloc.h"
#include "common/report.h"
#include "copy/source/source-parts.h"

/* Maximum of the kernel for a list of attributes. */
#define NAMES_SIZE	65536
/* In files up to this size, holes are not searched. */
#define SPARSE_MIN	4096

struct source_root {
	struct list link;
	char *path;
	char *name;
};

/* Attributes */

/* An open file (@name is NULL), or a name in a directory. */
struct source_file {
	int dir;
	const char *name;
};

static void source_emit_xattr(struct tree_source *s, struct copy *c,
			      const struct source_file *p, const char *attr)
{
	long len = s->ops->get_xattr(p->dir, p->name, attr, s->value,
				     SOURCE_VALUE_SIZE);

	if (len < 0)
		source_error(s, c, "read an attribute of", len);
	else
		copy_emit_xattr(c, attr, s->value, len);
}

/*
 * Emit attributes, access control lists last: a change of the mode alters them.
 */
static void source_emit_xattrs(struct tree_source *s, struct copy *c,
			       const struct source_file *p)
{
	long len = s->ops->list_xattr(p->dir, p->name, s->names, NAMES_SIZE);
	const char *attr;
	int acls;

	if (len < 0 && !s->ops->is_unsupported(len))
		source_error(s, c, "list attributes of", len);
	copy_emit_label(c);
	for (acls = 0; acls < 2; acls++)
		for (attr = s->names; attr - s->names < len;
		     attr += strlen(attr) + 1)
			if (copy_xattr_is_acl(attr) == acls &&
			    copy_xattr_wanted(c, attr))
				source_emit_xattr(s, c, p, attr);
}

/*
 * Read the flags of a file if statx() has reported any.  The flags of statx()
 * may be wrong: in a read-only type, all files are immutable.
 */
static void source_get_flags(struct tree_source *s, struct copy *c, int fd,
			     struct tree_node *node)
{
	uint32_t flags = 0;
	int err;

	if (!node->flags)
		return;
	err = s->ops->get_flags(fd, NULL, &flags);
	if (err < 0 && !s->ops->is_unsupported(err))
		source_error(s, c, "read flags of", err);
	node->flags = err < 0 ? 0 : flags & TREE_FLAGS;
}

/* Data */

/* Read data of file @fd, or take what was read ahead. */
static long source_read(struct tree_source *s, int fd, void *buf, size_t len,
			uint64_t off)
{
	const struct ahead_file *f = s->file;

	if (off >= f->len)
		return s->ops->read(fd, buf, len, off);
	if (len > f->len - off)
		len = f->len - off;
	memcpy(buf, f->data + off, len);
	return len;
}

/*
 * Read at most @len bytes at @off and emit them.  Return their number, 0 at the
 * end of the file, or -1 after a message.
 */
static long source_emit_block(struct tree_source *s, struct copy *c, int fd,
			      uint64_t off, uint64_t len)
{
	size_t want = len < COPY_DATA_MAX ? len : COPY_DATA_MAX;
	struct copy_event *ev = copy_data_begin(c, want);
	long n;

	if (!ev)
		return -1;
	n = source_read(s, fd, ev->body, want, off);
	if (n < 0)
		source_error(s, c, "read", n);
	if (n > 0 && !off)
		source_report_contents(s, c, fd, ev->body, n);
	if (n > 0)
		copy_data_end(c, ev, n, off);
	copy_step(c);
	return n < 0 ? -1 : n;
}

/* Emit data of a file.  Return 0, or -1 after a message. */
static int source_emit_range(struct tree_source *s, struct copy *c, int fd,
			     uint64_t off, uint64_t len)
{
	while (len) {
		long n = source_emit_block(s, c, fd, off, len);

		if (!n)
			copy_error(c, "read", s->path.str,
				   "the file became shorter while it was copied");
		if (n <= 0)
			return -1;
		off += n;
		len -= n;
	}
	return 0;
}

/*
 * Emit data up to the end of the file, which may come before or after @size.
 * Return the flags of the END event.
 */
static int source_emit_all(struct tree_source *s, struct copy *c, int fd,
			   uint64_t size)
{
	uint64_t off = 0;
	long n;

	do {
		/* One byte more, to notice at no cost that there is more. */
		n = source_emit_block(s, c, fd, off, off < size ?
				      size - off + 1 : COPY_DATA_MAX);
		if (n < 0)
			return EVENT_FAILED;
		off += n;
	} while (n && off != size);
	return off == size ? 0 : EVENT_UNSIZED;
}

static int source_emit_whole(struct tree_source *s, struct copy *c, int fd,
			     uint64_t size)
{
	if (s->ops->guesses_sizes)
		return source_emit_all(s, c, fd, size);
	return source_emit_range(s, c, fd, 0, size) ? EVENT_FAILED : 0;
}

static int source_emit_extents(struct tree_source *s, struct copy *c, int fd,
			       const struct extent_map *m)
{
	int ret = copy_emit_map(c, m->extents, m->count) ? 0 : -1;
	size_t i;

	for (i = 0; !ret && i < m->count; i++)
		ret = source_emit_range(s, c, fd, m->extents[i].off,
					m->extents[i].len);
	return ret ? EVENT_FAILED : 0;
}

static int source_emit_sparse(struct tree_source *s, struct copy *c, int fd,
			      uint64_t size)
{
	struct extent_map m = { };
	int flags = EVENT_FAILED;

	if (!source_find_extents(s, c, fd, size, &m)) {
		/* A file with few blocks may have no holes. */
		flags = m.extents[0].len == size ?
				source_emit_whole(s, c, fd, size) :
				source_emit_extents(s, c, fd, &m);
	}
	free(m.extents);
	return flags;
}

/* Return the flags of the END event. */
static int source_emit_data(struct tree_source *s, struct copy *c, int fd,
			    const struct tree_node *node)
{
	if (node->blocks * 512 < node->size && node->size > SPARSE_MIN)
		return source_emit_sparse(s, c, fd, node->size);
	return source_emit_whole(s, c, fd, node->size);
}

/* Files */

/* Emit a link if the target has the file already; return true then. */
static bool source_emit_link(struct tree_source *s, struct copy *c,
			     const struct source_file *p,
			     const struct tree_node *node)
{
	const char *first = node->nlink < 2 ? NULL :
			    links_find(&s->links, node->dev, node->ino);

	if (!first)
		return false;
	copy_emit_node(c, EVENT_LINK, 0, p->name, node, first);
	if (s->link_xattrs)
		source_emit_xattrs(s, c, p);
	copy_emit(c, EVENT_END, 0, NULL);
	return true;
}

static void source_remember_link(struct tree_source *s, struct copy *c,
				 const struct tree_node *node)
{
	if (node->nlink > 1)
		links_add(&s->links, node->dev, node->ino, c->target_path.str);
}

static void source_copy_file(struct tree_source *s, struct copy *c,
			     struct ahead_file *f, const char *as)
{
	struct source_file p = { f->fd, NULL };
	struct tree_node *node = &f->node;
	int flags, fd = f->fd;

	if (fd < 0) {
		source_error(s, c, "open", fd);
		return;
	}
	source_report_node(s, c, fd, node);
	source_get_flags(s, c, fd, node);
	copy_emit_node(c, EVENT_FILE, 0, as, node, NULL);
	source_emit_xattrs(s, c, &p);
	s->file = f;
	flags = source_emit_data(s, c, fd, node);
	copy_emit(c, EVENT_END, flags, NULL);
	/* If the file is incomplete, its other names are tried as well. */
	if (!(flags & EVENT_FAILED))
		source_remember_link(s, c, node);
}

static void source_copy_other(struct tree_source *s, struct copy *c, int dir,
			      const char *name, const char *as,
			      struct tree_node *node)
{
	bool symlink = (node->mode & NODE_TYPE) == NODE_SYMLINK;
	struct source_file p = { dir, name };
	long n = 0;

	if (symlink)
		n = s->ops->readlink(dir, name, s->value, SOURCE_VALUE_SIZE - 1);
	if (n < 0) {
		source_error(s, c, "read link", n);
		return;
	}
	s->value[n] = 0;
	node->flags = 0;
	copy_emit_node(c, symlink ? EVENT_SYMLINK : EVENT_SPECIAL, 0, as, node,
		       symlink ? s->value : NULL);
	source_emit_xattrs(s, c, &p);
	copy_emit(c, EVENT_END, 0, NULL);
	source_remember_link(s, c, node);
}

/* Directories */

static void source_copy_node(struct tree_source *s, struct copy *c, int dir,
			     struct ahead_file *f, const char *as);

static void source_copy_entry(struct tree_source *s, struct copy *c, int dir,
			      struct ahead_file *f)
{
	size_t path = path_push(&s->path, f->name);
	size_t target_len = path_push(&c->target_path, f->name);

	source_copy_node(s, c, dir, f, f->name);
	path_pop(&s->path, path);
	path_pop(&c->target_path, target_len);
}

static int source_compare_names(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

char **tree_read_names(const struct tree_ops *ops, struct copy *c,
		       struct tree_dir *dir, size_t *count, int *err)
{
	char **names = NULL;
	const char *name;
	size_t size = 0;

	*count = 0;
	while (!copy_stopped(c) && (name = ops->dir_next(dir, err))) {
		if (path_is_dots(name))
			continue;
		if (*count == size)
			names = xgrow(names, &size, sizeof(*names));
		names[(*count)++] = xstrdup(name);
	}
	return names;
}

/* The names in a directory; @sorted is NULL if their order does not matter. */
struct source_names {
	struct tree_source *s;
	struct copy *c;
	struct tree_dir *dir;
	char **sorted;
	size_t count;
	size_t at;
	int err;
};

static const char *source_next_name(void *arg)
{
	struct source_names *n = arg;
	const char *name;

	if (copy_stopped(n->c))
		return NULL;
	if (n->s->sorted)
		return n->at < n->count ? n->sorted[n->at++] : NULL;
	do
		name = n->s->ops->dir_next(n->dir, &n->err);
	while (name && path_is_dots(name));
	return name;
}

static void source_sort_names(struct source_names *n)
{
	n->sorted = tree_read_names(n->s->ops, n->c, n->dir, &n->count, &n->err);
	if (n->count)
		qsort(n->sorted, n->count, sizeof(*n->sorted),
		      source_compare_names);
}

static void source_free_names(struct source_names *n)
{
	while (n->count)
		free(n->sorted[--n->count]);
	free(n->sorted);
}

/* Copy all files of directory @fd, and close @fd. */
static void source_copy_entries(struct tree_source *s, struct copy *c, int fd)
{
	struct source_names names = { .s = s, .c = c };
	struct ahead_dir *ahead;
	struct ahead_file *f;

	names.dir = s->ops->dir_open(fd, &names.err);
	if (!names.dir) {
		source_error(s, c, "read directory", names.err);
		return;
	}
	if (s->sorted)
		source_sort_names(&names);
	ahead = ahead_begin(&s->ahead, fd, source_next_name, &names);
	while (!copy_stopped(c) && (f = ahead_take(ahead))) {
		source_copy_entry(s, c, fd, f);
		ahead_put(ahead);
	}
	ahead_end(ahead);
	if (!copy_stopped(c) && names.err < 0)
		source_error(s, c, "read directory", names.err);
	source_free_names(&names);
	s->ops->dir_close(names.dir);
}

static void source_copy_dir(struct tree_source *s, struct copy *c, int dir,
			    struct ahead_file *f, const char *as)
{
	int fd = f->fd >= 0 ? f->fd : s->ops->open(dir, f->name, TREE_DIR, 0);
	struct source_file p = { fd, NULL };

	/* Reading the directory closes its descriptor. */
	f->fd = -1;
	if (fd < 0) {
		source_error(s, c, "open directory", fd);
		return;
	}
	source_report_node(s, c, fd, &f->node);
	source_get_flags(s, c, fd, &f->node);
	copy_emit_node(c, EVENT_DIR, 0, as, &f->node, NULL);
	source_emit_xattrs(s, c, &p);
	source_copy_entries(s, c, fd);
	copy_emit(c, EVENT_LEAVE, 0, NULL);
}

/* Copy a file of any type.  Open a regular file, if it is not open yet. */
static void source_copy_type(struct tree_source *s, struct copy *c, int dir,
			     struct ahead_file *f, const char *as)
{
	uint32_t type = f->node.mode & NODE_TYPE;
	struct source_file p = { dir, f->name };

	copy_print_name(c, s->path.str);
	if (type == NODE_DIR) {
		source_copy_dir(s, c, dir, f, as);
	} else if (source_emit_link(s, c, &p, &f->node)) {
		return;
	} else if (type == NODE_FILE) {
		if (f->fd < 0)
			f->fd = s->ops->open(dir, f->name, TREE_READ, 0);
		source_copy_file(s, c, f, as);
	} else {
		source_copy_other(s, c, dir, f->name, as, &f->node);
	}
}

static void source_copy_node(struct tree_source *s, struct copy *c, int dir,
			     struct ahead_file *f, const char *as)
{
	if (f->err < 0)
		source_error(s, c, "access", f->err);
	else if (s->ops == &host_tree && copy_is_image(c, &f->node))
		report_warning("'%s' is left out: this file is the image",
			       s->path.str);
	else
		source_copy_type(s, c, dir, f, as);
}

/*
 * Emit the attributes of a directory whose contents were copied to the root of
 * the target.  They come last, as they may forbid to create files.
 */
static void source_emit_root(struct tree_source *s, struct copy *c, int fd)
{
	struct source_file p = { fd, NULL };
	struct tree_node node;
	int err = s->ops->stat(fd, ".", &node);

	if (err < 0) {
		source_error(s, c, "access", err);
		return;
	}
	source_get_flags(s, c, fd, &node);
	/* Times are set again when all files are there. */
	copy_emit_node(c, EVENT_DIR, EVENT_AGAIN, ".", &node, NULL);
	source_emit_xattrs(s, c, &p);
	copy_emit(c, EVENT_LEAVE, 0, NULL);
}

static void source_copy_contents(struct tree_source *s, struct copy *c,
				 const char *path)
{
	int fd = s->ops->open(TREE_CWD, path, TREE_DIR, 0);
	int own = -1;

	if (fd < 0) {
		source_error(s, c, "open directory", fd);
		return;
	}
	/* Reading the directory closes its descriptor. */
	if (c->opt.keep_owner)
		own = s->ops->open(fd, ".", TREE_DIR, 0);
	source_copy_entries(s, c, fd);
	if (own >= 0) {
		source_emit_root(s, c, own);
		s->ops->close(own);
	} else if (c->opt.keep_owner) {
		source_error(s, c, "open directory", own);
	}
}

static void source_copy_root(struct tree_source *s, struct copy *c,
			     const struct source_root *root)
{
	struct ahead_file f = { .name = root->path };

	path_set(&s->path, root->path);
	path_set(&c->target_path, root->name ? root->name : "");
	if (root->name) {
		ahead_open(s->ops, TREE_CWD, root->path, &f);
		source_copy_node(s, c, TREE_CWD, &f, root->name);
		if (f.fd >= 0)
			s->ops->close(f.fd);
		return;
	}
	source_copy_contents(s, c, root->path);
}

static void tree_source_run(struct copy_source *source, struct copy *c)
{
	struct tree_source *s = container_of(source, struct tree_source, base);
	struct source_root *root;

	list_for_each(root, &s->roots, link) {
		if (copy_stopped(c))
			break;
		source_copy_root(s, c, root);
	}
	ahead_stop(&s->ahead);
}

void tree_source_add(struct tree_source *s, const char *path,
		     const char *name)
{
	struct source_root *root = xzalloc(sizeof(*root));

	root->path = xstrdup(path);
	root->name = name ? xstrdup(name) : NULL;
	list_add_tail(&s->roots, &root->link);
}

void tree_source_init(struct tree_source *s, const struct tree_ops *ops)
{
	*s = (struct tree_source) {
		.base.run = tree_source_run,
		.ops = ops,
		.names = xrealloc(NULL, NAMES_SIZE),
		.value = xrealloc(NULL, SOURCE_VALUE_SIZE),
	};
	list_init(&s->roots);
	ahead_init(&s->ahead, ops);
}

void tree_source_exit(struct tree_source *s)
{
	struct source_root *root, *next;

	list_for_each_safe(root, next, &s->roots, link) {
		free(root->path);
		free(root->name);
		free(root);
	}
	ahead_exit(&s->ahead);
	links_free(&s->links);
	path_free(&s->path);
	free(s->names);
	free(s->value);
}
