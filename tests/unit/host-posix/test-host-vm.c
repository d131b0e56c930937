// SPDX-License-Identifier: GPL-2.0
/*
 * The address space of the POSIX host: the right memory is mapped at the right
 * address, and no byte is lost when RAM gets a second address, not even while a
 * disk reads into it.
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "drive.h"
#include "support/check-main.h"

#define PAGE		4096ULL
#define MIB		0x100000ULL
#define HUGE_PAGE	0x200000ULL

/* Let the host's kernel read, for which a fault is an error, not a signal. */
static bool is_readable(const void *addr)
{
	int fd = memfd_create("probe", MFD_CLOEXEC);
	ssize_t n = pwrite(fd, addr, 1, 0);

	ck_assert(n == 1 || errno == EFAULT);
	close(fd);
	return n == 1;
}

static bool is_writable(void *addr)
{
	int fd = memfd_create("probe", MFD_CLOEXEC);
	ssize_t n;

	ck_assert_int_eq(ftruncate(fd, 1), 0);
	n = pread(fd, addr, 1, 0);
	ck_assert(n == 1 || errno == EFAULT);
	close(fd);
	return n == 1;
}

/* Return the size of the address space in bytes. */
static uint64_t vm_size(void)
{
	FILE *f = fopen("/proc/self/statm", "r");
	unsigned long pages = 0;

	ck_assert_int_eq(fscanf(f, "%lu", &pages), 1);
	fclose(f);
	return pages * PAGE;
}

static uint64_t resident_bytes(const void *addr, uint64_t len)
{
	unsigned char *vec = malloc(len / PAGE);
	uint64_t i, n = 0;

	ck_assert_int_eq(mincore((void *)addr, len, vec), 0);
	for (i = 0; i < len / PAGE; i++)
		n += vec[i] & 1;
	free(vec);
	return n * PAGE;
}

/* Reservations */

START_TEST(a_reservation_is_aligned_and_inaccessible)
{
	static const uint64_t aligns[] = {
		PAGE, 4 * PAGE, MIB, HUGE_PAGE, 1ULL << 30,
	};
	static const uint64_t lens[] = { PAGE, 3 * PAGE, 5 * MIB, 1ULL << 36 };
	uint64_t before;
	size_t i, j;
	char *p;

	for (i = 0; i < ARRAY_SIZE(aligns); i++) {
		for (j = 0; j < ARRAY_SIZE(lens); j++) {
			before = vm_size();
			p = vm_ops->reserve(lens[j], aligns[i]);
			ck_assert_ptr_nonnull(p);
			ck_assert_uint_eq((uintptr_t)p % aligns[i], 0);
			ck_assert(!is_readable(p));
			ck_assert(!is_readable(p + lens[j] - 1));
			/* The reservation is no larger than requested. */
			ck_assert_uint_eq(vm_size(), before + lens[j]);
			vm_ops->release(p, lens[j]);
			ck_assert_uint_eq(vm_size(), before);
		}
	}
}
END_TEST

/* Return whether a child that is forked now can read at @addr. */
static bool is_inherited(const void *addr)
{
	pid_t pid = fork();
	int status;

	if (!pid)
		_exit(is_readable(addr));
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert(WIFEXITED(status));
	return WEXITSTATUS(status);
}

START_TEST(a_child_has_no_committed_memory)
{
	char *p = vm_ops->reserve(16 * PAGE, PAGE);

	ck_assert_int_eq(vm_ops->commit(p, 8 * PAGE), 0);
	p[0] = 1;
	ck_assert(!is_inherited(p));
	vm_ops->decommit(p, 4 * PAGE);
	ck_assert_int_eq(vm_ops->commit(p, 4 * PAGE), 0);
	p[0] = 1;
	ck_assert(!is_inherited(p));
	vm_ops->release(p, 16 * PAGE);
}
END_TEST

START_TEST(a_reservation_that_is_too_large_is_null)
{
	uint64_t before = vm_size();

	ck_assert_ptr_null(vm_ops->reserve(1ULL << 50, PAGE));
	ck_assert_uint_eq(vm_size(), before);
}
END_TEST

START_TEST(committed_memory_is_zero_and_its_neighbours_stay_reserved)
{
	uint64_t len = 8 * MIB, off, part;
	char *p = vm_ops->reserve(len, HUGE_PAGE);
	int i;

	for (i = 0; i < 2; i++) {
		off = i ? HUGE_PAGE : 5 * PAGE;
		part = i ? HUGE_PAGE : 3 * PAGE;
		ck_assert_int_eq(vm_ops->commit(p + off, part), 0);
		ck_assert(is_zero(p + off, part));
		ck_assert(!is_readable(p + off - 1));
		ck_assert(!is_readable(p + off + part));
		memset(p + off, 1, part);
		vm_ops->decommit(p + off, part);
		ck_assert(!is_readable(p + off));
		ck_assert(!is_readable(p + off + part - 1));
		/* The previous contents are gone. */
		ck_assert_int_eq(vm_ops->commit(p + off, part), 0);
		ck_assert(is_zero(p + off, part));
		vm_ops->decommit(p + off, part);
	}
	vm_ops->release(p, len);
}
END_TEST

START_TEST(decommitted_memory_is_given_back)
{
	uint64_t len = 8 * MIB;
	char *p = vm_ops->reserve(len, HUGE_PAGE);

	ck_assert_int_eq(vm_ops->commit(p, len), 0);
	ck_assert_uint_eq(resident_bytes(p, len), 0);
	memset(p, 1, len);
	ck_assert_uint_eq(resident_bytes(p, len), len);
	vm_ops->decommit(p, 4 * MIB);
	ck_assert_uint_eq(resident_bytes(p, 4 * MIB), 0);
	ck_assert_uint_eq(resident_bytes(p + 4 * MIB, 4 * MIB), 4 * MIB);
	vm_ops->release(p, len);
}
END_TEST

/* RAM */

struct arena {
	struct lkl_ram *ram;
	char *base;
	char *va;	/* reserved address space, as large as the arena */
	uint64_t len;
};

static struct arena arena_open(uint64_t len)
{
	struct arena a = { .len = len };
	void *base;

	ck_assert_int_eq(vm_ops->ram_create(len, &a.ram, &base), 0);
	a.base = base;
	a.va = vm_ops->reserve(len, PAGE);
	ck_assert_ptr_nonnull(a.va);
	return a;
}

static void arena_close(struct arena *a)
{
	vm_ops->release(a->va, a->len);
	vm_ops->ram_free(a->ram);
}

static void arena_alias(struct arena *a, char *va, uint64_t off, uint64_t len)
{
	ck_assert_int_eq(vm_ops->ram_alias(a->ram, va, off, len), 0);
}

/* Check that both addresses are the same memory, written through either. */
static void check_same(char *one, char *two, uint64_t len, uint64_t seed)
{
	fill(one, len, seed);
	ck_assert(is_filled(two, len, seed));
	fill(two, len, seed + 1);
	ck_assert(is_filled(one, len, seed + 1));
}

START_TEST(ram_of_any_size_is_aligned_and_zero)
{
	static const uint64_t lens[] = {
		64 * MIB, 2 * MIB, 3 * MIB + PAGE, 128 * MIB + PAGE, PAGE,
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(lens); i++) {
		struct arena a = arena_open(lens[i]);
		char *last = a.base + a.len - PAGE;

		ck_assert_uint_eq((uintptr_t)a.base % HUGE_PAGE, 0);
		ck_assert_uint_eq(resident_bytes(a.base, a.len), 0);
		ck_assert(is_zero(last, PAGE));
		fill(last, PAGE, 1);
		arena_alias(&a, a.va, a.len - PAGE, PAGE);
		ck_assert(is_filled(a.va, PAGE, 1));
		check_same(last, a.va, PAGE, 2);
		arena_close(&a);
	}
}
END_TEST

static void limit_file_size(rlim_t max)
{
	struct rlimit limit = { 10000, max };

	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

/* The limit may be there from the start (@_i is 0), or come later. */
START_TEST(a_limit_for_file_sizes_does_not_limit_memory)
{
	struct rlimit old, now;
	struct arena a;

	getrlimit(RLIMIT_FSIZE, &old);
	a = arena_open(4 * MIB);
	if (_i) {
		fill(a.base, PAGE, 3);
		arena_alias(&a, a.va + 2 * PAGE, 0, PAGE);
	}
	limit_file_size(old.rlim_max);
	fill(a.base + MIB, 3 * PAGE, 1);
	arena_alias(&a, a.va, MIB, PAGE);
	ck_assert(is_filled(a.va, PAGE, 1));
	check_same(a.base + MIB, a.va, PAGE, 5);
	/* A limit that cannot be raised is the same. */
	limit_file_size(10000);
	fill(a.base + 2 * MIB, PAGE, 2);
	arena_alias(&a, a.va, 2 * MIB, PAGE);
	ck_assert(is_filled(a.va, PAGE, 2));
	check_same(a.base + 2 * MIB, a.va, PAGE, 6);
	if (_i)
		check_same(a.base, a.va + 2 * PAGE, PAGE, 7);
	getrlimit(RLIMIT_FSIZE, &now);
	ck_assert_uint_eq(now.rlim_cur, 10000);
	/* Moved pages are given back as well. */
	vm_ops->ram_discard(a.ram, 2 * MIB, PAGE);
	ck_assert(is_zero(a.base + 2 * MIB, PAGE));
	arena_close(&a);
}
END_TEST

START_TEST(untouched_ram_costs_nothing)
{
	struct arena a = arena_open(1ULL << 36);

	a.base[1ULL << 35] = 1;
	ck_assert_uint_le(resident_bytes(a.base + (1ULL << 35), HUGE_PAGE),
			  HUGE_PAGE);
	ck_assert_uint_eq(resident_bytes(a.base, MIB * 1024), 0);
	arena_close(&a);
}
END_TEST

START_TEST(an_alias_shows_the_previous_contents)
{
	struct arena a = arena_open(4 * MIB);

	fill(a.base, a.len, 0);
	arena_alias(&a, a.va + 7 * PAGE, 100 * PAGE, 3 * PAGE);
	ck_assert(is_filled(a.va + 7 * PAGE, 3 * PAGE, 100 * PAGE));
	/* Neither the page nor another page has changed. */
	ck_assert(is_filled(a.base, a.len, 0));
	ck_assert(!is_readable(a.va + 7 * PAGE - 1));
	ck_assert(!is_readable(a.va + 10 * PAGE));
	check_same(a.base + 100 * PAGE, a.va + 7 * PAGE, 3 * PAGE, 5);
	ck_assert(is_filled(a.base, 100 * PAGE, 0));
	ck_assert(is_filled(a.base + 103 * PAGE, a.len - 103 * PAGE,
			    103 * PAGE));
	arena_close(&a);
}
END_TEST

START_TEST(an_alias_of_untouched_ram_is_zero)
{
	struct arena a = arena_open(4 * MIB);

	arena_alias(&a, a.va, MIB, 16 * PAGE);
	ck_assert(is_zero(a.va, 16 * PAGE));
	check_same(a.va, a.base + MIB, 16 * PAGE, 9);
	arena_close(&a);
}
END_TEST

START_TEST(a_page_can_have_many_addresses)
{
	struct arena a = arena_open(4 * MIB);
	int i;

	fill(a.base + 8 * PAGE, PAGE, 1);
	for (i = 0; i < 20; i++) {
		arena_alias(&a, a.va + i * PAGE, 8 * PAGE, PAGE);
		ck_assert(is_filled(a.va + i * PAGE, PAGE, i + 1));
		fill(a.va + i * PAGE, PAGE, i + 2);
		ck_assert(is_filled(a.base + 8 * PAGE, PAGE, i + 2));
		ck_assert(is_filled(a.va, PAGE, i + 2));
	}
	arena_close(&a);
}
END_TEST

/* Some pages of the range have moved already, others have not. */
START_TEST(aliases_may_overlap)
{
	struct arena a = arena_open(4 * MIB);
	char *va = a.va;

	fill(a.base, a.len, 0);
	arena_alias(&a, va, 10 * PAGE, PAGE);
	arena_alias(&a, va + PAGE, 63 * PAGE, 2 * PAGE);
	arena_alias(&a, va + 3 * PAGE, 66 * PAGE, PAGE);
	arena_alias(&a, va + MIB, 5 * PAGE, 128 * PAGE);
	ck_assert(is_filled(va + MIB, 128 * PAGE, 5 * PAGE));
	ck_assert(is_filled(a.base, a.len, 0));
	check_same(va, a.base + 10 * PAGE, PAGE, 3);
	check_same(va, va + MIB + 5 * PAGE, PAGE, 4);
	check_same(va + PAGE, va + MIB + 58 * PAGE, 2 * PAGE, 5);
	check_same(va + 3 * PAGE, va + MIB + 61 * PAGE, PAGE, 6);
	check_same(va + MIB, a.base + 5 * PAGE, 128 * PAGE, 7);
	ck_assert(is_filled(a.base, 5 * PAGE, 0));
	ck_assert(is_filled(a.base + 133 * PAGE, a.len - 133 * PAGE,
			    133 * PAGE));
	arena_close(&a);
}
END_TEST

START_TEST(decommit_of_an_alias_leaves_the_ram)
{
	struct arena a = arena_open(4 * MIB);

	fill(a.base, a.len, 0);
	arena_alias(&a, a.va, 4 * PAGE, 4 * PAGE);
	arena_alias(&a, a.va + MIB, 4 * PAGE, 4 * PAGE);
	vm_ops->decommit(a.va, 4 * PAGE);
	ck_assert(!is_readable(a.va));
	ck_assert(is_filled(a.base, a.len, 0));
	check_same(a.base + 4 * PAGE, a.va + MIB, 4 * PAGE, 2);
	/* The address is free for another page, and for ordinary memory. */
	arena_alias(&a, a.va, 100 * PAGE, PAGE);
	ck_assert(is_filled(a.va, PAGE, 100 * PAGE));
	ck_assert_int_eq(vm_ops->commit(a.va + PAGE, PAGE), 0);
	ck_assert(is_zero(a.va + PAGE, PAGE));
	memset(a.va + PAGE, 1, PAGE);
	ck_assert(is_filled(a.base + 4 * PAGE, 4 * PAGE, 3));
	arena_close(&a);
}
END_TEST

START_TEST(every_page_can_be_aliased)
{
	struct arena a = arena_open(4 * MIB);
	uint64_t page, pages = a.len / PAGE, other;

	fill(a.base, a.len, 0);
	/* From the end to the beginning, as vmalloc maps pages. */
	for (page = 0; page < pages; page++) {
		other = page * 333 % pages;
		arena_alias(&a, a.va + page * PAGE, other * PAGE, PAGE);
	}
	ck_assert(is_filled(a.base, a.len, 0));
	for (page = 0; page < pages; page++) {
		other = page * 333 % pages;
		ck_assert(is_filled(a.va + page * PAGE, PAGE, other * PAGE));
	}
	arena_close(&a);
}
END_TEST

/* Pages that had a second address for a while cost nothing in the end. */
START_TEST(ram_leaves_nothing_behind)
{
	uint64_t before = 0;
	int i, fds = 0;

	for (i = 0; i < 20; i++) {
		struct arena a = arena_open(4 * MIB);

		if (i % 2)
			arena_alias(&a, a.va, MIB, MIB);
		arena_close(&a);
		if (i == 1) {
			before = vm_size();
			fds = count_fds();
		}
	}
	ck_assert_uint_eq(vm_size(), before);
	ck_assert_int_eq(count_fds(), fds);
}
END_TEST

/* Discard */

START_TEST(discarded_ram_is_zero_and_its_memory_given_back)
{
	struct arena a = arena_open(8 * MIB);

	fill(a.base, a.len, 0);
	ck_assert_uint_eq(resident_bytes(a.base, a.len), a.len);
	vm_ops->ram_discard(a.ram, 2 * MIB, 4 * MIB);
	ck_assert_uint_eq(resident_bytes(a.base + 2 * MIB, 4 * MIB), 0);
	ck_assert(is_filled(a.base, 2 * MIB, 0));
	ck_assert(is_filled(a.base + 6 * MIB, 2 * MIB, 6 * MIB));
	ck_assert(is_zero(a.base + 2 * MIB, 4 * MIB));
	fill(a.base, a.len, 1);
	ck_assert(is_filled(a.base, a.len, 1));
	arena_close(&a);
}
END_TEST

START_TEST(discarded_ram_with_an_alias_is_zero_at_both_addresses)
{
	struct arena a = arena_open(8 * MIB);

	fill(a.base, a.len, 0);
	arena_alias(&a, a.va, 2 * MIB, 4 * MIB);
	ck_assert_uint_eq(resident_bytes(a.base + 2 * MIB, 4 * MIB), 4 * MIB);
	vm_ops->ram_discard(a.ram, 2 * MIB, MIB);
	ck_assert_uint_eq(resident_bytes(a.base + 2 * MIB, MIB), 0);
	ck_assert_uint_eq(resident_bytes(a.va, MIB), 0);
	ck_assert(is_zero(a.va, MIB));
	ck_assert(is_zero(a.base + 2 * MIB, MIB));
	ck_assert(is_filled(a.va + MIB, 3 * MIB, 3 * MIB));
	ck_assert(is_filled(a.base, 2 * MIB, 0));
	ck_assert(is_filled(a.base + 3 * MIB, 5 * MIB, 3 * MIB));
	check_same(a.va, a.base + 2 * MIB, 4 * MIB, 3);
	arena_close(&a);
}
END_TEST

/* A page that has lost its alias stays in the memfd. */
START_TEST(ram_that_had_an_alias_is_given_back)
{
	struct arena a = arena_open(8 * MIB);

	fill(a.base, a.len, 0);
	arena_alias(&a, a.va, 2 * MIB, 4 * MIB);
	vm_ops->decommit(a.va, 4 * MIB);
	vm_ops->ram_discard(a.ram, 2 * MIB, 4 * MIB);
	ck_assert_uint_eq(resident_bytes(a.base + 2 * MIB, 4 * MIB), 0);
	ck_assert(is_zero(a.base + 2 * MIB, 4 * MIB));
	/* The page can get an alias again. */
	fill(a.base + 2 * MIB, MIB, 9);
	arena_alias(&a, a.va, 2 * MIB, MIB);
	ck_assert(is_filled(a.va, MIB, 9));
	arena_close(&a);
}
END_TEST

START_TEST(discard_of_mixed_pages_spares_other_pages)
{
	struct arena a = arena_open(4 * MIB);
	uint64_t page;

	fill(a.base, a.len, 0);
	for (page = 100; page < 300; page += 3)
		arena_alias(&a, a.va + page * PAGE, page * PAGE, page % 2 * PAGE +
			    PAGE);
	ck_assert(is_filled(a.base, a.len, 0));
	vm_ops->ram_discard(a.ram, 120 * PAGE, 150 * PAGE);
	ck_assert(is_filled(a.base, 120 * PAGE, 0));
	ck_assert(is_zero(a.base + 120 * PAGE, 150 * PAGE));
	ck_assert(is_filled(a.base + 270 * PAGE, a.len - 270 * PAGE,
			    270 * PAGE));
	for (page = 100; page < 300; page += 3) {
		if (page < 120 || page >= 270)
			ck_assert(is_filled(a.va + page * PAGE, PAGE,
					    page * PAGE));
		else
			ck_assert(is_zero(a.va + page * PAGE, PAGE));
	}
	arena_close(&a);
}
END_TEST

/* Disk requests on their way while their pages move */

#define FLYING		64

struct flight {
	struct req reqs[FLYING];
	struct iovec iov[FLYING];
};

/* Start to read block @i of the file into page @first + @i, for each block. */
static void flight_begin(struct flight *f, struct rig *rig, struct arena *a,
			 uint64_t first)
{
	int i;

	for (i = 0; i < FLYING; i++) {
		f->iov[i].iov_base = a->base + (first + i) * PAGE;
		f->iov[i].iov_len = PAGE;
		req_vector(&f->reqs[i], LKL_BLK_OP_READ, &f->iov[i], 1,
			   i * PAGE);
		blk_ops->submit(rig->blk, &f->reqs[i].io);
	}
	wait_ops->poller_submit(rig->poller);
}

static void flight_end(struct flight *f, struct rig *rig)
{
	int i;

	finish(rig, f->reqs, FLYING);
	for (i = 0; i < FLYING; i++)
		ck_assert_int_eq(f->reqs[i].result, 0);
}

/* Repeat the test; each time, the file is read from its medium. */
static void alias_in_flight(int fd, enum poller_mode mode)
{
	static struct flight f;
	struct rig rig = rig_open(fd, mode);
	struct arena a = arena_open(64 * MIB);
	uint64_t first;
	int round;

	for (round = 0; round < 100; round++) {
		first = round * 2 * FLYING;
		ck_assert_int_eq(posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED),
				 0);
		flight_begin(&f, &rig, &a, first);
		/* Alias all pages at once, or one by one from the last. */
		if (round % 2) {
			arena_alias(&a, a.va, first * PAGE, FLYING * PAGE);
		} else {
			uint64_t i = FLYING;

			while (i--)
				arena_alias(&a, a.va + i * PAGE,
					    (first + i) * PAGE, PAGE);
		}
		flight_end(&f, &rig);
		ck_assert(is_filled(a.base + first * PAGE, FLYING * PAGE, 0));
		ck_assert(is_filled(a.va, FLYING * PAGE, 0));
		check_same(a.va, a.base + first * PAGE, FLYING * PAGE, 1);
	}
	arena_close(&a);
	rig_close(&rig);
}

START_TEST(data_read_into_a_moving_page_is_kept)
{
	alias_in_flight(filled_file(FLYING * PAGE), _i);
}
END_TEST

START_TEST(data_read_with_o_direct_into_a_moving_page_is_kept)
{
	int fd = filled_file(FLYING * PAGE), direct;

	direct = reopen(fd, O_RDWR | O_DIRECT);
	if (direct < 0)
		skipped("O_DIRECT is not possible on this file system");
	else
		alias_in_flight(direct, _i);
}
END_TEST

/* The disk gets the data that was in the page when the write started. */
START_TEST(data_written_from_a_moving_page_is_right)
{
	static struct flight f;
	int fd = temp_file(FLYING * PAGE), round, i;
	struct rig rig = rig_open(fd, _i);
	struct arena a = arena_open(64 * MIB);
	char buf[PAGE];

	for (round = 0; round < 50; round++) {
		uint64_t first = round * 2 * FLYING;

		fill(a.base + first * PAGE, FLYING * PAGE, round);
		for (i = 0; i < FLYING; i++) {
			f.iov[i].iov_base = a.base + (first + i) * PAGE;
			f.iov[i].iov_len = PAGE;
			req_vector(&f.reqs[i], LKL_BLK_OP_WRITE, &f.iov[i], 1,
				   i * PAGE);
			blk_ops->submit(rig.blk, &f.reqs[i].io);
		}
		wait_ops->poller_submit(rig.poller);
		arena_alias(&a, a.va, first * PAGE, FLYING * PAGE);
		flight_end(&f, &rig);
		for (i = 0; i < FLYING; i++) {
			ck_assert_int_eq(pread(fd, buf, PAGE, i * PAGE), PAGE);
			ck_assert(is_filled(buf, PAGE, round + i * PAGE));
		}
	}
	arena_close(&a);
	rig_close(&rig);
}
END_TEST

/* The test holds the read of the worker until the page had time to move. */

struct held {
	struct lkl_poller *poller;
	struct lkl_blk_io *io;
	int listener;
	bool held;
	bool moved;
};

static void *held_worker(void *arg)
{
	struct held *h = arg;
	int fd = filter_call(SYS_preadv, SECCOMP_RET_USER_NOTIF,
			     SECCOMP_FILTER_FLAG_NEW_LISTENER);

	__atomic_store_n(&h->listener, fd < 0 ? -1 : fd, __ATOMIC_RELEASE);
	wait_ops->poller_work(h->poller, h->io);
	return NULL;
}

/* Release the read; return NULL unless the page moved before. */
static void *release_held(void *arg)
{
	struct held *h = arg;
	struct seccomp_notif call = { };
	struct seccomp_notif_resp go = {
		.flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE,
	};
	bool moved = false;
	int i;

	if (ioctl(h->listener, SECCOMP_IOCTL_NOTIF_RECV, &call))
		return h;
	__atomic_store_n(&h->held, true, __ATOMIC_RELEASE);
	for (i = 0; i < 10000 && !moved; i++) {
		sched_yield();
		moved = __atomic_load_n(&h->moved, __ATOMIC_ACQUIRE);
	}
	go.id = call.id;
	if (ioctl(h->listener, SECCOMP_IOCTL_NOTIF_SEND, &go))
		return h;
	return moved ? h : NULL;
}

static void wait_until_held(struct held *h, pthread_t *thread)
{
	while (!__atomic_load_n(&h->listener, __ATOMIC_ACQUIRE))
		sched_yield();
	if (h->listener < 0) {
		skipped("this kernel cannot hold system calls");
		return;
	}
	pthread_create(thread, NULL, release_held, h);
	while (!__atomic_load_n(&h->held, __ATOMIC_ACQUIRE))
		sched_yield();
}

START_TEST(a_page_does_not_move_while_the_worker_reads_into_it)
{
	struct rig rig = rig_open(filled_file(4 * PAGE), _i);
	struct arena a = arena_open(4 * MIB);
	struct held h = { .poller = rig.poller };
	struct iovec iov[] = {
		{ a.base + PAGE, PAGE }, { a.base + 9 * PAGE, 2 * PAGE },
	};
	pthread_t worker, thread;
	struct req req;
	void *failed = NULL;

	req_vector(&req, LKL_BLK_OP_READ, iov, 2, 0);
	blk_ops->submit(rig.blk, &req.io);
	h.io = wait_ops->poller_prepare(rig.poller);
	ck_assert_ptr_eq(h.io, &req.io);
	pthread_create(&worker, NULL, held_worker, &h);
	wait_until_held(&h, &thread);
	/* Other pages may move in the meantime. */
	arena_alias(&a, a.va, 8 * PAGE, PAGE);
	arena_alias(&a, a.va + PAGE, 11 * PAGE, PAGE);
	arena_alias(&a, a.va + 2 * PAGE, 2 * PAGE, 6 * PAGE);
	arena_alias(&a, a.va + 16 * PAGE, 10 * PAGE, PAGE);
	__atomic_store_n(&h.moved, true, __ATOMIC_RELEASE);
	if (h.held)
		pthread_join(thread, &failed);
	pthread_join(worker, NULL);
	ck_assert_ptr_null(failed);
	ck_assert_int_eq(wait_ops->poller_reap(rig.poller), 1);
	ck_assert_int_eq(req.result, 0);
	ck_assert(is_filled(a.base + PAGE, PAGE, 0));
	ck_assert(is_filled(a.base + 9 * PAGE, 2 * PAGE, PAGE));
	ck_assert(is_filled(a.va + 16 * PAGE, PAGE, 2 * PAGE));
	arena_close(&a);
	rig_close(&rig);
}
END_TEST

/* The kernel image */

START_TEST(an_image_is_mapped_and_read)
{
	int fd = filled_file(8 * PAGE);
	char path[64], *p = vm_ops->reserve(16 * PAGE, PAGE), buf[64];
	void *image = NULL;

	ck_assert_int_eq(vm_ops->image_open("/nonexistent/x", &image),
			 -LKL_ENOENT);
	ck_assert_ptr_null(image);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	ck_assert_int_eq(vm_ops->image_open(path, &image), 0);
	ck_assert_int_eq(vm_ops->image_read(image, 5, buf, sizeof(buf)), 0);
	ck_assert(is_filled(buf, sizeof(buf), 5));
	/* A part of the range is not enough. */
	ck_assert_int_eq(vm_ops->image_read(image, 8 * PAGE - 10, buf,
					    sizeof(buf)), -LKL_ENOEXEC);
	ck_assert_int_eq(vm_ops->image_map(image, 2 * PAGE, p + PAGE, 3 * PAGE,
					   0), 0);
	ck_assert_int_eq(vm_ops->image_map(image, 0, p + 8 * PAGE, PAGE, 1), 0);
	vm_ops->image_close(image);
	ck_assert(is_filled(p + PAGE, 3 * PAGE, 2 * PAGE));
	ck_assert(is_filled(p + 8 * PAGE, PAGE, 0));
	ck_assert(!is_readable(p));
	ck_assert(!is_readable(p + 4 * PAGE));
	ck_assert(!is_writable(p + PAGE));
	ck_assert(!is_writable(p + 8 * PAGE));
	/* The image does not use the fd of the test. */
	ck_assert_int_eq(pread(fd, buf, 1, 0), 1);
	vm_ops->release(p, 16 * PAGE);
}
END_TEST

START_TEST(a_copy_of_the_image_is_private_and_ends_where_it_should)
{
	int fd = filled_file(8 * PAGE);
	char path[64], *p = vm_ops->reserve(16 * PAGE, PAGE), c;
	void *image;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	ck_assert_int_eq(vm_ops->image_open(path, &image), 0);
	ck_assert_int_eq(vm_ops->commit(p, 8 * PAGE), 0);
	ck_assert_int_eq(vm_ops->image_copy(image, PAGE, p, 2 * PAGE + 100), 0);
	ck_assert_int_eq(vm_ops->image_copy(image, 0, p + 4 * PAGE, 100), 0);
	ck_assert_int_eq(vm_ops->image_copy(image, 7 * PAGE, p + 6 * PAGE,
					    PAGE + 1), -LKL_ENOEXEC);
	vm_ops->image_close(image);
	ck_assert(is_filled(p, 2 * PAGE + 100, PAGE));
	ck_assert(is_zero(p + 2 * PAGE + 100, PAGE - 100));
	ck_assert(is_filled(p + 4 * PAGE, 100, 0));
	ck_assert(is_zero(p + 4 * PAGE + 100, PAGE - 100));
	ck_assert(!is_inherited(p));
	p[0]++;
	ck_assert_int_eq(pread(fd, &c, 1, PAGE), 1);
	ck_assert_int_eq((char)(c + 1), p[0]);
	vm_ops->release(p, 16 * PAGE);
}
END_TEST

int main(void)
{
	TCase *tc = tcase_create("vm");

	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, a_reservation_is_aligned_and_inaccessible);
	tcase_add_test(tc, a_child_has_no_committed_memory);
	tcase_add_test(tc, a_reservation_that_is_too_large_is_null);
	tcase_add_test(tc,
		       committed_memory_is_zero_and_its_neighbours_stay_reserved);
	tcase_add_test(tc, decommitted_memory_is_given_back);
	tcase_add_test(tc, ram_of_any_size_is_aligned_and_zero);
	tcase_add_loop_test(tc, a_limit_for_file_sizes_does_not_limit_memory,
			    0, 2);
	tcase_add_test(tc, untouched_ram_costs_nothing);
	tcase_add_test(tc, an_alias_shows_the_previous_contents);
	tcase_add_test(tc, an_alias_of_untouched_ram_is_zero);
	tcase_add_test(tc, a_page_can_have_many_addresses);
	tcase_add_test(tc, aliases_may_overlap);
	tcase_add_test(tc, decommit_of_an_alias_leaves_the_ram);
	tcase_add_test(tc, every_page_can_be_aliased);
	tcase_add_test(tc, ram_leaves_nothing_behind);
	tcase_add_test(tc, discarded_ram_is_zero_and_its_memory_given_back);
	tcase_add_test(tc,
		       discarded_ram_with_an_alias_is_zero_at_both_addresses);
	tcase_add_test(tc, ram_that_had_an_alias_is_given_back);
	tcase_add_test(tc, discard_of_mixed_pages_spares_other_pages);
	tcase_add_loop_test(tc,
			    data_read_into_a_moving_page_is_kept,
			    0, POLLER_MODES);
	tcase_add_loop_test(tc,
			    data_read_with_o_direct_into_a_moving_page_is_kept,
			    0, POLLER_MODES);
	tcase_add_loop_test(tc,
			    data_written_from_a_moving_page_is_right,
			    0, POLLER_MODES);
	tcase_add_loop_test(tc,
			    a_page_does_not_move_while_the_worker_reads_into_it,
			    0, POLLER_MODES);
	tcase_add_test(tc, an_image_is_mapped_and_read);
	tcase_add_test(tc,
		       a_copy_of_the_image_is_private_and_ends_where_it_should);
	return run_case(tc, CK_FORK);
}
