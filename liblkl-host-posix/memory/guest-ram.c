// SPDX-License-Identifier: GPL-2.0
/*
 * Address space: reservations, guest RAM, and the kernel image.
 *
 * Guest RAM is private anonymous memory in huge pages.  Shared memory, which
 * can be mapped twice, would be the obvious choice, as the kernel's vmalloc
 * space is a second mapping of RAM pages; but it comes in small pages only, and
 * each costs a page fault.  So a page becomes shared when it is first mapped a
 * second time: it moves into a memfd, at the offset that it has in the arena.
 * Few pages ever do.
 *
 * Boot touches a little of everything, which would take many huge pages.  It
 * gets small ones, unless page faults are dear here, as on some virtual
 * machines: there, boot would take several times as long.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/host-posix.h"
#include "io/poller.h"

#define PAGE		4096ULL
#define HUGE_PAGE	0x200000ULL
#define WORD_BITS	64
/* A huge page costs more than a few small ones: this is where it pays off. */
#define CHEAP_FAULT_NS	2000
#define FAULT_SAMPLES	8

/**
 * struct lkl_ram - an arena of guest RAM
 * @base:	its address
 * @len:	its size
 * @fd:		memfd of the pages that have moved, -1 before the first
 * @moved:	a bit for each page
 * @small:	boot gets small pages
 */
struct lkl_ram {
	char *base;
	uint64_t len;
	int fd;
	uint64_t *moved;
	bool small;
};

static void *map_anonymous(uint64_t len, int prot)
{
	void *p = mmap(NULL, len, prot,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	return p == MAP_FAILED ? NULL : p;
}

static void *vm_reserve(uint64_t len, uint64_t align)
{
	char *p = map_anonymous(len + align, PROT_NONE), *start;

	if (!p)
		return NULL;
	start = (char *)(((uintptr_t)p + align - 1) & ~(align - 1));
	if (start > p)
		munmap(p, start - p);
	munmap(start + len, p + align - start);
	return start;
}

static void vm_release(void *addr, uint64_t len)
{
	munmap(addr, len);
}

static int64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000000LL + ts.tv_nsec;
}

/* The quickest of a few: the others may have been interrupted. */
static int64_t fault_cost(void)
{
	volatile char *p = map_anonymous(FAULT_SAMPLES * PAGE,
					 PROT_READ | PROT_WRITE);
	int64_t best = INT64_MAX, t;
	int i;

	if (!p)
		return best;
	madvise((void *)p, FAULT_SAMPLES * PAGE, MADV_NOHUGEPAGE);
	for (i = 0; i < FAULT_SAMPLES; i++) {
		t = now_ns();
		p[i * PAGE] = 1;
		t = now_ns() - t;
		if (t < best)
			best = t;
	}
	munmap((void *)p, FAULT_SAMPLES * PAGE);
	return best;
}

static bool faults_are_cheap(void)
{
	static int64_t cost;
	int64_t known = __atomic_load_n(&cost, __ATOMIC_RELAXED);

	if (!known) {
		known = fault_cost();
		__atomic_store_n(&cost, known, __ATOMIC_RELAXED);
	}
	return known < CHEAP_FAULT_NS;
}

static int make_accessible(void *addr, uint64_t len)
{
	if (mprotect(addr, len, PROT_READ | PROT_WRITE))
		return lkl_posix_error(errno);
	/* Advice: without, fork(2) copies more. */
	madvise(addr, len, MADV_DONTFORK);
	return 0;
}

static int vm_commit(void *addr, uint64_t len)
{
	int ret = make_accessible(addr, len);
	uint64_t first = faults_are_cheap() ? HUGE_PAGE : 0;

	if (!ret && first && len >= first)
		madvise(addr, first, MADV_NOHUGEPAGE);
	if (!ret && len >= first + HUGE_PAGE)
		madvise((char *)addr + first, len - first, MADV_HUGEPAGE);
	return ret;
}

static void vm_decommit(void *addr, uint64_t len)
{
	mmap(addr, len, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS |
	     MAP_NORESERVE | MAP_FIXED, -1, 0);
}

/* Half of the machine is a limit, not a need: RAM grows with use. */
static uint64_t vm_ram_limit(void)
{
	return (uint64_t)sysconf(_SC_PHYS_PAGES) * sysconf(_SC_PAGESIZE) / 2;
}

/* Whole words: a bit for each page, and the last word need not be full. */
static uint64_t moved_size(uint64_t len)
{
	return (len / PAGE + WORD_BITS - 1) / WORD_BITS * sizeof(uint64_t);
}

static int ram_create(uint64_t len, struct lkl_ram **ramp, void **base)
{
	struct lkl_ram *ram = calloc(1, sizeof(*ram));
	int ret = -LKL_ENOMEM;

	if (!ram)
		return ret;
	ram->len = len;
	ram->fd = -1;
	ram->base = vm_reserve(len, HUGE_PAGE);
	if (!ram->base)
		goto out_ram;
	ram->moved = map_anonymous(moved_size(len), PROT_READ | PROT_WRITE);
	if (!ram->moved)
		goto out_base;
	ret = make_accessible(ram->base, len);
	if (ret)
		goto out_moved;
	ram->small = faults_are_cheap();
	/* Also where the host gives huge pages without being asked. */
	madvise(ram->base, len, ram->small ? MADV_NOHUGEPAGE : MADV_HUGEPAGE);
	*ramp = ram;
	*base = ram->base;
	return 0;

out_moved:
	munmap(ram->moved, moved_size(len));
out_base:
	munmap(ram->base, len);
out_ram:
	free(ram);
	return ret;
}

static void ram_free(struct lkl_ram *ram)
{
	munmap(ram->base, ram->len);
	munmap(ram->moved, moved_size(ram->len));
	if (ram->fd >= 0)
		close(ram->fd);
	free(ram);
}

static bool is_moved(const struct lkl_ram *ram, uint64_t page)
{
	return ram->moved[page / WORD_BITS] >> (page % WORD_BITS) & 1;
}

static int ram_open(struct lkl_ram *ram)
{
	int fd;

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

static int copy_out(struct lkl_ram *ram, uint64_t off, uint64_t len)
{
	while (len) {
		ssize_t n = pwrite(ram->fd, ram->base + off, len, off);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return lkl_posix_error(n ? errno : EIO);
		off += n;
		len -= n;
	}
	return 0;
}

static int map_shared(struct lkl_ram *ram, void *at, uint64_t off,
		      uint64_t len)
{
	void *p = mmap(at, len, PROT_READ | PROT_WRITE,
		       MAP_SHARED | MAP_FIXED | MAP_POPULATE, ram->fd, off);

	if (p == MAP_FAILED)
		return lkl_posix_error(errno);
	madvise(at, len, MADV_DONTFORK);
	return 0;
}

/* Pages that have never been shared become so; contents are kept. */
static int move_run(struct lkl_ram *ram, uint64_t first, uint64_t count)
{
	uint64_t off = first * PAGE, i;
	int ret;

	/* What a disk is just writing there would be lost. */
	lkl_poller_settle(ram->base + off, count * PAGE);
	ret = copy_out(ram, off, count * PAGE);
	if (!ret)
		ret = map_shared(ram, ram->base + off, off, count * PAGE);
	if (ret)
		return ret;
	for (i = first; i < first + count; i++)
		ram->moved[i / WORD_BITS] |= 1ULL << (i % WORD_BITS);
	return 0;
}

static int move_pages(struct lkl_ram *ram, uint64_t page, uint64_t end)
{
	int ret = ram_open(ram);
	uint64_t run;

	while (!ret && page < end) {
		if (is_moved(ram, page)) {
			page++;
			continue;
		}
		for (run = 1; page + run < end; run++)
			if (is_moved(ram, page + run))
				break;
		ret = move_run(ram, page, run);
		page += run;
	}
	return ret;
}

/*
 * Memory is no file of the program: the limit for these ("ulimit -f") does not
 * mean it, nor is it to end the process by its signal.
 */
static int move_pages_unlimited(struct lkl_ram *ram, uint64_t page,
				uint64_t end)
{
	const struct timespec now = { };
	struct rlimit old, most;
	sigset_t xfsz, mask;
	int ret;

	if (getrlimit(RLIMIT_FSIZE, &old) || old.rlim_cur >= ram->len)
		return move_pages(ram, page, end);
	most = (struct rlimit) { old.rlim_max, old.rlim_max };
	sigemptyset(&xfsz);
	sigaddset(&xfsz, SIGXFSZ);
	pthread_sigmask(SIG_BLOCK, &xfsz, &mask);
	setrlimit(RLIMIT_FSIZE, &most);
	ret = move_pages(ram, page, end);
	setrlimit(RLIMIT_FSIZE, &old);
	if (ret == -LKL_EFBIG)
		sigtimedwait(&xfsz, NULL, &now);
	pthread_sigmask(SIG_SETMASK, &mask, NULL);
	return ret;
}

static int ram_alias(struct lkl_ram *ram, void *va, uint64_t off, uint64_t len)
{
	int ret = move_pages_unlimited(ram, off / PAGE, (off + len) / PAGE);

	return ret ? ret : map_shared(ram, va, off, len);
}

static void ram_discard(struct lkl_ram *ram, uint64_t off, uint64_t len)
{
	uint64_t page = off / PAGE, end = page + len / PAGE, run;

	while (page < end) {
		bool moved = is_moved(ram, page);

		for (run = 1; page + run < end; run++)
			if (is_moved(ram, page + run) != moved)
				break;
		madvise(ram->base + page * PAGE, run * PAGE,
			moved ? MADV_REMOVE : MADV_DONTNEED);
		page += run;
	}
}

static bool is_touched(void *addr, uint64_t len)
{
	unsigned char resident[HUGE_PAGE / PAGE];
	uint64_t i;

	if (mincore(addr, len, resident))
		return true;
	for (i = 0; i < len / PAGE; i++)
		if (resident[i] & 1)
			return true;
	return false;
}

/* What boot has not touched is used by something larger, if at all. */
static void vm_booted(struct lkl_ram *ram, uint64_t ram_len, void *text,
		      uint64_t len)
{
	uint64_t off;

	if (text)
		madvise(text, len, MADV_DONTNEED);
	if (!ram->small)
		return;
	for (off = 0; off < ram_len && off < ram->len; off += HUGE_PAGE)
		if (!is_touched(ram->base + off, HUGE_PAGE))
			madvise(ram->base + off, HUGE_PAGE, MADV_HUGEPAGE);
	if (off < ram->len)
		madvise(ram->base + off, ram->len - off, MADV_HUGEPAGE);
}

static int image_open(const char *path, void **image)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return lkl_posix_error(errno);
	*image = (void *)(intptr_t)fd;
	return 0;
}

static int image_read(void *image, uint64_t off, void *buf, uint64_t len)
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

static int image_map(void *image, uint64_t off, void *addr, uint64_t len,
		     int exec)
{
	void *p = mmap(addr, len, PROT_READ | (exec ? PROT_EXEC : 0),
		       MAP_PRIVATE | MAP_FIXED, (intptr_t)image, off);

	return p == MAP_FAILED ? lkl_posix_error(errno) : 0;
}

static void image_close(void *image)
{
	close((intptr_t)image);
}

const struct lkl_host_vm_ops lkl_posix_vm_ops = {
	.size = sizeof(lkl_posix_vm_ops),
	.reserve = vm_reserve,
	.release = vm_release,
	.commit = vm_commit,
	.decommit = vm_decommit,
	.ram_limit = vm_ram_limit,
	.ram_create = ram_create,
	.ram_alias = ram_alias,
	.ram_discard = ram_discard,
	.ram_free = ram_free,
	.image_open = image_open,
	.image_read = image_read,
	.image_map = image_map,
	.image_close = image_close,
	.booted = vm_booted,
};
