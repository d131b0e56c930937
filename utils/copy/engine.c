// SPDX-License-Identifier: GPL-2.0
/*
 * Copying trees from one side to the other.
 *
 * Works relative to open directories, so that neither the length of a path nor
 * somebody who renames a directory meanwhile matters; paths are for messages.
 * What cannot be copied is reported, and the rest goes on, unless the target is
 * full or broken.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine.h"

#define BUF_SIZE	(1 << 20)
#define LINK_BUCKETS	4096
#define TARGET_MAX	4096
/* The kernel lists no more. */
#define NAMES_SIZE	65536

/* A path that grows and shrinks by components. */
struct copy_path {
	char *str;
	size_t len;
	size_t size;
};

/* A file with several names, and the first of them in the target. */
struct copy_link {
	struct copy_link *next;
	uint64_t dev;
	uint64_t ino;
	char path[];
};

/* Flags that would be in the way of other names and attributes. */
struct copy_flags {
	struct copy_flags *next;
	uint32_t flags;
	char path[];
};

/* Messages */

/* Users know nothing of where an image is mounted inside LKL. */
static const char *shown(const struct copy *c, const char *path)
{
	size_t n = c->image_root ? strlen(c->image_root) : 0;

	if (!n || strncmp(path, c->image_root, n) ||
	    (path[n] && path[n] != '/'))
		return path;
	return path[n] ? path + n : "/";
}

static void fail(struct copy *c, const char *what, const struct copy_path *p,
		 const struct tree_ops *side, int err)
{
	/* A target that is full or broken fails at every step; once is enough. */
	if (c->stop && c->failed && side == c->to)
		return;
	fprintf(stderr, "%s: cannot %s '%s': %s\n", c->program, what,
		shown(c, p->str), side->strerror(err));
	c->failed = true;
	if (side == c->to && side->is_fatal(err))
		c->stop = true;
}

/* The target cannot hold an attribute: say so once, unless it is an error. */
static void lose(struct copy *c, enum copy_loss loss, const char *what, int err)
{
	if (c->opt.strict) {
		fail(c, what, c->dst, c->to, err);
		return;
	}
	if (c->lost & 1U << loss)
		return;
	c->lost |= 1U << loss;
	fprintf(stderr, "%s: warning: cannot %s '%s': %s; nor of others, perhaps\n",
		c->program, what, shown(c, c->dst->str), c->to->strerror(err));
}

/* 0 or, after a message, an error; what the target cannot hold is none. */
static int attribute(struct copy *c, enum copy_loss loss, const char *what,
		     int err)
{
	if (err >= 0)
		return 0;
	if (c->to->cannot_hold(err)) {
		lose(c, loss, what, err);
		return 0;
	}
	fail(c, what, c->dst, c->to, err);
	return err;
}

static bool stopped(struct copy *c)
{
	if (*c->interrupted)
		c->stop = true;
	return c->stop;
}

static void step(struct copy *c)
{
	++*c->steps;
	if (c->progress)
		c->progress(c);
}

/* Paths */

static void *xrealloc(void *p, size_t size)
{
	p = realloc(p, size);
	if (!p) {
		fputs("out of memory\n", stderr);
		abort();
	}
	return p;
}

static size_t path_push(struct copy_path *p, const char *name)
{
	size_t old = p->len, n = strlen(name);
	bool slash = old && p->str[old - 1] != '/';

	if (p->size < old + n + 2) {
		p->size = (old + n + 2) * 2;
		p->str = xrealloc(p->str, p->size);
	}
	if (slash)
		p->str[p->len++] = '/';
	memcpy(p->str + p->len, name, n + 1);
	p->len += n;
	return old;
}

static void path_pop(struct copy_path *p, size_t old)
{
	p->len = old;
	p->str[old] = 0;
}

/* Data */

static int write_all(struct copy *c, int out, size_t len)
{
	size_t done = 0;

	while (done < len) {
		long n = c->to->write(out, c->buf + done, len - done);

		if (n < 0) {
			fail(c, "write", c->dst, c->to, n);
			return -1;
		}
		done += n;
	}
	c->bytes += len;
	step(c);
	return 0;
}

/* Up to @len bytes from here; fewer when the file ends before. */
static int copy_range(struct copy *c, int in, int out, uint64_t len)
{
	while (len && !stopped(c)) {
		size_t want = len < BUF_SIZE ? len : BUF_SIZE;
		long n = c->from->read(in, c->buf, want);

		if (n < 0) {
			fail(c, "read", c->src, c->from, n);
			return -1;
		}
		if (n == 0) {
			fprintf(stderr, "%s: '%s' became shorter while it was copied\n",
				c->program, shown(c, c->src->str));
			c->failed = true;
			return -1;
		}
		if (write_all(c, out, n))
			return -1;
		len -= n;
	}
	return c->stop ? -1 : 0;
}

/* Only what is not a hole. */
static int copy_sparse(struct copy *c, int in, int out, uint64_t size)
{
	int64_t data, pos, hole = 0;
	int err;

	while ((uint64_t)hole < size) {
		data = c->from->seek_data(in, hole);
		if (c->from->no_data(data))
			break;
		if (data >= 0)
			hole = c->from->seek_hole(in, data);
		if (data < 0 || hole < 0 || c->from->seek_set(in, data) < 0) {
			fail(c, "find data of", c->src, c->from,
			     data < 0 ? data : hole);
			return -1;
		}
		if ((uint64_t)hole > size)
			hole = size;
		pos = c->to->seek_set(out, data);
		if (pos < 0) {
			fail(c, "seek in", c->dst, c->to, pos);
			return -1;
		}
		if (copy_range(c, in, out, hole - data))
			return -1;
	}
	err = c->to->truncate(out, size);
	if (err < 0)
		fail(c, "extend", c->dst, c->to, err);
	return err < 0 ? -1 : 0;
}

static int copy_data(struct copy *c, int in, int out,
		     const struct tree_node *node)
{
	if (node->blocks * 512 < node->size)
		return copy_sparse(c, in, out, node->size);
	return copy_range(c, in, out, node->size);
}

/* Attributes */

/* A program is not to become somebody's who did not write it. */
static int set_owner(struct copy *c, int dir, const char *name,
		     struct tree_node *node)
{
	uint32_t uid = c->opt.keep_owner ? node->uid : c->opt.owner;
	uint32_t gid = c->opt.keep_owner ? node->gid : c->opt.group;
	int err;

	/* (uint32_t)-1: leave it, as chown(2) does. */
	if (uid == UINT32_MAX && gid == UINT32_MAX)
		return 0;
	err = c->to->chown(dir, name, uid, gid);
	if (err < 0)
		node->mode &= ~06000U;
	return attribute(c, LOST_OWNER, "set owner of", err);
}

static bool is_acl(const char *attr)
{
	return !strcmp(attr, "system.posix_acl_access") ||
	       !strcmp(attr, "system.posix_acl_default");
}

/* What a type of file system shows of itself is not for another. */
static bool is_wanted(const struct copy *c, const char *attr)
{
	static const char *const spaces[] = {
		"user.", "trusted.", "security.",
	};
	size_t i;

	/* Labels of this host are not those of another system. */
	if (!strcmp(attr, "security.selinux") &&
	    (c->opt.label || !c->opt.keep_owner))
		return false;
	/* XFS shows access lists in its own form as well. */
	if (!strncmp(attr, "trusted.SGI_ACL_", 16))
		return false;
	if (c->opt.guarded && !strcmp(attr, "security.capability"))
		return false;
	for (i = 0; i < sizeof(spaces) / sizeof(spaces[0]); i++)
		if (!strncmp(attr, spaces[i], strlen(spaces[i])))
			return true;
	return is_acl(attr);
}

static int copy_xattr(struct copy *c, int from, const char *src, int to,
		      const char *dst, const char *attr)
{
	long len = c->from->get_xattr(from, src, attr, c->buf, BUF_SIZE);
	bool stop = c->stop;
	int err;

	if (len < 0) {
		fail(c, "read an attribute of", c->src, c->from, len);
		return len;
	}
	err = c->to->set_xattr(to, dst, attr, c->buf, len);
	if (is_acl(attr))
		err = attribute(c, LOST_ACL, "set access list of", err);
	else
		err = attribute(c, LOST_XATTR, "set extended attributes of",
				err);
	/* "No space": too large for its type, or the next write tells. */
	c->stop = stop;
	return err;
}

/* Access lists, or the others. */
static int copy_xattrs(struct copy *c, int from, const char *src, int to,
		       const char *dst, bool acls)
{
	long len = c->from->list_xattr(from, src, c->names, NAMES_SIZE);
	const char *attr;
	int err = 0;

	if (len < 0 && !c->from->cannot_hold(len)) {
		fail(c, "list attributes of", c->src, c->from, len);
		return len;
	}
	for (attr = c->names; !err && attr - c->names < len;
	     attr += strlen(attr) + 1)
		if (is_wanted(c, attr) && is_acl(attr) == acls)
			err = copy_xattr(c, from, src, to, dst, attr);
	return err;
}

static int set_mode(struct copy *c, int dir, const char *name,
		    const struct tree_node *node)
{
	uint32_t mode = node->mode;

	/* Who extracts an image does not vouch for the programs in it. */
	if (c->opt.guarded && node->uid != c->opt.uid)
		mode &= ~04000U;
	if (c->opt.guarded && node->gid != c->opt.gid)
		mode &= ~02000U;
	return attribute(c, LOST_MODE, "set mode of",
			 c->to->chmod(dir, name, mode & 07777));
}

static int set_label(struct copy *c, int dir, const char *name)
{
	const char *label = c->opt.label;

	return attribute(c, LOST_XATTR, "set SELinux label of",
			 c->to->set_xattr(dir, name, "security.selinux", label,
					  strlen(label) + 1));
}

/* A type that cannot be written says of all its files that they are immutable. */
static void remember_flags(struct copy *c, int from, const char *src)
{
	struct copy_flags *f;
	uint32_t flags = 0;
	int err = c->from->get_flags(from, src, &flags);

	if (err < 0 && !c->from->cannot_hold(err))
		fail(c, "read flags of", c->src, c->from, err);
	flags &= TREE_FLAGS;
	if (err < 0 || !flags)
		return;
	f = xrealloc(NULL, sizeof(*f) + c->dst->len + 1);
	f->flags = flags;
	memcpy(f->path, c->dst->str, c->dst->len + 1);
	f->next = c->flags;
	c->flags = f;
}

/*
 * The owner comes first, as its change clears set-user-ID and capabilities;
 * attributes while the file may be written; the mode before an access list,
 * which is more; times last, and flags at the end.  A step that fails keeps
 * none of the others from being done.
 */
static void set_attributes(struct copy *c, int from, const char *src, int dir,
			   const char *name, const struct tree_node *node)
{
	uint32_t type = node->mode & NODE_TYPE;
	struct tree_node times = *node;

	set_owner(c, dir, name, &times);
	copy_xattrs(c, from, src, dir, name, false);
	if (c->opt.label)
		set_label(c, dir, name);
	if (type != NODE_SYMLINK)
		set_mode(c, dir, name, &times);
	copy_xattrs(c, from, src, dir, name, true);
	if (times.mtime.sec > c->opt.mtime_max)
		times.mtime = (struct tree_time) { c->opt.mtime_max, 0 };
	if (times.atime.sec > c->opt.mtime_max)
		times.atime = (struct tree_time) { c->opt.mtime_max, 0 };
	attribute(c, LOST_TIMES, "set times of",
		  c->to->set_times(dir, name, &times));
	/* Opening others may do things. */
	if (node->flags && (type == NODE_FILE || type == NODE_DIR))
		remember_flags(c, from, src);
}

/* Files */

static struct copy_link **link_bucket(struct copy *c,
				      const struct tree_node *node)
{
	return &c->links[(node->ino ^ node->dev) % LINK_BUCKETS];
}

static void remember_link(struct copy *c, const struct tree_node *node)
{
	struct copy_link **bucket = link_bucket(c, node);
	struct copy_link *l = xrealloc(NULL, sizeof(*l) + c->dst->len + 1);

	l->dev = node->dev;
	l->ino = node->ino;
	memcpy(l->path, c->dst->str, c->dst->len + 1);
	l->next = *bucket;
	*bucket = l;
}

/* True: @node is in the target already, and has got one more name. */
static bool copy_link(struct copy *c, int to, const char *dst,
		      const struct tree_node *node)
{
	struct copy_link *l;
	int err;

	for (l = *link_bucket(c, node); l; l = l->next)
		if (l->ino == node->ino && l->dev == node->dev)
			break;
	if (!l)
		return false;
	err = c->to->link(l->path, to, dst);
	if (c->to->exists(err) && c->to->unlink(to, dst) >= 0)
		err = c->to->link(l->path, to, dst);
	if (err < 0)
		lose(c, LOST_LINKS, "link, but copy,", err);
	return err >= 0;
}

static int create_file(struct copy *c, int to, const char *dst)
{
	/* Nobody else's before it is complete; its own mode comes then. */
	int fd = c->to->open(to, dst, TREE_CREATE, 0600);

	/* As cp does: what is there is replaced. */
	if (c->to->exists(fd) && c->to->unlink(to, dst) >= 0)
		fd = c->to->open(to, dst, TREE_CREATE, 0600);
	if (fd < 0)
		fail(c, "create", c->dst, c->to, fd);
	return fd;
}

static void copy_file(struct copy *c, int from, const char *src, int to,
		      const char *dst, const struct tree_node *node)
{
	int in, out, err, ret;

	if (node->nlink > 1 && copy_link(c, to, dst, node))
		return;
	in = c->from->open(from, src, TREE_READ, 0);
	if (in < 0) {
		fail(c, "open", c->src, c->from, in);
		return;
	}
	out = create_file(c, to, dst);
	if (out >= 0) {
		ret = copy_data(c, in, out, node);
		err = c->to->close(out);
		if (err < 0)
			fail(c, "close", c->dst, c->to, err);
		if (!ret && err >= 0) {
			set_attributes(c, from, src, to, dst, node);
			if (node->nlink > 1)
				remember_link(c, node);
			c->files++;
		}
	}
	c->from->close(in);
}

static void copy_symlink(struct copy *c, int from, const char *src, int to,
			 const char *dst, const struct tree_node *node)
{
	char target[TARGET_MAX];
	long n = c->from->readlink(from, src, target, sizeof(target) - 1);
	int err;

	if (n < 0) {
		fail(c, "read link", c->src, c->from, n);
		return;
	}
	target[n] = 0;
	err = c->to->symlink(target, to, dst);
	if (c->to->exists(err) && c->to->unlink(to, dst) >= 0)
		err = c->to->symlink(target, to, dst);
	if (err < 0) {
		fail(c, "create symbolic link", c->dst, c->to, err);
		return;
	}
	set_attributes(c, from, src, to, dst, node);
	c->files++;
}

static void copy_special(struct copy *c, int from, const char *src, int to,
			 const char *dst, const struct tree_node *node)
{
	int err;

	if (node->nlink > 1 && copy_link(c, to, dst, node))
		return;
	err = c->to->mknod(to, dst, node);
	if (c->to->exists(err) && c->to->unlink(to, dst) >= 0)
		err = c->to->mknod(to, dst, node);
	if (err < 0) {
		fail(c, "create special file", c->dst, c->to, err);
		return;
	}
	set_attributes(c, from, src, to, dst, node);
	if (node->nlink > 1)
		remember_link(c, node);
	c->files++;
}

/* Directories */

static void copy_node(struct copy *c, int from, const char *src, int to,
		      const char *dst);

static void copy_entries(struct copy *c, int from, int to)
{
	int err;
	struct tree_dir *dir = c->from->dir_open(from, &err);
	const char *name;

	if (!dir) {
		fail(c, "read directory", c->src, c->from, err);
		return;
	}
	while (!stopped(c) && (name = c->from->dir_next(dir, &err))) {
		size_t src = path_push(c->src, name);
		size_t dst = path_push(c->dst, name);

		if (strcmp(name, ".") && strcmp(name, ".."))
			copy_node(c, from, name, to, name);
		path_pop(c->src, src);
		path_pop(c->dst, dst);
	}
	if (!c->stop && err < 0)
		fail(c, "read directory", c->src, c->from, err);
	c->from->dir_close(dir);
}

static int make_dir(struct copy *c, int to, const char *dst)
{
	struct tree_node old;
	/* Writable while it is filled; its own mode comes at the end. */
	int err = c->to->mkdir(to, dst, 0700);

	if (c->to->exists(err) && c->to->stat(to, dst, &old) >= 0 &&
	    (old.mode & NODE_TYPE) == NODE_DIR)
		err = 0;
	if (err < 0)
		fail(c, "create directory", c->dst, c->to, err);
	return err;
}

static void copy_dir(struct copy *c, int from, const char *src, int to,
		     const char *dst, const struct tree_node *node)
{
	int in, out;

	if (make_dir(c, to, dst) < 0)
		return;
	in = c->from->open(from, src, TREE_DIR, 0);
	if (in < 0) {
		fail(c, "open directory", c->src, c->from, in);
		return;
	}
	out = c->to->open(to, dst, TREE_DIR, 0);
	if (out < 0) {
		fail(c, "open directory", c->dst, c->to, out);
	} else {
		copy_entries(c, in, out);
		c->to->close(out);
		set_attributes(c, from, src, to, dst, node);
		c->files++;
	}
	c->from->close(in);
}

/* Names of an image may hold anything, also commands to a terminal. */
static void name_file(const char *path)
{
	for (; *path; path++)
		if ((unsigned char)*path < ' ' || *path == 0x7f)
			printf("\\%03o", (unsigned char)*path);
		else
			putchar(*path);
	putchar('\n');
}

static void copy_node(struct copy *c, int from, const char *src, int to,
		      const char *dst)
{
	struct tree_node node;
	int err = c->from->stat(from, src, &node);

	if (err < 0) {
		fail(c, "look at", c->src, c->from, err);
		return;
	}
	if (c->opt.verbose)
		name_file(shown(c, c->src->str));
	switch (node.mode & NODE_TYPE) {
	case NODE_FILE:
		copy_file(c, from, src, to, dst, &node);
		break;
	case NODE_DIR:
		copy_dir(c, from, src, to, dst, &node);
		break;
	case NODE_SYMLINK:
		copy_symlink(c, from, src, to, dst, &node);
		break;
	default:
		copy_special(c, from, src, to, dst, &node);
	}
	step(c);
}

void copy_path(struct copy *c, const char *src, const char *dst)
{
	path_push(c->src, src);
	path_push(c->dst, dst);
	if (!stopped(c))
		copy_node(c, TREE_CWD, src, TREE_CWD, dst);
	path_pop(c->src, 0);
	path_pop(c->dst, 0);
}

void copy_contents(struct copy *c, const char *src, const char *dst)
{
	int in, out = -1;

	path_push(c->src, src);
	path_push(c->dst, dst);
	in = c->from->open(TREE_CWD, src, TREE_DIR, 0);
	if (in < 0)
		fail(c, "open directory", c->src, c->from, in);
	else
		out = c->to->open(TREE_CWD, dst, TREE_DIR, 0);
	if (in >= 0 && out < 0)
		fail(c, "open directory", c->dst, c->to, out);
	if (out >= 0) {
		copy_entries(c, in, out);
		c->to->close(out);
	}
	if (in >= 0)
		c->from->close(in);
	path_pop(c->src, 0);
	path_pop(c->dst, 0);
}

/* A path may have gone: then something was reported. */
void copy_finish(struct copy *c)
{
	struct copy_flags *f;

	for (f = c->flags; f && !c->stop; f = f->next) {
		path_push(c->dst, f->path);
		attribute(c, LOST_FLAGS, "set flags of",
			  c->to->set_flags(TREE_CWD, f->path, f->flags));
		path_pop(c->dst, 0);
	}
}

int copy_init(struct copy *c)
{
	c->buf = malloc(BUF_SIZE);
	c->names = malloc(NAMES_SIZE);
	c->src = calloc(1, sizeof(*c->src));
	c->dst = calloc(1, sizeof(*c->dst));
	c->links = calloc(LINK_BUCKETS, sizeof(*c->links));
	if (!c->buf || !c->names || !c->src || !c->dst || !c->links) {
		copy_exit(c);
		return -1;
	}
	return 0;
}

void copy_exit(struct copy *c)
{
	int i;

	for (i = 0; c->links && i < LINK_BUCKETS; i++)
		while (c->links[i]) {
			struct copy_link *l = c->links[i];

			c->links[i] = l->next;
			free(l);
		}
	free(c->links);
	while (c->flags) {
		struct copy_flags *f = c->flags;

		c->flags = f->next;
		free(f);
	}
	free(c->names);
	if (c->src)
		free(c->src->str);
	if (c->dst)
		free(c->dst->str);
	free(c->src);
	free(c->dst);
	free(c->buf);
}
