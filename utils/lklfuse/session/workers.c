// SPDX-License-Identifier: GPL-2.0
/*
 * The worker threads, which receive and serve requests.
 *
 * One worker, the reader, receives requests and serves them itself.  LKL has
 * one CPU, so handing a request to another thread costs more than serving most
 * requests.  Only when a request is going to wait inside LKL, for a disk or for
 * another request, the reader passes its role on.  LKL calls the host to wait,
 * and these calls come to us.  So there is one worker for each request that
 * waits, and one more.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "common/report.h"
#include "image/host-table.h"
#include "request/killpriv.h"
#include "request/serving-thread.h"
#include "session/events.h"
#include "session/workers.h"
#include "shared/clock.h"

/* More workers would only wait for the one CPU. */
#define WORKERS_MAX	16
/* Limits of the time that the reader polls for a request before a sleep. */
#define POLL_MIN_NS	4000
#define POLL_MAX_NS	64000
#define STOP_RETRY_NS	(10 * NSEC_PER_MSEC)

static pthread_mutex_t workers_mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t workers_role_is_free = PTHREAD_COND_INITIALIZER;
/* Protected by the mutex. */
static pthread_t workers[WORKERS_MAX];
static unsigned int workers_count;
static unsigned int workers_idle;
static bool workers_have_reader;

/* The calling thread is the reader. */
static _Thread_local bool worker_is_reader;

/* workers_stop() was called. */
static bool workers_must_stop;
/* The host ended the connection before workers_stop() was called. */
static bool workers_disconnected;

/* The role of the reader */

static void *worker_main(void *arg);

/* Start one more worker with the mutex held; return an error number. */
static int workers_add(struct lklfuse *fs)
{
	int err;

	if (workers_count == WORKERS_MAX)
		return 0;
	err = pthread_create(&workers[workers_count], NULL, worker_main, fs);
	if (!err)
		workers_count++;
	return err;
}

static void worker_take_role(struct lklfuse *fs)
{
	pthread_mutex_lock(&workers_mutex);
	workers_idle++;
	while (workers_have_reader)
		pthread_cond_wait(&workers_role_is_free, &workers_mutex);
	workers_idle--;
	workers_have_reader = true;
	worker_is_reader = true;
	/* The role can be passed on only if another worker is idle. */
	if (!workers_idle && !fuse_session_exited(fs->se))
		workers_add(fs);
	pthread_mutex_unlock(&workers_mutex);
}

static void worker_pass_role_on(void)
{
	if (!worker_is_reader)
		return;
	worker_is_reader = false;
	pthread_mutex_lock(&workers_mutex);
	workers_have_reader = false;
	pthread_cond_signal(&workers_role_is_free);
	pthread_mutex_unlock(&workers_mutex);
}

/* The host operations that wait: pass the role on, then wait as before. */

static const struct lkl_host_wait_ops *default_wait_ops;
static struct lkl_host_wait_ops workers_wait_ops;

static void workers_word_wait(uint32_t *word, uint32_t val)
{
	worker_pass_role_on();
	default_wait_ops->word_wait(word, val);
}

static void workers_poller_wait(struct lkl_poller *poller, int64_t deadline)
{
	worker_pass_role_on();
	default_wait_ops->poller_wait(poller, deadline);
}

static void workers_poller_work(struct lkl_poller *poller, struct lkl_blk_io *io)
{
	worker_pass_role_on();
	default_wait_ops->poller_work(poller, io);
}

void workers_watch_waiting(void)
{
	struct lkl_host_operations *host = image_host();

	default_wait_ops = host->wait;
	workers_wait_ops = *default_wait_ops;
	workers_wait_ops.word_wait = workers_word_wait;
	workers_wait_ops.poller_wait = workers_poller_wait;
	workers_wait_ops.poller_work = workers_poller_work;
	host->wait = &workers_wait_ops;
}

/* Receiving requests */

/*
 * Receive a request without sleeping.  The reply to one request often brings
 * the next request sooner than a sleeping thread is awake again.  So poll for
 * some time, which doubles when polling succeeds and halves when polling fails,
 * as halt_poll_ns of KVM does.  Return -EAGAIN if there is no request.
 */
static int worker_poll(struct lklfuse *fs, struct fuse_buf *buf)
{
	static int64_t poll_ns = POLL_MIN_NS;
	int64_t end;
	int n = fuse_session_receive_buf(fs->se, buf);

	if (n != -EAGAIN || !default_wait_ops->spin())
		return n;
	end = now_ns() + poll_ns;
	do {
		n = fuse_session_receive_buf(fs->se, buf);
	} while (n == -EAGAIN && now_ns() < end);
	if (n != -EAGAIN && poll_ns < POLL_MAX_NS)
		poll_ns *= 2;
	else if (n == -EAGAIN && poll_ns > POLL_MIN_NS)
		poll_ns /= 2;
	return n;
}

/* Receive a request; return 0 or less if no more requests will come. */
static int worker_receive(struct lklfuse *fs, struct fuse_buf *buf)
{
	struct pollfd fd = { fuse_session_fd(fs->se), POLLIN, 0 };
	int n;

	for (;;) {
		n = worker_poll(fs, buf);
		if ((n != -EINTR && n != -EAGAIN) ||
		    fuse_session_exited(fs->se))
			return n;
		poll(&fd, 1, -1);
	}
}

static void *worker_main(void *arg)
{
	struct lklfuse *fs = arg;
	struct fuse_buf buf = { };
	int err = serving_thread_init();

	if (err)
		report_error("cannot start a thread in LKL to serve requests: %s",
			     lkl_strerror(err));
	while (!err) {
		if (!worker_is_reader)
			worker_take_role(fs);
		if (worker_receive(fs, &buf) <= 0)
			break;
		killpriv_note_request(&buf);
		fuse_session_process_buf(fs->se, &buf);
	}
	if (!err && !__atomic_load_n(&workers_must_stop, __ATOMIC_ACQUIRE))
		__atomic_store_n(&workers_disconnected, true, __ATOMIC_RELEASE);
	/* The next reader finds the same end, and ends as well. */
	worker_pass_role_on();
	free(buf.mem);
	events_raise(EVENT_NO_REQUESTS);
	return NULL;
}

/* Start and end */

int workers_start(struct lklfuse *fs)
{
	int err;

	fcntl(fuse_session_fd(fs->se), F_SETFL, O_RDWR | O_NONBLOCK);
	pthread_mutex_lock(&workers_mutex);
	err = workers_add(fs);
	pthread_mutex_unlock(&workers_mutex);
	if (err)
		report_error("cannot start a thread to serve requests: %s",
			     strerror(err));
	return err ? -1 : 0;
}

/*
 * Wait for the end of worker @i.  A signal that comes just before the reader
 * sleeps is lost, so send the signal until the worker has ended.
 */
static void workers_join(unsigned int i)
{
	struct timespec ts;
	unsigned int j;

	do {
		/* Any of the remaining workers may be the reader. */
		for (j = i; j < workers_count; j++)
			pthread_kill(workers[j], SIGNAL_LEAVE);
		clock_gettime(CLOCK_REALTIME, &ts);
		ts.tv_nsec += STOP_RETRY_NS;
		if (ts.tv_nsec >= NSEC_PER_SEC) {
			ts.tv_nsec -= NSEC_PER_SEC;
			ts.tv_sec++;
		}
	} while (pthread_timedjoin_np(workers[i], NULL, &ts));
}

bool workers_stop(struct lklfuse *fs)
{
	unsigned int i;

	__atomic_store_n(&workers_must_stop, true, __ATOMIC_RELEASE);
	fuse_session_exit(fs->se);
	for (i = 0; i < workers_count; i++)
		workers_join(i);
	return workers_disconnected;
}
