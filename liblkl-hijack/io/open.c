// SPDX-License-Identifier: GPL-2.0
/*
 * open() and its relatives.  Files belong to the host, with two exceptions.  If the
 * instance has a file /etc/resolv.conf, which names the servers that resolve names,
 * programs get this file.  /dev/net/tun belongs to the instance, because interfaces
 * that programs make belong to the instance.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "fd/fd-placeholder.h"
#include "host/export.h"
#include "host/fortify.h"
#include "host/host-libc.h"
#include "host/read-all.h"
#include "state/kernel-call.h"
#include "state/thread-state.h"

#define TUN_MAJOR 10
#define TUN_MINOR 200

static const char resolv_conf[] = "/etc/resolv.conf";
static const char tun_path[] = "/dev/net/tun";

/* Copy the instance's file into a memfd of the host; -1 when there is none. */
static int copy_resolv_conf(bool cloexec)
{
	char *text;
	long len;
	int k, fd;

	k = KCALL(openat, LKL_AT_FDCWD, resolv_conf, LKL_O_RDONLY, 0);
	if (k < 0)
		return -1;
	len = read_all(k, kernel_call_read, &text);
	KCALL(close, k);
	if (len < 0)
		return -1;
	fd = HOST(memfd_create)("resolv.conf", cloexec ? MFD_CLOEXEC : 0);
	if (fd >= 0 && HOST(pwrite)(fd, text, len, 0) != len) {
		HOST(close)(fd);
		fd = -1;
	}
	free(text);
	return fd_opened(fd);
}

static int open_resolv_conf(const char *path, int flags)
{
	int saved = errno, fd;

	if (strcmp(path, resolv_conf) || (flags & O_ACCMODE) != O_RDONLY ||
	    (flags & O_PATH) || !thread_uses_lkl())
		return -1;
	fd = copy_resolv_conf(flags & O_CLOEXEC);
	errno = saved;
	return fd;
}

/*
 * Return true if the file makes interfaces of a kind that the instance lacks: such
 * interfaces would belong to the host.
 */
static bool makes_host_interfaces(const char *path)
{
	return !strcmp(path, "/dev/ppp");
}

/* Open the device of the instance.  Make its node at the first time. */
static int open_tun(int flags)
{
	static const char node[] = "/lkl-tun";
	int fd = fd_reserve(0, flags & O_CLOEXEC);

	if (fd < 0)
		return -1;
	KCALL(mknodat, LKL_AT_FDCWD, node, LKL_S_IFCHR | 0600,
	      makedev(TUN_MAJOR, TUN_MINOR));
	return fd_finish(fd, KCALL(openat, LKL_AT_FDCWD, node,
				   flags & (O_ACCMODE | O_NONBLOCK), 0));
}

static int open_at(int dir, const char *path, int flags, mode_t mode)
{
	int fd;

	if (!strncmp(path, "/dev/", 5) && !(flags & O_PATH) &&
	    thread_uses_lkl()) {
		if (!strcmp(path, tun_path))
			return open_tun(flags);
		if (makes_host_interfaces(path)) {
			errno = ENODEV;
			return -1;
		}
	}
	fd = open_resolv_conf(path, flags);
	return fd >= 0 ? fd : fd_opened(HOST(openat)(dir, path, flags, mode));
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
		fd = open_resolv_conf(path, strchr(mode, 'e') ? O_CLOEXEC : 0);
	return fd >= 0 ? HOST(fdopen)(fd, mode) : HOST(fopen)(path, mode);
}
ALIAS(fopen64, fopen);

int __open_2(const char *path, int flags);
int __open64_2(const char *path, int flags);
int __openat_2(int dir, const char *path, int flags);
int __openat64_2(int dir, const char *path, int flags);

/* End the program when @flags create a file, as the call has no mode. */
static int check_without_mode(int flags)
{
	if ((flags & O_CREAT) || (flags & O_TMPFILE) == O_TMPFILE)
		__chk_fail();
	return flags;
}

EXPORT int __open_2(const char *path, int flags)
{
	return open(path, check_without_mode(flags));
}

EXPORT int __open64_2(const char *path, int flags)
{
	return open(path, check_without_mode(flags));
}

EXPORT int __openat_2(int dir, const char *path, int flags)
{
	return openat(dir, path, check_without_mode(flags));
}

EXPORT int __openat64_2(int dir, const char *path, int flags)
{
	return openat(dir, path, check_without_mode(flags));
}
