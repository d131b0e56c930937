// SPDX-License-Identifier: GPL-2.0
/*
 * The names of files that a run of cptofs has made.  Symbolic links, and targets
 * that ignore case, may give a directory several paths: the kernel knows one.
 */
#include <stdlib.h>
#include <string.h>

#include <lkl.h>
#include <lkl/linux/limits.h>

#include "common/alloc.h"
#include "copy/sink/run-names.h"
#include "cptofs/script-names.h"

/*
 * Store the path of directory @fd in the image in @path, which has LKL_PATH_MAX bytes.
 * Return false if the path is too long.
 */
static bool script_names_path(int fd, char *path)
{
	return lkl_sys_fchdir(fd) >= 0 && lkl_sys_getcwd(path, LKL_PATH_MAX) >= 0 &&
	       *path == '/';
}

void script_names_share(struct copy *c, struct tree_sink *s, int fd)
{
	char path[LKL_PATH_MAX];

	if (c->names && script_names_path(fd, path))
		run_names_share(c->names, s, path);
}

static void script_names_change(struct copy *c, const char *path,
				void (*change)(struct run_names *r,
					       const struct tree_ops *ops,
					       const char *dir,
					       const char *name))
{
	char real[LKL_PATH_MAX], *dir = xstrdup(path);
	int fd;

	strrchr(dir, '/')[1] = 0;
	fd = guest_tree.open(TREE_CWD, dir, TREE_DIR, 0);
	free(dir);
	if (fd < 0)
		return;
	if (script_names_path(fd, real))
		change(c->names, &guest_tree, real, path_base(path));
	guest_tree.close(fd);
}

void script_names_add(struct copy *c, const char *path)
{
	script_names_change(c, path, run_names_add);
}

void script_names_remove(struct copy *c, const char *path)
{
	script_names_change(c, path, run_names_remove);
}
