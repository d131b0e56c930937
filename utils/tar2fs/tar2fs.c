// SPDX-License-Identifier: GPL-2.0
/*
 * tar2fs extracts an archive into a file system image.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "copy/archives/tar.h"
#include "copy/trees/tree-sink.h"
#include "tool/tool.h"

struct options {
	struct tool tool;
	struct confine confine;
	const char *archive;
	struct tar_source source;
	struct tree_sink sink;
};

static const char usage_text[] =
"Usage: tar2fs [options] ARCHIVE IMAGE\n"
"Extract an archive (tar, compressed or not) into a file system image, without\n"
"being root.  - is standard input.\n"
"\n"
"  -t, --filesystem-type=TYPE    ext4, xfs, btrfs, vfat ... (default: look)\n"
"  -P, --partition=NUMBER        partition, 0 for none (default: look)\n"
"  -p, --enable-printk           show the kernel's messages\n"
"  -s, --selinux=LABEL           SELinux label of what is created\n"
"  -o, --owner=UID[:GID]         owner of what is created (default: the archive's)\n"
"  -g, --group=GID               its group (default: the archive's)\n"
"  -m, --mb=SIZE                 limit of memory in MiB\n"
"      --strict                  it is an error if the image cannot hold an\n"
"                                attribute, not a warning\n"
"      --clamp-mtime=SECONDS     no file is younger (default: SOURCE_DATE_EPOCH)\n"
"      --progress                show it, also when not on a terminal\n"
"      --user=USER               what root starts goes on as this user\n"
"      --no-sandbox              do not confine the process\n"
"  -v, --verbose                 name what is copied\n"
"  -h, --help                    show this and exit\n"
"  -V, --version                 show the version and exit\n";

static const struct option long_options[] = {
	{ "selinux", required_argument, NULL, 's' },
	{ "owner", required_argument, NULL, 'o' },
	{ "group", required_argument, NULL, 'g' },
	COMMON_LONG,
	CONFINE_LONG,
	{ }
};

static int parse_one(struct options *o, int opt)
{
	switch (opt) {
	case 's':
		o->tool.copy.opt.label = optarg;
		return 0;
	case 'o':
	case 'g':
		return tool_owner(&o->tool, opt);
	default:
		return tool_option(&o->tool, opt);
	}
}

static int parse_options(struct options *o, int argc, char **argv)
{
	int opt, ret;

	while ((opt = getopt_long(argc, argv, "s:o:g:" COMMON_SHORT,
				  long_options, NULL)) >= 0) {
		ret = parse_one(o, opt);
		if (ret)
			return ret;
	}
	if (argc - optind != 2)
		return tool_usage_error(&o->tool,
					"an archive and an image are needed",
					NULL);
	o->archive = argv[optind];
	o->tool.image.path = argv[optind + 1];
	return 0;
}

static void copy(void *arg)
{
	struct options *o = arg;
	int fd = lkl_tree.open(TREE_CWD, "/", TREE_DIR, 0);

	if (fd < 0) {
		copy_fail(&o->tool.copy, "open directory", "/",
			  lkl_tree.strerror(fd));
		return;
	}
	tree_sink_init(&o->sink, &lkl_tree, fd, "/");
	o->sink.follow = true;
	copy_run(&o->tool.copy, &o->source.base, &o->sink.base, CALLER_WRITES);
	tree_sink_exit(&o->sink);
}

static int run(struct options *o)
{
	bool is_stdin = !strcmp(o->archive, "-");
	int status, fd = is_stdin ? STDIN_FILENO :
			 open(o->archive, O_RDONLY | O_CLOEXEC | O_NOCTTY);

	if (fd < 0) {
		copy_fail(&o->tool.copy, "open", o->archive, strerror(errno));
		return EXIT_FAILURE;
	}
	tar_source_init(&o->source, fd, is_stdin ? "standard input" :
			o->archive);
	status = tool_run(&o->tool, copy, o);
	tar_source_exit(&o->source);
	close(fd);
	return status;
}

int main(int argc, char **argv)
{
	struct options o = { };
	int ret;

	tar_set_locale();
	tool_init(&o.tool, argv[0], usage_text, OWNER_LEAVE, OWNER_LEAVE);
	o.tool.copy.opt.keep_owner = true;
	o.confine.program = o.tool.program;
	o.tool.confine = &o.confine;
	o.tool.image.writable = true;
	ret = parse_options(&o, argc, argv);
	if (!ret)
		ret = tool_ready(&o.tool);
	if (ret)
		return ret < 0 ? EXIT_SUCCESS : ret;
	return run(&o);
}
