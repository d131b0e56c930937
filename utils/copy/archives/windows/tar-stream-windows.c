// SPDX-License-Identifier: GPL-2.0
/*
 * Streams of archives on Windows.
 *
 * Nothing waits for a pipe: a call blocks until the other end has read or written.
 * A timer looks after the thread that is blocked, and cancels its call when the copy
 * is stopped.
 */
#include "common/windows/windows-error.h"

#include <lkl.h>
#include <errno.h>
#include <io.h>

#include "copy/archives/tar-host.h"
#include "copy/core/engine.h"

#define WAIT_MS		200
/* The most that one call transfers */
#define PART_MAX	(1U << 20)

/**
 * struct stream_watch - the thread that is blocked
 * @lock:	protects the other members
 * @copy:	the copy that waits, or NULL: no thread is blocked
 * @thread:	the thread that was blocked last
 * @thread_id:	its number
 */
static struct stream_watch {
	SRWLOCK lock;
	struct copy *copy;
	HANDLE thread;
	DWORD thread_id;
} stream_watch = { .lock = SRWLOCK_INIT };

static INIT_ONCE stream_once = INIT_ONCE_STATIC_INIT;

static void CALLBACK stream_tick(void *arg, BOOLEAN fired)
{
	struct stream_watch *w = &stream_watch;

	AcquireSRWLockExclusive(&w->lock);
	if (w->copy) {
		/* The other end may take its time: this is progress. */
		copy_step(w->copy);
		if (copy_stopped(w->copy))
			CancelSynchronousIo(w->thread);
	}
	ReleaseSRWLockExclusive(&w->lock);
}

static BOOL CALLBACK stream_start_timer(INIT_ONCE *once, void *arg, void **result)
{
	HANDLE timer;

	return CreateTimerQueueTimer(&timer, NULL, stream_tick, NULL, WAIT_MS,
				     WAIT_MS, WT_EXECUTEDEFAULT);
}

/* Let the timer know the thread. */
static bool stream_find_thread(struct stream_watch *w)
{
	DWORD id = GetCurrentThreadId();

	if (w->thread_id == id)
		return true;
	if (w->thread)
		CloseHandle(w->thread);
	w->thread = OpenThread(THREAD_TERMINATE, FALSE, id);
	w->thread_id = w->thread ? id : 0;
	return w->thread;
}

static ssize_t stream_fail(int err)
{
	errno = -err;
	return -1;
}

/*
 * Let the timer look after this thread.  A program has one stream, so that one thread
 * at most is blocked.  Return 0 or an error.
 */
static int stream_begin(struct copy *c)
{
	struct stream_watch *w = &stream_watch;
	bool ok = InitOnceExecuteOnce(&stream_once, stream_start_timer, NULL, NULL);

	AcquireSRWLockExclusive(&w->lock);
	ok = ok && stream_find_thread(w);
	w->copy = ok ? c : NULL;
	ReleaseSRWLockExclusive(&w->lock);
	return ok ? 0 : windows_last_error();
}

static void stream_end(void)
{
	AcquireSRWLockExclusive(&stream_watch.lock);
	stream_watch.copy = NULL;
	ReleaseSRWLockExclusive(&stream_watch.lock);
}

/* Read or write; the call may wait for another program. */
static ssize_t stream_transfer(HANDLE h, void *to, const void *from, size_t len)
{
	DWORD n, part = len < PART_MAX ? len : PART_MAX;
	bool ok = to ? ReadFile(h, to, part, &n, NULL) :
		       WriteFile(h, from, part, &n, NULL);

	if (ok)
		return n;
	/* The other end of a pipe has ended, as the end of a file. */
	if (to && GetLastError() == ERROR_BROKEN_PIPE)
		return 0;
	return windows_last_error();
}

static ssize_t stream_use(struct copy *c, int fd, void *to, const void *from,
			  size_t len)
{
	bool waits = !tar_host_is_regular(fd);
	ssize_t n = 0;

	if (waits && copy_stopped(c))
		n = -LKL_EINTR;
	else if (waits)
		n = stream_begin(c);
	if (!n)
		n = stream_transfer((HANDLE)_get_osfhandle(fd), to, from, len);
	if (waits)
		stream_end();
	if (n >= 0)
		return n;
	return stream_fail(waits && copy_stopped(c) ? -LKL_EINTR : n);
}

bool tar_host_is_regular(int fd)
{
	return GetFileType((HANDLE)_get_osfhandle(fd)) == FILE_TYPE_DISK;
}

bool tar_host_is_ready(int fd)
{
	HANDLE h = (HANDLE)_get_osfhandle(fd);
	DWORD type = GetFileType(h), n = 0;

	if (type != FILE_TYPE_PIPE)
		return type == FILE_TYPE_DISK;
	return !PeekNamedPipe(h, NULL, 0, NULL, &n, NULL) || n;
}

ssize_t tar_host_read(struct copy *c, int fd, void *buf, size_t len)
{
	return stream_use(c, fd, buf, NULL, len);
}

ssize_t tar_host_write(struct copy *c, int fd, const void *buf, size_t len)
{
	return stream_use(c, fd, NULL, buf, len);
}
