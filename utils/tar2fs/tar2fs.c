// SPDX-License-Identifier: GPL-2.0
/*
 * tar2fs extracts an archive into a file system image.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "copy/archives/tar.h"
#include "copy/trees/tree-sink.h"
#include "shared/standard-fds.h"
#include "tool/tool.h"

struct tar2fs {
	struct tool tool;
	const char *archive;
	struct tar_source source;
	struct tree_sink sink;
};

static const char usage_text[] =
"Usage: tar2fs [options] ARCHIVE IMAGE\n"
"Extract an archive (tar, compressed or not) into a file system image, without\n"
"being root.  If ARCHIVE is -, read standard input.  If several archives follow\n"
"each other, all are extracted.\n";

static const struct option_spec tar2fs_options[] = {
	{ 's', "selinux", "LABEL", "SELinux label of all created files",
	  .offset = offsetof(struct tool, copy.opt.label) },
	{ 'o', "owner", "UID[:GID]",
	  "owner of all created files (default: as in the\narchive)",
	  .apply = tool_set_owner },
	{ 'g', "group", "GID",
	  "group of all created files (default: as in the\narchive)",
	  .apply = tool_set_group },
	{ }
};

static int tar2fs_parse(struct tar2fs *o, int argc, char **argv)
{
	const struct option_set sets[] = {
		{ tool_image_options, &o->tool },
		{ tar2fs_options, &o->tool },
		{ tool_confine_options, &o->tool },
		{ tool_copy_options, &o->tool },
		{ }
	};
	int ret = options_parse(usage_text, sets, argc, argv);

	if (ret)
		return ret;
	if (argc - optind != 2)
		return options_usage_error("an archive and an image are needed");
	o->archive = argv[optind];
	o->tool.image.path = argv[optind + 1];
	return tool_prepare(&o->tool);
}

static void tar2fs_copy(void *arg)
{
	struct tar2fs *o = arg;
	int fd = guest_tree.open(TREE_CWD, "/", TREE_DIR, 0);

	if (fd < 0) {
		copy_error(&o->tool.copy, "open directory", "/",
			   guest_tree.strerror(fd));
		return;
	}
	tree_sink_init(&o->sink, &guest_tree, fd, "/");
	o->sink.follow = true;
	o->sink.replaces_dirs = true;
	o->sink.repeats = true;
	o->sink.keeps_names = true;
	copy_run(&o->tool.copy, &o->source.base, &o->sink.base, CALLER_WRITES);
	tree_sink_exit(&o->sink);
}

static int tar2fs_run(struct tar2fs *o)
{
	bool is_stdin = !strcmp(o->archive, "-");
	int status, fd = is_stdin ? STDIN_FILENO :
			 open(o->archive, O_RDONLY | O_CLOEXEC | O_NOCTTY);

	if (fd < 0) {
		copy_error(&o->tool.copy, "open", o->archive, strerror(errno));
		return EXIT_FAILURE;
	}
	tar_source_init(&o->source, fd, is_stdin ? "standard input" :
			o->archive);
	status = tool_run(&o->tool, tar2fs_copy, o);
	tar_source_exit(&o->source);
	close(fd);
	return status;
}

int main(int argc, char **argv)
{
	struct tar2fs o = { };
	int ret;

	standard_fds_fill();
	tar_set_locale();
	tool_init(&o.tool, OWNER_UNCHANGED, OWNER_UNCHANGED);
	o.tool.copy.opt.keep_owner = true;
	o.tool.confined = true;
	o.tool.image.writable = true;
	ret = tar2fs_parse(&o, argc, argv);
	if (ret)
		return ret == OPTIONS_DONE ? EXIT_SUCCESS : ret;
	return tar2fs_run(&o);
}
