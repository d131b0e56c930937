// SPDX-License-Identifier: GPL-2.0
/*
 * Address space of the process: reservations, and memory in them.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stddef.h>
#include <sys/mman.h>

#include "base/error.h"
#include "memory/reserve.h"
#include "shared/clock.h"
#include "shared/macros.h"

/* Faults that take less time make small pages the better choice for boot. */
#define VM_CHEAP_FAULT_NS	2000
#define VM_FAULT_SAMPLES	8

void *lkl_posix_vm_map(uint64_t len, int prot)
{
	void *p = mmap(NULL, len, prot,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	return p == MAP_FAILED ? NULL : p;
}

void *lkl_posix_vm_reserve(uint64_t len, uint64_t align)
{
	char *p = lkl_posix_vm_map(len + align, PROT_NONE), *start;

	if (!p)
		return NULL;
	start = (char *)ALIGN_UP((uintptr_t)p, align);
	if (start > p)
		munmap(p, start - p);
	munmap(start + len, p + align - start);
	/* This is only advice: without it, fork(2) copies more. */
	madvise(start, len, MADV_DONTFORK);
	return start;
}

void lkl_posix_vm_release(void *addr, uint64_t len)
{
	munmap(addr, len);
}

/*
 * Return the time of a page fault in nanoseconds: the shortest of a few, as the
 * others may have been interrupted.
 */
static int64_t vm_fault_cost(void)
{
	volatile char *p = lkl_posix_vm_map(VM_FAULT_SAMPLES * VM_PAGE,
					    PROT_READ | PROT_WRITE);
	int64_t best = INT64_MAX, t;
	int i;

	if (!p)
		return best;
	madvise((void *)p, VM_FAULT_SAMPLES * VM_PAGE, MADV_NOHUGEPAGE);
	for (i = 0; i < VM_FAULT_SAMPLES; i++) {
		t = now_ns();
		p[i * VM_PAGE] = 1;
		t = now_ns() - t;
		if (t < best)
			best = t;
	}
	munmap((void *)p, VM_FAULT_SAMPLES * VM_PAGE);
	return best;
}

bool lkl_posix_vm_faults_are_cheap(void)
{
	static int64_t cost;
	int64_t known = __atomic_load_n(&cost, __ATOMIC_RELAXED);

	if (!known) {
		known = vm_fault_cost();
		__atomic_store_n(&cost, known, __ATOMIC_RELAXED);
	}
	return known < VM_CHEAP_FAULT_NS;
}

int lkl_posix_vm_make_accessible(void *addr, uint64_t len)
{
	if (mprotect(addr, len, PROT_READ | PROT_WRITE))
		return lkl_posix_error(errno);
	return 0;
}

int lkl_posix_vm_commit(void *addr, uint64_t len)
{
	int ret = lkl_posix_vm_make_accessible(addr, len);
	uint64_t first = lkl_posix_vm_faults_are_cheap() ? VM_HUGE_PAGE : 0;

	if (!ret && first && len >= first)
		madvise(addr, first, MADV_NOHUGEPAGE);
	if (!ret && len >= first + VM_HUGE_PAGE)
		madvise((char *)addr + first, len - first, MADV_HUGEPAGE);
	return ret;
}

void lkl_posix_vm_decommit(void *addr, uint64_t len)
{
	mmap(addr, len, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS |
	     MAP_NORESERVE | MAP_FIXED, -1, 0);
	madvise(addr, len, MADV_DONTFORK);
}
