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

static const struct tree_ops *const fs = &guest_tree;

static bool line_has(const struct script_line *line, char letter)
{
	return line->options & 1U << (letter - 'a');
}

static int line_error(const struct script_line *line, const char *path,
		      const char *why)
{
	report_error("%s: %s: '%s': %s", line->where, line->cmd->name, path,
		     why);
	return -1;
}

/* 0, or -1 after a message if it is an error. */
static int line_result(const struct script_line *line, const char *path,
		       long err)
{
	return err < 0 ? line_error(line, path, lkl_strerror(err)) : 0;
}

/* Calls @one for each of the arguments. */
static int line_for_each_path(const struct script_line *line, struct copy *c,
			      int (*one)(const struct script_line *line,
					 struct copy *c, const char *path))
{
	int i, ret = 0;

	for (i = 0; !ret && i < line->count && !copy_stopped(c); i++) {
		char *path = path_make_absolute(line->args[i]);

		ret = one(line, c, path);
		free(path);
	}
	return ret;
}

/* Directories and what is in them: that first. */
struct walk {
	const struct script_line *line;
	struct copy *c;
	struct path_buf path;
	int (*visit)(struct walk *w, int dir, const char *name,
		     const struct tree_node *node);
};

static int script_walk(struct walk *w, int dir, const char *name);

/* All names at once: the directory may change meanwhile. */
static char **script_read_names(struct tree_dir *d, size_t *count, int *err)
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

static int script_walk_entries(struct walk *w, int fd)
{
	int err = 0, ret = 0;
	struct tree_dir *d = fs->dir_open(fd, &err);
	char **names;
	size_t i, n;

	if (!d)
		return line_result(w->line, w->path.str, err);
	names = script_read_names(d, &n, &err);
	ret = line_result(w->line, w->path.str, err);
	for (i = 0; i < n; i++) {
		if (!ret && !copy_stopped(w->c)) {
			size_t old = path_push(&w->path, names[i]);

			ret = script_walk(w, fd, names[i]);
			path_pop(&w->path, old);
		}
		free(names[i]);
	}
	free(names);
	fs->dir_close(d);
	return ret;
}

static int script_walk(struct walk *w, int dir, const char *name)
{
	struct tree_node node;
	int fd, ret = fs->stat(dir, name, &node);

	copy_step(w->c);
	if (ret < 0)
		return line_result(w->line, w->path.str, ret);
	if ((node.mode & NODE_TYPE) == NODE_DIR) {
		fd = lkl_sys_openat(dir == TREE_CWD ? LKL_AT_FDCWD : dir, name,
				    LKL_O_RDONLY | LKL_O_DIRECTORY |
				    LKL_O_NOFOLLOW, 0);
		if (fd < 0)
			return line_result(w->line, w->path.str, fd);
		ret = script_walk_entries(w, fd);
	}
	return ret ? ret : w->visit(w, dir, name, &node);
}

static int script_walk_from(const struct script_line *line, struct copy *c,
			    const char *path,
			    int (*visit)(struct walk *w, int dir,
					 const char *name,
					 const struct tree_node *node))
{
	struct walk w = { .line = line, .c = c, .visit = visit };
	int ret;

	path_set(&w.path, path);
	ret = script_walk(&w, TREE_CWD, path);
	path_free(&w.path);
	return ret;
}

/* The directory that @path lies in has just been changed as well. */
static long script_clamp_parent(struct copy *c, const char *path)
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
static int script_finish_new(const struct script_line *line, struct copy *c,
			     const char *path)
{
	const struct copy_options *o = &c->opt;
	struct tree_node node = { .mtime.sec = time(NULL) };
	bool owned = (o->owner && o->owner != OWNER_UNCHANGED) ||
		     (o->group && o->group != OWNER_UNCHANGED);
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
		err = script_clamp_parent(c, path);
	return line_result(line, path, err);
}

/* cp */

static int cp_check_sources(const struct script_line *line, int n)
{
	struct stat st;
	int i;

	for (i = 0; i < n; i++) {
		if (lstat(line->args[i], &st))
			return line_error(line, line->args[i], strerror(errno));
		if (S_ISDIR(st.st_mode) && !line_has(line, 'r') &&
		    !line_has(line, 'a'))
			return line_error(line, line->args[i],
					  "this is a directory, use -r or -a");
	}
	return 0;
}

static int cp_run(const struct script_line *line, struct copy *c)
{
	struct copy_options saved = c->opt;
	int i, ret, n = line->count - 1;
	struct tree_source source;
	struct destination destination;
	char *to;

	if (cp_check_sources(line, n))
		return -1;
	if (line_has(line, 'a')) {
		c->opt.keep_owner = true;
		c->opt.owner = OWNER_UNCHANGED;
		c->opt.group = OWNER_UNCHANGED;
	}
	to = path_make_absolute(line->args[n]);
	ret = destination_open(&destination, c, fs, to, n);
	if (!ret) {
		tree_source_init(&source, &host_tree);
		for (i = 0; i < n; i++)
			destination_add_host(&destination, c, &source,
					     line->args[i]);
		copy_run(c, &source.base, &destination.sink.base, CALLER_WRITES);
		tree_source_exit(&source);
		destination_close(&destination);
	}
	free(to);
	c->opt = saved;
	return ret || c->failed ? line_error(line, line->args[n],
					     "not everything was copied") :
				  0;
}

/* mkdir */

static const char *check_mode_value(struct script_line *line)
{
	uint32_t mode;

	return line->value && !mode_change(line->value, 0, false, &mode) ?
		       "this is not a mode" :
		       NULL;
}

static bool script_is_dir(const char *path)
{
	int fd = fs->open(TREE_CWD, path, TREE_DIR, 0);

	if (fd >= 0)
		fs->close(fd);
	return fd >= 0;
}

static int mkdir_make(const struct script_line *line, struct copy *c,
		      const char *path)
{
	int err = fs->mkdir(TREE_CWD, path, 0755);

	if (line_has(line, 'p') && fs->is_exists(err) && script_is_dir(path))
		return 0;
	return err < 0 ? line_result(line, path, err) :
			 script_finish_new(line, c, path);
}

static int mkdir_make_parents(const struct script_line *line, struct copy *c,
			      char *path)
{
	char *slash = path;
	int ret = 0;

	while (!ret && (slash = strchr(slash + 1, '/'))) {
		*slash = 0;
		ret = mkdir_make(line, c, path);
		*slash = '/';
	}
	return ret;
}

static int mkdir_path(const struct script_line *line, struct copy *c,
		      const char *path)
{
	bool there = script_is_dir(path);
	char *copy = xstrdup(path);
	uint32_t mode;
	int ret = line_has(line, 'p') ? mkdir_make_parents(line, c, copy) : 0;

	free(copy);
	if (!ret)
		ret = mkdir_make(line, c, path);
	if (!ret && line->value && !there) {
		mode_change(line->value, 0777, true, &mode);
		ret = line_result(line, path, fs->chmod(TREE_CWD, path, mode));
	}
	return ret;
}

static int mkdir_run(const struct script_line *line, struct copy *c)
{
	return line_for_each_path(line, c, mkdir_path);
}

/* chmod, chown: the first argument is what to change to */

static void line_drop_first(struct script_line *line)
{
	free(line->value);
	line->value = line->args[0];
	line->count--;
	memmove(line->args, line->args + 1,
		(line->count + 1) * sizeof(*line->args));
}

static const char *chmod_check(struct script_line *line)
{
	line_drop_first(line);
	return check_mode_value(line);
}

static int chmod_visit(struct walk *w, int dir, const char *name,
		       const struct tree_node *node)
{
	bool is_dir = (node->mode & NODE_TYPE) == NODE_DIR;
	uint32_t mode;

	/* They have none. */
	if ((node->mode & NODE_TYPE) == NODE_SYMLINK)
		return 0;
	mode_change(w->line->value, node->mode & 07777, is_dir, &mode);
	return line_result(w->line, w->path.str, fs->chmod(dir, name, mode));
}

static int chmod_path(const struct script_line *line, struct copy *c,
		      const char *path)
{
	struct lkl_stat st;
	uint32_t mode;
	long err;

	if (line_has(line, 'r'))
		return script_walk_from(line, c, path, chmod_visit);
	err = lkl_sys_stat(path, &st);
	if (err < 0)
		return line_result(line, path, err);
	mode_change(line->value, st.st_mode & 07777,
		    (st.st_mode & NODE_TYPE) == NODE_DIR, &mode);
	return line_result(line, path, fs->chmod(TREE_CWD, path, mode));
}

static int chmod_run(const struct script_line *line, struct copy *c)
{
	return line_for_each_path(line, c, chmod_path);
}

static bool script_parse_id(const char *s, const char **end, uint32_t *id)
{
	unsigned long long n;
	char *e;

	if (*s < '0' || *s > '9')
		return false;
	errno = 0;
	n = strtoull(s, &e, 10);
	*end = e;
	*id = n;
	return !errno && n < OWNER_UNCHANGED;
}

/* "uid", "uid:gid", ":gid" */
static const char *chown_check(struct script_line *line)
{
	static const char wrong[] = "an owner is UID, UID:GID or :GID, in numbers";
	const char *p;

	line_drop_first(line);
	p = line->value;
	line->uid = OWNER_UNCHANGED;
	line->gid = OWNER_UNCHANGED;
	if (*p != ':' && !script_parse_id(p, &p, &line->uid))
		return wrong;
	if (*p == ':' && !script_parse_id(p + 1, &p, &line->gid))
		return wrong;
	return *p ? wrong : NULL;
}

static int chown_visit(struct walk *w, int dir, const char *name,
		       const struct tree_node *node)
{
	return line_result(w->line, w->path.str,
			   fs->chown(dir, name, w->line->uid, w->line->gid));
}

static int chown_path(const struct script_line *line, struct copy *c,
		      const char *path)
{
	if (line_has(line, 'r'))
		return script_walk_from(line, c, path, chown_visit);
	return line_result(line, path,
			   lkl_sys_fchownat(LKL_AT_FDCWD, path, line->uid,
					    line->gid,
					    line_has(line, 'h') ?
						    LKL_AT_SYMLINK_NOFOLLOW :
						    0));
}

static int chown_run(const struct script_line *line, struct copy *c)
{
	return line_for_each_path(line, c, chown_path);
}

/* ln */

static int ln_run(const struct script_line *line, struct copy *c)
{
	char *from = path_make_absolute(line->args[0]);
	char *name = path_make_absolute(line->args[1]);
	bool soft = line_has(line, 's');
	long err;
	int ret;

	if (script_is_dir(name)) {
		char *in = path_join(name, path_base(from));

		free(name);
		name = in;
	}
	if (line_has(line, 'f') && strcmp(from, name)) {
		err = fs->unlink(TREE_CWD, name);
		if (err == -LKL_ENOENT)
			err = 0;
	} else {
		err = 0;
	}
	if (err >= 0)
		err = soft ? fs->symlink(line->args[0], TREE_CWD, name) :
			     fs->link(TREE_CWD, from, TREE_CWD, name);
	if (err >= 0 && !soft)
		err = script_clamp_parent(c, name);
	ret = err >= 0 && soft ? script_finish_new(line, c, name) :
				 line_result(line, name, err);
	free(from);
	free(name);
	return ret;
}

/* rm */

static int rm_visit(struct walk *w, int dir, const char *name,
		    const struct tree_node *node)
{
	bool is_dir = (node->mode & NODE_TYPE) == NODE_DIR;

	return line_result(w->line, w->path.str,
			   lkl_sys_unlinkat(dir == TREE_CWD ? LKL_AT_FDCWD : dir,
					    name,
					    is_dir ? LKL_AT_REMOVEDIR : 0));
}

static int rm_path(const struct script_line *line, struct copy *c,
		   const char *path)
{
	struct tree_node node;
	int err = fs->stat(TREE_CWD, path, &node);

	if (err == -LKL_ENOENT && line_has(line, 'f'))
		return 0;
	if (err < 0)
		return line_result(line, path, err);
	if ((node.mode & NODE_TYPE) == NODE_DIR && !line_has(line, 'r'))
		return line_error(line, path, "this is a directory, use -r");
	if (script_walk_from(line, c, path, rm_visit))
		return -1;
	return line_result(line, path, script_clamp_parent(c, path));
}

static int rm_run(const struct script_line *line, struct copy *c)
{
	return line_for_each_path(line, c, rm_path);
}

static const char *rm_check(struct script_line *line)
{
	int i;

	for (i = 0; i < line->count; i++) {
		char *path = path_make_absolute(line->args[i]);
		bool bad = !path[1] || path_ends_in_dots(path);

		free(path);
		if (bad)
			return "the root directory, \".\" and \"..\" are not removed";
	}
	return NULL;
}

/* mknod */

static const char *mknod_check(struct script_line *line)
{
	const char *type = line->args[1], *end;
	bool fifo = !strcmp(type, "p");

	if (strlen(type) != 1 || !strchr("bcup", *type))
		return "the type is b, c or p";
	if (line->count != (fifo ? 2 : 4))
		return fifo ? "a FIFO has no numbers" :
		       "a device has two numbers";
	line->node.mode = fifo	       ? NODE_FIFO :
			  *type == 'b' ? NODE_BLOCK :
					 NODE_CHAR;
	if (!fifo &&
	    (!script_parse_id(line->args[2], &end, &line->node.rdev_major) ||
	     *end || line->node.rdev_major >= 1U << 12 ||
	     !script_parse_id(line->args[3], &end, &line->node.rdev_minor) ||
	     *end || line->node.rdev_minor >= 1U << 20))
		return "this is not the number of a device";
	return check_mode_value(line);
}

static int mknod_run(const struct script_line *line, struct copy *c)
{
	char *path = path_make_absolute(line->args[0]);
	struct tree_node node = line->node;
	uint32_t mode = 0644;
	int ret;

	if (line->value)
		mode_change(line->value, 0666, false, &mode);
	node.mode |= mode;
	ret = line_result(line, path, fs->mknod(TREE_CWD, path, &node));
	if (!ret)
		ret = script_finish_new(line, c, path);
	/* A change of the owner takes some of it away. */
	if (!ret)
		ret = line_result(line, path, fs->chmod(TREE_CWD, path, mode));
	free(path);
	return ret;
}

/* truncate, touch */

static const char *truncate_check(struct script_line *line)
{
	static const char units[] = "KMGT";
	const char *unit;
	char *end;

	if (!line->value || *line->value < '0' || *line->value > '9')
		return "use -s SIZE";
	errno = 0;
	line->size = strtoull(line->value, &end, 10);
	unit = *end ? strchr(units, *end) : NULL;
	if (errno || (*end && (!unit || end[1])))
		return "a size is a number, K, M, G or T may follow";
	if (unit) {
		int shift = 10 * (unit - units + 1);

		if (line->size >> (63 - shift))
			return "this is too large";
		line->size <<= shift;
	}
	return line->size >> 63 ? "this is too large" : NULL;
}

/* Opens @path, or makes it. */
static int script_open_file(const struct script_line *line, struct copy *c,
			    const char *path, long *fd)
{
	*fd = lkl_sys_open(path, LKL_O_WRONLY | LKL_O_NONBLOCK, 0);
	if (*fd != -LKL_ENOENT)
		return line_result(line, path, *fd);
	*fd = lkl_sys_open(path, LKL_O_WRONLY | LKL_O_CREAT, 0644);
	if (*fd < 0)
		return line_result(line, path, *fd);
	return script_finish_new(line, c, path);
}

static int truncate_path(const struct script_line *line, struct copy *c,
			 const char *path)
{
	struct tree_node node = { .mtime.sec = time(NULL) };
	long fd, err;
	int ret = script_open_file(line, c, path, &fd);

	if (fd < 0)
		return -1;
	if (!ret)
		ret = line_result(line, path, lkl_sys_ftruncate(fd, line->size));
	if (!ret && node.mtime.sec > c->opt.mtime_max) {
		node.mtime.sec = c->opt.mtime_max;
		node.atime = node.mtime;
		ret = line_result(line, path, fs->set_times(fd, NULL, &node));
	}
	err = lkl_sys_close(fd);
	return ret ? ret : line_result(line, path, err);
}

static int truncate_run(const struct script_line *line, struct copy *c)
{
	return line_for_each_path(line, c, truncate_path);
}

static int touch_path(const struct script_line *line, struct copy *c,
		      const char *path)
{
	struct tree_node node = { .mtime.sec = time(NULL) };
	long fd = lkl_sys_open(path, LKL_O_RDONLY | LKL_O_NONBLOCK, 0);
	long err;
	int ret;

	if (fd < 0 && script_open_file(line, c, path, &fd))
		return -1;
	if (node.mtime.sec > c->opt.mtime_max)
		node.mtime.sec = c->opt.mtime_max;
	node.atime = node.mtime;
	ret = line_result(line, path, fs->set_times(fd, NULL, &node));
	err = lkl_sys_close(fd);
	return ret ? ret : line_result(line, path, err);
}

static int touch_run(const struct script_line *line, struct copy *c)
{
	return line_for_each_path(line, c, touch_path);
}

const struct script_command script_commands[] = {
	{ "cp", "arR", 2, -1, NULL, cp_run },
	{ "mkdir", "pm:", 1, -1, check_mode_value, mkdir_run },
	{ "chmod", "R", 2, -1, chmod_check, chmod_run },
	{ "chown", "Rh", 2, -1, chown_check, chown_run },
	{ "ln", "sf", 2, 2, NULL, ln_run },
	{ "rm", "rRf", 1, -1, rm_check, rm_run },
	{ "mknod", "m:", 2, 4, mknod_check, mknod_run },
	{ "truncate", "s:", 1, -1, truncate_check, truncate_run },
	{ "touch", "", 1, -1, NULL, touch_run },
	{}
};
