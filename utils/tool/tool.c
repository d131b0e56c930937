// SPDX-License-Identifier: GPL-2.0
/*
 * The frame of a tool that copies.
 *
 * A thread of its own uses the image, with the image as its root directory: no
 * path and no symbolic link leads out of the image, and absolute paths mean the
 * same as on the machine that the image is for.  The main thread waits and
 * handles signals.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <lkl.h>
#include <lkl/linux/resource.h>
#include <lkl/linux/sched.h>

#include "common/host/host-console.h"
#include "common/host/host-file.h"
#include "common/host/thread.h"
#include "common/report.h"
#include "disk/backing.h"
#include "image/kernel-log.h"
#include "process/watchdog.h"
#include "tool/tool-host.h"
#include "tool/tool.h"

#define WATCHDOG_SECONDS	120
/* Limit of open files: a copy keeps one directory open for each level. */
#define FILES_MAX	1000000
/* A device may consist of several files. */
#define IMAGE_FILES_MAX	(4 * (1 + IMAGE_DEVICES_MAX))

static volatile sig_atomic_t caught_signal;
static volatile uint64_t steps;

static void tool_show_progress(const struct copy *c)
{
	static time_t shown;
	time_t now = time(NULL);
	char line[128];

	if (!shown)
		shown = now;
	if (now == shown)
		return;
	shown = now;
	snprintf(line, sizeof(line), "\r%s: %llu files, %llu MiB ",
		 report_program(), (unsigned long long)c->files,
		 (unsigned long long)c->bytes >> 20);
	host_console_write(stderr, line);
}

void tool_init(struct tool *t, uint32_t owner, uint32_t group)
{
	*t = (struct tool) {
		.image = { .part = -1, .steps = &steps },
		.copy = { .interrupted = &caught_signal, .steps = &steps },
		.progress = host_file_is_terminal(STDERR_FILENO),
	};
	t->copy.opt.owner = owner;
	t->copy.opt.group = group;
	t->copy.opt.mtime_max = INT64_MAX;
}

static int tool_read_epoch(struct tool *t)
{
	const char *s = getenv("SOURCE_DATE_EPOCH");
	uint64_t n;

	if (!s || !*s || t->copy.opt.mtime_max != INT64_MAX)
		return 0;
	if (!parse_number(s, INT64_MAX, &n))
		return options_usage_error("SOURCE_DATE_EPOCH=%s is not a number",
					   s);
	t->copy.opt.mtime_max = n;
	return 0;
}

/* Stop the copy at the next safe point; the image is unmounted as usual. */
static void tool_on_signal(int sig)
{
	caught_signal = sig;
}

int tool_prepare(struct tool *t)
{
	int ret = tool_read_epoch(t);

	if (ret)
		return ret;
	t->copy.opt.uid = t->copy.opt.owner == OWNER_UNCHANGED ?
				  tool_host_uid() :
				  t->copy.opt.owner;
	t->copy.opt.gid = t->copy.opt.group == OWNER_UNCHANGED ?
				  tool_host_gid() :
				  t->copy.opt.group;
	tool_host_raise_limits();
	if (t->progress)
		t->copy.progress = tool_show_progress;
	tool_host_catch_signals(tool_on_signal);
	return 0;
}

/* A copy neither reads nor replaces the image as a file of the host. */
static void tool_identify_file(struct tool *t, const struct disk_file *f)
{
	static struct file_id files[IMAGE_FILES_MAX];
	struct backing_file found[IMAGE_FILES_MAX];
	int i, n = backing_find(f, found, IMAGE_FILES_MAX);

	t->copy.images = files;
	for (i = 0; i < n && t->copy.image_count < IMAGE_FILES_MAX; i++)
		files[t->copy.image_count++] = (struct file_id) {
			.dev = found[i].dev, .ino = found[i].ino,
		};
}

/* Open the image; confine the process when all files are open. */
static int tool_open_image(struct tool *t)
{
	struct image *img = &t->image;
	int i;

	if (image_open_files(img))
		return -1;
	tool_identify_file(t, &img->disk.file);
	for (i = 0; i < img->device_count; i++)
		tool_identify_file(t, &img->more[i].file);
	if (image_boot(img))
		return -1;
	if (t->confined && !t->no_sandbox && confine(&t->confine)) {
		image_close(img);
		return -1;
	}
	return image_mount(img);
}

/* The thread that uses the image */

struct image_thread {
	struct tool *tool;
	void (*work)(void *arg);
	void *arg;
};

static long tool_enter_image(const char *mount_point)
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

static void *tool_thread_main(void *arg)
{
	struct image_thread *in = arg;
	struct tool *t = in->tool;
	long ret = tool_enter_image(t->image.mount_point);

	if (ret)
		copy_error(&t->copy, "enter", t->image.path, lkl_strerror(ret));
	else
		in->work(in->arg);
	return NULL;
}

static void tool_run_inside(struct tool *t, void (*work)(void *arg), void *arg)
{
	struct image_thread in = { t, work, arg };
	pthread_t thread;
	int err = thread_start(&thread, tool_thread_main, &in);

	if (err)
		copy_error(&t->copy, "start a thread to use", t->image.path,
			   strerror(err));
	else
		pthread_join(thread, NULL);
}

/* Report what a file system has left out without an error of a call. */
static void tool_check_log(struct tool *t)
{
	char text[512];

	if (!t->copy.failed && kernel_log_find_error(text, sizeof(text)))
		copy_error(&t->copy, "copy everything of", t->image.path, text);
}

/* Report it if some of the names that -v prints are lost. */
static void tool_check_output(struct tool *t)
{
	const char *why = host_console_finish();

	if (t->copy.opt.verbose && why)
		copy_error(&t->copy, "write to", "standard output", why);
}

int tool_run(struct tool *t, void (*work)(void *arg), void *arg)
{
	int status = EXIT_SUCCESS;
	int err = watchdog_start(&steps, WATCHDOG_SECONDS);

	if (err)
		report_warning("cannot start the watchdog: %s",
			       lkl_strerror(err));
	if (tool_open_image(t)) {
		copy_exit(&t->copy);
		return EXIT_FAILURE;
	}
	tool_run_inside(t, work, arg);
	tool_check_log(t);
	if (t->copy.progress && t->copy.bytes)
		fputc('\n', stderr);
	tool_check_output(t);
	if (image_close(&t->image) || t->copy.failed)
		status = EXIT_FAILURE;
	copy_exit(&t->copy);
	if (caught_signal) {
		report_error("interrupted by a signal; not everything was copied, but the image is consistent");
		return 128 + caught_signal;
	}
	return status;
}
