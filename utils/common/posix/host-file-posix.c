// SPDX-License-Identifier: GPL-2.0
/*
 * Files of the host by name, on POSIX hosts.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/host/host-file.h"

#define CREATED_MODE	0666

const char *host_file_strerror(int err)
{
	return strerror(err);
}

int host_file_open(const char *path, int flags)
{
	return open(path, flags | O_CLOEXEC | O_NOCTTY, CREATED_MODE);
}

FILE *host_file_open_stream(const char *path, const char *mode)
{
	return fopen(path, *mode == 'w' ? "we" : "re");
}

int host_file_dup(int fd)
{
	return fcntl(fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
}

bool host_file_is_terminal(int fd)
{
	return isatty(fd);
}

static void host_file_fill(struct host_file_info *info, const struct stat *st)
{
	*info = (struct host_file_info) {
		.type = S_ISREG(st->st_mode) ? HOST_FILE_REGULAR :
			S_ISDIR(st->st_mode) ? HOST_FILE_DIRECTORY :
					       HOST_FILE_SPECIAL,
		.dev = st->st_dev,
		.ino = st->st_ino,
		.size = S_ISREG(st->st_mode) ? st->st_size : 0,
	};
}

int host_file_stat(const char *path, struct host_file_info *info)
{
	struct stat st;

	if (stat(path, &st))
		return -1;
	host_file_fill(info, &st);
	return 0;
}

int host_file_stat_open(int fd, struct host_file_info *info)
{
	struct stat st;

	if (fstat(fd, &st))
		return -1;
	host_file_fill(info, &st);
	return 0;
}

char *host_file_real_path(const char *path)
{
	return realpath(path, NULL);
}

int host_file_create_unique(char *path)
{
	return mkostemp(path, O_CLOEXEC);
}

int host_file_rename(const char *from, const char *to)
{
	return rename(from, to);
}

int host_file_remove(const char *path)
{
	return unlink(path);
}
