// SPDX-License-Identifier: GPL-2.0
/*
 * tar2fs extracts an archive into a file system image.
 */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/alloc.h"
#include "common/host/host-file.h"
#include "common/host/host-main.h"
#include "copy/archives/tar.h"
#include "copy/sink/tree-sink.h"
#include "tool/tool.h"

/**
 * struct tar2fs_archive - an archive to extract
 * @path:	its name
 * @fd:		descriptor
 * @source:	the source
 */
struct tar2fs_archive {
	const char *path;
	int fd;
	struct tar_source source;
};

struct tar2fs {
	struct tool tool;
	bool layers;
	struct tar2fs_archive *archives;
	int count;
	struct tree_sink sink;
};

static const char usage_text[] =
"Usage: tar2fs [options] ARCHIVE IMAGE\n"
"  or:  tar2fs [options] --oci LAYER... IMAGE\n"
"Extract an archive (tar, compressed or not) into a file system image, without\n"
"being root.  If ARCHIVE is -, read standard input.  If several archives follow\n"
"each other in one file, extract all of them.\n";

static const struct option_spec tar2fs_options[] = {
	{ 's', "selinux", "LABEL",
	  "SELinux label of all files that are created",
	  .offset = offsetof(struct tool, copy.opt.label) },
	{ 'o', "owner", "UID[:GID]",
	  "owner of all files that are created (default:\n"
	  "the owner in the archive)",
	  .apply = tool_set_owner },
	{ 'g', "group", "GID",
	  "group of all files that are created (default:\n"
	  "the group in the archive)",
	  .apply = tool_set_group },
	{ 0, "oci",
	  .help = "apply the layers of an OCI image, the lowest\n"
		  "first; a file .wh.NAME removes the file NAME",
	  .offset = offsetof(struct tar2fs, layers) },
	{ }
};

static int tar2fs_parse(struct tar2fs *o, int argc, char **argv)
{
	const struct option_set sets[] = {
		{ tool_image_options, &o->tool },
		{ tar2fs_options, o },
		{ tool_confine_options, &o->tool },
		{ tool_copy_options, &o->tool },
		{ }
	};
	int ret = options_parse(usage_text, sets, argc, argv), i;

	if (ret)
		return ret;
	if (argc - optind < 2 || (argc - optind > 2 && !o->layers))
		return options_usage_error("an archive and an image are needed");
	o->count = argc - optind - 1;
	o->archives = xzalloc(o->count * sizeof(*o->archives));
	for (i = 0; i < o->count; i++)
		o->archives[i].path = argv[optind + i];
	o->tool.image.path = argv[argc - 1];
	return tool_prepare(&o->tool);
}

static void tar2fs_extract(struct tar2fs *o, struct tar_source *source)
{
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
	o->sink.layered = o->layers;
	copy_run(&o->tool.copy, &source->base, &o->sink.base, CALLER_WRITES);
	tree_sink_exit(&o->sink);
}

/* Extract the archives; none of them without the ones below. */
static void tar2fs_copy(void *arg)
{
	struct tar2fs *o = arg;
	int i;

	for (i = 0; i < o->count && !o->tool.copy.failed; i++)
		tar2fs_extract(o, &o->archives[i].source);
}

static int tar2fs_open(struct tar2fs *o, struct tar2fs_archive *a)
{
	bool is_stdin = !strcmp(a->path, "-");

	a->fd = is_stdin ? STDIN_FILENO : host_file_open(a->path, O_RDONLY);
	if (a->fd < 0) {
		copy_error(&o->tool.copy, "open", a->path,
			   host_file_strerror(errno));
		return -1;
	}
	tar_source_init(&a->source, a->fd,
			is_stdin ? "standard input" : a->path);
	a->source.is_layer = o->layers;
	return 0;
}

static int tar2fs_run(struct tar2fs *o)
{
	int status = EXIT_FAILURE, i;

	for (i = 0; i < o->count; i++)
		if (tar2fs_open(o, &o->archives[i]))
			break;
	if (i == o->count)
		status = tool_run(&o->tool, tar2fs_copy, o);
	while (i--) {
		tar_source_exit(&o->archives[i].source);
		close(o->archives[i].fd);
	}
	free(o->archives);
	return status;
}

int main(int argc, char **argv)
{
	struct tar2fs o = { };
	int ret;

	host_main_begin(&argc, &argv);
	tool_init(&o.tool, OWNER_UNCHANGED, OWNER_UNCHANGED);
	o.tool.copy.opt.keep_owner = true;
	o.tool.confined = true;
	o.tool.image.writable = true;
	ret = tar2fs_parse(&o, argc, argv);
	if (ret)
		return ret == OPTIONS_DONE ? EXIT_SUCCESS : ret;
	return tar2fs_run(&o);
}
