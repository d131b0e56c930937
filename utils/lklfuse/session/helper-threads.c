// SPDX-License-Identifier: GPL-2.0
/*
 * Threads that do not serve requests: the background thread runs LKL's kernel
 * while no request is served, and the forgetter asks the host to forget inodes.
 */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "common/report.h"
#include "inode/inode.h"
#include "session/helper-threads.h"

static pthread_t background_thread;
static pthread_t forgetter_thread;
static bool has_background_thread;

static void *background_main(void *arg)
{
	(void)arg;
	while (!lkl_poll(-1))
		;
	return NULL;
}

/*
 * Ask the host to forget surplus inodes.  The host may have to wait for a
 * directory that a request has locked, so workers must not do this.
 */
static void *forgetter_main(void *arg)
{
	struct lklfuse *fs = arg;
	uint64_t parent;
	char *name;

	while (inode_table_wait_for_surplus(&parent, &name)) {
		fuse_lowlevel_notify_inval_entry(fs->se, parent, name,
						 strlen(name));
		free(name);
	}
	return NULL;
}

int helper_threads_start(struct lklfuse *fs)
{
	int err = pthread_create(&background_thread, NULL, background_main,
				 NULL);

	has_background_thread = !err;
	if (!err)
		err = pthread_create(&forgetter_thread, NULL, forgetter_main,
				     fs);
	if (err)
		report_error("cannot start a helper thread: %s", strerror(err));
	return err ? -1 : 0;
}

void helper_threads_stop_forgetter(void)
{
	inode_table_stop_waiting();
	pthread_join(forgetter_thread, NULL);
}

void helper_threads_join_background(void)
{
	if (has_background_thread)
		pthread_join(background_thread, NULL);
	has_background_thread = false;
}
