// SPDX-License-Identifier: GPL-2.0
/*
 * Streams on descriptors of LKL.  libc's own streams call the host directly, so
 * these streams are cookies with functions of this library; fileno() finds the
 * number in the place where libc keeps it.  The standard streams are variables,
 * which are replaced when their number becomes LKL's.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdio_ext.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <wchar.h>

#include "fd/fd-placeholder.h"
#include "fd/fd-table.h"
#include "host/export.h"
#include "host/host-libc.h"
#include "io/streams.h"
#include "shared/list.h"

/**
 * struct stream - a stream of this library, which libc has as the cookie
 * @fd:		the descriptor
 * @file:	libc's stream
 * @link:	in the list of all, or on its own
 */
struct stream {
	int fd;
	FILE *file;
	struct list link;
};

static struct list streams = LIST_INIT(streams);
static pthread_mutex_t streams_lock = PTHREAD_MUTEX_INITIALIZER;

static void streams_begin(void)
{
	pthread_mutex_lock(&streams_lock);
}

static void streams_end(void)
{
	pthread_mutex_unlock(&streams_lock);
}

/* Take the next stream that no other thread uses off the list, and lock it. */
static FILE *take_stream(void)
{
	FILE *file = NULL;
	struct stream *s;

	streams_begin();
	while (!file && !list_is_empty(&streams)) {
		s = list_entry(streams.next, struct stream, link);
		list_remove(&s->link);
		/* A thread may wait for ever in a stream; libc skips it as well. */
		if (!ftrylockfile(s->file))
			file = s->file;
	}
	streams_end();
	return file;
}

void streams_flush(void)
{
	FILE *file;

	while ((file = take_stream())) {
		fflush(file);
		funlockfile(file);
	}
}

static int stream_number(void *cookie)
{
	const struct stream *s = cookie;

	return s->fd;
}

static ssize_t stream_read(void *cookie, char *buf, size_t len)
{
	return read(stream_number(cookie), buf, len);
}

static ssize_t write_all(int fd, const char *buf, size_t len)
{
	size_t done = 0;
	ssize_t n;

	while (done < len) {
		n = write(fd, buf + done, len - done);
		if (n < 0)
			return done ? (ssize_t)done : -1;
		done += n;
	}
	return done;
}

/* Return 0 on failure, as fopencookie() wants it. */
static ssize_t stream_write(void *cookie, const char *buf, size_t len)
{
	ssize_t n = write_all(stream_number(cookie), buf, len);

	return n < 0 ? 0 : n;
}

/* libc seeks between reading and writing, and expects this error. */
static int stream_seek(void *cookie, off64_t *pos, int whence)
{
	errno = ESPIPE;
	return -1;
}

static int stream_close(void *cookie)
{
	struct stream *s = cookie;
	int fd = s->fd;

	streams_begin();
	list_remove(&s->link);
	streams_end();
	free(s);
	return close(fd);
}

static FILE *open_stream(int fd, const char *mode)
{
	static const cookie_io_functions_t functions = {
		.read = stream_read,
		.write = stream_write,
		.seek = stream_seek,
		.close = stream_close,
	};
	struct stream *s = calloc(1, sizeof(*s));
	FILE *stream = s ? fopencookie(s, mode, functions) : NULL;

	if (!stream) {
		free(s);
		return NULL;
	}
	stream->_fileno = fd;
	s->fd = fd;
	s->file = stream;
	streams_begin();
	list_add_head(&streams, &s->link);
	streams_end();
	return stream;
}

EXPORT FILE *fdopen(int fd, const char *mode)
{
	FILE *stream;

	if (fd_lkl(fd) < 0)
		return HOST(fdopen)(fd, mode);
	stream = open_stream(fd, mode);
	if (stream && strchr(mode, 'e'))
		HOST(fcntl)(fd, F_SETFD, FD_CLOEXEC);
	return stream;
}

/* Move what is still in the buffer to the stream of LKL. */
static void move_output(FILE *from, FILE *to)
{
	size_t len = __fpending(from);

	if (!len || fwide(from, 0) > 0)
		return;
	fwrite(from->_IO_write_base, 1, len, to);
	__fpurge(from);
}

/* Standard error is unbuffered before it has a buffer whose size shows this. */
static bool is_unbuffered(FILE *stream, int fd)
{
	size_t size = __fbufsize(stream);

	return size == 1 || (!size && fd == STDERR_FILENO);
}

/* Return a stream that takes the place of @old, or NULL. */
static FILE *take_place(FILE *old, int fd)
{
	FILE *stream;

	/* The variable may be closed, or name another stream by now. */
	if (!old || old->_fileno != fd)
		return NULL;
	stream = open_stream(fd, fd == STDIN_FILENO ? "r" : "w");
	if (!stream)
		return NULL;
	if (is_unbuffered(old, fd))
		setvbuf(stream, NULL, _IONBF, 0);
	else if (__flbf(old))
		setvbuf(stream, NULL, _IOLBF, 0);
	move_output(old, stream);
	return stream;
}

/*
 * Replace a standard stream whose number has become LKL's.  A stream of this
 * library stays: its functions look the number up.  Copies that the program has
 * made of the variable cannot be replaced.
 */
static void streams_follow(int fd)
{
	static FILE **const variables[] = { &stdin, &stdout, &stderr };
	static FILE *ours[3];
	int saved = errno;
	FILE *stream;

	if ((unsigned int)fd > STDERR_FILENO || fd_lkl(fd) < 0 ||
	    (ours[fd] && ours[fd] == *variables[fd]))
		return;
	stream = take_place(*variables[fd], fd);
	if (stream)
		ours[fd] = *variables[fd] = stream;
	errno = saved;
}

int streams_init(void)
{
	fd_set_observer(streams_follow);
	return -pthread_atfork(streams_begin, streams_end, streams_end);
}

/* libc closes the descriptor without calling this library. */
EXPORT int fclose(FILE *stream)
{
	int fd = fileno(stream);

	if (fd >= 0 && fd_lkl(fd) < 0)
		fd_closing(fd);
	return HOST(fclose)(stream);
}

EXPORT int pclose(FILE *stream)
{
	int fd = fileno(stream);

	if (fd >= 0)
		fd_closing(fd);
	return HOST(pclose)(stream);
}

EXPORT int vdprintf(int fd, const char *restrict fmt, va_list ap)
{
	char *text;
	int len;

	if (fd_lkl(fd) < 0)
		return HOST(vdprintf)(fd, fmt, ap);
	len = vasprintf(&text, fmt, ap);
	if (len < 0)
		return -1;
	if (write_all(fd, text, len) < len)
		len = -1;
	free(text);
	return len;
}

EXPORT int dprintf(int fd, const char *restrict fmt, ...)
{
	va_list ap;
	int ret;

	va_start(ap, fmt);
	ret = vdprintf(fd, fmt, ap);
	va_end(ap);
	return ret;
}

/* The fortified functions work without their checks. */
int __vdprintf_chk(int fd, int flag, const char *fmt, va_list ap)
	__attribute__((format(printf, 3, 0)));
int __dprintf_chk(int fd, int flag, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

EXPORT int __vdprintf_chk(int fd, int flag, const char *fmt, va_list ap)
{
	return vdprintf(fd, fmt, ap);
}

EXPORT int __dprintf_chk(int fd, int flag, const char *fmt, ...)
{
	va_list ap;
	int ret;

	va_start(ap, fmt);
	ret = vdprintf(fd, fmt, ap);
	va_end(ap);
	return ret;
}
