// SPDX-License-Identifier: GPL-2.0
/*
 * Serving requests until the file system is unmounted.
 *
 * One thread, the reader, takes requests and serves them itself, as LKL has one
 * CPU: handing each to another thread costs more than most requests.  Only when
 * a request is going to wait in LKL, for a disk or another request, does it pass
 * its role on; LKL calls the host to wait, and that is where we notice.  So there
 * are as many threads as requests wait at the same time, and one more.
 *
 * A thread of its own drives LKL when no request is under way, another one asks the
 * host to forget what it does not need.  The main thread
 * waits for signals; the others tell it by one that the mount is gone or that
 * the kernel has died.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "image/host-table.h"
#include "inode/inode.h"
#include "ops/op-seek.h"
#include "session/session.h"
#include "mount/umounter.h"

/* More would only wait for the one kernel. */
#define WORKERS_MAX	16
#define PATIENCE_MIN_NS	4000
#define PATIENCE_MAX_NS	64000
#define SIGNAL_LOOK	SIGUSR1	/* look at what has changed */
#define SIGNAL_LEAVE	SIGUSR2	/* leave read(2) */

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t role_is_free = PTHREAD_COND_INITIALIZER;
/* Under the lock. */
static pthread_t workers[WORKERS_MAX];
static unsigned int worker_count;
static unsigned int waiting;
static bool has_reader;

/* The calling thread is the reader. */
static _Thread_local bool is_reader;

static pthread_t main_thread;
static pthread_t driver;
static pthread_t forgetter;
static bool has_driver;
static bool gone;
static bool died;
/* The host says that the mount is no more, and not we that we leave it. */
static bool leaving;
static bool disconnected;

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
	/* A file of the host that may not grow is an error, too. */
	signal(SIGXFSZ, SIG_IGN);
}

/* The role of the reader */

static void *worker_main(void *arg);

/* Under the lock. */
static int start_worker(struct lklfuse *fs)
{
	int err;

	if (worker_count == WORKERS_MAX)
		return 0;
	err = pthread_create(&workers[worker_count], NULL, worker_main, fs);
	if (!err)
		worker_count++;
	return err;
}

static void take_role(struct lklfuse *fs)
{
	pthread_mutex_lock(&lock);
	waiting++;
	while (has_reader)
		pthread_cond_wait(&role_is_free, &lock);
	waiting--;
	has_reader = true;
	is_reader = true;
	/* Without another thread, requests that wait keep others waiting. */
	if (!waiting && !fuse_session_exited(fs->se))
		start_worker(fs);
	pthread_mutex_unlock(&lock);
}

static void pass_role_on(void)
{
	if (!is_reader)
		return;
	is_reader = false;
	pthread_mutex_lock(&lock);
	has_reader = false;
	pthread_cond_signal(&role_is_free);
	pthread_mutex_unlock(&lock);
}

/* How LKL waits: as the host does, but the reader is then another thread. */
static const struct lkl_host_wait_ops *host_wait;
static struct lkl_host_wait_ops our_wait;

static void word_wait(uint32_t *word, uint32_t val)
{
	pass_role_on();
	host_wait->word_wait(word, val);
}

static void poller_wait(struct lkl_poller *poller, int64_t deadline)
{
	pass_role_on();
	host_wait->poller_wait(poller, deadline);
}

static void poller_work(struct lkl_poller *poller)
{
	pass_role_on();
	host_wait->poller_work(poller);
}

void session_watch_waiting(void)
{
	host_wait = image_host()->wait;
	our_wait = *host_wait;
	our_wait.word_wait = word_wait;
	our_wait.poller_wait = poller_wait;
	our_wait.poller_work = poller_work;
	image_host()->wait = &our_wait;
}

/* Workers */

static int64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000000LL + ts.tv_nsec;
}

/*
 * The answer to one request often brings the next, sooner than a thread that
 * sleeps is awake again.  So the reader looks for it for a while, which grows as
 * long as that works and shrinks when it does not, as in halt_poll_ns of KVM.
 */
static int receive_soon(struct lklfuse *fs, struct fuse_buf *buf)
{
	static int64_t patience = PATIENCE_MIN_NS;
	int64_t end;
	int n = fuse_session_receive_buf(fs->se, buf);

	if (n != -EAGAIN || !image_host()->wait->spin())
		return n;
	end = now_ns() + patience;
	do {
		n = fuse_session_receive_buf(fs->se, buf);
	} while (n == -EAGAIN && now_ns() < end);
	if (n != -EAGAIN && patience < PATIENCE_MAX_NS)
		patience *= 2;
	else if (n == -EAGAIN && patience > PATIENCE_MIN_NS)
		patience /= 2;
	return n;
}

/* Fewer than 1: there is nothing more to come. */
static int receive(struct lklfuse *fs, struct fuse_buf *buf)
{
	struct pollfd fd = { fuse_session_fd(fs->se), POLLIN, 0 };
	int n;

	for (;;) {
		n = receive_soon(fs, buf);
		if ((n != -EINTR && n != -EAGAIN) || fuse_session_exited(fs->se))
			return n;
		poll(&fd, 1, -1);
	}
}

static void *worker_main(void *arg)
{
	struct lklfuse *fs = arg;
	struct fuse_buf buf = { };
	int err = thread_begin();

	if (err)
		fprintf(stderr, "%s: cannot start a thread in LKL: %s\n",
			fs->program, lkl_strerror(err));
	while (!err) {
		if (!is_reader)
			take_role(fs);
		if (receive(fs, &buf) <= 0)
			break;
		fuse_session_process_buf(fs->se, &buf);
	}
	if (!err && !__atomic_load_n(&leaving, __ATOMIC_ACQUIRE))
		__atomic_store_n(&disconnected, true, __ATOMIC_RELEASE);
	/* The next one finds the same. */
	pass_role_on();
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
	unsigned int i, j;

	for (i = 0; i < worker_count; i++) {
		do {
			/* Whichever of them is the reader. */
			for (j = i; j < worker_count; j++)
				pthread_kill(workers[j], SIGNAL_LEAVE);
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

/*
 * Asks the host to forget.  It may have to wait for a directory that a request
 * holds, so the workers must not do this.
 */
static void *forgetter_main(void *arg)
{
	uint64_t parent;
	char *name;

	(void)arg;
	while (inodes_wait_for_many(&parent, &name)) {
		fuse_lowlevel_notify_inval_entry(the_fs.se, parent, name,
						 strlen(name));
		free(name);
	}
	return NULL;
}

static int start_helpers(struct lklfuse *fs)
{
	int err = pthread_create(&driver, NULL, driver_main, NULL);

	has_driver = !err;
	if (!err)
		err = pthread_create(&forgetter, NULL, forgetter_main, NULL);
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
	fcntl(fuse_session_fd(fs->se), F_SETFL, O_RDWR | O_NONBLOCK);
	image_host()->panic = on_panic;
	if (start_helpers(fs))
		return -1;
	pthread_mutex_lock(&lock);
	err = start_worker(fs);
	pthread_mutex_unlock(&lock);
	if (err)
		fprintf(stderr, "%s: cannot start a thread: %s\n", fs->program,
			strerror(err));
	else
		wait_for_end(umounter);
	__atomic_store_n(&leaving, true, __ATOMIC_RELEASE);
	fuse_session_exit(fs->se);
	join_workers();
	inodes_stop_waiting();
	pthread_join(forgetter, NULL);
	seek_exit();
	if (disconnected)
		umounter_release(umounter);
	if (!died)
		return err ? -1 : 0;
	fprintf(stderr, "%s: the kernel has died; what was not synced is lost\n",
		fs->program);
	return -1;
}
