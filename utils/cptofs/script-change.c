// SPDX-License-Identifier: GPL-2.0
/*
 * Commands of a script that change or remove files.
 */
#include <stdlib.h>
#include <string.h>

#include <lkl.h>

#include "cptofs/chmod-mode.h"
#include "cptofs/script-commands.h"
#include "cptofs/script-names.h"

static const struct tree_ops *const fs = &guest_tree;

/* chmod */

const char *chmod_check(struct script_line *line)
{
	line_drop_first(line);
	return check_mode_value(line);
}

static int chmod_visit(struct walk *w, int dir, const char *name,
		       const struct tree_node *node)
{
	bool is_dir = (node->mode & NODE_TYPE) == NODE_DIR;
	uint32_t mode;

	/* Symbolic links have no permissions. */
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

int chmod_run(const struct script_line *line, struct copy *c)
{
	return line_run_on_paths(line, c, chmod_path);
}

/* chown */

/* Parse "UID", "UID:GID" or ":GID". */
const char *chown_check(struct script_line *line)
{
	static const char wrong[] =
		"not a valid owner: use UID, UID:GID or :GID, in numbers";
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

int chown_run(const struct script_line *line, struct copy *c)
{
	return line_run_on_paths(line, c, chown_path);
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
	script_names_remove(c, path);
	return line_result(line, path, script_clamp_parent(c, path));
}

int rm_run(const struct script_line *line, struct copy *c)
{
	return line_run_on_paths(line, c, rm_path);
}

const char *rm_check(struct script_line *line)
{
	int i;

	for (i = 0; i < line->count; i++) {
		char *path = path_make_absolute(line->args[i]);
		bool bad = !path[1] || path_ends_in_dots(path);

		free(path);
		if (bad)
			return "cannot remove the root directory, \".\" or \"..\"";
	}
	return NULL;
}
