// SPDX-License-Identifier: GPL-2.0
/*
 * Serving requests until the file system is unmounted: the main thread, which
 * starts all others and waits for the end.
 */
#include <pthread.h>
#include <stdlib.h>

#include "common/report.h"
#include "image/host-table.h"
#include "mount/mounter.h"
#include "ops/ops.h"
#include "session/error-watch.h"
#include "session/events.h"
#include "session/helper-threads.h"
#include "session/session.h"
#include "session/workers.h"

void session_init(void)
{
	events_init();
	workers_watch_waiting();
}

static void session_on_panic(void)
{
	events_raise(EVENT_KERNEL_DIED);
}

/**
 * struct session_umount - arguments of the thread that unmounts
 * @mounter:	descriptor of the mounter
 * @image:	path of the image, for messages
 */
struct session_umount {
	int mounter;
	const char *image;
};

/*
 * Unmount in a thread, as unmounting takes long when the host writes out its
 * cache.
 */
static void *session_umount_main(void *arg)
{
	const struct session_umount *u = arg;
	enum mounter_result res = mounter_umount(u->mounter);

	if (res == MOUNTER_FAILED)
		report_error("cannot unmount '%s': the mount point is in use; programs that use the mount get errors now",
			     u->image);
	/* Otherwise a worker finds that the mount is gone. */
	if (res != MOUNTER_CLEAN)
		events_raise(EVENT_NO_REQUESTS);
	return NULL;
}

static void session_begin_umount(struct session_umount *u)
{
	pthread_attr_t attr;
	pthread_t thread;

	pthread_attr_init(&attr);
	pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	if (pthread_create(&thread, &attr, session_umount_main, u))
		events_raise(EVENT_NO_REQUESTS);
	pthread_attr_destroy(&attr);
}

/* Wait until the workers have to stop; unmount at the first signal. */
static void session_wait(const struct lklfuse *fs, int mounter)
{
	/* The thread that unmounts may outlive this function. */
	static struct session_umount u;
	bool is_unmounting = false;

	u.mounter = mounter;
	u.image = fs->image.path;
	while (events_wait()) {
		/* A second signal means that the user does not want to wait. */
		if (is_unmounting)
			break;
		is_unmounting = true;
		session_begin_umount(&u);
	}
}

int session_serve(struct lklfuse *fs, int mounter)
{
	bool disconnected;
	int err;

	image_host()->panic = session_on_panic;
	if (error_watch_start(fs) || helper_threads_start(fs))
		return -1;
	err = workers_start(fs);
	if (!err)
		session_wait(fs, mounter);
	disconnected = workers_stop(fs);
	helper_threads_stop_forgetter();
	error_watch_stop();
	op_lseek_exit();
	if (disconnected)
		mounter_release(mounter);
	if (!events_is_raised(EVENT_KERNEL_DIED))
		return err;
	/* When this process has ended, there must be no mount without a server. */
	if (!disconnected)
		mounter_detach(mounter);
	report_error("cannot serve '%s' any more: the kernel has died; data that was not synced is lost",
		     fs->image.path);
	return -1;
}

void session_exit(void)
{
	helper_threads_join_background();
}
