// SPDX-License-Identifier: GPL-2.0
/*
 * fs2tar makes an archive of the files in a file system image.
 */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/host/host-file.h"
#include "common/host/host-main.h"
#include "common/report.h"
#include "copy/archives/tar.h"
#include "copy/source/tree-source.h"
#include "fs2tar/archive-file.h"
#include "shared/macros.h"
#include "tool/tool.h"

struct fs2tar {
	struct tool tool;
	const char *archive;
	const char *contexts;
	const char *filter;
	bool no_sparse;
	struct archive_files files;
	struct tree_source source;
	struct tar_sink sink;
};

static const char usage_text[] =
"Usage: fs2tar [options] IMAGE ARCHIVE\n"
"Make an archive (tar, pax format) of a file system image, without being root.\n"
"The suffix of ARCHIVE selects the compression: .gz .tgz .bz2 .tbz2 .xz .txz .zst\n"
".tzst .lz4 .lz .lzma .Z.  If ARCHIVE is -, write to standard output.\n";

/* The names of these options are libarchive's names of filters. */
static int fs2tar_set_filter(void *fs2tar, const struct option_spec *spec,
			     char *value)
{
	struct fs2tar *o = fs2tar;

	o->filter = spec->name;
	return 0;
}

static const struct option_spec fs2tar_options[] = {
	{ 's', "selinux", "FILE", "write the SELinux labels of all files to FILE",
	  .offset = offsetof(struct fs2tar, contexts) },
	{ 'z', "gzip", .help = "compress as gzip does, whatever the suffix is",
	  .apply = fs2tar_set_filter },
	{ 'j', "bzip2", .help = "compress as bzip2 does",
	  .apply = fs2tar_set_filter },
	{ 'J', "xz", .help = "compress as xz does",
	  .apply = fs2tar_set_filter },
	{ 0, "zstd", .help = "compress as zstd does",
	  .apply = fs2tar_set_filter },
	{ 0, "no-sparse",
	  .help = "store zeros in place of holes, for programs\n"
		  "that do not know sparse files",
	  .offset = offsetof(struct fs2tar, no_sparse) },
	{ }
};

/*
 * Return the filter that the suffix of @path selects; NULL: none; "": one that
 * fs2tar does not have.
 */
static const char *fs2tar_filter(const char *path)
{
	static const struct {
		const char *suffix;
		const char *filter;
	} known[] = {
		{ ".gz", "gzip" }, { ".tgz", "gzip" }, { ".bz2", "bzip2" },
		{ ".tbz2", "bzip2" }, { ".xz", "xz" }, { ".txz", "xz" },
		{ ".zst", "zstd" }, { ".tzst", "zstd" }, { ".lz4", "lz4" },
		{ ".lz", "lzip" }, { ".lzma", "lzma" }, { ".Z", "compress" },
		{ ".lzo", "" }, { ".lrz", "" }, { ".br", "" }, { ".7z", "" },
		{ ".zip", "" },
	};
	size_t i, n = strlen(path);

	for (i = 0; i < ARRAY_SIZE(known); i++) {
		size_t len = strlen(known[i].suffix);

		if (n > len && !strcmp(path + n - len, known[i].suffix))
			return known[i].filter;
	}
	return NULL;
}

static int fs2tar_parse(struct fs2tar *o, int argc, char **argv)
{
	const struct option_set sets[] = {
		{ tool_image_options, &o->tool },
		{ fs2tar_options, o },
		{ tool_confine_options, &o->tool },
		{ tool_copy_options, &o->tool },
		{ }
	};
	int ret = options_parse(usage_text, sets, argc, argv);

	if (ret)
		return ret;
	if (argc - optind != 2)
		return options_usage_error("an image and an archive are needed");
	o->tool.image.path = argv[optind];
	o->archive = argv[optind + 1];
	if (!o->filter)
		o->filter = fs2tar_filter(o->archive);
	if (o->filter && !*o->filter)
		return options_usage_error("'%s': this compression is not supported; write to standard output, and compress the output by another program",
					   o->archive);
	return tool_prepare(&o->tool);
}

/* Output */

/* Use standard output; no other output may get between the archive's bytes. */
static int fs2tar_open_stdout(struct fs2tar *o)
{
	int fd;

	if (o->tool.copy.opt.verbose)
		return report_cannot("create", o->archive,
				     "-v writes to standard output, too; leave out -v");
	fd = host_file_dup(STDOUT_FILENO);
	if (fd < 0)
		return report_cannot("create", o->archive, host_file_strerror(errno));
	return fd;
}

static int fs2tar_open_output(struct fs2tar *o)
{
	bool is_stdout = !strcmp(o->archive, "-");
	int fd = is_stdout ? fs2tar_open_stdout(o) :
			     archive_files_create(&o->files, o->archive,
						  &o->tool.image);

	if (fd < 0)
		return -1;
	if (host_file_is_terminal(fd)) {
		close(fd);
		return report_cannot("create", o->archive,
				     "an archive is not for a terminal; write the archive to a file or a pipe");
	}
	tar_sink_init(&o->sink, fd, is_stdout ? "standard output" : o->archive);
	o->sink.filter = o->filter;
	o->sink.fills_holes = o->no_sparse;
	if (!o->contexts)
		return 0;
	fd = archive_files_create(&o->files, o->contexts, &o->tool.image);
	if (fd < 0)
		return -1;
	o->sink.contexts = fdopen(fd, "wb");
	if (!o->sink.contexts)
		return report_cannot("create", o->contexts, host_file_strerror(errno));
	return 0;
}

static int fs2tar_close_output(struct fs2tar *o)
{
	int ret = 0;

	tar_sink_exit(&o->sink);
	if (close(o->sink.fd) && o->sink.complete) {
		copy_error(&o->tool.copy, "write", o->archive, host_file_strerror(errno));
		o->sink.complete = false;
		ret = -1;
	}
	if (o->sink.contexts &&
	    (ferror(o->sink.contexts) | fclose(o->sink.contexts))) {
		copy_error(&o->tool.copy, "write", o->contexts, host_file_strerror(errno));
		o->sink.complete = false;
		ret = -1;
	}
	return ret;
}

static void fs2tar_copy(void *arg)
{
	struct fs2tar *o = arg;

	if (archive_files_begin(&o->files)) {
		o->tool.copy.failed = true;
		return;
	}
	tree_source_init(&o->source, &guest_tree);
	/* The same files give the same archive. */
	o->source.sorted = true;
	o->source.link_xattrs = o->contexts;
	tree_source_add(&o->source, "/", ".");
	copy_run(&o->tool.copy, &o->source.base, &o->sink.base, CALLER_READS);
	tree_source_exit(&o->source);
}

static int fs2tar_run(struct fs2tar *o)
{
	int status;

	if (fs2tar_open_output(o) || archive_files_guard(&o->files)) {
		archive_files_remove(&o->files);
		return EXIT_FAILURE;
	}
	status = tool_run(&o->tool, fs2tar_copy, o);
	if (fs2tar_close_output(o) && !status)
		status = EXIT_FAILURE;
	if (archive_files_end(&o->files, o->sink.complete) && !status)
		status = EXIT_FAILURE;
	return status;
}

int main(int argc, char **argv)
{
	struct fs2tar o = { };
	int ret;

	host_main_begin(&argc, &argv);
	archive_files_init(&o.files);
	tool_init(&o.tool, OWNER_UNCHANGED, OWNER_UNCHANGED);
	o.tool.copy.opt.keep_owner = true;
	o.tool.confined = true;
	ret = fs2tar_parse(&o, argc, argv);
	if (ret)
		return ret == OPTIONS_DONE ? EXIT_SUCCESS : ret;
	return fs2tar_run(&o);
}
