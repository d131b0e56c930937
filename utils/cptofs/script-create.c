// SPDX-License-Identifier: GPL-2.0
/*
 * Commands of a script that create files.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <lkl.h>

#include "common/alloc.h"
#include "common/utf8.h"
#include "cptofs/chmod-mode.h"
#include "cptofs/destination.h"
#include "cptofs/script-commands.h"
#include "cptofs/script-names.h"

static const struct tree_ops *const fs = &guest_tree;

/* Return -1, after a message, if the image would store another name. */
static int script_check_name(const struct script_line *line, const char *path)
{
	enum tree_type type = TREE_TYPE_OTHER;
	const char *name = path_base(path);
	int fd = -1;

	/* No type changes other names. */
	if (!utf8_is_ucs2(name))
		fd = fs->open(TREE_CWD, "/", TREE_DIR, 0);
	if (fd >= 0) {
		type = fs->type_of(fd);
		fs->close(fd);
	}
	if (!tree_type_changes_name(type, name))
		return 0;
	return line_error(line, path,
			  "the type of the file system cannot hold this name");
}

/* cp */

static int cp_check_sources(const struct script_line *line, int n)
{
	struct tree_node node;
	int i, err;

	for (i = 0; i < n; i++) {
		err = host_tree.stat(TREE_CWD, line->args[i], &node);
		if (err < 0)
			return line_error(line, line->args[i],
					  host_tree.strerror(err));
		if ((node.mode & NODE_TYPE) == NODE_DIR && !line_has(line, 'r') &&
		    !line_has(line, 'a'))
			return line_error(line, line->args[i],
					  "this is a directory, use -r or -a");
	}
	return 0;
}

int cp_run(const struct script_line *line, struct copy *c)
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
	/* Nobody asks for the names later. */
	if (line->is_last_copy)
		destination.sink.keeps_names = n > 1;
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

static int mkdir_make(const struct script_line *line, struct copy *c,
		      const char *path)
{
	int err;

	if (script_check_name(line, path))
		return -1;
	err = fs->mkdir(TREE_CWD, path, 0755);
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

int mkdir_run(const struct script_line *line, struct copy *c)
{
	return line_run_on_paths(line, c, mkdir_path);
}

/* ln */

int ln_run(const struct script_line *line, struct copy *c)
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
	if (script_check_name(line, name)) {
		free(from);
		free(name);
		return -1;
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
	if (err >= 0)
		script_names_add(c, name);
	if (err >= 0 && !soft)
		err = script_clamp_parent(c, name);
	ret = err >= 0 && soft ? script_finish_new(line, c, name) :
				 line_result(line, name, err);
	free(from);
	free(name);
	return ret;
}

/* mknod */

const char *mknod_check(struct script_line *line)
{
	const char *type = line->args[1], *end;
	bool fifo = !strcmp(type, "p");

	if (strlen(type) != 1 || !strchr("bcup", *type))
		return "the type must be b, c or p";
	if (line->count != (fifo ? 2 : 4))
		return fifo ? "a FIFO takes no numbers" :
			      "a device needs two numbers, major and minor";
	line->node.mode = fifo	       ? NODE_FIFO :
			  *type == 'b' ? NODE_BLOCK :
					 NODE_CHAR;
	if (!fifo &&
	    (!script_parse_id(line->args[2], &end, &line->node.rdev_major) ||
	     *end || line->node.rdev_major >= 1U << 12 ||
	     !script_parse_id(line->args[3], &end, &line->node.rdev_minor) ||
	     *end || line->node.rdev_minor >= 1U << 20))
		return "not a valid device number";
	return check_mode_value(line);
}

int mknod_run(const struct script_line *line, struct copy *c)
{
	char *path = path_make_absolute(line->args[0]);
	struct tree_node node = line->node;
	uint32_t mode = 0644;
	int ret;

	if (line->value)
		mode_change(line->value, 0666, false, &mode);
	node.mode |= mode;
	ret = script_check_name(line, path);
	if (!ret)
		ret = line_result(line, path,
				  fs->mknod(TREE_CWD, path, &node));
	if (!ret)
		script_names_add(c, path);
	if (!ret)
		ret = script_finish_new(line, c, path);
	/* A change of the owner may have cleared set-ID bits. */
	if (!ret)
		ret = line_result(line, path, fs->chmod(TREE_CWD, path, mode));
	free(path);
	return ret;
}

/* truncate, touch */

const char *truncate_check(struct script_line *line)
{
	static const char units[] = "KMGT";
	const char *unit;
	char *end;

	if (!line->value || *line->value < '0' || *line->value > '9')
		return "the size is missing: use -s SIZE";
	errno = 0;
	line->size = strtoull(line->value, &end, 10);
	unit = *end ? strchr(units, *end) : NULL;
	if (errno || (*end && (!unit || end[1])))
		return "not a valid size: use a number and, optionally, K, M, G or T";
	if (unit) {
		int shift = 10 * (unit - units + 1);

		if (line->size >> (63 - shift))
			return "the size is too large";
		line->size <<= shift;
	}
	return line->size >> 63 ? "the size is too large" : NULL;
}

/* Open @path, or create it. */
static int script_open_file(const struct script_line *line, struct copy *c,
			    const char *path, long *fd)
{
	*fd = lkl_sys_open(path, LKL_O_WRONLY | LKL_O_NONBLOCK, 0);
	if (*fd != -LKL_ENOENT)
		return line_result(line, path, *fd);
	if (script_check_name(line, path))
		return -1;
	*fd = lkl_sys_open(path, LKL_O_WRONLY | LKL_O_CREAT, 0644);
	if (*fd < 0)
		return line_result(line, path, *fd);
	script_names_add(c, path);
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

int truncate_run(const struct script_line *line, struct copy *c)
{
	return line_run_on_paths(line, c, truncate_path);
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

int touch_run(const struct script_line *line, struct copy *c)
{
	return line_run_on_paths(line, c, touch_path);
}
