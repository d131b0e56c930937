// SPDX-License-Identifier: GPL-2.0
/*
 * The thread that learns of errors of the file system from the kernel's messages.
 *
 * Not every error makes a request fail: when a bitmap is damaged, for instance, the
 * kernel takes a block from elsewhere.  Without a journal, the kernel announces an
 * error in its messages only.
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <stdbool.h>
#include <string.h>

#include "common/report.h"
#include "request/damage.h"
#include "session/error-watch.h"

/* The kernel returns whole messages, of at most 1024 bytes. */
#define BUFFER_SIZE	4096

static pthread_t watch_thread;
static bool watch_is_running;
static int watch_log_fd;
/* The thread ends when the second one is closed. */
static int watch_pipe[2];

static bool watch_wait(void)
{
	struct lkl_pollfd fds[] = {
		{ .fd = watch_log_fd, .events = LKL_POLLIN },
		{ .fd = watch_pipe[0], .events = LKL_POLLIN },
	};
	long n = lkl_sys_poll(fds, 2, -1);

	return n == -LKL_EINTR || (n > 0 && !fds[1].revents);
}

static void *watch_main(void *arg)
{
	char text[BUFFER_SIZE];
	long n;

	while (watch_wait()) {
		n = lkl_sys_read(watch_log_fd, text, sizeof(text));
		if (n > 0 && memmem(text, n, DAMAGE_MESSAGE,
				    strlen(DAMAGE_MESSAGE)))
			damage_stop_writing(arg);
	}
	return NULL;
}

int error_watch_start(struct lklfuse *fs)
{
	long err;

	if (!fs->image.must_stop)
		return 0;
	err = lkl_sys_pipe2(watch_pipe, 0);
	if (err)
		goto out;
	watch_log_fd = lkl_sys_open("/proc/kmsg",
				    LKL_O_RDONLY | LKL_O_NONBLOCK, 0);
	err = watch_log_fd < 0 ? watch_log_fd : 0;
	if (err)
		goto out;
	err = -pthread_create(&watch_thread, NULL, watch_main, fs);
	watch_is_running = !err;
out:
	if (err)
		report_error("cannot watch for errors of '%s': %s",
			     fs->image.path, lkl_strerror(err));
	return err ? -1 : 0;
}

void error_watch_stop(void)
{
	if (!watch_is_running)
		return;
	lkl_sys_close(watch_pipe[1]);
	pthread_join(watch_thread, NULL);
	lkl_sys_close(watch_pipe[0]);
	lkl_sys_close(watch_log_fd);
	watch_is_running = false;
}
