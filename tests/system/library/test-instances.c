// SPDX-License-Identifier: GPL-2.0
/*
 * Several kernels in one process: they share nothing, they run at the same time,
 * and what happens to one does not disturb the others.
 */
#include <check.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#ifndef _WIN32
#include <sys/wait.h>
#include <unistd.h>
#endif

#include <lkl_host.h>
#include <lkl/linux/filter.h>
#include <lkl/linux/fs.h>
#include <lkl/linux/sysinfo.h>

#include "support/check-main.h"
#include "support/resources/resources.h"

#define KERNELS		3
#define SECTOR		512
#define DISK_SIZE	(1 << 20)
#define ROUNDS		200

static struct lkl_host_operations ops;
static struct lkl_host_vm_ops vm;
static int taken;

/* Count memory and keys of liblkl. */
static void *count_alloc(unsigned long size)
{
	void *mem = lkl_default_host_ops()->mem_alloc(size);

	__atomic_fetch_add(&taken, !!mem, __ATOMIC_RELAXED);
	return mem;
}

static void count_free(void *mem)
{
	__atomic_fetch_sub(&taken, !!mem, __ATOMIC_RELAXED);
	lkl_default_host_ops()->mem_free(mem);
}

static struct lkl_tls_key *count_key_alloc(void (*destructor)(void *))
{
	__atomic_fetch_add(&taken, 1, __ATOMIC_RELAXED);
	return lkl_default_host_ops()->tls_alloc(destructor);
}

static void count_key_free(struct lkl_tls_key *key)
{
	__atomic_fetch_sub(&taken, 1, __ATOMIC_RELAXED);
	lkl_default_host_ops()->tls_free(key);
}

static void set_up_host(void)
{
	ops = *lkl_default_host_ops();
	vm = *ops.vm;
	ops.vm = &vm;
	ops.print = NULL;
	ops.mem_alloc = count_alloc;
	ops.mem_free = count_free;
	ops.tls_alloc = count_key_alloc;
	ops.tls_free = count_key_free;
	taken = 0;
}

static void bind_to(struct lkl_instance *inst)
{
	ck_assert_int_eq(lkl_instance_bind(inst), 0);
	ck_assert_ptr_eq(lkl_instance_bound(), inst);
}

static struct lkl_instance *instance_boot(void)
{
	struct lkl_instance *inst = NULL;

	ck_assert_int_eq(lkl_instance_create(&ops, &inst), 0);
	ck_assert_int_eq(lkl_instance_start(inst, "quiet"), 0);
	return inst;
}

static void instance_end(struct lkl_instance *inst)
{
	ck_assert_int_eq(lkl_instance_halt(inst), 0);
	ck_assert_int_eq(lkl_instance_destroy(inst), 0);
}

/* Check that nothing of liblkl is left. */
static void expect_nothing(void)
{
	ck_assert_ptr_null(lkl_instance_bound());
	ck_assert_int_eq(lkl_sys_getpid(), -LKL_ENODEV);
	ck_assert_int_eq(taken, 0);
}

static lkl_thread_t instances_start_thread(void (*fn)(void *arg), void *arg)
{
	lkl_thread_t thread = ops.thread_create(fn, arg);

	ck_assert(thread);
	return thread;
}

static void instances_join(lkl_thread_t thread)
{
	ck_assert_int_eq(ops.thread_join(thread), 0);
}

START_TEST(instances_share_nothing)
{
	struct lkl_instance *inst[KERNELS];
	char path[16];
	int i, j;

	for (i = 0; i < KERNELS; i++)
		inst[i] = instance_boot();
	for (i = 0; i < KERNELS; i++) {
		bind_to(inst[i]);
		ck_assert_int_eq(lkl_sys_getpid(), 1);
		ck_assert_int_eq(lkl_sys_open("/f", LKL_O_CREAT | LKL_O_RDWR,
					      0600), 0);
		snprintf(path, sizeof(path), "/dir%d", i);
		ck_assert_int_eq(lkl_sys_mkdir(path, 0755), 0);
	}
	for (i = 0; i < KERNELS; i++) {
		bind_to(inst[i]);
		for (j = 0; j < KERNELS; j++) {
			snprintf(path, sizeof(path), "/dir%d", j);
			ck_assert_int_eq(lkl_sys_access(path, 0),
					 (i == j ? 0 : -LKL_ENOENT));
		}
	}
	for (i = 0; i < KERNELS; i++)
		instance_end(inst[i]);
	expect_nothing();
}
END_TEST

START_TEST(the_default_instance_is_one_of_several)
{
	struct lkl_instance *inst = instance_boot();

	/* Nobody has made the default instance yet. */
	ck_assert_int_eq(lkl_is_running(), 0);
	ck_assert_int_eq(lkl_start_kernel("quiet"), -LKL_EINVAL);
	ck_assert_int_eq(lkl_init(&ops), 0);
	ck_assert_int_eq(lkl_start_kernel("quiet"), 0);
	ck_assert_int_eq(lkl_sys_mkdir("/default", 0755), 0);
	bind_to(inst);
	ck_assert_int_eq(lkl_is_running(), 1);
	ck_assert_int_eq(lkl_sys_rmdir("/default"), -LKL_ENOENT);
	ck_assert_int_eq(lkl_start_kernel("quiet"), -LKL_EBUSY);
	/* Also in a thread that is bound to another instance */
	ck_assert_int_eq(lkl_init(&ops), -LKL_EBUSY);
	lkl_cleanup();
	ck_assert_ptr_eq(lkl_instance_bound(), inst);
	ck_assert_int_eq(lkl_sys_getpid(), 1);
	ck_assert_int_eq(lkl_sys_halt(), 0);
	ck_assert_int_eq(lkl_instance_destroy(inst), 0);
	expect_nothing();
}
END_TEST

START_TEST(wrong_arguments_are_refused)
{
	struct lkl_host_operations old = ops;
	struct lkl_host_wait_ops wait = *ops.wait;
	struct lkl_instance *inst = NULL;

	ck_assert_int_eq(lkl_instance_create(NULL, &inst), -LKL_EINVAL);
	ck_assert_int_eq(lkl_instance_create(&ops, NULL), -LKL_EINVAL);
	/* A host that was compiled before there were several instances */
	wait.size = offsetof(struct lkl_host_wait_ops, poller_set_ram);
	old.wait = &wait;
	ck_assert_int_eq(lkl_instance_create(&old, &inst), -LKL_EOPNOTSUPP);
	ck_assert_ptr_null(inst);
	ck_assert_int_eq(lkl_init(&old), 0);
	ck_assert_int_eq(lkl_start_kernel("quiet"), 0);
	lkl_cleanup();
	ck_assert_int_eq(lkl_instance_start(NULL, "quiet"), -LKL_EINVAL);
	ck_assert_int_eq(lkl_instance_halt(NULL), -LKL_EINVAL);
	ck_assert_int_eq(lkl_instance_destroy(NULL), 0);
	expect_nothing();
}
END_TEST

/* Disks in memory, one for each instance */

static char disk_data[2][DISK_SIZE];

static int disk_capacity(struct lkl_disk disk, unsigned long long *res)
{
	(void)disk;
	*res = DISK_SIZE;
	return 0;
}

static int disk_request(struct lkl_disk disk, struct lkl_blk_req *req)
{
	char *p = (char *)disk.handle + req->sector * SECTOR;
	int i;

	for (i = 0; i < req->count; i++) {
		size_t len = req->buf[i].iov_len;

		if (req->type == LKL_DEV_BLK_TYPE_READ)
			memcpy(req->buf[i].iov_base, p, len);
		else if (req->type == LKL_DEV_BLK_TYPE_WRITE)
			memcpy(p, req->buf[i].iov_base, len);
		p += len;
	}
	return LKL_DEV_BLK_STATUS_OK;
}

static struct lkl_dev_blk_ops disk_ops = {
	.get_capacity = disk_capacity,
	.request = disk_request,
};

/* Copy the first sector to the second one. */
static void disk_copy(int id)
{
	char sector[SECTOR];
	uint32_t dev;
	long fd;

	ck_assert_int_eq(lkl_get_virtio_blkdev(id, 0, &dev), 0);
	ck_assert_int_eq(lkl_sys_mknod("/disk", LKL_S_IFBLK | 0600, dev), 0);
	fd = lkl_sys_open("/disk", LKL_O_RDWR, 0);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(lkl_sys_pread64(fd, sector, SECTOR, 0), SECTOR);
	ck_assert_int_eq(lkl_sys_pwrite64(fd, sector, SECTOR, SECTOR), SECTOR);
	ck_assert_int_eq(lkl_sys_close(fd), 0);
}

START_TEST(each_instance_has_its_own_disks)
{
	struct lkl_instance *inst[2];
	struct lkl_disk disk;
	int i;

	for (i = 0; i < 2; i++) {
		memset(disk_data[i], 'a' + i, SECTOR);
		disk = (struct lkl_disk) { .handle = disk_data[i],
					   .ops = &disk_ops };
		ck_assert_int_eq(lkl_instance_create(&ops, &inst[i]), 0);
		bind_to(inst[i]);
		/* One before boot, one while the kernel runs */
		if (i)
			ck_assert_int_eq(lkl_disk_add(&disk), 0);
		ck_assert_int_eq(lkl_start_kernel("quiet"), 0);
		if (!i)
			ck_assert_int_eq(lkl_disk_add(&disk), 0);
	}
	for (i = 0; i < 2; i++) {
		bind_to(inst[i]);
		disk_copy(0);
	}
	for (i = 0; i < 2; i++) {
		instance_end(inst[i]);
		ck_assert_mem_eq(disk_data[i], disk_data[i] + SECTOR, SECTOR);
		ck_assert_int_eq(disk_data[i][SECTOR], 'a' + i);
	}
	expect_nothing();
}
END_TEST

/* Threads that work in one instance while others work in another one */

struct worker {
	lkl_thread_t thread;
	struct lkl_instance *inst;
	int nr;
};

static void worker_use_files(const char *path)
{
	char data[64], back[sizeof(data)];
	long fd = lkl_sys_open(path, LKL_O_CREAT | LKL_O_RDWR, 0600);

	ck_assert_int_ge(fd, 0);
	memset(data, path[2], sizeof(data));
	ck_assert_int_eq(lkl_sys_pwrite64(fd, data, sizeof(data), 0),
			 sizeof(data));
	ck_assert_int_eq(lkl_sys_pread64(fd, back, sizeof(back), 0),
			 sizeof(back));
	ck_assert_mem_eq(data, back, sizeof(data));
	ck_assert_int_eq(lkl_sys_pread64(fd, (void *)16, 10, 0), -LKL_EFAULT);
	ck_assert_int_eq(lkl_sys_pwrite64(fd, (void *)16, 10, 0), -LKL_EFAULT);
	ck_assert_int_eq(lkl_sys_close(fd), 0);
	ck_assert_int_eq(lkl_sys_unlink((char *)path), 0);
}

static void worker_main(void *arg)
{
	struct __lkl__kernel_timespec ts = { .tv_nsec = 1000 };
	struct worker *w = arg;
	char path[16];
	int i;

	snprintf(path, sizeof(path), "/f%d", w->nr);
	bind_to(w->inst);
	for (i = 0; i < ROUNDS; i++) {
		worker_use_files(path);
		ck_assert_int_eq(lkl_sys_open((char *)16, 0, 0), -LKL_EFAULT);
		if (i % 16 == 0)
			ck_assert_int_eq(lkl_sys_nanosleep(&ts, NULL), 0);
	}
}

static void workers_run(struct lkl_instance **inst, int instances, int each)
{
	struct worker w[12];
	int i;

	for (i = 0; i < instances * each; i++) {
		w[i] = (struct worker) { .inst = inst[i % instances], .nr = i };
		w[i].thread = instances_start_thread(worker_main, &w[i]);
	}
	for (i = 0; i < instances * each; i++)
		instances_join(w[i].thread);
}

START_TEST(files_and_bad_pointers_in_threads_of_all_instances)
{
	/* NULL is the default instance. */
	struct lkl_instance *inst[KERNELS + 1] = { };
	int i;

	ck_assert_int_eq(lkl_init(&ops), 0);
	ck_assert_int_eq(lkl_start_kernel("quiet"), 0);
	for (i = 0; i < KERNELS; i++)
		inst[i] = instance_boot();
	workers_run(inst, KERNELS + 1, 1);
	workers_run(inst, KERNELS + 1, 3);
	for (i = 0; i < KERNELS; i++)
		instance_end(inst[i]);
	ck_assert_int_eq(lkl_sys_halt(), 0);
	lkl_cleanup();
	expect_nothing();
}
END_TEST

static void boot_and_work(void *arg)
{
	struct lkl_instance *inst;
	int i;

	(void)arg;
	for (i = 0; i < 5; i++) {
		inst = instance_boot();
		bind_to(inst);
		worker_use_files("/f");
		instance_end(inst);
		ck_assert_ptr_null(lkl_instance_bound());
	}
}

START_TEST(instances_come_and_go_in_several_threads)
{
	lkl_thread_t threads[4];
	int i;

	for (i = 0; i < 4; i++)
		threads[i] = instances_start_thread(boot_and_work, NULL);
	for (i = 0; i < 4; i++)
		instances_join(threads[i]);
	expect_nothing();
}
END_TEST

/* The end of one instance, while another one works */

static bool stop_working;

static void work_until_stopped(void *arg)
{
	bind_to(arg);
	while (!__atomic_load_n(&stop_working, __ATOMIC_RELAXED))
		worker_use_files("/w");
}

static lkl_thread_t work_start(struct lkl_instance *inst)
{
	__atomic_store_n(&stop_working, false, __ATOMIC_RELAXED);
	return instances_start_thread(work_until_stopped, inst);
}

static void work_end(lkl_thread_t thread)
{
	__atomic_store_n(&stop_working, true, __ATOMIC_RELAXED);
	instances_join(thread);
}

struct reader {
	lkl_thread_t thread;
	struct lkl_instance *inst;
	struct lkl_thread *self;
	int fd;
	long ret;
	long later;
	struct lkl_sem *ready;
	struct lkl_sem *may_end;
};

static void reader_main(void *arg)
{
	struct reader *r = arg;
	char c;

	bind_to(r->inst);
	ck_assert_int_eq(lkl_sys_getpid(), 1);
	r->self = lkl_thread_self();
	ops.sem_up(r->ready);
	__atomic_store_n(&r->ret, lkl_sys_read(r->fd, &c, 1), __ATOMIC_RELEASE);
	ops.sem_up(r->ready);
	ops.sem_down(r->may_end);
	r->later = lkl_sys_getpid();
	ops.sem_up(r->ready);
	ops.sem_down(r->may_end);
}

/* Start a thread that reads from a pipe; return the other end of the pipe. */
static int reader_start(struct reader *r, struct lkl_instance *inst)
{
	struct lkl_instance *bound = lkl_instance_bound();
	int fds[2];

	bind_to(inst);
	ck_assert_int_eq(lkl_sys_pipe(fds), 0);
	bind_to(bound);
	*r = (struct reader) {
		.inst = inst,
		.fd = fds[0],
		.ready = ops.sem_alloc(0),
		.may_end = ops.sem_alloc(0),
	};
	r->thread = instances_start_thread(reader_main, r);
	ops.sem_down(r->ready);
	return fds[1];
}

/* Let the thread make another call after the one that has returned. */
static void reader_go_on(struct reader *r)
{
	ops.sem_down(r->ready);
	ops.sem_up(r->may_end);
	ops.sem_down(r->ready);
}

static void reader_end(struct reader *r)
{
	ops.sem_up(r->may_end);
	instances_join(r->thread);
	ops.sem_free(r->ready);
	ops.sem_free(r->may_end);
}

START_TEST(a_halt_of_one_leaves_the_other_running)
{
	struct lkl_instance *a = instance_boot(), *b = instance_boot();
	lkl_thread_t thread = work_start(b);
	struct reader r;
	int i;

	for (i = 0; i < 10; i++) {
		bind_to(a);
		ck_assert_int_eq(lkl_sys_mkdir("/d", 0755), 0);
		reader_start(&r, a);
		ck_assert_int_eq(lkl_instance_halt(a), 0);
		reader_go_on(&r);
		ck_assert_int_le(r.ret, 0);
		ck_assert_int_eq(r.later, -LKL_ENODEV);
		ck_assert_int_eq(lkl_sys_getpid(), -LKL_ENODEV);
		reader_end(&r);
		ck_assert_int_eq(lkl_instance_start(a, "quiet"), 0);
		ck_assert_int_eq(lkl_sys_getpid(), 1);
	}
	work_end(thread);
	instance_end(a);
	instance_end(b);
	expect_nothing();
}
END_TEST

START_TEST(a_thread_can_outlive_its_instance)
{
	struct lkl_instance *a = instance_boot(), *b = instance_boot();
	struct reader r;

	reader_start(&r, a);
	ck_assert_int_eq(lkl_instance_destroy(a), 0);
	reader_go_on(&r);
	ck_assert_int_le(r.ret, 0);
	ck_assert_int_eq(r.later, -LKL_ENODEV);
	bind_to(b);
	ck_assert_int_eq(lkl_sys_getpid(), 1);
	reader_end(&r);
	instance_end(b);
	expect_nothing();
}
END_TEST

START_TEST(a_thread_can_outlive_all_instances)
{
	struct lkl_instance *a = instance_boot();
	struct reader r;

	reader_start(&r, a);
	ck_assert_int_eq(lkl_instance_destroy(a), 0);
	reader_go_on(&r);
	ck_assert_int_eq(r.later, -LKL_ENODEV);
	reader_end(&r);
	/* The key of the threads is still there: it is freed with the next one. */
	instance_end(instance_boot());
	expect_nothing();
}
END_TEST

static int lying_alias(struct lkl_ram *ram, void *va, uint64_t off,
		       uint64_t len)
{
	(void)ram;
	(void)va;
	(void)off;
	(void)len;
	return 0;
}

static struct lkl_instance *panicked;
static int panics;

static void on_panic(void)
{
	panicked = lkl_instance_bound();
	panics++;
}

/* The kernel allocates a socket filter with vmalloc(). */
static long attach_filter(void)
{
	struct lkl_sock_filter insn = { .code = LKL_BPF_RET | LKL_BPF_K };
	struct lkl_sock_fprog prog = { .len = 1, .filter = &insn };
	long fd = lkl_sys_socket(LKL_AF_INET, LKL_SOCK_DGRAM, 0), ret;

	ck_assert_int_ge(fd, 0);
	ret = lkl_sys_setsockopt(fd, LKL_SOL_SOCKET, LKL_SO_ATTACH_FILTER,
				 (void *)&prog, sizeof(prog));
	lkl_sys_close(fd);
	return ret;
}

START_TEST(a_panic_of_one_leaves_the_others_working)
{
	struct lkl_host_operations dying_ops = ops;
	struct lkl_host_vm_ops dying_vm = vm;
	struct lkl_instance *dying, *other = instance_boot();
	lkl_thread_t thread;
	struct reader r;

	panics = 0;
	dying_ops.vm = &dying_vm;
	dying_ops.panic = on_panic;
	ck_assert_int_eq(lkl_instance_create(&dying_ops, &dying), 0);
	ck_assert_int_eq(lkl_instance_start(dying, "quiet"), 0);
	thread = work_start(other);
	reader_start(&r, dying);
	bind_to(dying);
	/* From now on, memory that the kernel maps is not accessible. */
	dying_vm.ram_alias = lying_alias;
	ck_assert_int_eq(attach_filter(), -LKL_EIO);
	ck_assert_int_eq(panics, 1);
	ck_assert_ptr_eq(panicked, dying);
	reader_go_on(&r);
	ck_assert_int_eq(r.ret, -LKL_EIO);
	ck_assert_int_eq(r.later, -LKL_EIO);
	ck_assert_int_eq(lkl_is_running(), 0);
	bind_to(other);
	ck_assert_int_eq(lkl_is_running(), 1);
	ck_assert_int_eq(attach_filter(), 0);
	work_end(thread);
	reader_end(&r);
	ck_assert_int_eq(lkl_instance_halt(dying), -LKL_EIO);
	dying_vm.ram_alias = vm.ram_alias;
	ck_assert_int_eq(lkl_instance_start(dying, "quiet"), 0);
	bind_to(dying);
	ck_assert_int_eq(attach_filter(), 0);
	instance_end(dying);
	instance_end(other);
	expect_nothing();
}
END_TEST

/* Bindings */

static unsigned int tasks(void)
{
	struct lkl_sysinfo info;

	ck_assert_int_eq(lkl_sys_sysinfo(&info), 0);
	return info.procs;
}

static void use_both(void *arg)
{
	struct lkl_instance **inst = arg;
	long tid[2];
	int i;

	/* A new thread is bound to the default instance. */
	ck_assert_ptr_null(lkl_instance_bound());
	ck_assert_int_eq(lkl_sys_getpid(), -LKL_ENODEV);
	for (i = 0; i < 2; i++) {
		bind_to(inst[i]);
		tid[i] = lkl_sys_gettid();
	}
	for (i = 0; i < 20; i++) {
		bind_to(inst[i % 2]);
		ck_assert_int_eq(lkl_sys_gettid(), tid[i % 2]);
	}
	bind_to(NULL);
	ck_assert_int_eq(lkl_sys_getpid(), -LKL_ENODEV);
}

START_TEST(a_thread_has_a_task_in_each_instance_until_it_ends)
{
	struct lkl_instance *inst[] = { instance_boot(), instance_boot() };
	unsigned int before[2];
	int i;

	for (i = 0; i < 2; i++) {
		bind_to(inst[i]);
		before[i] = tasks();
	}
	for (i = 0; i < 50; i++)
		instances_join(instances_start_thread(use_both, inst));
	for (i = 0; i < 2; i++) {
		bind_to(inst[i]);
		ck_assert_uint_eq(tasks(), before[i]);
		instance_end(inst[i]);
	}
	expect_nothing();
}
END_TEST

START_TEST(a_thread_of_another_instance_is_interrupted)
{
	struct lkl_instance *a = instance_boot(), *b = instance_boot();
	struct reader r;
	int fd = reader_start(&r, a);

	bind_to(b);
	/* Before the call blocks, the interrupt has no effect: so repeat. */
	while (!__atomic_load_n(&r.ret, __ATOMIC_ACQUIRE))
		lkl_thread_interrupt(r.self);
	reader_go_on(&r);
	ck_assert_int_eq(r.ret, -LKL_EINTR);
	ck_assert_int_eq(r.later, 1);
	bind_to(a);
	ck_assert_int_eq(lkl_sys_close(fd), 0);
	reader_end(&r);
	instance_end(a);
	instance_end(b);
	expect_nothing();
}
END_TEST

static struct lkl_instance *printed[2];

static void note_first(const char *str, int len)
{
	(void)str;
	(void)len;
	printed[0] = lkl_instance_bound();
}

static void note_second(const char *str, int len)
{
	(void)str;
	(void)len;
	printed[1] = lkl_instance_bound();
}

START_TEST(messages_go_to_the_table_of_their_instance)
{
	struct lkl_host_operations both[] = { ops, ops };
	struct lkl_instance *inst[2];
	int i;

	both[0].print = note_first;
	both[1].print = note_second;
	printed[0] = printed[1] = NULL;
	for (i = 0; i < 2; i++) {
		ck_assert_int_eq(lkl_instance_create(&both[i], &inst[i]), 0);
		ck_assert_int_eq(lkl_instance_start(inst[i], "loglevel=7"), 0);
	}
	for (i = 0; i < 2; i++) {
		ck_assert_ptr_eq(printed[i], inst[i]);
		printed[i] = NULL;
	}
	bind_to(inst[1]);
	lkl_printf("hello");
	ck_assert_ptr_null(printed[0]);
	ck_assert_ptr_eq(printed[1], inst[1]);
	for (i = 0; i < 2; i++)
		instance_end(inst[i]);
	expect_nothing();
}
END_TEST

START_TEST(timers_of_each_instance_run)
{
	struct lkl_itimerspec { struct __lkl__kernel_timespec i, v; };
	struct lkl_itimerspec its = { .v = { 0, 1000000 } };
	struct lkl_pollfd p[2];
	struct lkl_instance *inst[2];
	int i;

	/* By lkl_poll() in one, by the background thread in the other */
	ops.flags |= LKL_HOST_NO_DRIVER;
	inst[0] = instance_boot();
	ops.flags &= ~LKL_HOST_NO_DRIVER;
	inst[1] = instance_boot();
	for (i = 0; i < 2; i++) {
		bind_to(inst[i]);
		p[i] = (struct lkl_pollfd) {
			.fd = lkl_sys_timerfd_create(1, 0),
			.events = LKL_POLLIN,
		};
		ck_assert_int_eq(lkl_sys_timerfd_settime(p[i].fd, 0,
							 (void *)&its, NULL),
				 0);
	}
	bind_to(inst[0]);
	ck_assert_int_eq(lkl_poll(5), 0);
	ck_assert_int_eq(lkl_sys_poll(&p[0], 1, 0), 1);
	bind_to(inst[1]);
	ck_assert_int_eq(lkl_sys_poll(&p[1], 1, -1), 1);
	instance_end(inst[0]);
	instance_end(inst[1]);
	expect_nothing();
}
END_TEST

START_TEST(many_instances_leave_nothing_behind)
{
	int i, before = 0;

	for (i = 0; i < 30; i++) {
		struct lkl_instance *a = instance_boot(), *b = instance_boot();

		bind_to(a);
		worker_use_files("/f");
		instance_end(b);
		instance_end(a);
		if (i == 4)
			before = count_resources();
	}
	ck_assert_int_eq(count_resources(), before);
	expect_nothing();
}
END_TEST

#ifndef _WIN32
static bool child_has_no_kernel(struct lkl_instance **inst)
{
	int i;

	for (i = 0; i < 2; i++)
		if (lkl_instance_bind(inst[i]) ||
		    lkl_sys_getpid() != -LKL_ENODEV || lkl_is_running() ||
		    lkl_instance_halt(inst[i]) != -LKL_ENODEV)
			return false;
	return !lkl_instance_destroy(inst[0]) && !lkl_instance_destroy(inst[1]);
}

START_TEST(fork_gives_a_child_without_kernels)
{
	struct lkl_instance *inst[] = { instance_boot(), instance_boot() };
	lkl_thread_t threads[2];
	int i, status;

	for (i = 0; i < 2; i++)
		threads[i] = work_start(inst[i]);
	for (i = 0; i < 20; i++) {
		pid_t pid = fork();

		if (!pid)
			_exit(child_has_no_kernel(inst) ? 0 : 1);
		ck_assert_int_eq(waitpid(pid, &status, 0), pid);
		ck_assert_int_eq(status, 0);
	}
	for (i = 0; i < 2; i++)
		work_end(threads[i]);
	for (i = 0; i < 2; i++) {
		bind_to(inst[i]);
		worker_use_files("/f");
		instance_end(inst[i]);
	}
	expect_nothing();
}
END_TEST

static void boots_until_stopped(void *arg)
{
	(void)arg;
	while (!__atomic_load_n(&stop_working, __ATOMIC_RELAXED))
		instance_end(instance_boot());
}

/* The list of instances changes all the time. */
START_TEST(fork_while_instances_come_and_go)
{
	struct lkl_instance *inst = instance_boot();
	lkl_thread_t threads[2];
	int i, status;

	__atomic_store_n(&stop_working, false, __ATOMIC_RELAXED);
	for (i = 0; i < 2; i++)
		threads[i] = instances_start_thread(boots_until_stopped, NULL);
	bind_to(inst);
	for (i = 0; i < 50; i++) {
		pid_t pid = fork();

		if (!pid)
			_exit(lkl_sys_getpid() != -LKL_ENODEV);
		ck_assert_int_eq(waitpid(pid, &status, 0), pid);
		ck_assert_int_eq(status, 0);
		worker_use_files("/f");
	}
	__atomic_store_n(&stop_working, true, __ATOMIC_RELAXED);
	for (i = 0; i < 2; i++)
		instances_join(threads[i]);
	instance_end(inst);
	expect_nothing();
}
END_TEST
#endif

static void add_tests_of_ends(TCase *tc)
{
	tcase_add_test(tc, a_halt_of_one_leaves_the_other_running);
	tcase_add_test(tc, a_thread_can_outlive_its_instance);
	tcase_add_test(tc, a_thread_can_outlive_all_instances);
	tcase_add_test(tc, a_panic_of_one_leaves_the_others_working);
	tcase_add_test(tc, many_instances_leave_nothing_behind);
#ifndef _WIN32
	tcase_add_test(tc, fork_gives_a_child_without_kernels);
	tcase_add_test(tc, fork_while_instances_come_and_go);
#endif
}

int main(void)
{
	TCase *tc = tcase_create("instances");

	tcase_set_timeout(tc, 120);
	tcase_add_checked_fixture(tc, set_up_host, NULL);
	tcase_add_test(tc, instances_share_nothing);
	tcase_add_test(tc, the_default_instance_is_one_of_several);
	tcase_add_test(tc, wrong_arguments_are_refused);
	tcase_add_test(tc, each_instance_has_its_own_disks);
	tcase_add_test(tc, files_and_bad_pointers_in_threads_of_all_instances);
	tcase_add_test(tc, instances_come_and_go_in_several_threads);
	tcase_add_test(tc, a_thread_has_a_task_in_each_instance_until_it_ends);
	tcase_add_test(tc, a_thread_of_another_instance_is_interrupted);
	tcase_add_test(tc, messages_go_to_the_table_of_their_instance);
	tcase_add_test(tc, timers_of_each_instance_run);
	add_tests_of_ends(tc);
	return run_case(tc, CK_FORK);
}
