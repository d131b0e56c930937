// SPDX-License-Identifier: GPL-2.0
/*
 * cptofs copies files of the host into a file system image, cpfromfs copies
 * them out.  One program; its name tells the direction.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fnmatch.h>
#include <getopt.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "config.h"
#include "copy/engine.h"
#include "image.h"
#include "watchdog.h"

#define EXIT_USAGE	2
#define WATCHDOG_SECONDS	120

static volatile sig_atomic_t caught;
static volatile uint64_t steps;

struct options {
	struct image image;
	struct copy copy;
	bool into;
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

enum { OPT_PRESERVE = 256, OPT_STRICT, OPT_CLAMP, OPT_PROGRESS };

static const struct option long_options[] = {
	{ "filesystem-image", required_argument, NULL, 'i' },
	{ "filesystem-type", required_argument, NULL, 't' },
	{ "partition", required_argument, NULL, 'P' },
	{ "enable-printk", no_argument, NULL, 'p' },
	{ "selinux", required_argument, NULL, 's' },
	{ "owner", required_argument, NULL, 'o' },
	{ "group", required_argument, NULL, 'g' },
	{ "mb", required_argument, NULL, 'm' },
	{ "preserve", no_argument, NULL, OPT_PRESERVE },
	{ "strict", no_argument, NULL, OPT_STRICT },
	{ "clamp-mtime", required_argument, NULL, OPT_CLAMP },
	{ "progress", no_argument, NULL, OPT_PROGRESS },
	{ "verbose", no_argument, NULL, 'v' },
	{ "help", no_argument, NULL, 'h' },
	{ "version", no_argument, NULL, 'V' },
	{ }
};

static int usage_error(const struct options *o, const char *what,
		       const char *arg)
{
	fprintf(stderr, "%s: %s%s%s\nTry '%s --help'.\n",
		o->image.program, what, arg ? " " : "", arg ? arg : "",
		o->image.program);
	return EXIT_USAGE;
}

static bool parse_number(const char *s, unsigned long max, unsigned long *val)
{
	char *end;

	errno = 0;
	*val = strtoul(s, &end, 10);
	return !errno && *s >= '0' && *s <= '9' && !*end && *val <= max;
}

/* "uid" or "uid:gid" */
static bool parse_owner(struct options *o, char *arg)
{
	char *colon = strchr(arg, ':');
	unsigned long uid, gid;
	bool ok;

	if (colon)
		*colon = 0;
	ok = parse_number(arg, UINT32_MAX - 1, &uid);
	if (ok)
		o->copy.opt.owner = uid;
	if (colon) {
		*colon = ':';
		ok = ok && parse_number(colon + 1, UINT32_MAX - 1, &gid);
		if (ok)
			o->copy.opt.group = gid;
	}
	return ok;
}

static void show_progress(const struct copy *c)
{
	static time_t shown;
	time_t now = time(NULL);

	if (!shown)
		shown = now;
	if (now == shown)
		return;
	shown = now;
	fprintf(stderr, "\r%s: %llu files, %llu MiB ", c->program,
		(unsigned long long)c->files,
		(unsigned long long)c->bytes >> 20);
}

/* 0: go on, -1: done, otherwise an exit status. */
static int parse_one(struct options *o, int opt)
{
	unsigned long n = 0;
	bool ok = true;

	switch (opt) {
	case 'i':
		o->image.path = optarg;
		break;
	case 't':
		o->image.type = optarg;
		break;
	case 'p':
		o->image.messages = true;
		break;
	case 's':
		o->copy.opt.label = optarg;
		break;
	case 'P':
		ok = parse_number(optarg, 255, &n);
		o->image.part = n;
		break;
	case 'o':
		ok = parse_owner(o, optarg);
		break;
	case 'g':
		ok = parse_number(optarg, UINT32_MAX - 1, &n);
		o->copy.opt.group = n;
		break;
	case 'm':
		ok = parse_number(optarg, 1UL << 24, &n);
		o->image.mem_mb = n;
		break;
	case 'v':
		o->copy.opt.verbose = true;
		break;
	case OPT_PRESERVE:
		o->copy.opt.keep_owner = true;
		break;
	case OPT_STRICT:
		o->copy.opt.strict = true;
		break;
	case OPT_CLAMP:
		ok = parse_number(optarg, INT64_MAX, &n);
		o->copy.opt.mtime_max = n;
		break;
	case OPT_PROGRESS:
		o->copy.progress = show_progress;
		break;
	case 'h':
		fputs(usage_text, stdout);
		return -1;
	case 'V':
		printf("%s (LKL) " LKL_VERSION "\n", o->image.program);
		return -1;
	default:
		fprintf(stderr, "Try '%s --help'.\n", o->image.program);
		return EXIT_USAGE;
	}
	return ok ? 0 : usage_error(o, "not a valid number:", optarg);
}

static int parse_options(struct options *o, int argc, char **argv)
{
	int opt, ret;

	while ((opt = getopt_long(argc, argv, "i:t:P:ps:o:g:m:vhV",
				  long_options, NULL)) >= 0) {
		ret = parse_one(o, opt);
		if (ret)
			return ret;
	}
	if (!o->image.path)
		return usage_error(o, "no image given, use -i", NULL);
	if (argc - optind < 2)
		return usage_error(o, "at least one source and a target are needed",
				   NULL);
	return 0;
}

static int parse_epoch(struct options *o)
{
	const char *s = getenv("SOURCE_DATE_EPOCH");
	unsigned long n;

	if (!s || !*s || o->copy.opt.mtime_max != INT64_MAX)
		return 0;
	if (!parse_number(s, INT64_MAX, &n))
		return usage_error(o, "SOURCE_DATE_EPOCH is not a number:", s);
	o->copy.opt.mtime_max = n;
	return 0;
}

/* Stop at the next safe point; the image is unmounted as usual. */
static void on_signal(int sig)
{
	caught = sig;
}

static void catch_signals(void)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP };
	struct sigaction sa = {
		.sa_handler = on_signal,
		.sa_flags = SA_RESTART | SA_ONSTACK,
	}, old;
	size_t i;

	for (i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
		sigaction(signals[i], NULL, &old);
		/* nohup(1) means it */
		if (old.sa_handler != SIG_IGN)
			sigaction(signals[i], &sa, NULL);
	}
}

/* Paths */

static char *join(const char *a, const char *b)
{
	char *s;

	if (asprintf(&s, "%s/%s", a, b) < 0)
		abort();
	return s;
}

/* A path in the image, below its mount point; "." and "/" are its root. */
static char *image_path(const struct image *img, const char *path)
{
	char *s;
	size_t n;

	while (*path == '/' || (path[0] == '.' &&
				(path[1] == '/' || !path[1])))
		path++;
	s = *path ? join(img->mount_point, path) : strdup(img->mount_point);
	n = strlen(s);
	while (n > 1 && s[n - 1] == '/')
		s[--n] = 0;
	return s;
}

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* A source like "dir/" or "." has no name of its own to give to the copy. */
static bool means_contents(const char *path)
{
	const char *base = base_name(path);

	return !*base || !strcmp(base, ".");
}

static bool is_dir(const struct tree_ops *side, const char *path)
{
	struct tree_node node;
	int fd = side->open(TREE_CWD, path, TREE_DIR, 0);

	if (fd >= 0) {
		side->close(fd);
		return true;
	}
	return side->stat(TREE_CWD, path, &node) >= 0 &&
	       (node.mode & NODE_TYPE) == NODE_DIR;
}

static void copy_one(struct options *o, const char *src, const char *dst,
		     bool contents)
{
	struct copy *c = &o->copy;
	char *target;

	if (contents) {
		copy_contents(c, src, dst);
		return;
	}
	target = is_dir(c->to, dst) ? join(dst, base_name(src)) : strdup(dst);
	copy_path(c, src, target);
	free(target);
}

static void strip_slashes(char *path)
{
	size_t n = strlen(path);

	while (n > 1 && path[n - 1] == '/')
		path[--n] = 0;
}

/* Into the image: sources are as the shell gave them. */
static void copy_in(struct options *o, char **argv, int n)
{
	char *dst = image_path(&o->image, argv[n]);
	int i;

	if (n > 1 && !is_dir(o->copy.to, dst)) {
		fprintf(stderr, "%s: '%s' is not a directory of the image\n",
			o->image.program, argv[n]);
		o->copy.failed = true;
	} else {
		for (i = 0; i < n && !o->copy.stop; i++) {
			bool contents = means_contents(argv[i]) &&
					!strcmp(base_name(argv[i]), ".");

			strip_slashes(argv[i]);
			if (!strcmp(argv[i], "/"))
				contents = true;
			copy_one(o, argv[i], dst, contents);
		}
	}
	free(dst);
}

static bool has_wildcard(const char *s)
{
	return strpbrk(s, "*?[") != NULL;
}

/* A wildcard in the last component; "*" does not match hidden names. */
static void copy_matches(struct options *o, char *pattern, const char *dst)
{
	const struct tree_ops *from = o->copy.from;
	char *slash = strrchr(pattern, '/');
	const char *name;
	struct tree_dir *dir;
	bool found = false;
	int fd, err;

	*slash = 0;
	fd = from->open(TREE_CWD, pattern, TREE_DIR, 0);
	dir = fd < 0 ? NULL : from->dir_open(fd, &err);
	while (dir && !o->copy.stop && (name = from->dir_next(dir, &err))) {
		char *path;

		if (!strcmp(name, ".") || !strcmp(name, "..") ||
		    fnmatch(slash + 1, name, FNM_PERIOD))
			continue;
		found = true;
		path = join(pattern, name);
		copy_one(o, path, dst, false);
		free(path);
	}
	if (dir)
		from->dir_close(dir);
	if (fd >= 0)
		from->close(fd);
	if (!found) {
		fprintf(stderr, "%s: nothing in the image matches '%s'\n",
			o->image.program, slash + 1);
		o->copy.failed = true;
	}
}

static void copy_out(struct options *o, char **argv, int n)
{
	struct tree_node node;
	int i;

	if (n > 1 && !is_dir(o->copy.to, argv[n])) {
		fprintf(stderr, "%s: '%s' is not a directory\n",
			o->image.program, argv[n]);
		o->copy.failed = true;
		return;
	}
	for (i = 0; i < n && !o->copy.stop; i++) {
		char *src = image_path(&o->image, argv[i]);

		/* A name that has such characters in it goes first. */
		if (has_wildcard(base_name(src)) &&
		    o->copy.from->stat(TREE_CWD, src, &node) < 0)
			copy_matches(o, src, argv[n]);
		else
			copy_one(o, src, argv[n],
				 !strcmp(src, o->image.mount_point) ||
				 means_contents(argv[i]));
		free(src);
	}
}

static int run(struct options *o, char **argv, int n)
{
	int status = EXIT_SUCCESS;

	if (copy_init(&o->copy)) {
		fprintf(stderr, "%s: out of memory\n", o->image.program);
		return EXIT_FAILURE;
	}
	if (watchdog_start(o->image.program, &steps, WATCHDOG_SECONDS))
		fprintf(stderr, "%s: warning: no watchdog: %s\n",
			o->image.program, strerror(errno));
	if (image_open(&o->image)) {
		copy_exit(&o->copy);
		return EXIT_FAILURE;
	}
	o->copy.image_root = o->image.mount_point;
	if (o->into)
		copy_in(o, argv, n);
	else
		copy_out(o, argv, n);
	copy_finish(&o->copy);
	if (o->copy.progress && o->copy.bytes)
		fputc('\n', stderr);
	if (o->copy.opt.verbose && fflush(stdout)) {
		fprintf(stderr, "%s: cannot write the names: %s\n",
			o->image.program, strerror(errno));
		o->copy.failed = true;
	}
	if (image_close(&o->image) || o->copy.failed)
		status = EXIT_FAILURE;
	copy_exit(&o->copy);
	if (caught) {
		fprintf(stderr, "%s: interrupted; the image is consistent, but not everything was copied\n",
			o->image.program);
		return 128 + caught;
	}
	return status;
}

int main(int argc, char **argv)
{
	struct options o = {
		.image = { .part = -1, .steps = &steps },
		.copy = { .interrupted = &caught, .steps = &steps },
	};
	int ret;

	o.image.program = base_name(argv[0]);
	o.copy.program = o.image.program;
	o.into = strcmp(o.image.program, "cpfromfs");
	o.image.writable = o.into;
	o.copy.from = o.into ? &host_tree : &lkl_tree;
	o.copy.to = o.into ? &lkl_tree : &host_tree;
	o.copy.opt.mtime_max = INT64_MAX;
	/* In an image everything is root's; on the host it is the caller's. */
	o.copy.opt.owner = o.into ? 0 : UINT32_MAX;
	o.copy.opt.group = o.into ? 0 : UINT32_MAX;
	if (isatty(STDERR_FILENO))
		o.copy.progress = show_progress;

	ret = parse_options(&o, argc, argv);
	if (!ret)
		ret = parse_epoch(&o);
	if (ret)
		return ret < 0 ? EXIT_SUCCESS : ret;
	o.copy.opt.guarded = !o.into && !o.copy.opt.keep_owner;
	o.copy.opt.uid = o.copy.opt.owner == UINT32_MAX ? geteuid() :
			 o.copy.opt.owner;
	o.copy.opt.gid = o.copy.opt.group == UINT32_MAX ? getegid() :
			 o.copy.opt.group;
	umask(0);
	catch_signals();
	return run(&o, argv + optind, argc - optind - 1);
}
