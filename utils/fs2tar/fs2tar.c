// SPDX-License-Identifier: GPL-2.0
/*
 * fs2tar makes an archive of what is in a file system image.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "copy/archives/tar.h"
#include "copy/trees/tree-source.h"
#include "shared/macros.h"
#include "tool/tool.h"

struct fs2tar {
	struct tool tool;
	const char *archive;
	const char *contexts;
	const char *filter;
	bool created;
	struct stat st;
	int cleaner;
	struct tree_source source;
	struct tar_sink sink;
};

static const char usage_text[] =
"Usage: fs2tar [options] IMAGE ARCHIVE\n"
"Make an archive (tar, pax format) of a file system image, without being root.\n"
"The suffix of ARCHIVE selects the compression: .tar.gz .tgz .tar.bz2 .tar.xz\n"
".tar.zst .tar.lz4 ...  If ARCHIVE is -, write to standard output.\n";

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
	{ 'z', "gzip", .help = "compress with gzip, whatever the suffix is",
	  .apply = fs2tar_set_filter },
	{ 'j', "bzip2", .help = "compress with bzip2",
	  .apply = fs2tar_set_filter },
	{ 'J', "xz", .help = "compress with xz", .apply = fs2tar_set_filter },
	{ 0, "zstd", .help = "compress with zstd",
	  .apply = fs2tar_set_filter },
	{ }
};

static const struct option_spec confine_options[] = {
	TOOL_CONFINE_OPTIONS,
	{ }
};

static const char *fs2tar_filter(const char *path)
{
	static const struct {
		const char *suffix;
		const char *filter;
	} known[] = {
		{ ".gz", "gzip" }, { ".tgz", "gzip" }, { ".bz2", "bzip2" },
		{ ".tbz2", "bzip2" }, { ".xz", "xz" }, { ".txz", "xz" },
		{ ".zst", "zstd" }, { ".tzst", "zstd" }, { ".lz4", "lz4" },
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
		{ confine_options, &o->tool },
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
	return tool_prepare(&o->tool);
}

/* Output */

static int fs2tar_create_error(struct fs2tar *o, const char *path,
			       const char *why)
{
	copy_error(&o->tool.copy, "create", path, why);
	return -1;
}

/* A slip of the hand is not to cost the image. */
static bool fs2tar_is_image(struct fs2tar *o, const struct stat *st)
{
	struct stat image;

	return !stat(o->tool.image.path, &image) &&
	       image.st_dev == st->st_dev && image.st_ino == st->st_ino;
}

static int fs2tar_create_archive(struct fs2tar *o)
{
	int fd = open(o->archive, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOCTTY,
		      0666);

	if (fd < 0)
		return fs2tar_create_error(o, o->archive, strerror(errno));
	if (fstat(fd, &o->st) || fs2tar_is_image(o, &o->st)) {
		close(fd);
		return fs2tar_create_error(o, o->archive, "it is the image");
	}
	if (S_ISREG(o->st.st_mode) && ftruncate(fd, 0)) {
		close(fd);
		return fs2tar_create_error(o, o->archive, strerror(errno));
	}
	o->created = S_ISREG(o->st.st_mode);
	return fd;
}

/* Nothing else may come between the bytes of an archive. */
static int fs2tar_use_stdout(struct fs2tar *o)
{
	int fd;

	if (o->tool.copy.opt.verbose)
		return fs2tar_create_error(o, o->archive,
					   "-v writes to standard output as well");
	fd = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
	if (fd < 0)
		return fs2tar_create_error(o, o->archive, strerror(errno));
	return fd;
}

static int fs2tar_open_output(struct fs2tar *o)
{
	bool is_stdout = !strcmp(o->archive, "-");
	int fd = is_stdout ? fs2tar_use_stdout(o) : fs2tar_create_archive(o);

	if (fd < 0)
		return -1;
	if (isatty(fd)) {
		close(fd);
		return fs2tar_create_error(o, o->archive,
					   "an archive is not for a terminal");
	}
	tar_sink_init(&o->sink, fd, is_stdout ? "standard output" :
		      o->archive);
	o->sink.filter = o->filter;
	if (!o->contexts)
		return 0;
	o->sink.contexts = fopen(o->contexts, "we");
	return o->sink.contexts ?
		       0 :
		       fs2tar_create_error(o, o->contexts, strerror(errno));
}

/* Half an archive looks like one; what was there before is gone anyway. */
static void fs2tar_remove_archive(struct fs2tar *o)
{
	struct stat st;

	if (o->created && !stat(o->archive, &st) &&
	    st.st_dev == o->st.st_dev && st.st_ino == o->st.st_ino)
		unlink(o->archive);
}

/*
 * This process will be confined, and cannot remove anything: another one waits
 * for its word, or its end.
 */
static void cleaner_main(struct fs2tar *o, int fd)
{
	char keep;

	if (fd > 3)
		close_range(3, fd - 1, 0);
	close_range(fd + 1, ~0U, 0);
	/* Whoever means the other does not mean this. */
	signal(SIGINT, SIG_IGN);
	signal(SIGTERM, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	if (read(fd, &keep, 1) != 1 || !keep)
		fs2tar_remove_archive(o);
	_exit(EXIT_SUCCESS);
}

static int cleaner_start(struct fs2tar *o)
{
	int fds[2];
	pid_t pid;

	o->cleaner = -1;
	if (!o->created)
		return 0;
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds))
		return fs2tar_create_error(o, o->archive, strerror(errno));
	pid = fork();
	if (pid == 0)
		cleaner_main(o, fds[1]);
	close(fds[1]);
	if (pid < 0) {
		close(fds[0]);
		return fs2tar_create_error(o, o->archive, strerror(errno));
	}
	o->cleaner = fds[0];
	return 0;
}

/* Returns when it has done what there is to do. */
static void cleaner_end(struct fs2tar *o, char keep)
{
	ssize_t n;

	if (o->cleaner < 0)
		return;
	n = write(o->cleaner, &keep, 1);
	do {
		n = read(o->cleaner, &keep, 1);
	} while (n < 0 && errno == EINTR);
	close(o->cleaner);
}

static int fs2tar_close_output(struct fs2tar *o)
{
	int ret = 0;

	tar_sink_exit(&o->sink);
	if (close(o->sink.fd) && o->sink.complete) {
		copy_error(&o->tool.copy, "write", o->archive, strerror(errno));
		o->sink.complete = false;
		ret = -1;
	}
	if (o->sink.contexts &&
	    (ferror(o->sink.contexts) | fclose(o->sink.contexts))) {
		copy_error(&o->tool.copy, "write", o->contexts, strerror(errno));
		ret = -1;
	}
	return ret;
}

static void fs2tar_copy(void *arg)
{
	struct fs2tar *o = arg;

	tree_source_init(&o->source, &guest_tree);
	/* Archives of the same contents are the same. */
	o->source.sorted = true;
	o->source.link_xattrs = o->contexts;
	tree_source_add(&o->source, "/", ".");
	copy_run(&o->tool.copy, &o->source.base, &o->sink.base, CALLER_READS);
	tree_source_exit(&o->source);
}

static int fs2tar_run(struct fs2tar *o)
{
	int status = EXIT_FAILURE;

	if (fs2tar_open_output(o) || cleaner_start(o)) {
		fs2tar_remove_archive(o);
		return status;
	}
	status = tool_run(&o->tool, fs2tar_copy, o);
	if (fs2tar_close_output(o) && !status)
		status = EXIT_FAILURE;
	cleaner_end(o, o->sink.complete);
	return status;
}

int main(int argc, char **argv)
{
	struct fs2tar o = { };
	int ret;

	tar_set_locale();
	tool_init(&o.tool, OWNER_UNCHANGED, OWNER_UNCHANGED);
	o.tool.copy.opt.keep_owner = true;
	o.tool.confined = true;
	ret = fs2tar_parse(&o, argc, argv);
	if (ret)
		return ret == OPTIONS_DONE ? EXIT_SUCCESS : ret;
	return fs2tar_run(&o);
}
