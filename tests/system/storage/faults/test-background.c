// SPDX-License-Identifier: GPL-2.0
/*
 * Work of the kernel while no call is in progress: dirty data are written to
 * the disk, and free memory is given back to the host.
 *
 * The environment names an image, EXT4_IMAGE, which is not changed.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <lkl_host.h>

#include "support/check-main.h"
#include "support/disk/memory-disk.h"
#include "support/resources/resources.h"

#define MiB	(1UL << 20)

static struct lkl_sem *written;

static bool note_write(unsigned int type)
{
	if (type == LKL_DEV_BLK_TYPE_WRITE)
		lkl_host_ops.sem_up(written);
	return false;
}

static struct memory_disk mem_disk = { .fails = note_write };

static void set_sysctl(const char *path, const char *value)
{
	long fd = lkl_sys_open(path, LKL_O_WRONLY, 0);

	ck_assert_msg(fd >= 0, "%s: %s", path, lkl_strerror(fd));
	ck_assert_int_eq(lkl_sys_write(fd, value, strlen(value)),
			 strlen(value));
	lkl_sys_close(fd);
}

/* Boot, and write a file without syncing. */
static void write_a_file(void)
{
	struct lkl_disk disk;
	char mnt[64], path[80];
	long fd;

	memory_disk_open(&mem_disk, getenv("EXT4_IMAGE"));
	disk = memory_disk(&mem_disk);
	ck_assert_int_eq(lkl_init(&lkl_host_ops), 0);
	ck_assert_int_eq(lkl_disk_add(&disk), 0);
	ck_assert_int_eq(lkl_start_kernel("quiet"), 0);
	ck_assert_int_ge(lkl_mount_fs("proc"), 0);
	set_sysctl("/proc/sys/vm/dirty_expire_centisecs", "1");
	set_sysctl("/proc/sys/vm/dirty_writeback_centisecs", "1");
	ck_assert_int_eq(lkl_mount_dev(0, 0, "ext4", 0, NULL, mnt,
				       sizeof(mnt)), 0);
	snprintf(path, sizeof(path), "%s/file", mnt);
	fd = lkl_sys_open(path, LKL_O_CREAT | LKL_O_RDWR, 0600);
	ck_assert_int_eq(lkl_sys_write(fd, "The data of a file", 18), 18);
}

static bool is_on_disk(void)
{
	size_t i;

	for (i = 0; i + 18 <= mem_disk.size; i++)
		if (!memcmp((char *)mem_disk.data + i, "The data of a file",
			    18))
			return true;
	return false;
}

static void halt_and_close(void)
{
	ck_assert_int_eq(lkl_sys_halt(), 0);
	lkl_cleanup();
	memory_disk_close(&mem_disk);
}

START_TEST(a_driver_thread_writes_dirty_data)
{
	write_a_file();
	/* Wait for the data, or for the timeout of the test. */
	while (!is_on_disk())
		lkl_host_ops.sem_down(written);
	halt_and_close();
}
END_TEST

START_TEST(polling_writes_dirty_data)
{
	lkl_host_ops.flags |= LKL_HOST_NO_DRIVER;
	write_a_file();
	while (!is_on_disk())
		ck_assert_int_eq(lkl_poll(1000), 0);
	halt_and_close();
}
END_TEST

static struct lkl_host_operations ops;
static struct lkl_host_vm_ops vm;
static struct lkl_sem *discards;

static void ram_discard(struct lkl_ram *ram, uint64_t off, uint64_t len)
{
	lkl_host_ops.vm->ram_discard(ram, off, len);
	lkl_host_ops.sem_up(discards);
}

START_TEST(free_memory_goes_back_to_the_host)
{
	static char block[MiB];
	unsigned long full;
	long fd;
	int i;

	ops = lkl_host_ops;
	vm = *ops.vm;
	vm.ram_discard = ram_discard;
	ops.vm = &vm;
	ck_assert_int_eq(lkl_init(&ops), 0);
	ck_assert_int_eq(lkl_start_kernel("quiet"), 0);
	lkl_sys_mkdir("/big", 0755);
	ck_assert_int_eq(lkl_sys_mount("none", "/big", "tmpfs", 0, "size=1G"),
			 0);
	fd = lkl_sys_open("/big/f", LKL_O_CREAT | LKL_O_RDWR, 0600);
	for (i = 0; i < 300; i++)
		ck_assert_int_eq(lkl_sys_write(fd, block, MiB), MiB);
	full = resident_kilobytes();
	ck_assert_int_eq(lkl_sys_ftruncate(fd, 0), 0);
	/*
	 * Wait for the memory, or for the timeout of the test.  The bytes that
	 * were discarded say little: free memory that was never used is
	 * discarded as well.
	 */
	do {
		lkl_host_ops.sem_down(discards);
	} while (full && resident_kilobytes() + 200 * 1024 >= full);
	ck_assert_int_eq(lkl_sys_halt(), 0);
	lkl_cleanup();
}
END_TEST

static void set_up_host(void)
{
	lkl_host_ops.print = NULL;
	lkl_host_ops.flags &= ~LKL_HOST_NO_DRIVER;
	written = lkl_host_ops.sem_alloc(0);
	discards = lkl_host_ops.sem_alloc(0);
}

int main(void)
{
	TCase *tc = tcase_create("background");

	tcase_set_timeout(tc, 60);
	tcase_add_checked_fixture(tc, set_up_host, NULL);
	tcase_add_test(tc, a_driver_thread_writes_dirty_data);
	tcase_add_test(tc, polling_writes_dirty_data);
	tcase_add_test(tc, free_memory_goes_back_to_the_host);
	return run_case(tc, CK_FORK);
}
