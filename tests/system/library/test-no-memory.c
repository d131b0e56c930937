// SPDX-License-Identifier: GPL-2.0
/*
 * Hosts that run out of resources: the n-th request of the kernel or of liblkl for
 * memory, address space or a thread fails, for each n.  There is no hang and no
 * crash, all resources are returned, and a kernel that cannot continue says why.
 */
#include <check.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <lkl_host.h>

#include "support/check-main.h"
#include "support/resources/resources.h"

/* More requests than a boot makes */
#define MANY	2000

static struct {
	long countdown;		/* requests that are still granted */
	bool for_good;		/* all later requests fail, or only one */
	bool failed;		/* a request was refused */
	int taken;		/* resources in use */
	bool told;		/* the kernel printed a panic */
} host;

static struct lkl_host_operations ops;
static struct lkl_host_vm_ops vm;
static const struct lkl_host_operations *real_ops;

static bool memory_refused(void)
{
	if (host.failed && host.for_good)
		return true;
	if (host.countdown-- != 0)
		return false;
	host.failed = true;
	return true;
}

static void *mem_alloc(unsigned long size)
{
	void *mem = memory_refused() ? NULL : real_ops->mem_alloc(size);

	host.taken += !!mem;
	return mem;
}

static void mem_free(void *mem)
{
	host.taken -= !!mem;
	real_ops->mem_free(mem);
}

static struct lkl_mutex *mutex_alloc(int recursive)
{
	struct lkl_mutex *m =
		memory_refused() ? NULL : real_ops->mutex_alloc(recursive);

	host.taken += !!m;
	return m;
}

static void mutex_free(struct lkl_mutex *mutex)
{
	host.taken -= !!mutex;
	real_ops->mutex_free(mutex);
}

static struct lkl_tls_key *tls_alloc(void (*destructor)(void *))
{
	struct lkl_tls_key *key =
		memory_refused() ? NULL : real_ops->tls_alloc(destructor);

	host.taken += !!key;
	return key;
}

static void tls_free(struct lkl_tls_key *key)
{
	host.taken -= !!key;
	real_ops->tls_free(key);
}

static int tls_set(struct lkl_tls_key *key, void *data)
{
	return data && memory_refused() ? -LKL_ENOMEM
					: real_ops->tls_set(key, data);
}

static lkl_thread_t memory_thread_create(void (*fn)(void *), void *arg)
{
	return memory_refused() ? 0 : real_ops->thread_create(fn, arg);
}

static void *memory_reserve(uint64_t len, uint64_t align)
{
	void *p = memory_refused() ? NULL : real_ops->vm->reserve(len, align);

	host.taken += !!p;
	return p;
}

static void memory_release(void *addr, uint64_t len)
{
	host.taken--;
	real_ops->vm->release(addr, len);
}

static int memory_commit(void *addr, uint64_t len)
{
	return memory_refused() ? -LKL_ENOMEM : real_ops->vm->commit(addr, len);
}

static int ram_create(uint64_t len, struct lkl_ram **ram, void **base)
{
	int ret = memory_refused() ? -LKL_ENOMEM
				   : real_ops->vm->ram_create(len, ram, base);

	host.taken += !ret;
	return ret;
}

static void ram_free(struct lkl_ram *ram)
{
	host.taken--;
	real_ops->vm->ram_free(ram);
}

static int ram_alias(struct lkl_ram *ram, void *va, uint64_t off, uint64_t len)
{
	return memory_refused() ? -LKL_ENOMEM
				: real_ops->vm->ram_alias(ram, va, off, len);
}

static int memory_ram_commit(struct lkl_ram *ram, uint64_t off, uint64_t len)
{
	return memory_refused() ? -LKL_ENOMEM
				: real_ops->vm->ram_commit(ram, off, len);
}

static int memory_stack_commit(void *addr, uint64_t len)
{
	return memory_refused() ? -LKL_ENOMEM
				: real_ops->vm->stack_commit(addr, len);
}

static void memory_print(const char *str, int len)
{
	(void)len;
	if (strstr(str, "Kernel panic"))
		host.told = true;
}

static void memory_setup(void)
{
	real_ops = lkl_default_host_ops();
	ops = *real_ops;
	vm = *real_ops->vm;
	ops.vm = &vm;
	ops.print = memory_print;
	ops.mem_alloc = mem_alloc;
	ops.mem_free = mem_free;
	ops.mutex_alloc = mutex_alloc;
	ops.mutex_free = mutex_free;
	ops.tls_alloc = tls_alloc;
	ops.tls_free = tls_free;
	ops.tls_set = tls_set;
	ops.thread_create = memory_thread_create;
	vm.reserve = memory_reserve;
	vm.release = memory_release;
	vm.commit = memory_commit;
	vm.ram_create = ram_create;
	vm.ram_free = ram_free;
	vm.ram_alias = ram_alias;
	/* Not all hosts have these. */
	if (vm.ram_commit)
		vm.ram_commit = memory_ram_commit;
	if (vm.stack_commit)
		vm.stack_commit = memory_stack_commit;
}

static void mkdir_thread(void *arg)
{
	*(long *)arg = lkl_sys_mkdir("/other", 0755);
}

/* Calls of two threads, while it lasts; the first error. */
static long memory_use(void)
{
	lkl_thread_t thread;
	long ret, other = 0;

	ret = lkl_sys_mkdir("/dir", 0755);
	thread = real_ops->thread_create(mkdir_thread, &other);
	ck_assert_int_eq(real_ops->thread_join(thread), 0);
	return ret ? ret : other;
}

/* Boots, works, halts; the first error. */
static long memory_live(void)
{
	long ret, err;

	ret = lkl_init(&ops);
	if (ret)
		return ret;
	ret = lkl_start_kernel("quiet");
	if (!ret) {
		ret = memory_use();
		err = lkl_sys_halt();
		if (!ret)
			ret = err;
	}
	lkl_cleanup();
	return ret;
}

static void refuse_each(bool for_good)
{
	int before = 0;
	long n, ret;

	for (n = 0; n < MANY; n++) {
		memset(&host, 0, sizeof(host));
		host.countdown = n;
		host.for_good = for_good;
		ret = memory_live();
		ck_assert_msg(ret <= 0, "%ld: %ld", n, ret);
		ck_assert_msg(!host.taken, "%ld: %d not given back", n,
			      host.taken);
		if (!host.failed)
			break;
		/* Said with words or with an error of its own. */
		ck_assert_msg(ret != -LKL_EIO || host.told,
			      "%ld: died without a word", n);
		if (!n)
			before = count_resources();
	}
	ck_assert_int_eq(ret, 0);
	ck_assert_int_eq(count_resources(), before);
	ck_assert_msg(n > 20 && n < MANY, "%ld requests", n);
}

START_TEST(one_request_is_refused)
{
	refuse_each(false);
}
END_TEST

START_TEST(all_requests_are_refused_from_some_point_on)
{
	refuse_each(true);
}
END_TEST

int main(void)
{
	TCase *tc = tcase_create("no-memory");

	tcase_set_timeout(tc, 300);
	tcase_add_checked_fixture(tc, memory_setup, NULL);
	tcase_add_test(tc, one_request_is_refused);
	tcase_add_test(tc, all_requests_are_refused_from_some_point_on);
	return run_case(tc, CK_FORK);
}
