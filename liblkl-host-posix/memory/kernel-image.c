// SPDX-License-Identifier: GPL-2.0
/*
 * The file of the kernel image, which the loader reads and maps.  A path
 * without a directory means a file that is installed with this library.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <lkl.h>

#include "base/error.h"
#include "base/installed.h"
#include "base/nocancel.h"
#include "memory/kernel-image.h"
#include "memory/reserve.h"

int lkl_posix_image_open(const char *path, void **image)
{
	char installed[4096];
	int fd;

	if (!strchr(path, '/')) {
		lkl_posix_installed_path(path, installed, sizeof(installed));
		path = installed;
	}
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return lkl_posix_error(errno);
	*image = (void *)(intptr_t)fd;
	return 0;
}

int lkl_posix_image_read(void *image, uint64_t off, void *buf, uint64_t len)
{
	char *p = buf;

	while (len) {
		ssize_t n = nocancel_pread((intptr_t)image, p, len, off);

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

/* Map whole pages, and leave them out of children of the process. */
static int image_map_copied(void *image, uint64_t off, void *addr, uint64_t len)
{
	void *p = mmap(addr, len, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_FIXED | MAP_NORESERVE,
		       (intptr_t)image, off);

	if (p == MAP_FAILED)
		return lkl_posix_error(errno);
	madvise(addr, len, MADV_DONTFORK);
	return 0;
}

/*
 * Many pages of the data are never written, and some not even read: when a page
 * fault is cheap, such pages need not be copied.  The last page is read, because
 * what follows the data in the file must not appear in memory.
 */
int lkl_posix_image_copy(void *image, uint64_t off, void *addr, uint64_t len)
{
	uint64_t mapped = 0;
	int ret = 0;

	if (lkl_posix_vm_faults_are_cheap())
		mapped = len & ~(VM_PAGE - 1);
	if (mapped)
		ret = image_map_copied(image, off, addr, mapped);
	if (ret)
		return ret;
	return lkl_posix_image_read(image, off + mapped, (char *)addr + mapped,
				    len - mapped);
}

void lkl_posix_image_close(void *image)
{
	close((intptr_t)image);
}
