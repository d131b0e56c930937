// SPDX-License-Identifier: GPL-2.0
/*
 * fs2tar makes an archive of what is in a file system image.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "copy/archives/tar.h"
#include "copy/trees/tree-source.h"
#include "tool/tool.h"

struct options {
	struct tool tool;
	const char *archive;
	const char *contexts;
	const char *filter;
	bool created;
	struct stat st;
	int keeper;
	struct confine confine;
	struct tree_source source;
	struct tar_sink sink;
};

static const char usage_text[] =
"Usage: fs2tar [options] IMAGE ARCHIVE\n"
"Make an archive (tar, pax format) of a file system image, without being root.\n"
"ARCHIVE is compressed as its name says: .tar.gz .tgz .tar.bz2 .tar.xz .tar.zst\n"
".tar.lz4 ..., - is standard output.\n"
"\n"
"  -t, --filesystem-type=TYPE    ext4, xfs, btrfs, vfat ... (default: look)\n"
"  -P, --partition=NUMBER        partition, 0 for none (default: look)\n"
"  -p, --enable-printk           show the kernel's messages\n"
"  -s, --selinux=FILE            write the SELinux contexts found to FILE\n"
"  -z, --gzip                    compress, whatever the name is\n"
"  -j, --bzip2                   ...\n"
"  -J, --xz                      ...\n"
"      --zstd                    ...\n"
"  -m, --mb=SIZE                 limit of memory in MiB\n"
"      --strict                  it is an error if the archive cannot hold\n"
"                                something, not a warning\n"
"      --clamp-mtime=SECONDS     no file is younger (default: SOURCE_DATE_EPOCH)\n"
"      --progress                show it, also when not on a terminal\n"
"      --user=USER               what root starts goes on as this user\n"
"      --no-sandbox              do not confine the process\n"
"  -v, --verbose                 name what is copied\n"
"  -h, --help                    show this and exit\n"
"  -V, --version                 show the version and exit\n";

enum { OPT_ZSTD = OPT_TOOL };

static const struct option long_options[] = {
	{ "selinux", required_argument, NULL, 's' },
	{ "gzip", no_argument, NULL, 'z' },
	{ "bzip2", no_argument, NULL, 'j' },
	{ "xz", no_argument, NULL, 'J' },
	{ "zstd", no_argument, NULL, OPT_ZSTD },
	COMMON_LONG,
	CONFINE_LONG,
	{ }
};

static int parse_one(struct options *o, int opt)
{
	switch (opt) {
	case 's':
		o->contexts = optarg;
		return 0;
	case 'z':
		o->filter = "gzip";
		return 0;
	case 'j':
		o->filter = "bzip2";
		return 0;
	case 'J':
		o->filter = "xz";
		return 0;
	case OPT_ZSTD:
		o->filter = "zstd";
		return 0;
	default:
		return tool_option(&o->tool, opt);
	}
}

static const char *filter_of(const char *path)
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

	for (i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		size_t len = strlen(known[i].suffix);

		if (n > len && !strcmp(path + n - len, known[i].suffix))
			return known[i].filter;
	}
	return NULL;
}

static int parse_options(struct options *o, int argc, char **argv)
{
	int opt, ret;

	while ((opt = getopt_long(argc, argv, "s:zjJ" COMMON_SHORT,
				  long_options, NULL)) >= 0) {
		ret = parse_one(o, opt);
		if (ret)
			return ret;
	}
	if (argc - optind != 2)
		return tool_usage_error(&o->tool,
					"an image and an archive are needed",
					NULL);
	o->tool.image.path = argv[optind];
	o->archive = argv[optind + 1];
	if (!o->filter)
		o->filter = filter_of(o->archive);
	return 0;
}

/* Output */

static int cannot_create(struct options *o, const char *path, const char *why)
{
	copy_fail(&o->tool.copy, "create", path, why);
	return -1;
}

/* A slip of the hand is not to cost the image. */
static bool is_image(struct options *o, const struct stat *st)
{
	struct stat image;

	return !stat(o->tool.image.path, &image) &&
	       image.st_dev == st->st_dev && image.st_ino == st->st_ino;
}

static int create_archive(struct options *o)
{
	int fd = open(o->archive, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOCTTY,
		      0666);

	if (fd < 0)
		return cannot_create(o, o->archive, strerror(errno));
	if (fstat(fd, &o->st) || is_image(o, &o->st)) {
		close(fd);
		return cannot_create(o, o->archive, "it is the image");
	}
	if (S_ISREG(o->st.st_mode) && ftruncate(fd, 0)) {
		close(fd);
		return cannot_create(o, o->archive, strerror(errno));
	}
	o->created = S_ISREG(o->st.st_mode);
	return fd;
}

/* Nothing else may come between the bytes of an archive. */
static int use_stdout(struct options *o)
{
	int fd;

	if (o->tool.copy.opt.verbose)
		return cannot_create(o, o->archive,
				     "-v writes to standard output as well");
	fd = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
	if (fd < 0)
		return cannot_create(o, o->archive, strerror(errno));
	return fd;
}

static int open_output(struct options *o)
{
	bool is_stdout = !strcmp(o->archive, "-");
	int fd = is_stdout ? use_stdout(o) : create_archive(o);

	if (fd < 0)
		return -1;
	if (isatty(fd)) {
		close(fd);
		return cannot_create(o, o->archive,
				     "an archive is not for a terminal");
	}
	tar_sink_init(&o->sink, fd, is_stdout ? "standard output" :
		      o->archive);
	o->sink.filter = o->filter;
	if (!o->contexts)
		return 0;
	o->sink.contexts = fopen(o->contexts, "we");
	return o->sink.contexts ? 0 :
	       cannot_create(o, o->contexts, strerror(errno));
}

/* Half an archive looks like one; what was there before is gone anyway. */
static void remove_archive(struct options *o)
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
static void keeper_main(struct options *o, int fd)
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
		remove_archive(o);
	_exit(EXIT_SUCCESS);
}

static int start_keeper(struct options *o)
{
	int fds[2];
	pid_t pid;

	o->keeper = -1;
	if (!o->created)
		return 0;
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds))
		return cannot_create(o, o->archive, strerror(errno));
	pid = fork();
	if (pid == 0)
		keeper_main(o, fds[1]);
	close(fds[1]);
	if (pid < 0) {
		close(fds[0]);
		return cannot_create(o, o->archive, strerror(errno));
	}
	o->keeper = fds[0];
	return 0;
}

/* Returns when it has done what there is to do. */
static void end_keeper(struct options *o, char keep)
{
	ssize_t n;

	if (o->keeper < 0)
		return;
	n = write(o->keeper, &keep, 1);
	do {
		n = read(o->keeper, &keep, 1);
	} while (n < 0 && errno == EINTR);
	close(o->keeper);
}

static int close_output(struct options *o)
{
	int ret = 0;

	tar_sink_exit(&o->sink);
	if (close(o->sink.fd) && o->sink.complete) {
		copy_fail(&o->tool.copy, "write", o->archive, strerror(errno));
		o->sink.complete = false;
		ret = -1;
	}
	if (o->sink.contexts &&
	    (ferror(o->sink.contexts) | fclose(o->sink.contexts))) {
		copy_fail(&o->tool.copy, "write", o->contexts,
			  strerror(errno));
		ret = -1;
	}
	return ret;
}

static void copy(void *arg)
{
	struct options *o = arg;

	tree_source_init(&o->source, &lkl_tree);
	/* Archives of the same contents are the same. */
	o->source.sorted = true;
	o->source.link_xattrs = o->contexts;
	tree_source_add(&o->source, "/", ".");
	copy_run(&o->tool.copy, &o->source.base, &o->sink.base, CALLER_READS);
	tree_source_exit(&o->source);
}

static int run(struct options *o)
{
	int status = EXIT_FAILURE;

	if (open_output(o) || start_keeper(o)) {
		remove_archive(o);
		return status;
	}
	status = tool_run(&o->tool, copy, o);
	if (close_output(o) && !status)
		status = EXIT_FAILURE;
	end_keeper(o, o->sink.complete);
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
	ret = parse_options(&o, argc, argv);
	if (!ret)
		ret = tool_ready(&o.tool);
	if (ret)
		return ret < 0 ? EXIT_SUCCESS : ret;
	return run(&o);
}
