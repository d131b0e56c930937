// SPDX-License-Identifier: GPL-2.0
/*
 * A kernel that dies, by a panic or by a fault of kernel code, prints a message
 * with a backtrace.  All blocked and later calls return an error.  The process
 * goes on, and can boot again.
 *
 * The environment names an image, EXT4_IMAGE, which is not changed.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <lkl_host.h>
#include <lkl/linux/filter.h>

#include "support/check-main.h"
#include "support/disk/memory-disk.h"

static struct memory_disk mem_disk;
static bool broken;
static int panics;
static char text[65536];
static size_t text_len;

static bool fail_if_broken(unsigned int type)
{
	return broken && type == LKL_DEV_BLK_TYPE_READ;
}

static void collect_message(const char *str, int len)
{
	if (text_len + len < sizeof(text)) {
		memcpy(text + text_len, str, len);
		text_len += len;
		text[text_len] = 0;
	}
}

static void on_panic(void)
{
	panics++;
}

static struct lkl_host_operations ops;
static struct lkl_host_vm_ops vm;

static void set_up_host(void)
{
	ops = *lkl_default_host_ops();
	vm = *ops.vm;
	ops.vm = &vm;
	ops.print = collect_message;
	ops.panic = on_panic;
	mem_disk.fails = fail_if_broken;
	/* Another test may have been in the same process. */
	broken = false;
	panics = 0;
	text_len = 0;
	text[0] = 0;
}

static void boot_with_disk(void)
{
	struct lkl_disk disk;

	memory_disk_open(&mem_disk, getenv("EXT4_IMAGE"));
	disk = memory_disk(&mem_disk);
	ck_assert_int_eq(lkl_init(&ops), 0);
	ck_assert_int_eq(lkl_disk_add(&disk), 0);
	ck_assert_int_eq(lkl_start_kernel("quiet"), 0);
}

static int fds[2];

static void blocked_thread(void *arg)
{
	char c;

	*(long *)arg = lkl_sys_read(fds[0], &c, 1);
}

static void expect_message(const char *what)
{
	ck_assert_msg(strstr(text, what), "no '%s' in:\n%s", what, text);
}

/*
 * Check that all calls fail, that no call hangs, and that a new kernel boots.
 */
static void expect_death(void)
{
	ck_assert_int_eq(lkl_is_running(), 0);
	ck_assert_int_eq(lkl_sys_getpid(), -LKL_EIO);
	ck_assert_int_eq(lkl_poll(0), -LKL_EIO);
	ck_assert_int_eq(panics, 1);
	expect_message("Kernel panic - not syncing");
	expect_message("Call Trace:");
	ck_assert_int_eq(lkl_sys_halt(), -LKL_EIO);
	lkl_cleanup();
	memory_disk_close(&mem_disk);

	broken = false;
	vm.ram_alias = lkl_default_host_ops()->vm->ram_alias;
	boot_with_disk();
	ck_assert_int_eq(lkl_sys_mkdir("/again", 0755), 0);
	ck_assert_int_eq(lkl_sys_halt(), 0);
	lkl_cleanup();
}

static void cause_panic(void)
{
	char mnt[64], path[80];

	ck_assert_int_eq(lkl_mount_dev(0, 0, "ext4", 0, "errors=panic", mnt,
				       sizeof(mnt)), 0);
	broken = true;
	/* ext4 panics, as its metadata cannot be read. */
	snprintf(path, sizeof(path), "%s/lost+found/x", mnt);
	ck_assert_int_eq(lkl_sys_mkdir(path, 0755), -LKL_EIO);
}

START_TEST(a_panic_ends_blocked_and_later_calls)
{
	lkl_thread_t threads[4];
	long rets[4];
	int i;

	boot_with_disk();
	ck_assert_int_eq(lkl_sys_pipe(fds), 0);
	for (i = 0; i < 4; i++)
		threads[i] = ops.thread_create(blocked_thread, &rets[i]);
	cause_panic();
	for (i = 0; i < 4; i++) {
		ck_assert_int_eq(ops.thread_join(threads[i]), 0);
		ck_assert_int_eq(rets[i], -LKL_EIO);
	}
	expect_message("panic forced after error");
	expect_death();
}
END_TEST

/* Adding fails with an error; the next kernel must not find the disk. */
START_TEST(a_disk_for_a_dead_kernel_is_not_added)
{
	struct memory_disk more[2] = { };
	struct lkl_disk disk[2];
	uint32_t dev;

	boot_with_disk();
	cause_panic();
	for (int i = 0; i < 2; i++) {
		memory_disk_open(&more[i], getenv("EXT4_IMAGE"));
		disk[i] = memory_disk(&more[i]);
	}
	ck_assert_int_eq(lkl_disk_add(&disk[0]), -LKL_EIO);
	ck_assert_int_eq(lkl_disk_remove(disk[0]), -LKL_ENOENT);
	ck_assert_int_eq(lkl_sys_halt(), -LKL_EIO);
	broken = false;
	ck_assert_int_eq(lkl_start_kernel("quiet"), 0);
	ck_assert_int_eq(lkl_get_virtio_blkdev(0, 0, &dev), 0);
	ck_assert_int_eq(lkl_get_virtio_blkdev(1, 0, &dev), -LKL_ENOENT);
	ck_assert_int_eq(lkl_disk_add(&disk[1]), 1);
	ck_assert_int_eq(lkl_get_virtio_blkdev(1, 0, &dev), 0);
	ck_assert_int_eq(lkl_sys_halt(), 0);
	lkl_cleanup();
	memory_disk_close(&more[0]);
	memory_disk_close(&more[1]);
	memory_disk_close(&mem_disk);
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

START_TEST(a_fault_of_kernel_code_is_an_oops_and_a_panic)
{
	/* The kernel allocates a socket filter with vmalloc(). */
	struct lkl_sock_filter insn = { .code = LKL_BPF_RET | LKL_BPF_K };
	struct lkl_sock_fprog prog = { .len = 1, .filter = &insn };
	long fd, ret;

	boot_with_disk();
	fd = lkl_sys_socket(LKL_AF_INET, LKL_SOCK_DGRAM, 0);
	ck_assert_int_ge(fd, 0);
	/* From now on, memory that the kernel maps is not accessible. */
	vm.ram_alias = lying_alias;
	ret = lkl_sys_setsockopt(fd, LKL_SOL_SOCKET, LKL_SO_ATTACH_FILTER,
				 (void *)&prog, sizeof(prog));
	ck_assert_int_eq(ret, -LKL_EIO);
	expect_message("BUG: unable to handle kernel access to");
	expect_message("bpf_prog_alloc");
	expect_death();
}
END_TEST

int main(void)
{
	TCase *tc = tcase_create("death");

	tcase_set_timeout(tc, 60);
	tcase_add_checked_fixture(tc, set_up_host, NULL);
	tcase_add_test(tc, a_panic_ends_blocked_and_later_calls);
	tcase_add_test(tc, a_disk_for_a_dead_kernel_is_not_added);
	tcase_add_test(tc, a_fault_of_kernel_code_is_an_oops_and_a_panic);
	return run_case(tc, CK_FORK);
}
