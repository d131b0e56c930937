// SPDX-License-Identifier: GPL-2.0
/*
 * cptofs copies files of the host into a file system image, cpfromfs copies
 * them out.  One program; its name tells the direction.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "config.h"
#include "copy/archives/manifest.h"
#include "cptofs/script.h"
#include "cptofs/destination.h"
#include "tool/tool.h"

struct options {
	struct tool tool;
	bool into;
	char **paths;
	int count;
	const char *manifest_path;
	const char *script_path;
	struct manifest *manifest;
	struct script *script;
	struct confine confine;
	struct tree_source source;
	struct target target;
};

static const char usage_text[] =
"Usage: cptofs [options] -i IMAGE PATH... FS_PATH\n"
"  or:  cptofs [options] -i IMAGE --script FILE\n"
"  or:  cpfromfs [options] -i IMAGE FS_PATH... PATH\n"
"Copy files into or out of a file system image, without being root.\n"
"\n"
"  -i, --filesystem-image=IMAGE  file or block device\n"
"  -t, --filesystem-type=TYPE    ext4, xfs, btrfs, vfat ... (default: look)\n"
"  -P, --partition=NUMBER        partition, 0 for none (default: look)\n"
"  -p, --enable-printk           show the kernel's messages\n"
"  -s, --selinux=LABEL           SELinux label of what is created\n"
"  -o, --owner=UID[:GID]         owner of what is created (cptofs default: 0)\n"
"  -g, --group=GID               its group (cptofs default: 0)\n"
"  -m, --mb=SIZE                 limit of memory in MiB\n"
"      --preserve                keep the real owners\n"
"      --manifest=FILE           owners, modes, times and special files (mtree);\n"
"                                cptofs only\n"
"      --script=FILE             cp, mkdir, chmod, chown, ln, rm, mknod, truncate,\n"
"                                touch, one in a line; - is standard input;\n"
"                                cptofs only\n"
"      --strict                  it is an error if the target cannot hold an\n"
"                                attribute, not a warning\n"
"      --clamp-mtime=SECONDS     no file is younger (default: SOURCE_DATE_EPOCH)\n"
"      --progress                show it, also when not on a terminal\n"
"      --user=USER               what root starts goes on as this user; cpfromfs\n"
"                                only\n"
"      --no-sandbox              do not confine the process; cpfromfs only\n"
"  -v, --verbose                 name what is copied\n"
"  -h, --help                    show this and exit\n"
"  -V, --version                 show the version and exit\n";

enum { OPT_PRESERVE = OPT_TOOL, OPT_MANIFEST, OPT_SCRIPT };

static const struct option long_options[] = {
	{ "filesystem-image", required_argument, NULL, 'i' },
	{ "selinux", required_argument, NULL, 's' },
	{ "owner", required_argument, NULL, 'o' },
	{ "group", required_argument, NULL, 'g' },
	{ "preserve", no_argument, NULL, OPT_PRESERVE },
	{ "manifest", required_argument, NULL, OPT_MANIFEST },
	{ "script", required_argument, NULL, OPT_SCRIPT },
	COMMON_LONG,
	CONFINE_LONG,
	{ }
};

static int parse_one(struct options *o, int opt)
{
	switch (opt) {
	case 'i':
		o->tool.image.path = optarg;
		return 0;
	case 's':
		o->tool.copy.opt.label = optarg;
		return 0;
	case 'o':
	case 'g':
		return tool_owner(&o->tool, opt);
	case OPT_PRESERVE:
		o->tool.copy.opt.keep_owner = true;
		return 0;
	case OPT_MANIFEST:
		o->manifest_path = optarg;
		return 0;
	case OPT_SCRIPT:
		o->script_path = optarg;
		return 0;
	default:
		return tool_option(&o->tool, opt);
	}
}

/* A script needs no paths, a manifest only a target. */
static int check_paths(struct options *o)
{
	const char *only = o->manifest_path ? "--manifest" : "--script";

	if (!o->into && (o->manifest_path || o->script_path))
		return tool_usage_error(&o->tool, "this is for cptofs only:",
					only);
	if (o->count >= 1 || (o->count == 0 && o->manifest_path) ||
	    (o->count < 0 && o->script_path && !o->manifest_path))
		return 0;
	return tool_usage_error(&o->tool,
				"at least one source and a target are needed",
				NULL);
}

static int parse_options(struct options *o, int argc, char **argv)
{
	int opt, ret;

	while ((opt = getopt_long(argc, argv, "i:s:o:g:" COMMON_SHORT,
				  long_options, NULL)) >= 0) {
		ret = parse_one(o, opt);
		if (ret)
			return ret;
	}
	if (!o->tool.image.path)
		return tool_usage_error(&o->tool, "no image given, use -i",
					NULL);
	o->paths = argv + optind;
	o->count = argc - optind - 1;
	return check_paths(o);
}

/* Sources */

static bool has_wildcard(const char *s)
{
	return strpbrk(s, "*?[") != NULL;
}

/* How many names in directory @dir match; "*" does not match hidden ones. */
static size_t add_names(struct options *o, const char *dir,
			const char *pattern, struct tree_dir *d)
{
	const char *name;
	size_t n = 0;
	int err = 0;

	while ((name = lkl_tree.dir_next(d, &err))) {
		char *path;

		if (!strcmp(name, ".") || !strcmp(name, "..") ||
		    fnmatch(pattern, name, FNM_PERIOD))
			continue;
		path = path_join(dir, name);
		target_add(&o->target, &o->source, path);
		free(path);
		n++;
	}
	if (err)
		copy_fail(&o->tool.copy, "read directory", dir,
			  lkl_tree.strerror(err));
	return n;
}

/* A wildcard in the last component. */
static void add_matches(struct options *o, char *path)
{
	char *slash = strrchr(path, '/');
	char *dir = slash == path ? strdup("/") : strndup(path, slash - path);
	struct tree_dir *d = NULL;
	size_t n = 0;
	int fd, err;

	if (!dir)
		abort();
	fd = lkl_tree.open(TREE_CWD, dir, TREE_DIR, 0);
	if (fd >= 0)
		d = lkl_tree.dir_open(fd, &err);
	if (d) {
		n = add_names(o, dir, slash + 1, d);
		lkl_tree.dir_close(d);
	}
	if (!n) {
		fprintf(stderr, "%s: nothing in the image matches '%s'\n",
			o->tool.program, slash + 1);
		o->tool.copy.failed = true;
	} else if (n > 1 && o->target.name) {
		fprintf(stderr, "%s: '%s' is not a directory\n",
			o->tool.program, o->paths[o->count]);
		o->tool.copy.failed = true;
		o->tool.copy.stop = true;
	}
	free(dir);
}

static void add_image_path(struct options *o, const char *arg)
{
	char *path = path_in_image(arg);
	struct tree_node node;

	/* A name that has such characters in it goes first. */
	if (has_wildcard(path_base(path)) &&
	    lkl_tree.stat(TREE_CWD, path, &node) < 0)
		add_matches(o, path);
	else if (!path[1] || path_has_no_name(arg) || !*path_base(arg))
		target_add_contents(&o->target, &o->tool.copy, &o->source,
				    path);
	else
		target_add(&o->target, &o->source, path);
	free(path);
}

/* Both directions */

static void copy_paths_in(struct options *o)
{
	struct copy *c = &o->tool.copy;
	struct copy_source *from = &o->source.base;
	char *path = path_in_image(o->paths[o->count]);
	int i;

	tree_source_init(&o->source, &host_tree);
	if (!target_open(&o->target, c, &lkl_tree, path, o->count)) {
		for (i = 0; i < o->count; i++)
			target_add_host(&o->target, c, &o->source,
					o->paths[i]);
		if (o->manifest)
			from = manifest_source(o->manifest, c, from);
		copy_run(c, from, &o->target.sink.base, CALLER_WRITES);
		c->adjust = NULL;
		target_close(&o->target);
	}
	tree_source_exit(&o->source);
	free(path);
}

static void copy_in(void *arg)
{
	struct options *o = arg;

	if (o->count >= 0)
		copy_paths_in(o);
	if (o->script && !o->tool.copy.failed && !o->tool.copy.stop)
		script_run(o->script, &o->tool.copy);
}

static void copy_out(void *arg)
{
	struct options *o = arg;
	int i;

	tree_source_init(&o->source, &lkl_tree);
	for (i = 0; i < o->count; i++)
		add_image_path(o, o->paths[i]);
	copy_run(&o->tool.copy, &o->source.base, &o->target.sink.base,
		 CALLER_READS);
	tree_source_exit(&o->source);
}

/* What the host is asked for is open before the image is. */
static int run_out(struct options *o)
{
	char *below;
	int status;

	if (target_open(&o->target, &o->tool.copy, &host_tree,
			o->paths[o->count], o->count))
		return EXIT_FAILURE;
	below = xstrdup(*o->target.sink.path.str ? o->target.sink.path.str :
			".");
	o->confine.below = below;
	status = tool_run(&o->tool, copy_out, o);
	target_close(&o->target);
	free(below);
	return status;
}

static int run_in(struct options *o)
{
	int status = EXIT_FAILURE;

	if (o->script_path) {
		o->script = script_read(o->tool.program, o->script_path);
		if (!o->script)
			return EXIT_FAILURE;
	}
	if (o->manifest_path) {
		o->manifest = manifest_read(o->tool.program,
					    o->manifest_path);
		if (!o->manifest)
			goto out;
	}
	status = tool_run(&o->tool, copy_in, o);
	manifest_free(o->manifest);
out:
	script_free(o->script);
	return status;
}

int main(int argc, char **argv)
{
	struct options o = { };
	struct copy_options *opt = &o.tool.copy.opt;
	int ret;

	o.into = strcmp(path_base(argv[0]), "cpfromfs");
	/* In an image everything is root's; on the host it is the caller's. */
	tool_init(&o.tool, argv[0], usage_text, o.into ? 0 : OWNER_LEAVE,
		  o.into ? 0 : OWNER_LEAVE);
	o.tool.image.writable = o.into;
	o.confine.program = o.tool.program;
	o.tool.confine = o.into ? NULL : &o.confine;
	ret = parse_options(&o, argc, argv);
	if (!ret)
		ret = tool_ready(&o.tool);
	if (ret)
		return ret < 0 ? EXIT_SUCCESS : ret;
	opt->guarded = !o.into && !opt->keep_owner;
	if (opt->keep_owner)
		opt->owner = opt->group = OWNER_LEAVE;
	umask(0);
	return o.into ? run_in(&o) : run_out(&o);
}
