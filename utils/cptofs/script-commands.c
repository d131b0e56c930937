// SPDX-License-Identifier: GPL-2.0
/*
 * What the lines of a script do.  Paths are those of the image, which is the
 * root directory of this thread; only the sources of cp are the host's.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include <lkl.h>

#include "common/alloc.h"
#include "common/report.h"
#include "cptofs/chmod-mode.h"
#include "cptofs/script-commands.h"
#include "cptofs/destination.h"

static const struct tree_ops *const fs = &lkl_tree;

static bool has(const struct script_op *op, char letter)
{
	return op->options & 1U << (letter - 'a');
}

static int fail(const struct script_op *op, const char *path, const char *why)
{
	report_error("%s: %s: '%s': %s", op->where, op->cmd->name, path, why);
	return -1;
}

/* 0, or -1 after a message if it is an error. */
static int result(const struct script_op *op, const char *path, long err)
{
	return err < 0 ? fail(op, path, lkl_strerror(err)) : 0;
}

/* Calls @one for each of the arguments. */
static int for_all(const struct script_op *op, struct copy *c,
		   int (*one)(const struct script_op *op, struct copy *c,
			      const char *path))
{
	int i, ret = 0;

	for (i = 0; !ret && i < op->count && !copy_stopped(c); i++) {
		char *path = path_in_image(op->args[i]);

		ret = one(op, c, path);
		free(path);
	}
	return ret;
}

/* Directories and what is in them: that first. */
struct walk {
	const struct script_op *op;
	struct copy *c;
	struct copy_path path;
	int (*visit)(struct walk *w, int dir, const char *name,
		     const struct tree_node *node);
};

static int walk(struct walk *w, int dir, const char *name);

/* All names at once: the directory may change meanwhile. */
static char **read_names(struct tree_dir *d, size_t *count, int *err)
{
	char **names = NULL;
	const char *name;
	size_t size = 0;

	*count = 0;
	while ((name = fs->dir_next(d, err))) {
		if (!strcmp(name, ".") || !strcmp(name, ".."))
			continue;
		if (*count == size)
			names = xgrow(names, &size, sizeof(*names));
		names[(*count)++] = xstrdup(name);
	}
	return names;
}

static int walk_entries(struct walk *w, int fd)
{
	int err = 0, ret = 0;
	struct tree_dir *d = fs->dir_open(fd, &err);
	char **names;
	size_t i, n;

	if (!d)
		return result(w->op, w->path.str, err);
	names = read_names(d, &n, &err);
	ret = result(w->op, w->path.str, err);
	for (i = 0; i < n; i++) {
		if (!ret && !copy_stopped(w->c)) {
			size_t old = path_push(&w->path, names[i]);

			ret = walk(w, fd, names[i]);
			path_pop(&w->path, old);
		}
		free(names[i]);
	}
	free(names);
	fs->dir_close(d);
	return ret;
}

static int walk(struct walk *w, int dir, const char *name)
{
	struct tree_node node;
	int fd, ret = fs->stat(dir, name, &node);

	copy_step(w->c);
	if (ret < 0)
		return result(w->op, w->path.str, ret);
	if ((node.mode & NODE_TYPE) == NODE_DIR) {
		fd = lkl_sys_openat(dir == TREE_CWD ? LKL_AT_FDCWD : dir, name,
				    LKL_O_RDONLY | LKL_O_DIRECTORY |
				    LKL_O_NOFOLLOW, 0);
		if (fd < 0)
			return result(w->op, w->path.str, fd);
		ret = walk_entries(w, fd);
	}
	return ret ? ret : w->visit(w, dir, name, &node);
}

static int walk_from(const struct script_op *op, struct copy *c,
		     const char *path,
		     int (*visit)(struct walk *w, int dir, const char *name,
				  const struct tree_node *node))
{
	struct walk w = { .op = op, .c = c, .visit = visit };
	int ret;

	path_set(&w.path, path);
	ret = walk(&w, TREE_CWD, path);
	path_free(&w.path);
	return ret;
}

/* The directory that @path lies in has just been changed as well. */
static long clamp_parent(struct copy *c, const char *path)
{
	struct tree_node node = {
		.atime.sec = c->opt.mtime_max,
		.mtime.sec = c->opt.mtime_max,
	};
	char *dir;
	long err;

	if (time(NULL) <= c->opt.mtime_max)
		return 0;
	dir = xstrdup(path);
	strrchr(dir, '/')[1] = 0;
	err = fs->set_times(TREE_CWD, dir, &node);
	free(dir);
	return err;
}

/* What is created gets the owner, the label and the time that all get. */
static int finish_new(const struct script_op *op, struct copy *c,
		      const char *path)
{
	const struct copy_options *o = &c->opt;
	struct tree_node node = { .mtime.sec = time(NULL) };
	bool owned = (o->owner && o->owner != OWNER_LEAVE) ||
		     (o->group && o->group != OWNER_LEAVE);
	long err = 0;

	if (owned)
		err = fs->chown(TREE_CWD, path, o->owner, o->group);
	if (err >= 0 && o->label)
		err = fs->set_xattr(TREE_CWD, path, "security.selinux",
				    o->label, strlen(o->label) + 1);
	if (err >= 0 && node.mtime.sec > o->mtime_max) {
		node.mtime.sec = o->mtime_max;
		node.atime = node.mtime;
		err = fs->set_times(TREE_CWD, path, &node);
	}
	if (err >= 0)
		err = clamp_parent(c, path);
	return result(op, path, err);
}

/* cp */

static int check_sources(const struct script_op *op, int n)
{
	struct stat st;
	int i;

	for (i = 0; i < n; i++) {
		if (lstat(op->args[i], &st))
			return fail(op, op->args[i], strerror(errno));
		if (S_ISDIR(st.st_mode) && !has(op, 'r') && !has(op, 'a'))
			return fail(op, op->args[i],
				    "this is a directory, use -r or -a");
	}
	return 0;
}

static int run_cp(const struct script_op *op, struct copy *c)
{
	struct copy_options saved = c->opt;
	int i, ret, n = op->count - 1;
	struct tree_source source;
	struct target target;
	char *to;

	if (check_sources(op, n))
		return -1;
	if (has(op, 'a')) {
		c->opt.keep_owner = true;
		c->opt.owner = OWNER_LEAVE;
		c->opt.group = OWNER_LEAVE;
	}
	to = path_in_image(op->args[n]);
	ret = target_open(&target, c, fs, to, n);
	if (!ret) {
		tree_source_init(&source, &host_tree);
		for (i = 0; i < n; i++)
			target_add_host(&target, c, &source, op->args[i]);
		copy_run(c, &source.base, &target.sink.base, CALLER_WRITES);
		tree_source_exit(&source);
		target_close(&target);
	}
	free(to);
	c->opt = saved;
	return ret || c->failed ? fail(op, op->args[n],
				       "not everything was copied") : 0;
}

/* mkdir */

static const char *check_mode(struct script_op *op)
{
	uint32_t mode;

	return op->value && !mode_change(op->value, 0, false, &mode) ?
	       "this is not a mode" : NULL;
}

static bool is_dir(const char *path)
{
	int fd = fs->open(TREE_CWD, path, TREE_DIR, 0);

	if (fd >= 0)
		fs->close(fd);
	return fd >= 0;
}

static int make_dir(const struct script_op *op, struct copy *c,
		    const char *path)
{
	int err = fs->mkdir(TREE_CWD, path, 0755);

	if (has(op, 'p') && fs->exists(err) && is_dir(path))
		return 0;
	return err < 0 ? result(op, path, err) : finish_new(op, c, path);
}

static int make_parents(const struct script_op *op, struct copy *c, char *path)
{
	char *slash = path;
	int ret = 0;

	while (!ret && (slash = strchr(slash + 1, '/'))) {
		*slash = 0;
		ret = make_dir(op, c, path);
		*slash = '/';
	}
	return ret;
}

static int mkdir_one(const struct script_op *op, struct copy *c,
		     const char *path)
{
	bool there = is_dir(path);
	char *copy = xstrdup(path);
	uint32_t mode;
	int ret = has(op, 'p') ? make_parents(op, c, copy) : 0;

	free(copy);
	if (!ret)
		ret = make_dir(op, c, path);
	if (!ret && op->value && !there) {
		mode_change(op->value, 0777, true, &mode);
		ret = result(op, path, fs->chmod(TREE_CWD, path, mode));
	}
	return ret;
}

static int run_mkdir(const struct script_op *op, struct copy *c)
{
	return for_all(op, c, mkdir_one);
}

/* chmod, chown: the first argument is what to change to */

static void drop_first(struct script_op *op)
{
	free(op->value);
	op->value = op->args[0];
	op->count--;
	memmove(op->args, op->args + 1, (op->count + 1) * sizeof(*op->args));
}

static const char *check_chmod(struct script_op *op)
{
	drop_first(op);
	return check_mode(op);
}

static int chmod_visit(struct walk *w, int dir, const char *name,
		       const struct tree_node *node)
{
	bool is_dir = (node->mode & NODE_TYPE) == NODE_DIR;
	uint32_t mode;

	/* They have none. */
	if ((node->mode & NODE_TYPE) == NODE_SYMLINK)
		return 0;
	mode_change(w->op->value, node->mode & 07777, is_dir, &mode);
	return result(w->op, w->path.str, fs->chmod(dir, name, mode));
}

static int chmod_one(const struct script_op *op, struct copy *c,
		     const char *path)
{
	struct lkl_stat st;
	uint32_t mode;
	long err;

	if (has(op, 'r'))
		return walk_from(op, c, path, chmod_visit);
	err = lkl_sys_stat(path, &st);
	if (err < 0)
		return result(op, path, err);
	mode_change(op->value, st.st_mode & 07777,
		    (st.st_mode & NODE_TYPE) == NODE_DIR, &mode);
	return result(op, path, fs->chmod(TREE_CWD, path, mode));
}

static int run_chmod(const struct script_op *op, struct copy *c)
{
	return for_all(op, c, chmod_one);
}

static bool parse_id(const char *s, const char **end, uint32_t *id)
{
	unsigned long long n;
	char *e;

	if (*s < '0' || *s > '9')
		return false;
	errno = 0;
	n = strtoull(s, &e, 10);
	*end = e;
	*id = n;
	return !errno && n < OWNER_LEAVE;
}

/* "uid", "uid:gid", ":gid" */
static const char *check_chown(struct script_op *op)
{
	static const char wrong[] = "an owner is UID, UID:GID or :GID, in numbers";
	const char *p;

	drop_first(op);
	p = op->value;
	op->uid = OWNER_LEAVE;
	op->gid = OWNER_LEAVE;
	if (*p != ':' && !parse_id(p, &p, &op->uid))
		return wrong;
	if (*p == ':' && !parse_id(p + 1, &p, &op->gid))
		return wrong;
	return *p ? wrong : NULL;
}

static int chown_visit(struct walk *w, int dir, const char *name,
		       const struct tree_node *node)
{
	return result(w->op, w->path.str,
		      fs->chown(dir, name, w->op->uid, w->op->gid));
}

static int chown_one(const struct script_op *op, struct copy *c,
		     const char *path)
{
	if (has(op, 'r'))
		return walk_from(op, c, path, chown_visit);
	return result(op, path, lkl_sys_fchownat(LKL_AT_FDCWD, path, op->uid,
						 op->gid, has(op, 'h') ?
						 LKL_AT_SYMLINK_NOFOLLOW : 0));
}

static int run_chown(const struct script_op *op, struct copy *c)
{
	return for_all(op, c, chown_one);
}

/* ln */

static int run_ln(const struct script_op *op, struct copy *c)
{
	char *from = path_in_image(op->args[0]);
	char *name = path_in_image(op->args[1]);
	bool soft = has(op, 's');
	long err;
	int ret;

	if (is_dir(name)) {
		char *in = path_join(name, path_base(from));

		free(name);
		name = in;
	}
	if (has(op, 'f') && strcmp(from, name)) {
		err = fs->unlink(TREE_CWD, name);
		if (err == -LKL_ENOENT)
			err = 0;
	} else {
		err = 0;
	}
	if (err >= 0)
		err = soft ? fs->symlink(op->args[0], TREE_CWD, name) :
			     fs->link(TREE_CWD, from, TREE_CWD, name);
	if (err >= 0 && !soft)
		err = clamp_parent(c, name);
	ret = err >= 0 && soft ? finish_new(op, c, name) :
				 result(op, name, err);
	free(from);
	free(name);
	return ret;
}

/* rm */

static int rm_visit(struct walk *w, int dir, const char *name,
		    const struct tree_node *node)
{
	bool is_dir = (node->mode & NODE_TYPE) == NODE_DIR;

	return result(w->op, w->path.str,
		      lkl_sys_unlinkat(dir == TREE_CWD ? LKL_AT_FDCWD : dir,
				       name, is_dir ? LKL_AT_REMOVEDIR : 0));
}

static int rm_one(const struct script_op *op, struct copy *c, const char *path)
{
	struct tree_node node;
	int err = fs->stat(TREE_CWD, path, &node);

	if (err == -LKL_ENOENT && has(op, 'f'))
		return 0;
	if (err < 0)
		return result(op, path, err);
	if ((node.mode & NODE_TYPE) == NODE_DIR && !has(op, 'r'))
		return fail(op, path, "this is a directory, use -r");
	if (walk_from(op, c, path, rm_visit))
		return -1;
	return result(op, path, clamp_parent(c, path));
}

static int run_rm(const struct script_op *op, struct copy *c)
{
	return for_all(op, c, rm_one);
}

static const char *check_rm(struct script_op *op)
{
	int i;

	for (i = 0; i < op->count; i++) {
		char *path = path_in_image(op->args[i]);
		bool bad = !path[1] || path_has_no_name(path);

		free(path);
		if (bad)
			return "the root directory, \".\" and \"..\" are not removed";
	}
	return NULL;
}

/* mknod */

static const char *check_mknod(struct script_op *op)
{
	const char *type = op->args[1], *end;
	bool fifo = !strcmp(type, "p");

	if (strlen(type) != 1 || !strchr("bcup", *type))
		return "the type is b, c or p";
	if (op->count != (fifo ? 2 : 4))
		return fifo ? "a FIFO has no numbers" :
		       "a device has two numbers";
	op->node.mode = fifo ? NODE_FIFO : *type == 'b' ? NODE_BLOCK :
			NODE_CHAR;
	if (!fifo && (!parse_id(op->args[2], &end, &op->node.rdev_major) ||
		      *end || op->node.rdev_major >= 1U << 12 ||
		      !parse_id(op->args[3], &end, &op->node.rdev_minor) ||
		      *end || op->node.rdev_minor >= 1U << 20))
		return "this is not the number of a device";
	return check_mode(op);
}

static int run_mknod(const struct script_op *op, struct copy *c)
{
	char *path = path_in_image(op->args[0]);
	struct tree_node node = op->node;
	uint32_t mode = 0644;
	int ret;

	if (op->value)
		mode_change(op->value, 0666, false, &mode);
	node.mode |= mode;
	ret = result(op, path, fs->mknod(TREE_CWD, path, &node));
	if (!ret)
		ret = finish_new(op, c, path);
	/* A change of the owner takes some of it away. */
	if (!ret)
		ret = result(op, path, fs->chmod(TREE_CWD, path, mode));
	free(path);
	return ret;
}

/* truncate, touch */

static const char *check_truncate(struct script_op *op)
{
	static const char units[] = "KMGT";
	const char *unit;
	char *end;

	if (!op->value || *op->value < '0' || *op->value > '9')
		return "use -s SIZE";
	errno = 0;
	op->size = strtoull(op->value, &end, 10);
	unit = *end ? strchr(units, *end) : NULL;
	if (errno || (*end && (!unit || end[1])))
		return "a size is a number, K, M, G or T may follow";
	if (unit) {
		int shift = 10 * (unit - units + 1);

		if (op->size >> (63 - shift))
			return "this is too large";
		op->size <<= shift;
	}
	return op->size >> 63 ? "this is too large" : NULL;
}

/* Opens @path, or makes it. */
static int open_file(const struct script_op *op, struct copy *c,
		     const char *path, long *fd)
{
	*fd = lkl_sys_open(path, LKL_O_WRONLY | LKL_O_NONBLOCK, 0);
	if (*fd != -LKL_ENOENT)
		return result(op, path, *fd);
	*fd = lkl_sys_open(path, LKL_O_WRONLY | LKL_O_CREAT, 0644);
	if (*fd < 0)
		return result(op, path, *fd);
	return finish_new(op, c, path);
}

static int truncate_one(const struct script_op *op, struct copy *c,
			const char *path)
{
	struct tree_node node = { .mtime.sec = time(NULL) };
	long fd, err;
	int ret = open_file(op, c, path, &fd);

	if (fd < 0)
		return -1;
	if (!ret)
		ret = result(op, path, lkl_sys_ftruncate(fd, op->size));
	if (!ret && node.mtime.sec > c->opt.mtime_max) {
		node.mtime.sec = c->opt.mtime_max;
		node.atime = node.mtime;
		ret = result(op, path, fs->set_times(fd, NULL, &node));
	}
	err = lkl_sys_close(fd);
	return ret ? ret : result(op, path, err);
}

static int run_truncate(const struct script_op *op, struct copy *c)
{
	return for_all(op, c, truncate_one);
}

static int touch_one(const struct script_op *op, struct copy *c,
		     const char *path)
{
	struct tree_node node = { .mtime.sec = time(NULL) };
	long fd = lkl_sys_open(path, LKL_O_RDONLY | LKL_O_NONBLOCK, 0);
	long err;
	int ret;

	if (fd < 0 && open_file(op, c, path, &fd))
		return -1;
	if (node.mtime.sec > c->opt.mtime_max)
		node.mtime.sec = c->opt.mtime_max;
	node.atime = node.mtime;
	ret = result(op, path, fs->set_times(fd, NULL, &node));
	err = lkl_sys_close(fd);
	return ret ? ret : result(op, path, err);
}

static int run_touch(const struct script_op *op, struct copy *c)
{
	return for_all(op, c, touch_one);
}

const struct script_command script_commands[] = {
	{ "cp", "arR", 2, -1, NULL, run_cp },
	{ "mkdir", "pm:", 1, -1, check_mode, run_mkdir },
	{ "chmod", "R", 2, -1, check_chmod, run_chmod },
	{ "chown", "Rh", 2, -1, check_chown, run_chown },
	{ "ln", "sf", 2, 2, NULL, run_ln },
	{ "rm", "rRf", 1, -1, check_rm, run_rm },
	{ "mknod", "m:", 2, 4, check_mknod, run_mknod },
	{ "truncate", "s:", 1, -1, check_truncate, run_truncate },
	{ "touch", "", 1, -1, NULL, run_touch },
	{ }
};
