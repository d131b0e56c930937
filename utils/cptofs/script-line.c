// SPDX-License-Identifier: GPL-2.0
/*
 * Functions that the commands of scripts share.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <lkl.h>

#include "common/alloc.h"
#include "common/report.h"
#include "copy/source/tree-source.h"
#include "cptofs/chmod-mode.h"
#include "cptofs/script-line.h"

static const struct tree_ops *const fs = &guest_tree;

bool line_has(const struct script_line *line, char letter)
{
	return line->options & 1U << (letter - 'a');
}

int line_error(const struct script_line *line, const char *path, const char *why)
{
	report_error("%s: %s: '%s': %s", line->where, line->cmd->name, path,
		     why);
	return -1;
}

/* Return 0, or -1 after a message if @err is an error. */
int line_result(const struct script_line *line, const char *path, long err)
{
	return err < 0 ? line_error(line, path, lkl_strerror(err)) : 0;
}

/* Call @one for each argument of the line, a path in the image. */
int line_run_on_paths(const struct script_line *line, struct copy *c,
		      line_path_fn *one)
{
	int i, ret = 0;

	for (i = 0; !ret && i < line->count && !copy_stopped(c); i++) {
		char *path = path_make_absolute(line->args[i]);

		ret = one(line, c, path);
		free(path);
	}
	return ret;
}

static int script_walk(struct walk *w, int dir, const char *name);

static int script_walk_entries(struct walk *w, int fd)
{
	int err = 0, ret = 0;
	struct tree_dir *d = fs->dir_open(fd, &err);
	char **names;
	size_t i, n;

	if (!d)
		return line_result(w->line, w->path.str, err);
	/* All names first, as the directory may change meanwhile. */
	names = tree_read_names(fs, w->c, d, &n, &err);
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
					    LKL_O_NOFOLLOW,
				    0);
		if (fd < 0)
			return line_result(w->line, w->path.str, fd);
		ret = script_walk_entries(w, fd);
	}
	return ret ? ret : w->visit(w, dir, name, &node);
}

int script_walk_from(const struct script_line *line, struct copy *c,
		     const char *path,
		     int (*visit)(struct walk *w, int dir, const char *name,
				  const struct tree_node *node))
{
	struct walk w = { .line = line, .c = c, .visit = visit };
	int ret;

	path_set(&w.path, path);
	ret = script_walk(&w, TREE_CWD, path);
	path_free(&w.path);
	return ret;
}

/*
 * Limit the time of the parent directory of @path, which has changed as well.
 */
long script_clamp_parent(struct copy *c, const char *path)
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

/* Give a new file the owner, the label and the time that the options demand. */
int script_finish_new(const struct script_line *line, struct copy *c,
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

const char *check_mode_value(struct script_line *line)
{
	uint32_t mode;

	return line->value && !mode_change(line->value, 0, false, &mode) ?
		       "not a valid mode" :
		       NULL;
}

bool script_is_dir(const char *path)
{
	int fd = fs->open(TREE_CWD, path, TREE_DIR, 0);

	if (fd >= 0)
		fs->close(fd);
	return fd >= 0;
}

void line_drop_first(struct script_line *line)
{
	free(line->value);
	line->value = line->args[0];
	line->count--;
	memmove(line->args, line->args + 1,
		(line->count + 1) * sizeof(*line->args));
}

bool script_parse_id(const char *s, const char **end, uint32_t *id)
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
