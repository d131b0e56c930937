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

#include "copy/tree-sink.h"
#include "copy/tree-source.h"
#include "tool.h"

struct options {
	struct tool tool;
	bool into;
	char **paths;
	int count;
	struct tree_source source;
	struct tree_sink sink;
	char *name;
};

static const char usage_text[] =
"Usage: cptofs [options] -i IMAGE PATH... FS_PATH\n"
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
"      --strict                  it is an error if the target cannot hold an\n"
"                                attribute, not a warning\n"
"      --clamp-mtime=SECONDS     no file is younger (default: SOURCE_DATE_EPOCH)\n"
"      --progress                show it, also when not on a terminal\n"
"  -v, --verbose                 name what is copied\n"
"  -h, --help                    show this and exit\n"
"  -V, --version                 show the version and exit\n";

enum { OPT_PRESERVE = OPT_TOOL };

static const struct option long_options[] = {
	{ "filesystem-image", required_argument, NULL, 'i' },
	{ "selinux", required_argument, NULL, 's' },
	{ "owner", required_argument, NULL, 'o' },
	{ "group", required_argument, NULL, 'g' },
	{ "preserve", no_argument, NULL, OPT_PRESERVE },
	COMMON_LONG,
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
	default:
		return tool_option(&o->tool, opt);
	}
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
	if (argc - optind < 2)
		return tool_usage_error(&o->tool,
					"at least one source and a target are needed",
					NULL);
	o->paths = argv + optind;
	o->count = argc - optind - 1;
	return 0;
}

/* Paths */

static char *join(const char *a, const char *b)
{
	char *s;

	if (asprintf(&s, "%s%s%s", a, *a && a[strlen(a) - 1] != '/' ? "/" : "",
		     b) < 0)
		abort();
	return s;
}

static void strip_slashes(char *path)
{
	size_t n = strlen(path);

	while (n > 1 && path[n - 1] == '/')
		path[--n] = 0;
}

/* A path in the image begins at its root, also without a slash. */
static char *image_path(const char *path)
{
	char *s;

	while (*path == '/' || (path[0] == '.' &&
				(path[1] == '/' || !path[1])))
		path++;
	s = join("/", path);
	strip_slashes(s);
	return s;
}

/* A source like "." or ".." has no name of its own to give to the copy. */
static bool has_no_name(const char *path)
{
	const char *base = tool_base_name(path);

	return !strcmp(base, ".") || !strcmp(base, "..");
}

static void not_a_directory(struct options *o, const char *path)
{
	fprintf(stderr, "%s: '%s' is not a directory%s\n", o->tool.program,
		path, o->into ? " of the image" : "");
	o->tool.copy.failed = true;
}

/* The target */

static int open_sink(struct options *o, const struct tree_ops *to,
		     const char *path)
{
	int fd = to->open(TREE_CWD, path, TREE_DIR, 0);

	if (fd < 0) {
		copy_fail(&o->tool.copy, "open directory", path,
			  to->strerror(fd));
		return -1;
	}
	tree_sink_init(&o->sink, to, fd, path);
	return 0;
}

static bool is_dir(const struct tree_ops *side, const char *path)
{
	int fd = side->open(TREE_CWD, path, TREE_DIR, 0);

	if (fd >= 0)
		side->close(fd);
	return fd >= 0;
}

/*
 * Sources go into @path when it is a directory; a single one may get it as its
 * name otherwise, which @o->name tells then.
 */
static int open_target(struct options *o, const struct tree_ops *to,
		       char *path)
{
	char *slash, *parent;
	int ret;

	strip_slashes(path);
	if (is_dir(to, path))
		return open_sink(o, to, path);
	if (o->count > 1) {
		not_a_directory(o, o->paths[o->count]);
		return -1;
	}
	slash = strrchr(path, '/');
	parent = slash ? strndup(path, slash == path ? 1 : slash - path) :
		 strdup(".");
	if (!parent)
		abort();
	ret = open_sink(o, to, parent);
	if (!ret && !slash)
		path_set(&o->sink.path, "");
	free(parent);
	o->name = strdup(slash ? slash + 1 : path);
	return ret;
}

/* Sources */

static void add_contents(struct options *o, const char *path)
{
	if (o->name)
		not_a_directory(o, o->paths[o->count]);
	else
		tree_source_add(&o->source, path, NULL);
}

static void add_named(struct options *o, const char *path)
{
	tree_source_add(&o->source, path,
			o->name ? o->name : tool_base_name(path));
}

/* As the shell gave them. */
static void add_host_paths(struct options *o)
{
	int i;

	for (i = 0; i < o->count; i++) {
		strip_slashes(o->paths[i]);
		if (has_no_name(o->paths[i]) || !strcmp(o->paths[i], "/"))
			add_contents(o, o->paths[i]);
		else
			add_named(o, o->paths[i]);
	}
}

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
		path = join(dir, name);
		add_named(o, path);
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
	} else if (n > 1 && o->name) {
		not_a_directory(o, o->paths[o->count]);
		o->tool.copy.stop = true;
	}
	free(dir);
}

static void add_image_paths(struct options *o)
{
	struct tree_node node;
	int i;

	for (i = 0; i < o->count; i++) {
		char *path = image_path(o->paths[i]);

		/* A name that has such characters in it goes first. */
		if (has_wildcard(tool_base_name(path)) &&
		    lkl_tree.stat(TREE_CWD, path, &node) < 0)
			add_matches(o, path);
		else if (!path[1] || has_no_name(o->paths[i]) ||
			 !*tool_base_name(o->paths[i]))
			add_contents(o, path);
		else
			add_named(o, path);
		free(path);
	}
}

static void copy_in(void *arg)
{
	struct options *o = arg;
	char *path = image_path(o->paths[o->count]);

	tree_source_init(&o->source, &host_tree);
	if (!open_target(o, &lkl_tree, path)) {
		add_host_paths(o);
		copy_run(&o->tool.copy, &o->source.base, &o->sink.base,
			 CALLER_WRITES);
		tree_sink_exit(&o->sink);
	}
	tree_source_exit(&o->source);
	free(path);
}

static void copy_out(void *arg)
{
	struct options *o = arg;

	tree_source_init(&o->source, &lkl_tree);
	add_image_paths(o);
	copy_run(&o->tool.copy, &o->source.base, &o->sink.base, CALLER_READS);
	tree_source_exit(&o->source);
}

static int run(struct options *o)
{
	int status;

	if (o->into)
		return tool_run(&o->tool, copy_in, o);
	/* What the host is asked for is open before the image is. */
	if (open_target(o, &host_tree, o->paths[o->count]))
		return EXIT_FAILURE;
	status = tool_run(&o->tool, copy_out, o);
	tree_sink_exit(&o->sink);
	return status;
}

int main(int argc, char **argv)
{
	struct options o = { };
	struct copy_options *opt = &o.tool.copy.opt;
	int ret;

	o.into = strcmp(tool_base_name(argv[0]), "cpfromfs");
	/* In an image everything is root's; on the host it is the caller's. */
	tool_init(&o.tool, argv[0], usage_text, o.into ? 0 : OWNER_LEAVE,
		  o.into ? 0 : OWNER_LEAVE);
	o.tool.image.writable = o.into;
	ret = parse_options(&o, argc, argv);
	if (!ret)
		ret = tool_ready(&o.tool);
	if (ret)
		return ret < 0 ? EXIT_SUCCESS : ret;
	opt->guarded = !o.into && !opt->keep_owner;
	if (opt->keep_owner)
		opt->owner = opt->group = OWNER_LEAVE;
	umask(0);
	ret = run(&o);
	free(o.name);
	return ret;
}
