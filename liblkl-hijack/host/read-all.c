// SPDX-License-Identifier: GPL-2.0
/*
 * Reading a small file as a whole, of the host or of LKL.
 */
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "host/host-libc.h"
#include "host/read-all.h"

#define FIRST_SIZE	4096
/*
 * The largest file that is read: the members of an epoll set, one line each, for
 * as many descriptors as a process can have.
 */
#define MAX_SIZE	(1 << 28)

long read_all_host(int fd, void *buf, size_t len)
{
	ssize_t n = HOST(read)(fd, buf, len);

	return n < 0 ? -errno : n;
}

long read_all(int fd, read_function *read_some, char **text)
{
	size_t size = FIRST_SIZE, len = 0;
	char *buf = NULL, *larger;
	long n;

	do {
		larger = size <= MAX_SIZE ? realloc(buf, size) : NULL;
		n = larger ? 0 : size <= MAX_SIZE ? -ENOMEM : -EFBIG;
		if (n)
			break;
		buf = larger;
		do {
			n = read_some(fd, buf + len, size - len - 1);
		} while (n == -EINTR);
		if (n > 0)
			len += n;
		if (len + 1 == size)
			size *= 2;
	} while (n > 0);
	if (n < 0) {
		free(buf);
		return n;
	}
	buf[len] = '\0';
	*text = buf;
	return len;
}
