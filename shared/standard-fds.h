/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Descriptors 0, 1 and 2, which a caller may have closed.
 */
#ifndef SHARED_STANDARD_FDS_H
#define SHARED_STANDARD_FDS_H

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/*
 * Open a file that can be neither read nor written.  /dev/null is better than a
 * directory, which some programs refuse as standard input.
 */
static inline int standard_fds_open_unusable(void)
{
	int fd = open("/dev/null", O_PATH);

	return fd >= 0 ? fd : open("/", O_PATH);
}

/*
 * Make sure that no file that the program opens gets a number from 0 to 2.
 * Otherwise a message could be written into an image, and a daemon would close the
 * image.  Call this function before the program opens a file.
 *
 * An O_PATH descriptor keeps a closed number in use.  Reading and writing still
 * fail with EBADF, so that a lost result remains an error, and programs that are
 * executed inherit the descriptor.  Exit if there is no descriptor left.
 */
static inline void standard_fds_fill(void)
{
	int fd = STDIN_FILENO;

	while (fd <= STDERR_FILENO) {
		if (fcntl(fd, F_GETFD) >= 0) {
			fd++;
			continue;
		}
		/* open() takes the lowest number that is free. */
		if (standard_fds_open_unusable() == fd)
			continue;
		dprintf(STDERR_FILENO, "%s: cannot open '/' for the closed descriptor %d: %s\n",
			program_invocation_short_name, fd, strerror(errno));
		exit(EXIT_FAILURE);
	}
}

/* Stop to use the caller's descriptors 0, 1 and 2. */
static inline void standard_fds_leave(void)
{
	close_range(STDIN_FILENO, STDERR_FILENO, 0);
	standard_fds_fill();
}

/* Close all descriptors except 0, 1, 2 and @fd, which is above 2. */
static inline void standard_fds_close_files(int fd)
{
	close_range(STDERR_FILENO + 1, fd - 1, 0);
	close_range(fd + 1, ~0U, 0);
}

/*
 * Close all descriptors except @fd, for a process that outlives its caller or
 * must not keep files in use: a reader of the caller's output waits until the
 * last copy of the descriptor is closed.  @fd is above 2.
 */
static inline void standard_fds_close_others(int fd)
{
	standard_fds_close_files(fd);
	standard_fds_leave();
}

#endif /* SHARED_STANDARD_FDS_H */
