// SPDX-License-Identifier: GPL-2.0
/*
 * Files are the host's, but for the one that tells who resolves names: that is
 * the instance's, if it has one.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "fd/fd-table.h"
#include "host/host-libc.h"
#include "state/kernel-call.h"

static const char resolv_conf[] = "/etc/resolv.conf";

/* A copy of the instance's, as a file of the host; -1 when it has none. */
static int copy_of_instance(bool cloexec)
{
	char buf[4096];
	int k, fd;
	long n;

	k = LKL_CALL(openat, LKL_AT_FDCWD, resolv_conf, LKL_O_RDONLY, 0);
	if (k < 0)
		return -1;
	fd = HOST(memfd_create)("resolv.conf", cloexec ? MFD_CLOEXEC : 0);
	while (fd >= 0 && (n = LKL_CALL(read, k, buf, sizeof(buf))) > 0)
		if (HOST(write)(fd, buf, n) != n) {
			HOST(close)(fd);
			fd = -1;
		}
	LKL_CALL(close, k);
	if (fd >= 0)
		HOST(lseek)(fd, 0, SEEK_SET);
	return fd_fresh(fd);
}

static int open_instance(const char *path, int flags)
{
	int saved = errno, fd;

	if (strcmp(path, resolv_conf) || (flags & O_ACCMODE) != O_RDONLY ||
	    (flags & O_PATH) || !lkl_wanted())
		return -1;
	fd = copy_of_instance(flags & O_CLOEXEC);
	errno = saved;
	return fd;
}

static int opened(int fd)
{
	return self.inside ? fd_keep(fd) : fd_fresh(fd);
}

static int open_at(int dir, const char *path, int flags, mode_t mode)
{
	int fd = open_instance(path, flags);

	return fd >= 0 ? fd : opened(HOST(openat)(dir, path, flags, mode));
}

EXPORT int open(const char *path, int flags, ...)
{
	va_list ap;
	mode_t mode;

	va_start(ap, flags);
	mode = va_arg(ap, mode_t);
	va_end(ap);
	return open_at(AT_FDCWD, path, flags, mode);
}
ALIAS(open64, open);
ALIAS(__open, open);
ALIAS(__open64, open);

EXPORT int openat(int dir, const char *path, int flags, ...)
{
	va_list ap;
	mode_t mode;

	va_start(ap, flags);
	mode = va_arg(ap, mode_t);
	va_end(ap);
	return open_at(dir, path, flags, mode);
}
ALIAS(openat64, openat);

EXPORT int creat(const char *path, mode_t mode)
{
	return open_at(AT_FDCWD, path, O_CREAT | O_WRONLY | O_TRUNC, mode);
}
ALIAS(creat64, creat);

EXPORT FILE *fopen(const char *restrict path, const char *restrict mode)
{
	int fd = -1;

	if (*mode == 'r' && !strchr(mode, '+'))
		fd = open_instance(path, strchr(mode, 'e') ? O_CLOEXEC : 0);
	return fd >= 0 ? HOST(fdopen)(fd, mode) : HOST(fopen)(path, mode);
}
ALIAS(fopen64, fopen);
