// SPDX-License-Identifier: GPL-2.0
/*
 * Overlays, on tmpfs and on ext4: changes go to the upper directory, and the
 * lower directory stays as it was.
 *
 * The environment names an image, EXT4_IMAGE, which is not changed.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <lkl_host.h>

#include "support/check-main.h"
#include "support/disk/block.h"

static struct memory_disk disk;
static struct memory_disk *const disks[] = { &disk };

enum { TMPFS, EXT4, KINDS };

/* The directory that holds all directories of the test */
static char base[64];

static const char *path_in(const char *name)
{
	static char ring[4][128];
	static int next;
	char *path = ring[next++ % 4];

	snprintf(path, sizeof(ring[0]), "%s/%s", base, name);
	return path;
}

static void mount_base(int kind)
{
	if (kind == EXT4) {
		mount_ext4(disk_dev(0), base);
		return;
	}
	strcpy(base, "/base");
	ck_assert_int_eq(lkl_sys_mkdir(base, 0755), 0);
	ck_assert_int_eq(lkl_sys_mount("none", base, "tmpfs", 0, NULL), 0);
}

static void make_dir(const char *name)
{
	ck_assert_int_eq(lkl_sys_mkdir(path_in(name), 0755), 0);
}

static long mount_overlay(const char *options)
{
	char data[512];

	snprintf(data, sizeof(data),
		 "lowerdir=%s/lower,upperdir=%s/upper,workdir=%s/work%s", base,
		 base, base, options);
	return lkl_sys_mount("overlay", "/merged", "overlay", 0, data);
}

static void remount_overlay(const char *options)
{
	ck_assert_int_eq(lkl_sys_umount2("/merged", 0), 0);
	ck_assert_int_eq(mount_overlay(options), 0);
}

/* Create a lower directory with some files, and an empty upper directory. */
static void setup_overlay(int kind, const char *options)
{
	memory_disk_open(&disk, getenv("EXT4_IMAGE"));
	boot(disks, 1, "quiet");
	mount_base(kind);
	make_dir("lower");
	make_dir("lower/dir");
	make_dir("lower/dir/sub");
	make_dir("upper");
	make_dir("work");
	write_text(path_in("lower/file"), "lower");
	write_text(path_in("lower/gone"), "lower");
	write_text(path_in("lower/dir/leaf"), "leaf");
	write_text(path_in("lower/dir/sub/leaf"), "subleaf");
	ck_assert_int_eq(lkl_sys_chmod(path_in("lower/file"), 0640), 0);
	ck_assert_int_eq(lkl_sys_chown(path_in("lower/file"), 12, 34), 0);
	ck_assert_int_eq(lkl_sys_setxattr(path_in("lower/file"), "trusted.test",
					  "value", 5, 0), 0);
	ck_assert_int_eq(lkl_sys_mkdir("/merged", 0755), 0);
	ck_assert_int_eq(mount_overlay(options), 0);
}

static void has_text(const char *path, const char *text)
{
	char found[64];

	read_text(path, found, sizeof(found));
	ck_assert_str_eq(found, text);
}

static void is_absent(const char *path)
{
	ck_assert_int_eq(lkl_sys_faccessat(LKL_AT_FDCWD, path, LKL_F_OK),
			 -LKL_ENOENT);
}

static void has_xattr(const char *path, const char *name, const char *value)
{
	char found[64] = "";
	long n = lkl_sys_getxattr(path, name, found, sizeof(found) - 1);

	ck_assert_msg(n >= 0, "%s of %s: %s", name, path, lkl_strerror(n));
	ck_assert_str_eq(found, value);
}

/* Return the number of entries without "." and "..". */
static int count_entries(const char *path)
{
	struct lkl_linux_dirent64 *e;
	struct lkl_dir *d;
	int err, n = 0;

	d = lkl_opendir(path, &err);
	ck_assert_ptr_nonnull(d);
	while ((e = lkl_readdir(d)))
		n += strcmp(e->d_name, ".") && strcmp(e->d_name, "..");
	ck_assert_int_eq(lkl_errdir(d), 0);
	lkl_closedir(d);
	return n;
}

START_TEST(a_written_file_is_copied_up)
{
	struct lkl_stat st;

	setup_overlay(_i, "");
	has_text("/merged/file", "lower");
	ck_assert_int_eq(count_entries(path_in("upper")), 0);
	write_text("/merged/file", "upper");
	has_text("/merged/file", "upper");
	has_text(path_in("upper/file"), "upper");
	has_text(path_in("lower/file"), "lower");
	ck_assert_int_eq(lkl_sys_stat(path_in("upper/file"), &st), 0);
	ck_assert_int_eq(st.st_mode & 07777, 0640);
	ck_assert_int_eq(st.st_uid, 12);
	ck_assert_int_eq(st.st_gid, 34);
	remount_overlay("");
	has_text("/merged/file", "upper");
	halt();
}
END_TEST

START_TEST(xattrs_are_copied_up_and_changed_above)
{
	setup_overlay(_i, "");
	has_xattr("/merged/file", "trusted.test", "value");
	ck_assert_int_eq(lkl_sys_setxattr("/merged/file", "trusted.more", "new",
					  3, 0), 0);
	ck_assert_int_eq(lkl_sys_setxattr("/merged/file", "trusted.test",
					  "other", 5, 0), 0);
	has_xattr(path_in("upper/file"), "trusted.test", "other");
	has_xattr(path_in("upper/file"), "trusted.more", "new");
	has_xattr(path_in("lower/file"), "trusted.test", "value");
	has_text("/merged/file", "lower");
	/* Attributes of a nested overlay are escaped and have no effect. */
	ck_assert_int_eq(lkl_sys_setxattr("/merged/dir",
					  "trusted.overlay.opaque", "y", 1, 0),
			 0);
	has_xattr(path_in("upper/dir"), "trusted.overlay.overlay.opaque", "y");
	remount_overlay("");
	has_text("/merged/dir/leaf", "leaf");
	halt();
}
END_TEST

START_TEST(a_removed_file_leaves_a_whiteout)
{
	struct lkl_stat st;

	setup_overlay(_i, "");
	ck_assert_int_eq(lkl_sys_unlink("/merged/gone"), 0);
	is_absent("/merged/gone");
	ck_assert_int_eq(count_entries("/merged"), 2);
	has_text(path_in("lower/gone"), "lower");
	ck_assert_int_eq(lkl_sys_stat(path_in("upper/gone"), &st), 0);
	ck_assert_int_eq(st.st_mode & LKL_S_IFMT, LKL_S_IFCHR);
	ck_assert_int_eq(st.st_rdev, 0);
	remount_overlay("");
	is_absent("/merged/gone");
	write_text("/merged/gone", "again");
	has_text("/merged/gone", "again");
	has_text(path_in("lower/gone"), "lower");
	halt();
}
END_TEST

START_TEST(a_directory_that_is_created_again_is_empty)
{
	setup_overlay(_i, "");
	ck_assert_int_eq(lkl_sys_unlink("/merged/dir/sub/leaf"), 0);
	ck_assert_int_eq(lkl_sys_rmdir("/merged/dir/sub"), 0);
	ck_assert_int_eq(lkl_sys_mkdir("/merged/dir/sub", 0755), 0);
	ck_assert_int_eq(count_entries("/merged/dir/sub"), 0);
	has_xattr(path_in("upper/dir/sub"), "trusted.overlay.opaque", "y");
	remount_overlay("");
	ck_assert_int_eq(count_entries("/merged/dir/sub"), 0);
	ck_assert_int_eq(count_entries(path_in("lower/dir/sub")), 1);
	halt();
}
END_TEST

START_TEST(directories_are_renamed_with_redirect_dir)
{
	setup_overlay(_i, ",redirect_dir=on");
	ck_assert_int_eq(lkl_sys_rename("/merged/dir", "/merged/moved"), 0);
	is_absent("/merged/dir");
	has_text("/merged/moved/leaf", "leaf");
	has_text("/merged/moved/sub/leaf", "subleaf");
	/* A redirect is stored; nothing is copied. */
	has_xattr(path_in("upper/moved"), "trusted.overlay.redirect", "dir");
	ck_assert_int_eq(count_entries(path_in("upper/moved")), 0);
	remount_overlay(",redirect_dir=on");
	has_text("/merged/moved/sub/leaf", "subleaf");
	write_text("/merged/moved/sub/leaf", "changed");
	has_text(path_in("upper/moved/sub/leaf"), "changed");
	has_text(path_in("lower/dir/sub/leaf"), "subleaf");
	halt();
}
END_TEST

START_TEST(directories_are_not_renamed_without)
{
	setup_overlay(_i, ",redirect_dir=off");
	ck_assert_int_eq(lkl_sys_rename("/merged/dir", "/merged/moved"),
			 -LKL_EXDEV);
	has_text("/merged/dir/leaf", "leaf");
	halt();
}
END_TEST

START_TEST(halt_writes_the_upper_directory)
{
	setup_overlay(EXT4, "");
	write_file("/merged", "big", 1);
	write_text("/merged/file", "upper");
	ck_assert_int_eq(lkl_sys_unlink("/merged/gone"), 0);
	halt();
	ext4_is_clean(&disk);

	boot(disks, 1, "quiet");
	mount_base(EXT4);
	ck_assert_int_eq(lkl_sys_mkdir("/merged", 0755), 0);
	ck_assert_int_eq(mount_overlay(""), 0);
	file_has("/merged", "big", 1);
	has_text("/merged/file", "upper");
	is_absent("/merged/gone");
	halt();
}
END_TEST

int main(void)
{
	TCase *tc = tcase_create("overlay");

	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(tc, a_written_file_is_copied_up, 0, KINDS);
	tcase_add_loop_test(tc, xattrs_are_copied_up_and_changed_above, 0,
			    KINDS);
	tcase_add_loop_test(tc, a_removed_file_leaves_a_whiteout, 0, KINDS);
	tcase_add_loop_test(tc, a_directory_that_is_created_again_is_empty, 0,
			    KINDS);
	tcase_add_loop_test(tc, directories_are_renamed_with_redirect_dir, 0,
			    KINDS);
	tcase_add_loop_test(tc, directories_are_not_renamed_without, 0, KINDS);
	tcase_add_test(tc, halt_writes_the_upper_directory);
	return run_case(tc, CK_FORK);
}
