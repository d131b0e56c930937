// SPDX-License-Identifier: GPL-2.0
/*
 * The table of descriptors: what is known of each number.  The numbers are the
 * host's, see fd-placeholder.c.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <sys/mman.h>

#include "fd/fd-table.h"

struct fd_slot *fd_slots;

static unsigned int end, seen;

static void raise_to(unsigned int *max, unsigned int value)
{
	unsigned int old = __atomic_load_n(max, __ATOMIC_RELAXED);

	while (old < value &&
	       !__atomic_compare_exchange_n(max, &old, value, true,
					    __ATOMIC_RELEASE,
					    __ATOMIC_RELAXED))
		;
}

void fd_note_end(int fd)
{
	raise_to(&end, fd + 1);
}

unsigned int fds_end(void)
{
	return __atomic_load_n(&end, __ATOMIC_ACQUIRE);
}

int fd_note_seen(int fd)
{
	if (fd >= 0)
		raise_to(&seen, fd + 1);
	return fd;
}

unsigned int fds_seen(void)
{
	unsigned int table = fds_end();
	unsigned int all = __atomic_load_n(&seen, __ATOMIC_RELAXED);

	return all > table ? all : table;
}

uint64_t fd_set_what(int fd, uint32_t kind, uint32_t k)
{
	if (kind == FD_LKL)
		fd_note_end(fd);
	fd_slots[fd].ring = false;
	return __atomic_exchange_n(&fd_slots[fd].what,
				   (uint64_t)kind << 32 | k, __ATOMIC_ACQ_REL);
}

int fd_clear(int fd)
{
	struct fd_slot *slot = fd_slot(fd);

	if (!slot || !__atomic_load_n(&slot->what, __ATOMIC_RELAXED))
		return -1;
	return fd_what_to_k(fd_set_what(fd, 0, 0));
}

int fd_table_init(void)
{
	void *p = mmap(NULL, FDS_MAX * sizeof(*fd_slots),
		       PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (p == MAP_FAILED)
		return -errno;
	fd_slots = p;
	return 0;
}
