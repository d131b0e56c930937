// SPDX-License-Identifier: GPL-2.0
/*
 * Features of single files of ext4: encrypted names, hash trees, names that differ by
 * case only, quotas.
 *
 * The environment names an image with these features, FEATURES_IMAGE, which is not
 * changed.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include <lkl_host.h>
#include <lkl/linux/fs.h>
#include <lkl/linux/fscrypt.h>
#include <lkl/linux/fsverity.h>
#include <lkl/linux/quota.h>

#include "support/check-main.h"
#include "support/disk/block.h"

static struct memory_disk disk;
static struct memory_disk *const disks[] = { &disk };
static char mnt[64];

static void features_boot(void)
{
	memory_disk_open(&disk, getenv("FEATURES_IMAGE"));
	boot(disks, 1, "quiet");
	mount_ext4(disk_dev(0), mnt);
	ck_assert_int_eq(lkl_sys_chdir(mnt), 0);
}

static void features_unmount(void)
{
	ck_assert_int_eq(lkl_sys_chdir("/"), 0);
	umount_dev(disk_dev(0));
}

static void features_remount(void)
{
	features_unmount();
	mount_ext4(disk_dev(0), mnt);
	ck_assert_int_eq(lkl_sys_chdir(mnt), 0);
}

static void features_halt(void)
{
	features_unmount();
	halt();
	ext4_is_clean(&disk);
	memory_disk_close(&disk);
}

static long features_ioctl(const char *path, unsigned int cmd, void *arg)
{
	long fd = lkl_sys_open(path, LKL_O_RDONLY, 0), ret;

	ck_assert_int_ge(fd, 0);
	ret = lkl_sys_ioctl(fd, cmd, (uintptr_t)arg);
	lkl_sys_close(fd);
	return ret;
}

/* Add a key to the file system.  Fill in its name. */
static void add_key(struct lkl_fscrypt_key_specifier *name)
{
	union {
		struct lkl_fscrypt_add_key_arg arg;
		char bytes[sizeof(struct lkl_fscrypt_add_key_arg) + 64];
	} key;

	memset(&key, 7, sizeof(key));
	memset(&key.arg, 0, sizeof(key.arg));
	key.arg.key_spec.type = LKL_FSCRYPT_KEY_SPEC_TYPE_IDENTIFIER;
	key.arg.raw_size = 64;
	ck_assert_int_eq(features_ioctl(".", LKL_FS_IOC_ADD_ENCRYPTION_KEY, &key), 0);
	*name = key.arg.key_spec;
}

static void make_encrypted(const char *path)
{
	struct lkl_fscrypt_policy_v2 policy = {
		.version = LKL_FSCRYPT_POLICY_V2,
		.contents_encryption_mode = LKL_FSCRYPT_MODE_AES_256_XTS,
		.filenames_encryption_mode = LKL_FSCRYPT_MODE_AES_256_CTS,
		.flags = LKL_FSCRYPT_POLICY_FLAGS_PAD_32,
	};
	struct lkl_fscrypt_key_specifier key;

	add_key(&key);
	memcpy(policy.master_key_identifier, key.u.identifier, sizeof(key.u.identifier));
	ck_assert_int_eq(lkl_sys_mkdir(path, 0755), 0);
	ck_assert_int_eq(features_ioctl(path, LKL_FS_IOC_SET_ENCRYPTION_POLICY, &policy), 0);
}

/* Find the only name in a directory. */
static void only_name(const char *path, char *name, size_t size)
{
	struct lkl_linux_dirent64 *de;
	struct lkl_dir *dir;
	int err, n = 0;

	dir = lkl_opendir(path, &err);
	ck_assert_ptr_nonnull(dir);
	while ((de = lkl_readdir(dir))) {
		if (!strcmp(de->d_name, ".") || !strcmp(de->d_name, ".."))
			continue;
		ck_assert_uint_lt(strlen(de->d_name), size);
		strcpy(name, de->d_name);
		n++;
	}
	lkl_closedir(dir);
	ck_assert_int_eq(n, 1);
}

START_TEST(an_encrypted_directory_is_listed_without_its_key)
{
	struct lkl_fscrypt_key_specifier key;
	char name[256];

	features_boot();
	make_encrypted("private");
	write_file("private", "secret", 1);
	features_remount();
	only_name("private", name, sizeof(name));
	ck_assert_str_ne(name, "secret");
	ck_assert_int_eq(lkl_sys_chdir("private"), 0);
	ck_assert_int_eq(lkl_sys_open(name, LKL_O_RDONLY, 0), -LKL_ENOKEY);
	ck_assert_int_eq(lkl_sys_chdir(".."), 0);
	add_key(&key);
	file_has("private", "secret", 1);
	features_halt();
}
END_TEST

START_TEST(a_file_with_a_hash_tree_can_only_be_read)
{
	struct lkl_fsverity_enable_arg arg = {
		.version = 1,
		.hash_algorithm = LKL_FS_VERITY_HASH_ALG_SHA256,
		.block_size = 1024,
	};

	features_boot();
	write_file(".", "file", 1);
	ck_assert_int_eq(features_ioctl("file", LKL_FS_IOC_ENABLE_VERITY, &arg), 0);
	features_remount();
	file_has(".", "file", 1);
	ck_assert_int_eq(lkl_sys_open("file", LKL_O_WRONLY, 0), -LKL_EPERM);
	features_halt();
}
END_TEST

START_TEST(names_are_found_in_another_case)
{
	unsigned int flags = LKL_FS_CASEFOLD_FL;

	features_boot();
	ck_assert_int_eq(lkl_sys_mkdir("folded", 0755), 0);
	ck_assert_int_eq(features_ioctl("folded", LKL_FS_IOC_SETFLAGS, &flags), 0);
	write_file("folded", "Stra\xc3\x9f" "e", 1);
	features_remount();
	file_has("folded", "STRASSE", 1);
	features_halt();
}
END_TEST

START_TEST(what_is_written_counts_for_the_quota)
{
	struct lkl_if_dqblk quota = { 0 };
	long cmd = LKL_QCMD(LKL_Q_GETQUOTA, LKL_USRQUOTA);

	features_boot();
	write_file(".", "file", 1);
	ck_assert_int_eq(lkl_sys_chown("file", 1234, 0), 0);
	features_remount();
	ck_assert_int_eq(lkl_sys_quotactl(cmd, node(disk_dev(0)), 1234, &quota), 0);
	ck_assert_int_ge(quota.dqb_curspace, MiB);
	features_halt();
}
END_TEST

int main(void)
{
	TCase *tc = tcase_create("file-features");

	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, an_encrypted_directory_is_listed_without_its_key);
	tcase_add_test(tc, a_file_with_a_hash_tree_can_only_be_read);
	tcase_add_test(tc, names_are_found_in_another_case);
	tcase_add_test(tc, what_is_written_counts_for_the_quota);
	return run_case(tc, CK_FORK);
}
