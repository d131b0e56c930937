// SPDX-License-Identifier: GPL-2.0
/*
 * Serving requests until the file system is unmounted.
 *
 * As many threads wait for requests as there are requests at the same time: the
 * one that takes a request sees to it that another one waits.  One thread more
 * drives LKL when no request is under way.  The main thread waits for signals;
 * the others tell it by one that the mount is gone or that the kernel has died.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "seek.h"
#include "session.h"
#include "umounter.h"

/* More would only wait for the one kernel. */
#define WORKERS_MAX	16
#define SIGNAL_LOOK	SIGUSR1	/* look at what has changed */
#define SIGNAL_LEAVE	SIGUSR2	/* leave read(2) */

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_t workers[WORKERS_MAX];
static unsigned int worker_count;

static unsigned int idle;
static pthread_t main_thread;
static pthread_t driver;
static bool has_driver;
static bool gone;
static bool died;

static void tell_main(bool *what)
{
	__atomic_store_n(what, true, __ATOMIC_RELEASE);
	pthread_kill(main_thread, SIGNAL_LOOK);
}

static void on_panic(void)
{
	tell_main(&died);
}

static void on_leave(int sig)
{
	(void)sig;
}

void session_block_signals(void)
{
	struct sigaction sa = { .sa_handler = on_leave, .sa_flags = SA_ONSTACK };
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGNAL_LOOK);
	pthread_sigmask(SIG_BLOCK, &set, NULL);
	sigaction(SIGNAL_LEAVE, &sa, NULL);
	signal(SIGPIPE, SIG_IGN);
}

/* Workers */

static void *worker_main(void *arg);

static int start_worker(struct lklfuse *fs)
{
	int err = 0;

	pthread_mutex_lock(&lock);
	if (worker_count < WORKERS_MAX && !fuse_session_exited(fs->se)) {
		err = pthread_create(&workers[worker_count], NULL, worker_main,
				     fs);
		if (!err)
			worker_count++;
	}
	pthread_mutex_unlock(&lock);
	return err;
}

/* Fewer than 1: there is nothing more to come. */
static int receive(struct lklfuse *fs, struct fuse_buf *buf)
{
	int n;

	__atomic_add_fetch(&idle, 1, __ATOMIC_SEQ_CST);
	do {
		n = fuse_session_receive_buf(fs->se, buf);
	} while ((n == -EINTR || n == -EAGAIN) && !fuse_session_exited(fs->se));
	/* Without another thread, requests are served one by one. */
	if (!__atomic_sub_fetch(&idle, 1, __ATOMIC_SEQ_CST) && n > 0)
		start_worker(fs);
	return n;
}

static void *worker_main(void *arg)
{
	struct lklfuse *fs = arg;
	struct fuse_buf buf = { };
	int err = thread_begin();

	if (err)
		fprintf(stderr, "%s: cannot start a thread in LKL: %s\n",
			fs->program, lkl_strerror(err));
	while (!err && receive(fs, &buf) > 0)
		fuse_session_process_buf(fs->se, &buf);
	free(buf.mem);
	tell_main(&gone);
	return NULL;
}

/*
 * Those that wait for a request are to leave.  A signal that comes just before
 * the wait is lost, so it is sent until they have.
 */
static void join_workers(void)
{
	const long retry_ns = 10000000;
	struct timespec ts;
	unsigned int i;

	for (i = 0; i < worker_count; i++) {
		do {
			pthread_kill(workers[i], SIGNAL_LEAVE);
			clock_gettime(CLOCK_REALTIME, &ts);
			ts.tv_nsec += retry_ns;
			if (ts.tv_nsec >= 1000000000) {
				ts.tv_nsec -= 1000000000;
				ts.tv_sec++;
			}
		} while (pthread_timedjoin_np(workers[i], NULL, &ts));
	}
}

/* The driver */

static void *driver_main(void *arg)
{
	(void)arg;
	while (!lkl_poll(-1))
		;
	return NULL;
}

static int start_driver(struct lklfuse *fs)
{
	int err = pthread_create(&driver, NULL, driver_main, NULL);

	has_driver = !err;
	if (err)
		fprintf(stderr, "%s: cannot start a thread: %s\n", fs->program,
			strerror(err));
	return err ? -1 : 0;
}

void session_join_driver(void)
{
	if (has_driver)
		pthread_join(driver, NULL);
	has_driver = false;
}

/* The main thread */

/* The umounter takes its time, as the host writes out what it cached. */
static void *umount_main(void *arg)
{
	int *umounter = arg;
	enum umounter_result res = umounter_umount(*umounter);

	if (res == UMOUNTER_FAILED)
		fprintf(stderr, "%s: cannot unmount; what uses it now gets errors\n",
			the_fs.program);
	/* Of a mount that is gone, the workers learn by themselves. */
	if (res != UMOUNTER_CLEAN)
		tell_main(&gone);
	return NULL;
}

static void begin_umount(int *umounter)
{
	pthread_attr_t attr;
	pthread_t thread;

	pthread_attr_init(&attr);
	pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	if (pthread_create(&thread, &attr, umount_main, umounter))
		__atomic_store_n(&gone, true, __ATOMIC_RELEASE);
	pthread_attr_destroy(&attr);
}

/* Returns when the workers are to end. */
static void wait_for_end(int umounter)
{
	static int fd;
	bool asked = false;
	sigset_t set;
	int sig;

	fd = umounter;
	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGNAL_LOOK);
	while (!__atomic_load_n(&gone, __ATOMIC_ACQUIRE) &&
	       !__atomic_load_n(&died, __ATOMIC_ACQUIRE)) {
		if (sigwait(&set, &sig) || sig == SIGNAL_LOOK)
			continue;
		/* Who says it twice does not want to wait. */
		if (asked)
			break;
		asked = true;
		begin_umount(&fd);
	}
}

int session_serve(struct lklfuse *fs, int umounter)
{
	int err;

	main_thread = pthread_self();
	lkl_host_ops.panic = on_panic;
	if (start_driver(fs))
		return -1;
	err = start_worker(fs);
	if (err)
		fprintf(stderr, "%s: cannot start a thread: %s\n", fs->program,
			strerror(err));
	else
		wait_for_end(umounter);
	fuse_session_exit(fs->se);
	join_workers();
	seek_exit();
	if (!died)
		return err ? -1 : 0;
	fprintf(stderr, "%s: the kernel has died; what was not synced is lost\n",
		fs->program);
	return -1;
}
