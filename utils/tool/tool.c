// SPDX-License-Identifier: GPL-2.0
/*
 * What the tools that copy have in common.
 *
 * The image is used by a thread of its own, whose root directory it is: no
 * path and no symbolic link leads out of it, and absolute ones mean what they
 * would on the machine that the image is for.  Signals are handled by the main
 * thread, which waits.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <lkl.h>
#include <lkl/linux/resource.h>
#include <lkl/linux/sched.h>

#include "config.h"
#include "common/path.h"
#include "tool/tool.h"
#include "image/watchdog.h"

#define WATCHDOG_SECONDS	120
/* A directory is open for each level that one is deep in a tree. */
#define FILES_MAX	1000000

static volatile sig_atomic_t caught;
static volatile uint64_t steps;

/* Options */

int tool_usage_error(const struct tool *t, const char *what, const char *arg)
{
	fprintf(stderr, "%s: %s%s%s\nTry '%s --help'.\n", t->program, what,
		arg ? " " : "", arg ? arg : "", t->program);
	return EXIT_USAGE;
}

bool tool_number(const char *s, unsigned long max, unsigned long *val)
{
	char *end;

	errno = 0;
	*val = strtoul(s, &end, 10);
	return !errno && *s >= '0' && *s <= '9' && !*end && *val <= max;
}

/* "uid" or "uid:gid" */
static bool parse_owner(struct tool *t, char *arg)
{
	char *colon = strchr(arg, ':');
	unsigned long uid, gid;
	bool ok;

	if (colon)
		*colon = 0;
	ok = tool_number(arg, UINT32_MAX - 1, &uid);
	if (ok)
		t->copy.opt.owner = uid;
	if (colon) {
		*colon = ':';
		ok = ok && tool_number(colon + 1, UINT32_MAX - 1, &gid);
		if (ok)
			t->copy.opt.group = gid;
	}
	return ok;
}

int tool_owner(struct tool *t, int opt)
{
	unsigned long n = 0;
	bool ok;

	if (opt == 'o') {
		ok = parse_owner(t, optarg);
	} else {
		ok = tool_number(optarg, UINT32_MAX - 1, &n);
		t->copy.opt.group = n;
	}
	return ok ? 0 : tool_usage_error(t, "not a valid number:", optarg);
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

static int tool_user(struct tool *t)
{
	if (!t->confine)
		return tool_usage_error(t, "this is for cpfromfs only:",
					"--user");
	if (geteuid())
		return tool_usage_error(t, "only root can run as another user",
					NULL);
	t->confine->user = optarg;
	return 0;
}

int tool_option(struct tool *t, int opt)
{
	unsigned long n = 0;
	bool ok = true;

	switch (opt) {
	case 't':
		t->image.type = optarg;
		break;
	case 'P':
		ok = tool_number(optarg, 255, &n);
		t->image.part = n;
		break;
	case 'p':
		t->image.messages = true;
		break;
	case 'm':
		ok = tool_number(optarg, 1UL << 24, &n);
		t->image.mem_mb = n;
		break;
	case 'v':
		t->copy.opt.verbose = true;
		break;
	case OPT_STRICT:
		t->copy.opt.strict = true;
		break;
	case OPT_CLAMP:
		ok = tool_number(optarg, INT64_MAX, &n);
		t->copy.opt.mtime_max = n;
		break;
	case OPT_PROGRESS:
		t->copy.progress = show_progress;
		break;
	case OPT_NO_SANDBOX:
		t->no_sandbox = true;
		break;
	case OPT_USER:
		return tool_user(t);
	case 'h':
		fputs(t->usage, stdout);
		return -1;
	case 'V':
		printf("%s (LKL) " LKL_VERSION "\n", t->program);
		return -1;
	default:
		fprintf(stderr, "Try '%s --help'.\n", t->program);
		return EXIT_USAGE;
	}
	return ok ? 0 : tool_usage_error(t, "not a valid number:", optarg);
}

void tool_init(struct tool *t, const char *argv0, const char *usage,
	       uint32_t owner, uint32_t group)
{
	*t = (struct tool) {
		.program = path_base(argv0),
		.usage = usage,
		.image = { .part = -1, .steps = &steps },
		.copy = { .interrupted = &caught, .steps = &steps },
	};
	t->image.program = t->program;
	t->copy.program = t->program;
	t->copy.opt.owner = owner;
	t->copy.opt.group = group;
	t->copy.opt.mtime_max = INT64_MAX;
	if (isatty(STDERR_FILENO))
		t->copy.progress = show_progress;
}

static int parse_epoch(struct tool *t)
{
	const char *s = getenv("SOURCE_DATE_EPOCH");
	unsigned long n;

	if (!s || !*s || t->copy.opt.mtime_max != INT64_MAX)
		return 0;
	if (!tool_number(s, INT64_MAX, &n))
		return tool_usage_error(t, "SOURCE_DATE_EPOCH is not a number:",
					s);
	t->copy.opt.mtime_max = n;
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
	/* A reader that goes away is an error like others, with a message. */
	signal(SIGPIPE, SIG_IGN);
}

int tool_ready(struct tool *t)
{
	struct rlimit files;
	int ret = parse_epoch(t);

	if (ret)
		return ret;
	t->copy.opt.uid = t->copy.opt.owner == OWNER_LEAVE ? geteuid() :
			  t->copy.opt.owner;
	t->copy.opt.gid = t->copy.opt.group == OWNER_LEAVE ? getegid() :
			  t->copy.opt.group;
	if (!getrlimit(RLIMIT_NOFILE, &files)) {
		files.rlim_cur = files.rlim_max;
		setrlimit(RLIMIT_NOFILE, &files);
	}
	catch_signals();
	return 0;
}

/* What is opened is open, and nothing of the image was looked at. */
static int open_image(struct tool *t)
{
	struct image *img = &t->image;

	if (image_open_files(img) || image_boot(img))
		return -1;
	if (t->confine && !t->no_sandbox && confine(t->confine)) {
		image_close(img);
		return -1;
	}
	return image_mount(img);
}

/* Inside */

struct inside {
	struct tool *tool;
	void (*work)(void *arg);
	void *arg;
};

static long enter_image(const char *mount_point)
{
	struct lkl_rlimit64 files = { FILES_MAX, FILES_MAX };
	long ret = lkl_sys_unshare(LKL_CLONE_FS);

	if (!ret)
		ret = lkl_sys_chroot(mount_point);
	if (!ret)
		ret = lkl_sys_chdir("/");
	if (ret)
		return ret;
	lkl_sys_umask(0);
	return lkl_sys_prlimit64(0, LKL_RLIMIT_NOFILE, &files, NULL);
}

static void *inside_main(void *arg)
{
	struct inside *in = arg;
	struct tool *t = in->tool;
	long ret = enter_image(t->image.mount_point);

	if (ret)
		copy_fail(&t->copy, "enter", t->image.path, lkl_strerror(ret));
	else
		in->work(in->arg);
	return NULL;
}

static void run_inside(struct tool *t, void (*work)(void *arg), void *arg)
{
	struct inside in = { t, work, arg };
	pthread_t thread;
	sigset_t all, old;
	int err;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	err = pthread_create(&thread, NULL, inside_main, &in);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	if (err)
		copy_fail(&t->copy, "start", "a thread", strerror(err));
	else
		pthread_join(thread, NULL);
}

int tool_run(struct tool *t, void (*work)(void *arg), void *arg)
{
	int status = EXIT_SUCCESS;

	if (watchdog_start(t->program, &steps, WATCHDOG_SECONDS))
		fprintf(stderr, "%s: warning: no watchdog: %s\n", t->program,
			strerror(errno));
	if (open_image(t)) {
		copy_exit(&t->copy);
		return EXIT_FAILURE;
	}
	run_inside(t, work, arg);
	if (t->copy.progress && t->copy.bytes)
		fputc('\n', stderr);
	if (t->copy.opt.verbose && fflush(stdout)) {
		fprintf(stderr, "%s: cannot write the names: %s\n", t->program,
			strerror(errno));
		t->copy.failed = true;
	}
	if (image_close(&t->image) || t->copy.failed)
		status = EXIT_FAILURE;
	copy_exit(&t->copy);
	if (caught) {
		fprintf(stderr, "%s: interrupted; the image is consistent, but not everything was copied\n",
			t->program);
		return 128 + caught;
	}
	return status;
}
