// SPDX-License-Identifier: GPL-2.0
/*
 * /etc/resolv.conf, for programs with a resolver of their own (dig, c-ares,
 * ldns ...): what they read is the instance's file, so that they ask its name
 * servers, by the sockets that they have there.  A copy, for the host's stdio.
 */
/* With it, fopen() would be a second name of fopen64(). */
#undef _FILE_OFFSET_BITS
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "resolver.h"

int resolver_conf_open(bool close_on_exec)
{
	char *text = resolver_conf_text();
	size_t len, done = 0;
	ssize_t ret = 0;
	int fd, err;

	if (!text)
		return -1;
	len = strlen(text);
	fd = memfd_create("resolv.conf", close_on_exec ? MFD_CLOEXEC : 0);
	while (fd >= 0 && done < len && ret >= 0) {
		ret = pwrite(fd, text + done, len - done, done);
		if (ret > 0)
			done += ret;
	}
	err = errno;
	free(text);
	if (fd >= 0 && ret < 0) {
		close(fd);
		fd = -1;
	}
	errno = err;
	return fd;
}

bool resolver_conf_is(const char *path)
{
	return path && !strcmp(path, RESOLVER_CONF);
}

static FILE *open_conf(const char *mode)
{
	int fd = resolver_conf_open(strchr(mode, 'e'));
	FILE *f;

	if (fd < 0)
		return NULL;
	f = fdopen(fd, mode);
	if (!f)
		close(fd);
	return f;
}

RESOLVER_EXPORT FILE *fopen(const char *path, const char *mode)
{
	if (resolver_conf_is(path) && *mode == 'r' && resolver_begin())
		return open_conf(mode);
	return resolver_libc()->fopen(path, mode);
}

RESOLVER_EXPORT FILE *fopen64(const char *path, const char *mode)
{
	if (resolver_conf_is(path) && *mode == 'r' && resolver_begin())
		return open_conf(mode);
	return resolver_libc()->fopen64(path, mode);
}
