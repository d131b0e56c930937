// SPDX-License-Identifier: GPL-2.0
/*
 * Guest RAM is private anonymous memory in huge pages.  Shared memory, which
 * can be mapped twice, would be the obvious choice, as the kernel's vmalloc
 * space is a second mapping of RAM pages; but the host backs shared memory with
 * small pages only, and each costs a page fault.  So a page becomes shared when
 * it is first mapped a second time: the page moves into a memfd, at the offset
 * that it has in the arena.  Few pages ever do.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include <lkl.h>

#include "base/error.h"
#include "base/nocancel.h"
#include "memory/guest-ram.h"
#include "memory/memory-limit.h"
#include "memory/reserve.h"

#define RAM_WORD_BITS	64

/**
 * struct lkl_ram - an arena of guest RAM
 * @base:	address
 * @len:	size in bytes
 * @fd:		memfd of the pages that have moved, or -1
 * @shared:	mapping of all of the pages that have moved, or NULL
 * @moved:	bitmap of the pages that have moved
 * @small:	boot gets small pages
 * @settle:	waits until no disk request writes to a range of memory
 */
struct lkl_ram {
	char *base;
	uint64_t len;
	int fd;
	char *shared;
	uint64_t *moved;
	bool small;
	void (*settle)(const struct lkl_ram *ram, const void *addr,
		       uint64_t len);
};

/*
 * Half of the memory that the process may use: only a limit, as RAM grows with
 * use.  Of a limited address space it is a quarter, as the kernel needs more
 * than RAM.
 */
uint64_t lkl_posix_ram_limit(void)
{
	uint64_t most = lkl_posix_machine_memory();
	uint64_t group = lkl_posix_group_limit();
	uint64_t left = lkl_posix_rlimit_left() / 2;

	most = group < most ? group : most;
	return (left < most ? left : most) / 2;
}

/* Return the size of a bitmap for @len bytes of RAM, in whole words. */
static uint64_t ram_bitmap_size(uint64_t len)
{
	return (len / VM_PAGE + RAM_WORD_BITS - 1) / RAM_WORD_BITS *
	       sizeof(uint64_t);
}

int lkl_posix_ram_create(uint64_t len,
			 void (*settle)(const struct lkl_ram *ram,
					const void *addr, uint64_t len),
			 struct lkl_ram **ramp, void **base)
{
	struct lkl_ram *ram = calloc(1, sizeof(*ram));
	int ret = -LKL_ENOMEM;

	if (!ram)
		return ret;
	ram->len = len;
	ram->fd = -1;
	ram->settle = settle;
	ram->base = lkl_posix_vm_reserve(len, VM_HUGE_PAGE);
	if (!ram->base)
		goto out_ram;
	ram->moved = lkl_posix_vm_map(ram_bitmap_size(len),
				      PROT_READ | PROT_WRITE);
	if (!ram->moved)
		goto out_base;
	ret = lkl_posix_vm_make_accessible(ram->base, len);
	if (ret)
		goto out_moved;
	ram->small = lkl_posix_vm_faults_are_cheap();
	/* Ask for small pages, too: some hosts give huge pages unasked. */
	madvise(ram->base, len, ram->small ? MADV_NOHUGEPAGE : MADV_HUGEPAGE);
	*ramp = ram;
	*base = ram->base;
	return 0;

out_moved:
	munmap(ram->moved, ram_bitmap_size(len));
out_base:
	munmap(ram->base, len);
out_ram:
	free(ram);
	return ret;
}

void lkl_posix_ram_free(struct lkl_ram *ram)
{
	munmap(ram->base, ram->len);
	munmap(ram->moved, ram_bitmap_size(ram->len));
	if (ram->fd >= 0)
		close(ram->fd);
	if (ram->shared)
		munmap(ram->shared, ram->len);
	free(ram);
}

static bool ram_is_moved(const struct lkl_ram *ram, uint64_t page)
{
	return ram->moved[page / RAM_WORD_BITS] >> (page % RAM_WORD_BITS) & 1;
}

/*
 * Return true if the limit for the size of files ("ulimit -f"), which is not
 * meant for memory, forbids to write to a memfd of the size of @ram.
 */
static bool ram_is_file_limited(const struct lkl_ram *ram)
{
	struct rlimit limit;

	return !getrlimit(RLIMIT_FSIZE, &limit) && limit.rlim_cur < ram->len;
}

/* Map the shared memory: pages of the memfd if there is one, else new pages. */
static int ram_map_all(struct lkl_ram *ram)
{
	int anonymous = ram->fd < 0 ? MAP_ANONYMOUS : 0;
	void *p = mmap(NULL, ram->len, PROT_READ | PROT_WRITE,
		       MAP_SHARED | MAP_NORESERVE | anonymous, ram->fd, 0);

	if (p == MAP_FAILED)
		return lkl_posix_error(errno);
	madvise(p, ram->len, MADV_DONTFORK);
	ram->shared = p;
	return 0;
}

/*
 * Make sure that @ram has shared memory: a memfd or, as memory that is written
 * by way of a mapping has no limit for files, a mapping.
 */
static int ram_open(struct lkl_ram *ram)
{
	int fd;

	if (ram->shared)
		return 0;
	if (ram_is_file_limited(ram))
		return ram_map_all(ram);
	if (ram->fd >= 0)
		return 0;
	fd = memfd_create("lkl-ram", MFD_CLOEXEC);
	if (fd < 0)
		return lkl_posix_error(errno);
	if (ftruncate(fd, ram->len)) {
		int err = lkl_posix_error(errno);

		close(fd);
		return err;
	}
	ram->fd = fd;
	return 0;
}

static int ram_copy_out(struct lkl_ram *ram, uint64_t off, uint64_t len)
{
	if (ram->shared) {
		memcpy(ram->shared + off, ram->base + off, len);
		return 0;
	}
	while (len) {
		ssize_t n = nocancel_pwrite(ram->fd, ram->base + off, len, off);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return lkl_posix_error(n ? errno : EIO);
		off += n;
		len -= n;
	}
	return 0;
}

/* Map [@off, @off + @len) of the shared memory at address @at. */
static int ram_map_shared(struct lkl_ram *ram, void *at, uint64_t off,
			  uint64_t len)
{
	void *p;

	if (ram->fd >= 0)
		p = mmap(at, len, PROT_READ | PROT_WRITE,
			 MAP_SHARED | MAP_FIXED | MAP_POPULATE, ram->fd, off);
	else
		/* From a length of 0, this is a second mapping. */
		p = mremap(ram->shared + off, 0, len,
			   MREMAP_MAYMOVE | MREMAP_FIXED, at);

	if (p == MAP_FAILED)
		return lkl_posix_error(errno);
	madvise(at, len, MADV_DONTFORK);
	return 0;
}

/* Move @count pages that have not moved yet; keep their contents. */
static int ram_move_run(struct lkl_ram *ram, uint64_t first, uint64_t count)
{
	uint64_t off = first * VM_PAGE, i;
	int ret;

	/* Data that a disk request writes during the copy would be lost. */
	ram->settle(ram, ram->base + off, count * VM_PAGE);
	ret = ram_copy_out(ram, off, count * VM_PAGE);
	if (!ret)
		ret = ram_map_shared(ram, ram->base + off, off,
				     count * VM_PAGE);
	if (ret)
		return ret;
	for (i = first; i < first + count; i++)
		ram->moved[i / RAM_WORD_BITS] |= 1ULL << (i % RAM_WORD_BITS);
	return 0;
}

/* Move those of the pages [@page, @end) that have not moved yet. */
static int ram_move_pages(struct lkl_ram *ram, uint64_t page, uint64_t end)
{
	int ret = ram_open(ram);
	uint64_t run;

	while (!ret && page < end) {
		if (ram_is_moved(ram, page)) {
			page++;
			continue;
		}
		for (run = 1; page + run < end; run++)
			if (ram_is_moved(ram, page + run))
				break;
		ret = ram_move_run(ram, page, run);
		page += run;
	}
	return ret;
}

int lkl_posix_ram_alias(struct lkl_ram *ram, void *va, uint64_t off,
			uint64_t len)
{
	int ret = ram_move_pages(ram, off / VM_PAGE, (off + len) / VM_PAGE);

	return ret ? ret : ram_map_shared(ram, va, off, len);
}

void lkl_posix_ram_discard(struct lkl_ram *ram, uint64_t off, uint64_t len)
{
	uint64_t page = off / VM_PAGE, end = page + len / VM_PAGE, run;

	while (page < end) {
		bool moved = ram_is_moved(ram, page);

		for (run = 1; page + run < end; run++)
			if (ram_is_moved(ram, page + run) != moved)
				break;
		madvise(ram->base + page * VM_PAGE, run * VM_PAGE,
			moved ? MADV_REMOVE : MADV_DONTNEED);
		page += run;
	}
}

static bool ram_is_touched(void *addr, uint64_t len)
{
	unsigned char resident[VM_HUGE_PAGE / VM_PAGE];
	uint64_t i;

	if (mincore(addr, len, resident))
		return true;
	for (i = 0; i < len / VM_PAGE; i++)
		if (resident[i] & 1)
			return true;
	return false;
}

static void ram_advise_huge(struct lkl_ram *ram, uint64_t start, uint64_t end)
{
	if (start < end)
		madvise(ram->base + start, end - start, MADV_HUGEPAGE);
}

/*
 * Ask for huge pages for the memory that boot has not touched: later users of
 * that memory are large.
 */
void lkl_posix_ram_booted(struct lkl_ram *ram, uint64_t ram_len, void *text,
			  uint64_t len)
{
	uint64_t off, untouched = 0;

	if (text)
		madvise(text, len, MADV_DONTNEED);
	if (!ram->small)
		return;
	for (off = 0; off < ram_len && off < ram->len; off += VM_HUGE_PAGE) {
		if (!ram_is_touched(ram->base + off, VM_HUGE_PAGE))
			continue;
		ram_advise_huge(ram, untouched, off);
		untouched = off + VM_HUGE_PAGE;
	}
	ram_advise_huge(ram, untouched, ram->len);
}
