// SPDX-License-Identifier: GPL-2.0
/*
 * The file of the kernel image, which the loader reads and maps.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <lkl.h>

#include "base/error.h"
#include "memory/kernel-image.h"

int lkl_posix_image_open(const char *path, void **image)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return lkl_posix_error(errno);
	*image = (void *)(intptr_t)fd;
	return 0;
}

int lkl_posix_image_read(void *image, uint64_t off, void *buf, uint64_t len)
{
	char *p = buf;

	while (len) {
		ssize_t n = pread((intptr_t)image, p, len, off);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return lkl_posix_error(errno);
		if (n == 0)
			return -LKL_ENOEXEC;
		p += n;
		off += n;
		len -= n;
	}
	return 0;
}

int lkl_posix_image_map(void *image, uint64_t off, void *addr, uint64_t len,
			int exec)
{
	void *p = mmap(addr, len, PROT_READ | (exec ? PROT_EXEC : 0),
		       MAP_PRIVATE | MAP_FIXED, (intptr_t)image, off);

	return p == MAP_FAILED ? lkl_posix_error(errno) : 0;
}

void lkl_posix_image_close(void *image)
{
	close((intptr_t)image);
}
