// SPDX-License-Identifier: GPL-2.0
/*
 * The command line, as users give it and as mount(8) gives it.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/options.h"
#include "common/report.h"
#include "config.h"
#include "start/command-line.h"

/* Practically infinite, and small enough that no conversion overflows. */
#define TIMEOUT_SECONDS	(10 * 365 * 86400.0)
#define MEMORY_MAX_MB	(1UL << 24)

/**
 * struct command_line - the options as libfuse parses them
 * @fs:		the file system to set up
 * @image:	path of the image
 * @mountpoint:	path of the mount point
 * @part:	value of part=
 * @offset:	value of offset=
 * @size_limit:	value of sizelimit=
 * @mb:		value of mb=
 * @log:	value of log=
 * @map:	value of map=
 * @max_read:	value of max_read=, which FUSE gets as well
 * @sandbox:	value of sandbox=
 * @run_as:	value of run_as=
 * @read_only:	ro was given
 * @read_write:	rw was given
 * @no_lock:	nolock was given
 * @writeback:	writeback_cache was given
 * @direct_io:	direct_io was given
 */
struct command_line {
	struct lklfuse *fs;
	char *image;
	char *mountpoint;
	char *part;
	char *offset;
	char *size_limit;
	char *mb;
	char *log;
	char *map;
	const char *max_read;
	char *sandbox;
	char *run_as;
	int read_only;
	int read_write;
	int no_lock;
	int writeback;
	int direct_io;
};

enum {
	KEY_DEVICE, KEY_TYPE, KEY_LABEL, KEY_UUID, KEY_OPTS, KEY_LOCK,
	KEY_MAX_READ,
};

#define OPT(text, member)	{ text, offsetof(struct command_line, member), 0 }
#define FLAG(text, member)	{ text, offsetof(struct command_line, member), 1 }

static const struct fuse_opt option_table[] = {
	OPT("part=%s", part),
	OPT("offset=%s", offset),
	OPT("sizelimit=%s", size_limit),
	OPT("mb=%s", mb),
	OPT("log=%s", log),
	OPT("map=%s", map),
	OPT("sandbox=%s", sandbox),
	OPT("run_as=%s", run_as),
	FLAG("ro", read_only),
	FLAG("rw", read_write),
	FLAG("nolock", no_lock),
	FLAG("writeback_cache", writeback),
	FLAG("direct_io", direct_io),
	FUSE_OPT_KEY("type=", KEY_TYPE),
	FUSE_OPT_KEY("label=", KEY_LABEL),
	FUSE_OPT_KEY("uuid=", KEY_UUID),
	FUSE_OPT_KEY("opts=", KEY_OPTS),
	FUSE_OPT_KEY("lock=", KEY_LOCK),
	FUSE_OPT_KEY("device=", KEY_DEVICE),
	FUSE_OPT_KEY("max_read=", KEY_MAX_READ),
	/* Options of fstab(5) for other programs. */
	FUSE_OPT_KEY("defaults", FUSE_OPT_KEY_DISCARD),
	FUSE_OPT_KEY("auto", FUSE_OPT_KEY_DISCARD),
	FUSE_OPT_KEY("noauto", FUSE_OPT_KEY_DISCARD),
	FUSE_OPT_KEY("user", FUSE_OPT_KEY_DISCARD),
	FUSE_OPT_KEY("nouser", FUSE_OPT_KEY_DISCARD),
	FUSE_OPT_KEY("users", FUSE_OPT_KEY_DISCARD),
	FUSE_OPT_KEY("nofail", FUSE_OPT_KEY_DISCARD),
	FUSE_OPT_KEY("_netdev", FUSE_OPT_KEY_DISCARD),
	FUSE_OPT_KEY("user=", FUSE_OPT_KEY_DISCARD),
	FUSE_OPT_KEY("comment=", FUSE_OPT_KEY_DISCARD),
	FUSE_OPT_END
};

static const char usage_text[] =
"Usage: lklfuse [OPTION]... IMAGE MOUNTPOINT\n"
"Mount the file system in IMAGE, without root privileges, with the file system\n"
"code of the Linux kernel, which runs in this process.\n"
"\n"
"  -f                     stay in the foreground\n"
"  -d                     stay in the foreground and print each request\n"
"  -o OPTION[,OPTION...]  set mount options, see below\n"
"  -h, --help             show this summary and exit\n"
"  -V, --version          show the version and exit\n"
"\n"
"Mount options, besides those of mount.fuse3(8):\n"
"  type=TYPE              file system type, such as ext4, xfs, btrfs or vfat\n"
"                         (default: detect)\n"
"  part=NUMBER            number of the partition; 0: the whole image\n"
"                         (default: detect)\n"
"  offset=BYTES           offset of the image in the file, such as 1048576 or 1M\n"
"                         (default: 0)\n"
"  sizelimit=BYTES        largest size of the image (default: up to the end of\n"
"                         the file)\n"
"  label=LABEL            select the file system with this label\n"
"  uuid=UUID              select the file system with this UUID\n"
"  device=PATH            another device of the file system, such as its journal;\n"
"                         may be repeated\n"
"  ro                     mount read-only\n"
"  rw                     fail if the image is not writable, instead of mounting\n"
"                         read-only\n"
"  opts=OPTIONS           mount options of the file system type; write \\, for a\n"
"                         comma in OPTIONS\n"
"  mb=SIZE                limit the kernel's memory to SIZE MiB\n"
"  log=FILE               append the kernel's messages to FILE\n"
"  lock=FILE              lock FILE instead of the image\n"
"  nolock                 lock nothing\n"
"  map=HOST/IMAGE:...     map owners: pairs of user IDs, or @HOST/@IMAGE for\n"
"                         group IDs\n"
"  run_as=USER            become USER as soon as all files are open; only for root\n"
"  sandbox=no             do not confine the process\n"
"  direct_io              do not let the host cache anything\n"
"  writeback_cache        let the host cache writes until close or fsync\n";

/* Handle one option.  Return 0 if it is ours, 1 if it is for FUSE, or -1. */
static int command_line_on_option(void *data, const char *arg, int key,
			     struct fuse_args *out)
{
	struct command_line *line = data;
	struct image *img = &line->fs->image;
	const char *value = strchr(arg, '=');

	(void)out;
	value = value ? strdup(value + 1) : NULL;
	switch (key) {
	case FUSE_OPT_KEY_OPT:
		/* Options for systemd, gvfs and others begin with "x-". */
		return strncasecmp(arg, "x-", 2) != 0;
	case KEY_TYPE:
		img->type = value;
		return 0;
	case KEY_LABEL:
		img->label = value;
		return 0;
	case KEY_UUID:
		img->uuid = value;
		return 0;
	case KEY_OPTS:
		img->options = value;
		return 0;
	case KEY_LOCK:
		img->lock_path = value;
		return 0;
	case KEY_DEVICE:
		return image_add_device(img, value);
	case KEY_MAX_READ:
		line->max_read = value;
		return 1;
	case FUSE_OPT_KEY_NONOPT:
		/* libfuse takes mount points as well, but with other messages. */
		if (line->mountpoint) {
			options_usage_error("unexpected argument '%s': only an image and a mount point can be given",
					    arg);
			return -1;
		}
		*(line->image ? &line->mountpoint : &line->image) = strdup(arg);
		return 0;
	}
	return 1;
}

/* Check and convert the values of options; return 0 or an exit status. */
static int command_line_check(const struct command_line *line)
{
	struct image *img = &line->fs->image;
	uint64_t n;

	img->part = -1;
	if (line->max_read) {
		if (!parse_number(line->max_read, UINT32_MAX, &n))
			return options_usage_error("option max_read= needs a number of bytes");
		line->fs->max_read = n;
	}
	if (line->part) {
		if (!parse_number(line->part, IMAGE_PART_MAX, &n))
			return options_usage_error("option part= needs " IMAGE_PART_RANGE);
		img->part = n;
	}
	if (line->offset && !parse_size(line->offset, &img->offset))
		return options_usage_error("option offset= needs a number of bytes, such as 1048576 or 1M");
	if (line->size_limit && !parse_size(line->size_limit, &img->size_limit))
		return options_usage_error("option sizelimit= needs a number of bytes, such as 1048576 or 1M");
	if (line->mb && !parse_number(line->mb, MEMORY_MAX_MB, &img->mem_mb))
		return options_usage_error("option mb= needs a number of MiB");
	if (line->map && !idmap_parse(&line->fs->idmap, line->map))
		return options_usage_error("option map= needs pairs HOST/IMAGE, or @HOST/@IMAGE for groups, separated by colons");
	if (line->sandbox && strcmp(line->sandbox, "no") &&
	    strcmp(line->sandbox, "yes"))
		return options_usage_error("option sandbox= needs yes or no");
	if (line->read_only && line->read_write)
		return options_usage_error("options ro and rw cannot be used together");
	if (line->run_as && geteuid())
		return options_usage_error("option run_as= can only be used by root");
	return 0;
}

static void command_line_set_up_fs(const struct command_line *line)
{
	struct lklfuse *fs = line->fs;
	struct image *img = &fs->image;

	img->path = line->image;
	img->writable = !line->read_only;
	img->read_only_fallback = !line->read_write;
	img->can_stop = true;
	img->no_lock = line->no_lock;
	img->messages = line->log;
	img->part_option = "-o part=";
	img->device_option = "-o device=";
	img->options_option = "-o opts=";
	img->hint = " (-o log=FILE writes the kernel's messages to FILE)";
	fs->direct_io = line->direct_io;
	fs->writeback = line->writeback;
	fs->mount_uid = geteuid();
	fs->timeout = line->direct_io ? 0 : TIMEOUT_SECONDS;
}

/*
 * Parse the command line that mount(8) gives: mount.fuse.lklfuse IMAGE DIR
 * [-sfnv] [-N NS] [-o OPTS] [-t TYPE].  Here -f means not to mount.  Return -1
 * to go on, or an exit status.
 */
static int command_line_parse_mount_helper(int argc, char **argv,
				      struct fuse_args *args)
{
	int c;

	while ((c = getopt(argc, argv, "sfnvo:t:N:")) >= 0) {
		switch (c) {
		case 'f':
			return EXIT_SUCCESS;
		case 'o':
			fuse_opt_add_arg(args, "-o");
			fuse_opt_add_arg(args, optarg);
			break;
		case '?':
			return EXIT_USAGE;
		}
	}
	for (; optind < argc; optind++)
		fuse_opt_add_arg(args, argv[optind]);
	return -1;
}

/* Return true if a service manager supervises this process. */
static bool command_line_is_service(void)
{
	const char *pid = getenv("SYSTEMD_EXEC_PID");

	return getenv("NOTIFY_SOCKET") || (pid && atoi(pid) == getpid());
}

static const char *command_line_mount_point_hint(int err)
{
	switch (err) {
	case ENOENT:
		return "; create the directory first";
	case ENOTDIR:
		return "; give a directory";
	case ENOTCONN:
		return "; the server of another mount has ended there: remove that mount with 'fusermount3 -u'";
	default:
		return "";
	}
}

static int command_line_refuse_mount_point(const char *path, int err)
{
	report_error("cannot use mount point '%s': %s%s", path, strerror(err),
		     command_line_mount_point_hint(err));
	return EXIT_FAILURE;
}

/* Store the path of the mount point; return -1 to go on, or an exit status. */
static int command_line_set_mount_point(const char *path, struct options *opts)
{
	struct stat st;

	opts->mountpoint = realpath(path, NULL);
	/* The root of a file system is a directory: the host refuses others. */
	if (opts->mountpoint && !stat(opts->mountpoint, &st)) {
		if (S_ISDIR(st.st_mode))
			return -1;
		errno = ENOTDIR;
	}
	return command_line_refuse_mount_point(path, errno);
}

/* Print a message of libfuse like a message of this program. */
__attribute__((format(printf, 2, 0)))
static void command_line_print_fuse(enum fuse_log_level level,
				    const char *format, va_list args)
{
	static const char prefix[] = "fuse: ";
	char *text;

	if (vasprintf(&text, format, args) < 0)
		return;
	if (level <= FUSE_LOG_ERR && !strncmp(text, prefix, strlen(prefix)))
		fprintf(stderr, "%s: %s", report_program(),
			text + strlen(prefix));
	else
		fputs(text, stderr);
	free(text);
}

/* Parse the options of FUSE; return -1 to go on, or an exit status. */
static int command_line_parse_fuse(const struct command_line *line,
			      struct fuse_args *args, struct options *opts)
{
	struct fuse_cmdline_opts cmdline;
	int ret;

	if (fuse_parse_cmdline(args, &cmdline))
		return EXIT_USAGE;
	if (cmdline.show_help) {
		fputs(usage_text, stdout);
		return EXIT_SUCCESS;
	}
	if (cmdline.show_version) {
		printf("lklfuse (LKL) " LKL_VERSION ", FUSE %s\n",
		       fuse_pkgversion());
		return EXIT_SUCCESS;
	}
	if (!line->image || !line->mountpoint)
		return options_usage_error("an image and a mount point are required");
	ret = command_line_check(line);
	if (ret)
		return ret;
	ret = command_line_set_mount_point(line->mountpoint, opts);
	opts->foreground = cmdline.foreground;
	return ret;
}

int command_line_parse(int argc, char **argv, struct options *opts,
		  struct lklfuse *fs, struct fuse_args *args)
{
	struct command_line line = { .fs = fs };
	bool is_mount_helper = !strncmp(report_program(), "mount.", 6);
	int ret, i;

	fuse_set_log_func(command_line_print_fuse);
	/* FUSE derives the subtype from the first argument. */
	fuse_opt_add_arg(args, "lklfuse");
	if (is_mount_helper) {
		ret = command_line_parse_mount_helper(argc, argv, args);
		if (ret >= 0)
			return ret;
	}
	for (i = 1; i < argc && !is_mount_helper; i++)
		fuse_opt_add_arg(args, argv[i]);
	if (fuse_opt_parse(args, &line, option_table, command_line_on_option))
		return EXIT_USAGE;
	ret = command_line_parse_fuse(&line, args, opts);
	if (ret >= 0)
		return ret;
	command_line_set_up_fs(&line);
	opts->log = line.log;
	opts->run_as = line.run_as;
	opts->no_sandbox = line.sandbox && !strcmp(line.sandbox, "no");
	if (!is_mount_helper && command_line_is_service())
		opts->foreground = true;
	return -1;
}
