// SPDX-License-Identifier: GPL-2.0
/*
 * Streams of archives on POSIX hosts.
 */
#include <errno.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include "copy/archives/tar-host.h"
#include "copy/core/engine.h"

#define WAIT_MS		200
/* A pipe that can be written has room for so much. */
#define PIPE_PART	4096U

/* Wait until @fd can be used.  Return false if the copy was stopped. */
static bool stream_wait(struct copy *c, int fd, short events)
{
	struct pollfd p = { .fd = fd, .events = events };

	while (!copy_stopped(c)) {
		int n = poll(&p, 1, WAIT_MS);

		if (n > 0 || (n < 0 && errno != EINTR))
			return true;
		/*
		 * The other end of a pipe may take its time: this is progress.
		 */
		copy_step(c);
	}
	errno = EINTR;
	return false;
}

bool tar_host_is_regular(int fd)
{
	struct stat st;

	return !fstat(fd, &st) && S_ISREG(st.st_mode);
}

bool tar_host_is_ready(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };

	return poll(&p, 1, 0) > 0;
}

ssize_t tar_host_read(struct copy *c, int fd, void *buf, size_t len)
{
	ssize_t n;

	if (!stream_wait(c, fd, POLLIN))
		return -1;
	do {
		n = read(fd, buf, len);
	} while (n < 0 && errno == EINTR);
	return n;
}

/* To a pipe, write no more than fits without waiting: a signal is noticed. */
ssize_t tar_host_write(struct copy *c, int fd, const void *buf, size_t len)
{
	ssize_t n;

	if (!tar_host_is_regular(fd)) {
		if (!stream_wait(c, fd, POLLOUT))
			return -1;
		len = len < PIPE_PART ? len : PIPE_PART;
	}
	do {
		n = write(fd, buf, len);
	} while (n < 0 && errno == EINTR);
	return n;
}
