// SPDX-License-Identifier: GPL-2.0
/*
 * Streams on sockets.  libc's own streams call the host directly, so those of
 * descriptors of LKL are made of functions of ours; fileno() finds the number
 * in the place where libc keeps it.  The standard streams are variables, and
 * are replaced when their number becomes LKL's.
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

#include "fd/fd-table.h"
#include "host/host-libc.h"
#include "io/read-write.h"
#include "state/kernel-call.h"

/**
 * struct stream - a stream of ours, which libc has as the cookie
 * @fd:		where it leads
 * @file:	libc's
 * @next:	list of all
 * @where:	the pointer that leads here; NULL when it is not listed
 */
struct stream {
	int fd;
	FILE *file;
	struct stream *next;
	struct stream **where;
};

static struct stream *streams;
static pthread_mutex_t streams_lock = PTHREAD_MUTEX_INITIALIZER;

static void lock_streams(void)
{
	pthread_mutex_lock(&streams_lock);
}

static void unlock_streams(void)
{
	pthread_mutex_unlock(&streams_lock);
}

int stdio_init(void)
{
	return -pthread_atfork(lock_streams, unlock_streams, unlock_streams);
}

/* Locked. */
static void list_stream(struct stream *s)
{
	s->next = streams;
	if (s->next)
		s->next->where = &s->next;
	s->where = &streams;
	streams = s;
}

static void unlist_stream(struct stream *s)
{
	if (!s->where)
		return;
	*s->where = s->next;
	if (s->next)
		s->next->where = s->where;
	s->where = NULL;
}

/* The next one that nobody else is using, locked. */
static FILE *take_stream(void)
{
	FILE *file = NULL;
	struct stream *s;

	lock_streams();
	while (!file && streams) {
		s = streams;
		unlist_stream(s);
		/* As at the end of libc: whoever has it may wait in it for ever. */
		if (!ftrylockfile(s->file))
			file = s->file;
	}
	unlock_streams();
	return file;
}

void stdio_flush(void)
{
	FILE *file;

	while ((file = take_stream())) {
		fflush(file);
		funlockfile(file);
	}
}

static int number(void *cookie)
{
	const struct stream *s = cookie;

	return s->fd;
}

static ssize_t stream_read(void *cookie, char *buf, size_t len)
{
	return read(number(cookie), buf, len);
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

/* Of one that writes, 0 and not -1 is an error. */
static ssize_t stream_write(void *cookie, const char *buf, size_t len)
{
	ssize_t n = write_all(number(cookie), buf, len);

	return n < 0 ? 0 : n;
}

/* A change between reading and writing seeks; this error is expected then. */
static int stream_seek(void *cookie, off64_t *pos, int whence)
{
	errno = ESPIPE;
	return -1;
}

static int stream_close(void *cookie)
{
	struct stream *s = cookie;
	int fd = s->fd;

	lock_streams();
	unlist_stream(s);
	unlock_streams();
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
	lock_streams();
	list_stream(s);
	unlock_streams();
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

/* What is still in the buffer goes where the number leads now. */
static void move_output(FILE *from, FILE *to)
{
	size_t len = __fpending(from);

	if (!len || fwide(from, 0) > 0)
		return;
	fwrite(from->_IO_write_base, 1, len, to);
	__fpurge(from);
}

/* Standard error is so from the start, without a buffer to tell by. */
static bool is_unbuffered(FILE *stream, int fd)
{
	size_t size = __fbufsize(stream);

	return size == 1 || (!size && fd == STDERR_FILENO);
}

/* A stream in the place of @old, or NULL. */
static FILE *take_place(FILE *old, int fd)
{
	FILE *stream;

	/* It may have been closed, or be another one by now. */
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
 * One of ours stays, as what it calls finds out whose the number is.  A copy
 * that the program has of the variable is beyond us.
 */
void stdio_follow(int fd)
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

/* libc closes the number by itself. */
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

/* The checks of the fortified ones are lost, and no more. */
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
