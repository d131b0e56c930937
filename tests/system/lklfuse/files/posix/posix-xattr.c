// SPDX-License-Identifier: GPL-2.0
/* Extended attributes, POSIX ACLs and capabilities of files. */
#include "posix.h"

#include <endian.h>
#include <linux/limits.h>
#include <linux/posix_acl.h>
#include <linux/posix_acl_xattr.h>
#include <linux/capability.h>
#include <sys/xattr.h>

/* Return false, after a message, if there are no extended attributes. */
static bool have_xattr(void)
{
	put_text("f", "text");
	if (!setxattr("f", "user.probe", "1", 1, 0)) {
		ok(removexattr("f", "user.probe"));
		return true;
	}
	ck_assert_int_eq(errno, EOPNOTSUPP);
	skip_part("user.* attributes");
	return false;
}

static void expect_xattr(const char *path, const char *name, const void *want,
			 size_t len)
{
	static char value[XATTR_SIZE_MAX];

	ck_assert_int_eq(ok(lgetxattr(path, name, NULL, 0)), len);
	ck_assert_int_eq(ok(lgetxattr(path, name, value, sizeof(value))), len);
	ck_assert_msg(!memcmp(value, want, len), "%s differs", name);
}

TEST(xattr_is_set_got_and_removed)
{
	if (!have_xattr())
		return;
	ok(setxattr("f", "user.name", "value", 5, 0));
	expect_xattr("f", "user.name", "value", 5);
	ok(setxattr("f", "user.name", "longer value", 12, 0));
	expect_xattr("f", "user.name", "longer value", 12);
	ok(removexattr("f", "user.name"));
	fails(getxattr("f", "user.name", NULL, 0), ENODATA);
	fails(removexattr("f", "user.name"), ENODATA);
}

TEST(xattr_by_fd_is_that_by_name)
{
	char value[8];
	int fd;

	if (!have_xattr())
		return;
	fd = ok(open("f", O_RDONLY));
	ok(fsetxattr(fd, "user.a", "fd", 2, 0));
	expect_xattr("f", "user.a", "fd", 2);
	ok(setxattr("f", "user.b", "path", 4, 0));
	ck_assert_int_eq(ok(fgetxattr(fd, "user.b", value, 8)), 4);
	ok(fremovexattr(fd, "user.b"));
	fails(getxattr("f", "user.b", value, 8), ENODATA);
	ok(unlink("f"));
	ck_assert_int_eq(ok(fgetxattr(fd, "user.a", value, 8)), 2);
	ok(fsetxattr(fd, "user.c", "late", 4, 0));
}

TEST(xattr_value_of_any_bytes_and_none_is_kept)
{
	char value[256];

	if (!have_xattr())
		return;
	for (int i = 0; i < 256; i++)
		value[i] = i;
	ok(setxattr("f", "user.bytes", value, 256, 0));
	expect_xattr("f", "user.bytes", value, 256);
	ok(setxattr("f", "user.empty", "", 0, 0));
	expect_xattr("f", "user.empty", "", 0);
}

TEST(xattr_create_on_what_exists_is_eexist)
{
	if (!have_xattr())
		return;
	ok(setxattr("f", "user.a", "1", 1, XATTR_CREATE));
	fails(setxattr("f", "user.a", "2", 1, XATTR_CREATE), EEXIST);
	expect_xattr("f", "user.a", "1", 1);
}

TEST(xattr_replace_of_what_is_missing_is_enodata)
{
	if (!have_xattr())
		return;
	fails(setxattr("f", "user.a", "1", 1, XATTR_REPLACE), ENODATA);
	ok(setxattr("f", "user.a", "1", 1, 0));
	ok(setxattr("f", "user.a", "2", 1, XATTR_REPLACE));
	expect_xattr("f", "user.a", "2", 1);
	fails(setxattr("f", "user.a", "1", 1, 77), EINVAL);
}

TEST(xattr_that_does_not_fit_the_buffer_is_erange)
{
	char value[8];

	if (!have_xattr())
		return;
	ok(setxattr("f", "user.a", "12345678", 8, 0));
	fails(getxattr("f", "user.a", value, 7), ERANGE);
	ck_assert_int_eq(ok(getxattr("f", "user.a", value, 8)), 8);
	fails(listxattr("f", value, 3), ERANGE);
}

TEST(xattr_list_has_each_name_once)
{
	char list[PAGE], name[32];
	int seen[30] = { 0 }, len, i;

	if (!have_xattr())
		return;
	ck_assert_int_eq(ok(listxattr("f", list, sizeof(list))), 0);
	for (i = 0; i < 30; i++) {
		snprintf(name, sizeof(name), "user.number-%d", i);
		ok(setxattr("f", name, name, 10, 0));
	}
	len = ok(listxattr("f", NULL, 0));
	ck_assert_int_eq(ok(listxattr("f", list, sizeof(list))), len);
	for (char *p = list; p < list + len; p += strlen(p) + 1) {
		ck_assert_int_eq(sscanf(p, "user.number-%d", &i), 1);
		seen[i]++;
	}
	for (i = 0; i < 30; i++)
		ck_assert_int_eq(seen[i], 1);
}

TEST(xattr_names_have_255_bytes_at_most)
{
	char name[257] = "user.";

	if (!have_xattr())
		return;
	memset(name + 5, 'n', 251);
	fails(setxattr("f", name, "v", 1, 0), ERANGE);
	fails(getxattr("f", name, NULL, 0), ERANGE);
	name[255] = 0;
	ok(setxattr("f", name, "v", 1, 0));
	expect_xattr("f", name, "v", 1);
	ck_assert_int_eq(ok(listxattr("f", NULL, 0)), 256);
}

TEST(xattr_with_bad_names_fails)
{
	if (!have_xattr())
		return;
	fails(setxattr("f", "", "v", 1, 0), ERANGE);
	fails(setxattr("f", "user.", "v", 1, 0), EINVAL);
	fails(setxattr("f", "nospace", "v", 1, 0), EOPNOTSUPP);
	fails(setxattr("f", "unknown.name", "v", 1, 0), EOPNOTSUPP);
	fails(getxattr("f", "unknown.name", NULL, 0), EOPNOTSUPP);
	fails(setxattr("none", "user.a", "v", 1, 0), ENOENT);
}

TEST(xattr_values_of_a_page_and_more_are_kept_or_refused)
{
	static char value[XATTR_SIZE_MAX + 1];
	int size;

	if (!have_xattr())
		return;
	fill(value, sizeof(value), 1);
	fails(setxattr("f", "user.a", value, XATTR_SIZE_MAX + 1, 0), E2BIG);
	for (size = 100; size <= XATTR_SIZE_MAX; size += size) {
		if (setxattr("f", "user.a", value, size, 0))
			break;
		expect_xattr("f", "user.a", value, size);
	}
	ck_assert_int_gt(size, 3000);
	if (size <= XATTR_SIZE_MAX) {
		ck_assert(errno == ENOSPC || errno == E2BIG);
		skip_part("attributes of 64 KiB");
		expect_xattr("f", "user.a", value, size / 2);
		return;
	}
	ok(setxattr("f", "user.a", value, XATTR_SIZE_MAX, 0));
	expect_xattr("f", "user.a", value, XATTR_SIZE_MAX);
}

TEST(xattr_many_small_ones_are_kept)
{
	char name[32];

	if (!have_xattr())
		return;
	for (int i = 0; i < 60; i++) {
		snprintf(name, sizeof(name), "user.%d", i);
		ok(setxattr("f", name, name, 8, 0));
	}
	for (int i = 0; i < 60; i += 2) {
		snprintf(name, sizeof(name), "user.%d", i);
		ok(removexattr("f", name));
	}
	for (int i = 1; i < 60; i += 2) {
		snprintf(name, sizeof(name), "user.%d", i);
		expect_xattr("f", name, name, 8);
	}
}

TEST(xattr_of_a_directory_works)
{
	if (!have_xattr())
		return;
	ok(mkdir("d", 0755));
	ok(setxattr("d", "user.a", "dir", 3, 0));
	put_text("d/f", "");
	expect_xattr("d", "user.a", "dir", 3);
	fails(getxattr("d/f", "user.a", NULL, 0), ENODATA);
}

TEST(xattr_user_on_a_symlink_is_eperm)
{
	if (!have_xattr())
		return;
	ok(symlink("f", "l"));
	fails(lsetxattr("l", "user.a", "1", 1, 0), EPERM);
	ok(setxattr("l", "user.a", "1", 1, 0));
	expect_xattr("f", "user.a", "1", 1);
	fails(lgetxattr("l", "user.a", NULL, 0), ENODATA);
}

TEST(xattr_user_on_fifos_and_devices_is_eperm)
{
	if (!have_xattr())
		return;
	ok(mkfifo("p", 0666));
	ok(mknod("c", S_IFCHR | 0666, 0x103));
	fails(setxattr("p", "user.a", "1", 1, 0), EPERM);
	fails(setxattr("c", "user.a", "1", 1, 0), EPERM);
}

TEST(xattr_user_goes_by_the_permissions_of_the_file)
{
	if (!have_xattr())
		return;
	ok(setxattr("f", "user.a", "1", 1, 0));
	ok(chmod("f", 0644));
	AS(&alice) {
		fails(setxattr("f", "user.a", "2", 1, 0), EACCES);
		fails(removexattr("f", "user.a"), EACCES);
		expect_xattr("f", "user.a", "1", 1);
	}
	ok(chmod("f", 0622));
	AS(&alice) {
		ok(setxattr("f", "user.a", "2", 1, 0));
		fails(getxattr("f", "user.a", NULL, 0), EACCES);
	}
	expect_xattr("f", "user.a", "2", 1);
}

TEST(xattr_user_in_a_sticky_directory_is_for_the_owner)
{
	if (!have_xattr())
		return;
	make_dir("d", 01777);
	AS(&alice)
		fails(setxattr("d", "user.a", "1", 1, 0), EPERM);
	ok(setxattr("d", "user.a", "1", 1, 0));
}

TEST(xattr_trusted_is_for_root)
{
	char list[PAGE];

	if (!have_xattr())
		return;
	ok(chmod("f", 0666));
	ok(setxattr("f", "trusted.a", "secret", 6, 0));
	expect_xattr("f", "trusted.a", "secret", 6);
	AS(&alice) {
		fails(getxattr("f", "trusted.a", NULL, 0), ENODATA);
		fails(setxattr("f", "trusted.b", "1", 1, 0), EPERM);
		fails(removexattr("f", "trusted.a"), EPERM);
		if (ok(listxattr("f", list, PAGE)))
			skip_part("names of trusted.* are hidden from users");
	}
	ck_assert_int_eq(ok(listxattr("f", list, PAGE)), 10);
	ok(symlink("f", "l"));
	ok(lsetxattr("l", "trusted.a", "link", 4, 0));
	expect_xattr("l", "trusted.a", "link", 4);
}

TEST(xattr_security_is_kept)
{
	if (!have_xattr())
		return;
	ok(setxattr("f", "security.lkl", "label", 5, 0));
	expect_xattr("f", "security.lkl", "label", 5);
	ok(removexattr("f", "security.lkl"));
}

TEST(xattr_stays_with_the_inode)
{
	if (!have_xattr())
		return;
	ok(setxattr("f", "user.a", "1", 1, 0));
	ok(link("f", "g"));
	ok(rename("f", "h"));
	expect_xattr("g", "user.a", "1", 1);
	put_text("g", "new contents");
	expect_xattr("h", "user.a", "1", 1);
	put_text("f", "");
	fails(getxattr("f", "user.a", NULL, 0), ENODATA);
}

/* Capabilities */

/* cap_net_raw, effective and permitted */
static const struct vfs_cap_data net_raw = {
	.magic_etc = VFS_CAP_REVISION_2 | VFS_CAP_FLAGS_EFFECTIVE,
	.data = { { .permitted = 1 << CAP_NET_RAW } }
};

#define CAPS	"security.capability"

static bool set_capability(void)
{
	if (!have_xattr())
		return false;
	ok(chmod("f", 0777));
	ok(setxattr("f", CAPS, &net_raw, XATTR_CAPS_SZ_2, 0));
	expect_xattr("f", CAPS, &net_raw, XATTR_CAPS_SZ_2);
	return true;
}

TEST(capability_is_set_by_root_alone)
{
	if (!set_capability())
		return;
	ok(chown("f", ALICE, ALICE));
	AS(&alice)
		fails(setxattr("f", CAPS, &net_raw, XATTR_CAPS_SZ_2, 0), EPERM);
	fails(setxattr("f", CAPS, "bad", 3, 0), EINVAL);
}

TEST(capability_goes_when_the_file_is_written)
{
	if (!set_capability())
		return;
	AS(&alice)
		write_at(ok(open("f", O_WRONLY)), "x", 1, 0);
	fails(getxattr("f", CAPS, NULL, 0), ENODATA);
	/* Writes by root clear them as well. */
	ok(setxattr("f", CAPS, &net_raw, XATTR_CAPS_SZ_2, 0));
	write_at(ok(open("f", O_WRONLY)), "x", 1, 0);
	fails(getxattr("f", CAPS, NULL, 0), ENODATA);
}

TEST(capability_goes_when_the_file_is_truncated)
{
	if (!set_capability())
		return;
	ok(truncate("f", 1));
	fails(getxattr("f", CAPS, NULL, 0), ENODATA);
	ok(setxattr("f", CAPS, &net_raw, XATTR_CAPS_SZ_2, 0));
	ok(open("f", O_WRONLY | O_TRUNC));
	fails(getxattr("f", CAPS, NULL, 0), ENODATA);
}

TEST(capability_goes_when_the_owner_changes)
{
	if (!set_capability())
		return;
	ok(chown("f", ALICE, -1));
	fails(getxattr("f", CAPS, NULL, 0), ENODATA);
}

TEST(capability_stays_when_mode_name_and_times_change)
{
	if (!set_capability())
		return;
	ok(chmod("f", 0755));
	ok(utimensat(AT_FDCWD, "f", NULL, 0));
	ok(rename("f", "g"));
	expect_xattr("g", CAPS, &net_raw, XATTR_CAPS_SZ_2);
}

/* POSIX ACLs */

#define ACCESS	"system.posix_acl_access"
#define DEFAULT	"system.posix_acl_default"

struct acl {
	struct posix_acl_xattr_header header;
	struct posix_acl_xattr_entry entries[8];
	int count;
};

static void acl_add(struct acl *acl, int tag, int perm, uint32_t id)
{
	acl->header.a_version = htole32(POSIX_ACL_XATTR_VERSION);
	acl->entries[acl->count++] = (struct posix_acl_xattr_entry){
		htole16(tag), htole16(perm), htole32(id)
	};
}

static size_t acl_size(const struct acl *acl)
{
	return sizeof(acl->header) + acl->count * sizeof(acl->entries[0]);
}

/* Set u::@user, u:alice:@alice, g::@group, m::@mask, o::@other, in digits. */
static struct acl acl_for_alice(int user, int named, int group, int mask,
				int other)
{
	struct acl acl = { 0 };

	acl_add(&acl, ACL_USER_OBJ, user, ACL_UNDEFINED_ID);
	acl_add(&acl, ACL_USER, named, ALICE);
	acl_add(&acl, ACL_GROUP_OBJ, group, ACL_UNDEFINED_ID);
	acl_add(&acl, ACL_MASK, mask, ACL_UNDEFINED_ID);
	acl_add(&acl, ACL_OTHER, other, ACL_UNDEFINED_ID);
	return acl;
}

static int set_acl(const char *path, const char *name, const struct acl *acl)
{
	return setxattr(path, name, acl, acl_size(acl), 0);
}

static void expect_acl(const char *path, const char *name,
		       const struct acl *acl)
{
	expect_xattr(path, name, acl, acl_size(acl));
}

static bool have_acl(void)
{
	struct acl acl = acl_for_alice(7, 7, 7, 7, 7);

	ok(mkdir("probe", 0755));
	if (!set_acl("probe", ACCESS, &acl))
		return true;
	ck_assert_int_eq(errno, EOPNOTSUPP);
	skip_part("POSIX ACLs");
	return false;
}

TEST(acl_is_kept_and_shown_by_the_mode)
{
	struct acl acl = acl_for_alice(6, 6, 4, 6, 0);

	if (!have_acl())
		return;
	close(make("f", 0600));
	ok(set_acl("f", ACCESS, &acl));
	expect_acl("f", ACCESS, &acl);
	ck_assert_int_eq(mode_of("f"), 0660);
}

TEST(acl_of_a_user_is_enforced)
{
	struct acl acl = acl_for_alice(6, 4, 0, 7, 0);

	if (!have_acl())
		return;
	close(make("f", 0600));
	AS(&alice)
		fails(open("f", O_RDONLY), EACCES);
	ok(set_acl("f", ACCESS, &acl));
	AS(&alice) {
		ok(open("f", O_RDONLY));
		ok(access("f", R_OK));
		fails(access("f", W_OK), EACCES);
		fails(open("f", O_RDWR), EACCES);
	}
	AS(&bob)
		fails(open("f", O_RDONLY), EACCES);
}

TEST(acl_of_a_user_takes_rights_away)
{
	struct acl acl = acl_for_alice(6, 0, 6, 6, 6);

	if (!have_acl())
		return;
	close(make("f", 0666));
	ok(set_acl("f", ACCESS, &acl));
	AS(&alice)
		fails(open("f", O_RDONLY), EACCES);
	AS(&bob)
		ok(open("f", O_RDWR));
}

TEST(acl_of_a_group_is_enforced)
{
	struct acl acl = { 0 };

	if (!have_acl())
		return;
	acl_add(&acl, ACL_USER_OBJ, 6, ACL_UNDEFINED_ID);
	acl_add(&acl, ACL_GROUP_OBJ, 0, ACL_UNDEFINED_ID);
	acl_add(&acl, ACL_GROUP, 6, TEAM);
	acl_add(&acl, ACL_MASK, 6, ACL_UNDEFINED_ID);
	acl_add(&acl, ACL_OTHER, 0, ACL_UNDEFINED_ID);
	close(make("f", 0600));
	ok(set_acl("f", ACCESS, &acl));
	AS(&alice)
		fails(open("f", O_RDONLY), EACCES);
	AS(&alice_of_team)
		ok(open("f", O_RDWR));
}

TEST(acl_mask_limits_users_and_groups)
{
	struct acl acl = acl_for_alice(7, 7, 7, 4, 0);

	if (!have_acl())
		return;
	close(make("f", 0600));
	ok(set_acl("f", ACCESS, &acl));
	AS(&alice) {
		ok(open("f", O_RDONLY));
		fails(open("f", O_WRONLY), EACCES);
	}
}

TEST(acl_mask_is_changed_by_chmod)
{
	struct acl acl = acl_for_alice(6, 6, 6, 6, 0), want;

	if (!have_acl())
		return;
	close(make("f", 0600));
	ok(set_acl("f", ACCESS, &acl));
	ok(chmod("f", 0640));
	want = acl_for_alice(6, 6, 6, 4, 0);
	expect_acl("f", ACCESS, &want);
	AS(&alice) {
		ok(open("f", O_RDONLY));
		fails(open("f", O_WRONLY), EACCES);
	}
	/*
	 * Not 0: Linux ignores the ACL when the group bits of the mode are 0.
	 */
	ok(chmod("f", 0715));
	want = acl_for_alice(7, 6, 6, 1, 5);
	expect_acl("f", ACCESS, &want);
	AS(&alice)
		fails(open("f", O_RDONLY), EACCES);
}

TEST(acl_of_a_directory_is_enforced)
{
	struct acl acl = acl_for_alice(7, 7, 0, 7, 0);

	if (!have_acl())
		return;
	make_dir("d", 0700);
	ok(set_acl("d", ACCESS, &acl));
	AS(&alice) {
		put_text("d/f", "");
		ok(mkdir("d/e", 0755));
		ok(unlink("d/f"));
	}
	AS(&bob)
		fails(open("d", O_RDONLY), EACCES);
}

TEST(acl_default_is_inherited_by_files_whatever_the_umask)
{
	struct acl acl = acl_for_alice(7, 6, 4, 6, 4), want;

	if (!have_acl())
		return;
	make_dir("d", 0755);
	ok(set_acl("d", DEFAULT, &acl));
	ck_assert_int_eq(mode_of("d"), 0755);
	umask(077);
	ok(open("d/f", O_CREAT | O_RDWR, 0666));
	want = acl_for_alice(6, 6, 4, 6, 4);
	expect_acl("d/f", ACCESS, &want);
	ck_assert_int_eq(mode_of("d/f"), 0664);
	fails(getxattr("d/f", DEFAULT, NULL, 0), ENODATA);
	AS(&alice)
		ok(open("d/f", O_RDWR));
}

TEST(acl_default_is_limited_by_the_mode_of_creation)
{
	struct acl acl = acl_for_alice(7, 7, 7, 7, 7), want;

	if (!have_acl())
		return;
	make_dir("d", 0755);
	ok(set_acl("d", DEFAULT, &acl));
	ok(open("d/f", O_CREAT | O_RDWR, 0640));
	want = acl_for_alice(6, 7, 7, 4, 0);
	expect_acl("d/f", ACCESS, &want);
	ok(mknod("d/p", S_IFIFO | 0600, 0));
	ck_assert_int_eq(mode_of("d/p"), 0600);
	ok(symlink("x", "d/l"));
}

TEST(acl_default_is_inherited_by_directories)
{
	struct acl acl = acl_for_alice(7, 5, 5, 5, 0);

	if (!have_acl())
		return;
	make_dir("d", 0755);
	ok(set_acl("d", DEFAULT, &acl));
	umask(0777);
	ok(mkdir("d/e", 0777));
	umask(022);
	expect_acl("d/e", ACCESS, &acl);
	expect_acl("d/e", DEFAULT, &acl);
	ck_assert_int_eq(mode_of("d/e"), 0750);
	ok(mkdir("d/e/deeper", 0777));
	expect_acl("d/e/deeper", DEFAULT, &acl);
}

TEST(acl_without_default_leaves_the_umask)
{
	struct acl acl = acl_for_alice(7, 7, 7, 7, 7);

	if (!have_acl())
		return;
	make_dir("d", 0755);
	ok(set_acl("d", ACCESS, &acl));
	umask(027);
	ok(open("d/f", O_CREAT | O_RDWR, 0666));
	ck_assert_int_eq(mode_of("d/f"), 0640);
	fails(getxattr("d/f", ACCESS, NULL, 0), ENODATA);
}

TEST(acl_that_says_what_the_mode_says_is_none)
{
	struct acl acl = { 0 };

	if (!have_acl())
		return;
	acl_add(&acl, ACL_USER_OBJ, 6, ACL_UNDEFINED_ID);
	acl_add(&acl, ACL_GROUP_OBJ, 4, ACL_UNDEFINED_ID);
	acl_add(&acl, ACL_OTHER, 1, ACL_UNDEFINED_ID);
	close(make("f", 0600));
	ok(set_acl("f", ACCESS, &acl));
	ck_assert_int_eq(mode_of("f"), 0641);
	fails(getxattr("f", ACCESS, NULL, 0), ENODATA);
}

TEST(acl_removed_leaves_the_mode)
{
	struct acl acl = acl_for_alice(6, 6, 4, 6, 0);

	if (!have_acl())
		return;
	close(make("f", 0600));
	ok(set_acl("f", ACCESS, &acl));
	ok(removexattr("f", ACCESS));
	ck_assert_int_eq(mode_of("f"), 0660);
	AS(&alice)
		fails(open("f", O_RDONLY), EACCES);
}

TEST(acl_is_changed_by_the_owner_alone)
{
	struct acl acl = acl_for_alice(6, 6, 4, 6, 0);

	if (!have_acl())
		return;
	make_for(&bob, "f", 0666);
	AS(&alice)
		fails(set_acl("f", ACCESS, &acl), EPERM);
	AS(&bob)
		ok(set_acl("f", ACCESS, &acl));
	expect_acl("f", ACCESS, &acl);
	AS(&alice)
		fails(removexattr("f", ACCESS), EPERM);
}

TEST(acl_set_by_a_non_member_of_the_group_drops_sgid)
{
	struct acl acl = acl_for_alice(7, 7, 7, 7, 0);

	if (!have_acl())
		return;
	make_for(&bob, "f", 0755);
	ok(chown("f", BOB, TEAM));
	ok(chmod("f", 02755));
	AS(&bob)
		ok(set_acl("f", ACCESS, &acl));
	ck_assert_int_eq(mode_of("f"), 0770);
}

TEST(acl_that_is_malformed_is_einval)
{
	struct acl acl = { 0 };

	if (!have_acl())
		return;
	close(make("f", 0600));
	acl_add(&acl, ACL_USER_OBJ, 6, ACL_UNDEFINED_ID);
	fails(set_acl("f", ACCESS, &acl), EINVAL);
	acl = acl_for_alice(6, 6, 6, 6, 6);
	acl.entries[0].e_tag = htole16(0x77);
	fails(set_acl("f", ACCESS, &acl), EINVAL);
	fails(setxattr("f", ACCESS, "x", 1, 0), EINVAL);
	acl = acl_for_alice(6, 6, 6, 6, 6);
	fails(set_acl("f", DEFAULT, &acl), EACCES);
}

TEST(acl_of_many_entries_is_kept)
{
	struct posix_acl_xattr_header *header;
	struct posix_acl_xattr_entry *e;
	uint8_t value[2048] = { 0 };
	int n = 0;

	if (!have_acl())
		return;
	header = (void *)value;
	header->a_version = htole32(POSIX_ACL_XATTR_VERSION);
	e = (void *)(header + 1);
	e[n++] = (struct posix_acl_xattr_entry){ ACL_USER_OBJ, 6, -1 };
	for (int i = 0; i < 15; i++)
		e[n++] = (struct posix_acl_xattr_entry){ ACL_USER, 4,
							 30000 + i };
	e[n++] = (struct posix_acl_xattr_entry){ ACL_GROUP_OBJ, 6, -1 };
	e[n++] = (struct posix_acl_xattr_entry){ ACL_MASK, 6, -1 };
	e[n++] = (struct posix_acl_xattr_entry){ ACL_OTHER, 0, -1 };
	close(make("f", 0600));
	ok(setxattr("f", ACCESS, value, 4 + n * 8, 0));
	expect_xattr("f", ACCESS, value, 4 + n * 8);
}
