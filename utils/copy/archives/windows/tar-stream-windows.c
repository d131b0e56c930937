// SPDX-License-Identifier: GPL-2.0
/*
 * Streams of archives on Windows.
 *
 * Nothing waits for a pipe: a call blocks until the other end has read or written.
 * A timer looks after the thread that is blocked, and cancels its call when the copy
 * is stopped.
 */
#include <windows.h>
#include <errno.h>
#include <io.h>
#include <limits.h>

#include "copy/archives/tar-host.h"
#include "copy/core/engine.h"

#define WAIT_MS		200

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

/* Let the timer know the thread.  Return false with an error in errno. */
static bool stream_find_thread(struct stream_watch *w)
{
	DWORD id = GetCurrentThreadId();

	if (w->thread_id == id)
		return true;
	if (w->thread)
		CloseHandle(w->thread);
	w->thread = OpenThread(THREAD_TERMINATE, FALSE, id);
	w->thread_id = w->thread ? id : 0;
	errno = ENOMEM;
	return w->thread;
}

/* A program has one stream, so that one thread at most is blocked. */
static bool stream_begin(struct copy *c)
{
	struct stream_watch *w = &stream_watch;
	bool ok;

	if (copy_stopped(c)) {
		errno = EINTR;
		return false;
	}
	if (!InitOnceExecuteOnce(&stream_once, stream_start_timer, NULL, NULL)) {
		errno = ENOMEM;
		return false;
	}
	AcquireSRWLockExclusive(&w->lock);
	ok = stream_find_thread(w);
	w->copy = ok ? c : NULL;
	ReleaseSRWLockExclusive(&w->lock);
	return ok;
}

static void stream_end(struct copy *c, bool failed)
{
	struct stream_watch *w = &stream_watch;

	AcquireSRWLockExclusive(&w->lock);
	w->copy = NULL;
	ReleaseSRWLockExclusive(&w->lock);
	if (failed && copy_stopped(c))
		errno = EINTR;
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
	bool waits = !tar_host_is_regular(fd);
	int n;

	if (waits && !stream_begin(c))
		return -1;
	n = _read(fd, buf, len < INT_MAX ? len : INT_MAX);
	if (waits)
		stream_end(c, n < 0);
	return n;
}

ssize_t tar_host_write(struct copy *c, int fd, bool regular, const void *buf,
		       size_t len)
{
	int n;

	if (!regular && !stream_begin(c))
		return -1;
	n = _write(fd, buf, len < INT_MAX ? len : INT_MAX);
	if (!regular)
		stream_end(c, n < 0);
	return n;
}
