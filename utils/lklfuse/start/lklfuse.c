// SPDX-License-Identifier: GPL-2.0
/*
 * lklfuse: the command line, and the order in which it starts.
 *
 * Everything of the host is opened first: the image, the mount point, the
 * kernel.  Then the process confines itself, and only then looks at what is in
 * the image.  The caller is told when the mount is there, or why it is not.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <lkl/linux/prctl.h>
#include <lkl/linux/resource.h>

#include "image/confine.h"
#include "image/host-table.h"
#include "config.h"
#include "inode/inode.h"
#include "request/lklfuse.h"
#include "mount/sd-notify.h"
#include "session/session.h"
#include "mount/umounter.h"

#define EXIT_USAGE	2
/* As good as for ever, and no overflow anywhere. */
#define TIMEOUT_SECONDS	(10 * 365 * 86400.0)

struct lklfuse the_fs;

/**
 * struct options - the command line
 * @image:	path, as given
 * @mountpoint:	path
 * @part:	number, as given
 * @mb:		MiB
 * @log:	file for the kernel's messages
 * @map:	owners
 * @sandbox:	"yes" or "no"
 * @run_as:	user
 * @read_only:	...
 * @read_write:	no fallback
 * @no_lock:	...
 * @writeback:	the host caches writes
 * @direct_io:	it does not even cache reads
 * @foreground:	stay there
 * @status_fd:	where the caller waits for a byte, or -1
 * @null_fd:	/dev/null, for later
 * @log_fd:	...
 */
struct options {
	char *image;
	char *mountpoint;
	char *part;
	char *mb;
	char *log;
	char *map;
	char *sandbox;
	char *run_as;
	int read_only;
	int read_write;
	int no_lock;
	int writeback;
	int direct_io;
	bool foreground;
	bool helper;
	int status_fd;
	int null_fd;
	int log_fd;
};

static struct options opts = { .status_fd = -1, .null_fd = -1, .log_fd = -1 };

enum { KEY_DEVICE, KEY_TYPE, KEY_LABEL, KEY_UUID, KEY_OPTS, KEY_LOCK };

#define OPT(text, member)	{ text, offsetof(struct options, member), 0 }
#define FLAG(text, member)	{ text, offsetof(struct options, member), 1 }

static const struct fuse_opt option_table[] = {
	OPT("part=%s", part),
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
	/* Of fstab(5); not for us. */
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
"Usage: lklfuse [options] IMAGE MOUNTPOINT\n"
"Mount a file system image with Linux's own code, without being root.\n"
"\n"
"  -f                     stay in the foreground\n"
"  -d                     the same, and show each request\n"
"  -o OPTION[,OPTION...]  see below\n"
"  -h, --help             show this and exit\n"
"  -V, --version          show the version and exit\n"
"\n"
"Options of -o, besides those of mount.fuse3(8):\n"
"  type=TYPE              ext4, xfs, btrfs, vfat ... (default: look)\n"
"  part=NUMBER            partition, 0 for none (default: look)\n"
"  label=LABEL            the file system with this label\n"
"  uuid=UUID              the file system with this UUID\n"
"  device=PATH            one more device of the same btrfs; may be repeated\n"
"  ro                     read only\n"
"  rw                     fail if it cannot be written, instead of read only\n"
"  opts=OPTIONS           mount options of the type; \\, is a comma in them\n"
"  mb=SIZE                limit of memory in MiB\n"
"  log=FILE               write the kernel's messages there\n"
"  lock=FILE              lock this file instead of the image\n"
"  nolock                 lock nothing\n"
"  map=HOST/IMAGE:...     owners: uid/uid, @gid/@gid\n"
"  run_as=USER            what root starts goes on as this user\n"
"  sandbox=no             do not confine the process\n"
"  direct_io              the host caches nothing\n"
"  writeback_cache        the host caches writes until close or fsync\n";

static int say(const char *what, const char *arg, const char *why)
{
	fprintf(stderr, "%s: %s '%s': %s\n", the_fs.program, what, arg, why);
	return -1;
}

static int usage_error(const char *what)
{
	fprintf(stderr, "%s: %s\nTry '%s --help'.\n", the_fs.program, what,
		the_fs.program);
	return EXIT_USAGE;
}

/* Options */

static int add_device(const char *path)
{
	struct image *img = &the_fs.image;

	if (img->device_count == IMAGE_DEVICES_MAX)
		return say("cannot use", path, "too many devices");
	img->devices[img->device_count++] = strdup(path);
	return 0;
}

static int on_option(void *data, const char *arg, int key,
		     struct fuse_args *out)
{
	struct image *img = &the_fs.image;
	const char *value = strchr(arg, '=');

	(void)data;
	(void)out;
	value = value ? strdup(value + 1) : NULL;
	switch (key) {
	case FUSE_OPT_KEY_OPT:
		/* Also for others than mount(8): systemd, gvfs ... */
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
		return add_device(value);
	case FUSE_OPT_KEY_NONOPT:
		if (opts.image)
			return 1;
		opts.image = strdup(arg);
		return 0;
	}
	return 1;
}

static bool parse_number(const char *s, unsigned long max, unsigned long *val)
{
	char *end;

	errno = 0;
	*val = strtoul(s, &end, 10);
	return !errno && *s >= '0' && *s <= '9' && !*end && *val <= max;
}

/* 0 or an exit status */
static int check_options(void)
{
	struct image *img = &the_fs.image;
	unsigned long n;

	img->part = -1;
	if (opts.part) {
		if (!parse_number(opts.part, 255, &n))
			return usage_error("part= wants the number of a partition");
		img->part = n;
	}
	if (opts.mb && !parse_number(opts.mb, 1UL << 24, &img->mem_mb))
		return usage_error("mb= wants a number of MiB");
	if (opts.map && !idmap_parse(&the_fs.idmap, opts.map))
		return usage_error("map= wants HOST/IMAGE, or @HOST/@IMAGE for groups, separated by colons");
	if (opts.sandbox && strcmp(opts.sandbox, "no") &&
	    strcmp(opts.sandbox, "yes"))
		return usage_error("sandbox= wants yes or no");
	if (opts.read_only && opts.read_write)
		return usage_error("ro and rw are not both possible");
	if (opts.run_as && geteuid())
		return usage_error("only root can run as another user");
	img->writable = !opts.read_only;
	img->read_only_fallback = !opts.read_write;
	img->no_lock = opts.no_lock;
	img->messages = opts.log;
	img->hint = " (-o log=FILE keeps the kernel's messages)";
	the_fs.direct_io = opts.direct_io;
	the_fs.writeback = opts.writeback;
	the_fs.mount_uid = geteuid();
	the_fs.timeout = opts.direct_io ? 0 : TIMEOUT_SECONDS;
	return 0;
}

/*
 * As mount(8) calls it: mount.fuse.lklfuse IMAGE DIR [-sfnv] [-N NS] [-o OPTS]
 * [-t TYPE].  There -f means not to mount.  -1: go on.
 */
static int helper_options(int argc, char **argv, struct fuse_args *args)
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

/* Whoever was started as a service stays where its manager sees it. */
static bool is_service(void)
{
	const char *pid = getenv("SYSTEMD_EXEC_PID");

	return getenv("NOTIFY_SOCKET") || (pid && atoi(pid) == getpid());
}

/* 0: go on; otherwise an exit status + 1 */
static int parse_options(struct fuse_args *args)
{
	struct fuse_cmdline_opts cmdline;
	int ret;

	if (fuse_opt_parse(args, &opts, option_table, on_option) ||
	    fuse_parse_cmdline(args, &cmdline))
		return EXIT_USAGE + 1;
	if (cmdline.show_help) {
		fputs(usage_text, stdout);
		return EXIT_SUCCESS + 1;
	}
	if (cmdline.show_version) {
		printf("lklfuse (LKL) " LKL_VERSION ", FUSE %s\n",
		       fuse_pkgversion());
		return EXIT_SUCCESS + 1;
	}
	if (!opts.image || !cmdline.mountpoint)
		return usage_error("an image and a mount point are needed") + 1;
	ret = check_options();
	if (ret)
		return ret + 1;
	opts.mountpoint = realpath(cmdline.mountpoint, NULL);
	if (!opts.mountpoint) {
		say("cannot use", cmdline.mountpoint, strerror(errno));
		return EXIT_FAILURE + 1;
	}
	free(cmdline.mountpoint);
	opts.foreground = cmdline.foreground ||
			  (!opts.helper && is_service());
	return 0;
}

/* Starting */

/*
 * The child goes on; the caller waits until it says that the mount is there, or
 * ends.
 */
static int go_to_background(void)
{
	int fds[2], status;
	pid_t pid;
	char c;

	if (pipe2(fds, O_CLOEXEC))
		return say("cannot make", "a pipe", strerror(errno));
	pid = fork();
	if (pid < 0)
		return say("cannot start", "a process", strerror(errno));
	if (pid == 0) {
		close(fds[0]);
		opts.status_fd = fds[1];
		setsid();
		return 0;
	}
	close(fds[1]);
	if (read(fds[0], &c, 1) == 1)
		_exit(EXIT_SUCCESS);
	status = 0;
	waitpid(pid, &status, 0);
	if (WIFSIGNALED(status))
		say("cannot mount", the_fs.image.path,
		    strsignal(WTERMSIG(status)));
	/* Otherwise it has said why. */
	_exit(WIFEXITED(status) && WEXITSTATUS(status) ? WEXITSTATUS(status) :
	      EXIT_FAILURE);
}

static void print_to_log(const char *str, int len)
{
	ssize_t n = write(opts.log_fd, str, len);

	(void)n;
}

static int open_log(void)
{
	if (!opts.log)
		return 0;
	opts.log_fd = open(opts.log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC,
			   0666);
	if (opts.log_fd < 0)
		return say("cannot open", opts.log, strerror(errno));
	image_host()->print = print_to_log;
	return 0;
}

/* What the session is to be told besides what the user said. */
static int add_session_options(struct fuse_args *args)
{
	char *path = realpath(the_fs.image.path, NULL), *list = NULL;
	char *name = NULL;
	int ret = -1;

	if (path && asprintf(&name, "fsname=%s", path) >= 0)
		ret = fuse_opt_add_opt_escaped(&list, name);
	if (!ret)
		ret = fuse_opt_add_opt(&list, "subtype=lklfuse,default_permissions");
	if (!ret && !the_fs.image.writable)
		ret = fuse_opt_add_opt(&list, "ro");
	if (!ret)
		ret = fuse_opt_insert_arg(args, 1, "-o");
	if (!ret)
		ret = fuse_opt_insert_arg(args, 2, list);
	free(list);
	free(name);
	free(path);
	return ret;
}

static int start_session(struct fuse_args *args)
{
	the_fs.se = fuse_session_new(args, &lklfuse_ops, sizeof(lklfuse_ops),
				     &the_fs);
	if (!the_fs.se)
		return -1;
	if (!fuse_session_mount(the_fs.se, opts.mountpoint))
		return 0;
	fuse_session_destroy(the_fs.se);
	the_fs.se = NULL;
	return say("cannot mount at", opts.mountpoint,
		   "FUSE refuses (see above)");
}

static int confine_self(void)
{
	const struct confine c = {
		.user = opts.run_as,
	};

	if (opts.sandbox && !strcmp(opts.sandbox, "no") && !opts.run_as)
		return 0;
	return confine(&c);
}

/* Each file that the host knows has a descriptor here. */
static long raise_limits(void)
{
	struct lkl_rlimit64 most = { 1 << 30, 1 << 30 };
	static const char number[] = "1073741816";
	long fd, ret;

	fd = lkl_sys_open("/proc/sys/fs/nr_open", LKL_O_WRONLY, 0);
	if (fd < 0)
		return fd;
	ret = lkl_sys_write(fd, number, sizeof(number) - 1);
	lkl_sys_close(fd);
	if (ret < 0)
		return ret;
	most.rlim_cur = most.rlim_max = strtoul(number, NULL, 10);
	return lkl_sys_prlimit64(0, LKL_RLIMIT_NOFILE, &most, NULL);
}

/* Each takes some 2 KiB of LKL's memory, of which most is for other things. */
static size_t many_inodes(void)
{
	const uint64_t bytes_each = 16384;
	uint64_t ram = the_fs.image.mem_mb ? (uint64_t)the_fs.image.mem_mb << 20 :
		       image_host()->vm->ram_limit();

	return ram / bytes_each;
}

/* What the type of the file system can do. */
static void look_at_type(void)
{
	const char *root = the_fs.image.mount_point;

	the_fs.has_acl = lkl_sys_getxattr(root, "system.posix_acl_access", NULL,
					  0) != -LKL_EOPNOTSUPP;
	the_fs.has_xattr = the_fs.has_acl ||
			   lkl_sys_getxattr(root, "user.lklfuse", NULL, 0) !=
			   -LKL_EOPNOTSUPP;
}

static int start_file_system(void)
{
	long err;

	err = lkl_mount_fs("proc");
	if (err >= 0)
		err = raise_limits();
	if (!err) {
		look_at_type();
		err = inodes_init(the_fs.image.mount_point, many_inodes());
	}
	if (!err)
		return 0;
	return say("cannot serve", the_fs.image.path, lkl_strerror(err));
}

static void tell_ready(int notify)
{
	char c = 0;
	ssize_t n;

	fflush(stderr);
	if (opts.status_fd < 0) {
		notify_send(notify, "READY=1");
		return;
	}
	dup2(opts.null_fd, STDIN_FILENO);
	dup2(opts.null_fd, STDOUT_FILENO);
	dup2(opts.null_fd, STDERR_FILENO);
	n = write(opts.status_fd, &c, 1);
	(void)n;
	close(opts.status_fd);
}

/* The image is open, and closed in any case. */
static int serve_image(int umounter, int notify, bool *ret_served)
{
	int ret;

	if (image_mount(&the_fs.image))
		return -1;
	ret = start_file_system();
	if (!ret) {
		*ret_served = true;
		tell_ready(notify);
		ret = session_serve(&the_fs, umounter);
		notify_send(notify, "STOPPING=1");
	}
	inodes_exit();
	if (image_close(&the_fs.image))
		ret = -1;
	session_join_driver();
	return ret;
}

/* By the name that add_session_options() gave it. */
static void register_mount(void)
{
	char *path = realpath(the_fs.image.path, NULL);

	if (path)
		umounter_register(path, opts.mountpoint);
	free(path);
}

static int mount_and_serve(struct fuse_args *args)
{
	int umounter, notify, ret = -1;
	bool served = false;

	if (open_log() || image_open_files(&the_fs.image))
		return -1;
	if (add_session_options(args) || start_session(args)) {
		image_close(&the_fs.image);
		return -1;
	}
	register_mount();
	umounter = umounter_start(the_fs.program, opts.mountpoint);
	notify = notify_open();
	if (umounter >= 0 && !image_boot(&the_fs.image)) {
		if (confine_self())
			image_close(&the_fs.image);
		else
			ret = serve_image(umounter, notify, &served);
	}
	/* The caller may try again at once. */
	if (!served && umounter >= 0)
		umounter_detach(umounter);
	return ret;
}

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

int main(int argc, char **argv)
{
	struct fuse_args args = FUSE_ARGS_INIT(0, NULL);
	int ret, i;

	the_fs.program = base_name(argv[0]);
	opts.helper = !strncmp(the_fs.program, "mount.", 6);
	/* FUSE takes it for the subtype. */
	fuse_opt_add_arg(&args, "lklfuse");
	if (opts.helper) {
		ret = helper_options(argc, argv, &args);
		if (ret >= 0)
			return ret;
	}
	for (i = 1; i < argc && !opts.helper; i++)
		fuse_opt_add_arg(&args, argv[i]);
	ret = parse_options(&args);
	if (ret)
		return ret - 1;
	the_fs.image.path = opts.image;
	opts.null_fd = open("/dev/null", O_RDWR | O_CLOEXEC);
	session_block_signals();
	session_watch_waiting();
	if (!opts.foreground && go_to_background())
		return EXIT_FAILURE;
	umask(0);
	ret = mount_and_serve(&args);
	fuse_opt_free_args(&args);
	return ret ? EXIT_FAILURE : EXIT_SUCCESS;
}
