// SPDX-License-Identifier: GPL-2.0
/*
 * cptofs copies files of the host into a file system image, cpfromfs copies
 * files out of it.  Both are the same program, under two names.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "common/alloc.h"
#include "common/host/host-main.h"
#include "common/report.h"
#include "common/wildcard.h"
#include "copy/archives/manifest.h"
#include "copy/sink/run-names.h"
#include "cptofs/script.h"
#include "cptofs/destination.h"
#include "tool/tool.h"

struct cptofs {
	struct tool tool;
	bool into;
	char **paths;
	int count;
	const char *manifest_path;
	const char *script_path;
	struct manifest *manifest;
	struct script *script;
	struct tree_source source;
	struct destination destination;
};

static const char usage_text[] =
"Usage: cptofs [options] -i IMAGE PATH... FS_PATH\n"
"  or:  cptofs [options] -i IMAGE --script FILE\n"
"  or:  cpfromfs [options] -i IMAGE FS_PATH... PATH\n"
"Copy files into or out of a file system image, without being root.\n";

static const struct option_spec which_image[] = {
	{ 'i', "filesystem-image", "IMAGE", "image file or block device",
	  .offset = offsetof(struct tool, image.path) },
	{ }
};

static const struct option_spec owner_options[] = {
	{ 's', "selinux", "LABEL",
	  "SELinux label of all files that are created",
	  .offset = offsetof(struct tool, copy.opt.label) },
	{ 'o', "owner", "UID[:GID]",
	  "owner of all files that are created (default: 0\n"
	  "for cptofs, the caller for cpfromfs)",
	  .apply = tool_set_owner },
	{ 'g', "group", "GID",
	  "group of all files that are created (default: 0\n"
	  "for cptofs, the caller's group for cpfromfs)",
	  .apply = tool_set_group },
	{ 0, "preserve",
	  .help = "keep owners, groups and SELinux labels of the\n"
		  "sources",
	  .offset = offsetof(struct tool, copy.opt.keep_owner) },
	{ }
};

static const struct option_spec cptofs_options[] = {
	{ 0, "manifest", "FILE",
	  "take owners, modes, times and special files from\n"
	  "FILE, in mtree(5) format; cptofs only",
	  .offset = offsetof(struct cptofs, manifest_path) },
	{ 0, "script", "FILE",
	  "run the commands in FILE, one in each line: cp,\n"
	  "mkdir, chmod, chown, ln, rm, mknod, truncate,\n"
	  "touch; if FILE is -, read standard input; cptofs\n"
	  "only",
	  .offset = offsetof(struct cptofs, script_path) },
	{ }
};

static const struct option_spec cpfromfs_options[] = {
	{ 0, "user", "USER",
	  "become USER as soon as all files are open; only\n"
	  "for root; cpfromfs only",
	  .apply = tool_set_user },
	{ 0, "no-sandbox",
	  .help = "do not confine the process; cpfromfs only",
	  .offset = offsetof(struct tool, no_sandbox) },
	{ }
};

/* Check the number of paths; a manifest needs no source, a script no path. */
static int cptofs_check_paths(struct cptofs *o)
{
	const char *only = o->manifest_path ? "--manifest" : "--script";

	if (!o->into && (o->manifest_path || o->script_path))
		return options_usage_error("%s is for cptofs only", only);
	if (o->count >= 1 || (o->count == 0 && o->manifest_path) ||
	    (o->count < 0 && o->script_path && !o->manifest_path))
		return 0;
	return options_usage_error("at least one source and a target are needed");
}

static int cptofs_parse(struct cptofs *o, int argc, char **argv)
{
	const struct option_set sets[] = {
		{ which_image, &o->tool },
		{ tool_image_options, &o->tool },
		{ owner_options, &o->tool },
		{ cptofs_options, o },
		{ cpfromfs_options, &o->tool },
		{ tool_copy_options, &o->tool },
		{ }
	};
	int ret = options_parse(usage_text, sets, argc, argv);

	if (ret)
		return ret;
	if (!o->tool.image.path)
		return options_usage_error("no image is given; use -i IMAGE");
	o->paths = argv + optind;
	o->count = argc - optind - 1;
	ret = cptofs_check_paths(o);
	return ret ? ret : tool_prepare(&o->tool);
}

/* Sources */

/*
 * Add the files of directory @dir whose names match; "*" does not match hidden
 * files.  Return their number.
 */
static size_t cptofs_add_names(struct cptofs *o, const char *dir,
			       const char *pattern, struct tree_dir *d)
{
	const char *name;
	size_t n = 0;
	int err = 0;

	while ((name = guest_tree.dir_next(d, &err))) {
		char *path;

		if (path_is_dots(name) || !wildcard_matches(pattern, name))
			continue;
		path = path_join(dir, name);
		destination_add(&o->destination, &o->source, path);
		free(path);
		n++;
	}
	if (err)
		copy_error(&o->tool.copy, "read directory", dir,
			   guest_tree.strerror(err));
	return n;
}

/* Add the files that match @path, whose last component is a pattern. */
static void cptofs_add_matches(struct cptofs *o, char *path)
{
	char *slash = strrchr(path, '/');
	char *dir = xstrndup(path, slash == path ? 1 : slash - path);
	struct tree_dir *d = NULL;
	size_t n = 0;
	int fd, err;

	fd = guest_tree.open(TREE_CWD, dir, TREE_DIR, 0);
	err = fd;
	if (fd >= 0)
		d = guest_tree.dir_open(fd, &err);
	if (d) {
		n = cptofs_add_names(o, dir, slash + 1, d);
		guest_tree.dir_close(d);
	}
	if (!d) {
		copy_error(&o->tool.copy, "open directory", dir,
			   guest_tree.strerror(err));
	} else if (!n) {
		report_error("no file in the image matches '%s'", path);
		o->tool.copy.failed = true;
	} else if (n > 1 && o->destination.name) {
		report_error("'%s' is not a directory",
			     o->paths[o->count]);
		o->tool.copy.failed = true;
		o->tool.copy.stop = true;
	}
	free(dir);
}

static void cptofs_add_image_path(struct cptofs *o, const char *arg)
{
	char *path = path_make_absolute(arg);
	struct tree_node node;

	/* A file whose name contains such characters has priority. */
	if (wildcard_is_pattern(path_base(path)) &&
	    guest_tree.stat(TREE_CWD, path, &node) < 0)
		cptofs_add_matches(o, path);
	else if (!path[1] || path_ends_in_dots(arg) || !*path_base(arg))
		destination_add_contents(&o->destination, &o->tool.copy,
					 &o->source, path);
	else
		destination_add(&o->destination, &o->source, path);
	free(path);
}

/* Copying */

static void cptofs_copy_paths_in(struct cptofs *o)
{
	struct copy *c = &o->tool.copy;
	struct copy_source *from = &o->source.base;
	char *path = path_make_absolute(o->paths[o->count]);
	int i;

	tree_source_init(&o->source, &host_tree);
	if (!destination_open(&o->destination, c, &guest_tree, path, o->count)) {
		for (i = 0; i < o->count; i++)
			destination_add_host(&o->destination, c, &o->source,
					     o->paths[i]);
		if (o->manifest) {
			o->destination.sink.keeps_names = true;
			from = manifest_source(o->manifest, c, from);
		}
		copy_run(c, from, &o->destination.sink.base, CALLER_WRITES);
		c->adjust = NULL;
		destination_close(&o->destination);
	}
	tree_source_exit(&o->source);
	free(path);
}

static void cptofs_copy_in(void *arg)
{
	struct cptofs *o = arg;
	struct run_names names = { };

	if (o->script)
		o->tool.copy.names = &names;
	if (o->count >= 0)
		cptofs_copy_paths_in(o);
	if (o->script && !o->tool.copy.failed && !o->tool.copy.stop)
		script_run(o->script, &o->tool.copy);
	o->tool.copy.names = NULL;
	run_names_free(&names);
}

static void cptofs_copy_out(void *arg)
{
	struct cptofs *o = arg;
	int i;

	tree_source_init(&o->source, &guest_tree);
	for (i = 0; i < o->count; i++)
		cptofs_add_image_path(o, o->paths[i]);
	copy_run(&o->tool.copy, &o->source.base, &o->destination.sink.base,
		 CALLER_READS);
	tree_source_exit(&o->source);
}

/* The target on the host must be open before the process is confined. */
static int cptofs_run_out(struct cptofs *o)
{
	char *directory;
	int status;

	if (destination_open(&o->destination, &o->tool.copy, &host_tree,
			     o->paths[o->count], o->count))
		return EXIT_FAILURE;
	directory = xstrdup(*o->destination.sink.path.str ?
				    o->destination.sink.path.str :
				    ".");
	o->tool.confine.directory = directory;
	status = tool_run(&o->tool, cptofs_copy_out, o);
	destination_close(&o->destination);
	free(directory);
	return status;
}

static int cptofs_run_in(struct cptofs *o)
{
	int status = EXIT_FAILURE;

	if (o->script_path) {
		o->script = script_read(o->script_path);
		if (!o->script)
			return EXIT_FAILURE;
	}
	if (o->manifest_path) {
		o->manifest = manifest_read(o->manifest_path);
		if (!o->manifest)
			goto out;
	}
	status = tool_run(&o->tool, cptofs_copy_in, o);
	manifest_free(o->manifest);
out:
	script_free(o->script);
	return status;
}

int main(int argc, char **argv)
{
	struct cptofs o = { };
	struct copy_options *opt = &o.tool.copy.opt;
	int ret;

	host_main_begin(&argc, &argv);
	o.into = strcmp(report_program(), "cpfromfs");
	/* By default, files in an image belong to root, others to the user. */
	tool_init(&o.tool, o.into ? 0 : OWNER_UNCHANGED,
		  o.into ? 0 : OWNER_UNCHANGED);
	o.tool.image.writable = o.into;
	o.tool.confined = !o.into;
	ret = cptofs_parse(&o, argc, argv);
	if (ret)
		return ret == OPTIONS_DONE ? EXIT_SUCCESS : ret;
	opt->guarded = !o.into && !opt->keep_owner;
	if (opt->keep_owner) {
		opt->owner = OWNER_UNCHANGED;
		opt->group = OWNER_UNCHANGED;
	}
	umask(0);
	return o.into ? cptofs_run_in(&o) : cptofs_run_out(&o);
}
