// SPDX-License-Identifier: GPL-2.0
/* Modes, owners and permissions. */
#include "posix.h"

#include <sys/fsuid.h>
#include <sys/syscall.h>
#include <linux/capability.h>

/* chmod() */

TEST(chmod_sets_each_of_the_4096_modes)
{
	int fd = make("f", 0);

	for (mode_t mode = 0; mode < 010000; mode++) {
		ok(mode % 2 ? chmod("f", mode) : fchmod(fd, mode));
		ck_assert_int_eq(mode_of("f"), mode);
	}
}

TEST(chmod_sets_modes_of_directories)
{
	ok(mkdir("d", 0755));
	for (mode_t mode = 0; mode < 010000; mode += 0101) {
		ok(chmod("d", mode));
		ck_assert_int_eq(mode_of("d"), mode);
	}
}

TEST(chmod_is_for_the_owner_and_root)
{
	make_for(&bob, "b", 0666);
	make_for(&alice, "a", 0);
	AS(&alice) {
		fails(chmod("b", 0600), EPERM);
		fails(fchmod(ok(open("b", O_RDWR)), 0600), EPERM);
		ok(chmod("a", 0644));
	}
	ck_assert_int_eq(mode_of("b"), 0666);
	ck_assert_int_eq(mode_of("a"), 0644);
	ok(chmod("a", 0600));
}

TEST(chmod_with_bad_paths_fails)
{
	put_text("f", "");
	ok(symlink("nowhere", "l"));
	make_dir("d", 0700);
	put_text("d/f", "");
	fails(chmod("none", 0644), ENOENT);
	fails(chmod("l", 0644), ENOENT);
	fails(chmod("f/x", 0644), ENOTDIR);
	fails(chmod("", 0644), ENOENT);
	AS(&alice)
		fails(chmod("d/f", 0644), EACCES);
}

TEST(chmod_drops_sgid_for_who_is_not_in_the_group)
{
	make_for(&alice, "f", 0755);
	ok(chown("f", ALICE, TEAM));
	AS(&alice)
		ok(chmod("f", 02755));
	ck_assert_int_eq(mode_of("f"), 0755);
	AS(&alice_of_team)
		ok(chmod("f", 02755));
	ck_assert_int_eq(mode_of("f"), 02755);
}

TEST(chmod_by_the_owner_sets_suid_and_sticky)
{
	make_for(&alice, "f", 0755);
	AS(&alice)
		ok(chmod("f", 05755));
	ck_assert_int_eq(mode_of("f"), 05755);
}

TEST(chmod_of_an_fd_opened_for_reading_works)
{
	put_text("f", "");
	ok(fchmod(ok(open("f", O_RDONLY)), 0604));
	ck_assert_int_eq(mode_of("f"), 0604);
}

/* chown() */

static void expect_owner(const char *path, uid_t uid, gid_t gid)
{
	struct stat st = stat_of(path);

	ck_assert_int_eq(st.st_uid, uid);
	ck_assert_int_eq(st.st_gid, gid);
}

TEST(chown_by_root_sets_owner_and_group)
{
	put_text("f", "");
	ok(chown("f", ALICE, BOB));
	expect_owner("f", ALICE, BOB);
	ok(chown("f", BOB, -1));
	expect_owner("f", BOB, BOB);
	ok(chown("f", -1, ALICE));
	expect_owner("f", BOB, ALICE);
	ok(chown("f", -1, -1));
	expect_owner("f", BOB, ALICE);
}

TEST(chown_takes_large_ids)
{
	put_text("f", "");
	ok(chown("f", 0xfffffffe, 0xfffffffd));
	expect_owner("f", 0xfffffffe, 0xfffffffd);
	ok(chown("f", 65536, 65535));
	expect_owner("f", 65536, 65535);
}

TEST(chown_of_the_owner_is_for_root_alone)
{
	make_for(&alice, "f", 0666);
	AS(&alice) {
		fails(chown("f", BOB, -1), EPERM);
		fails(chown("f", 0, 0), EPERM);
		ok(chown("f", ALICE, -1));
	}
	AS(&bob)
		fails(chown("f", BOB, -1), EPERM);
	expect_owner("f", ALICE, ALICE);
}

TEST(chown_to_groups_of_the_owner_is_allowed)
{
	make_for(&alice, "f", 0666);
	AS(&alice)
		fails(chown("f", -1, TEAM), EPERM);
	AS(&alice_of_team) {
		fails(chown("f", -1, BOB), EPERM);
		ok(chown("f", -1, TEAM));
	}
	expect_owner("f", ALICE, TEAM);
	AS(&bob)
		fails(chown("f", -1, BOB), EPERM);
}

TEST(chown_by_the_owner_clears_suid_and_sgid)
{
	make_for(&alice, "f", 06755);
	AS(&alice_of_team)
		ok(chown("f", -1, TEAM));
	ck_assert_int_eq(mode_of("f"), 0755);
}

TEST(chown_by_root_clears_suid_and_sgid)
{
	make_for(&alice, "f", 06755);
	ok(chown("f", BOB, -1));
	ck_assert_int_eq(mode_of("f"), 0755);
	ok(chmod("f", 06644));
	ok(chown("f", ALICE, -1));
	ck_assert_int_eq(mode_of("f"), 02644);
}

TEST(chown_of_a_directory_keeps_sgid_and_suid)
{
	make_dir("d", 06755);
	ok(chown("d", ALICE, ALICE));
	ck_assert_int_eq(mode_of("d"), 06755);
}

TEST(chown_with_bad_paths_fails)
{
	put_text("f", "");
	fails(chown("none", 0, 0), ENOENT);
	fails(chown("f/x", 0, 0), ENOTDIR);
	ok(symlink("nowhere", "l"));
	fails(chown("l", 0, 0), ENOENT);
}

TEST(fchown_works_on_files_and_directories)
{
	int fd = make("f", 0644), dir;

	ok(mkdir("d", 0755));
	dir = ok(open("d", O_RDONLY));
	ok(fchown(fd, ALICE, BOB));
	ok(fchown(dir, BOB, ALICE));
	expect_owner("f", ALICE, BOB);
	expect_owner("d", BOB, ALICE);
}

/* A change of the contents clears set-user-ID and set-group-ID. */

static void expect_mode_after(void (*change)(void), const struct user *user,
			      mode_t before, mode_t after)
{
	unlink("f");
	put_text("f", "text");
	ok(chown("f", BOB, BOB));
	ok(chmod("f", before));
	AS(user)
		change();
	ck_assert_int_eq(mode_of("f"), after);
}

static void write_f(void)
{
	write_at(ok(open("f", O_WRONLY)), "x", 1, 0);
}

TEST(write_by_another_clears_suid_and_sgid)
{
	expect_mode_after(write_f, &alice, 06777, 0777);
	expect_mode_after(write_f, &alice, 04777, 0777);
	expect_mode_after(write_f, &alice, 02777, 0777);
	expect_mode_after(write_f, &alice, 05777, 01777);
}

TEST(write_by_the_owner_clears_suid_and_sgid)
{
	expect_mode_after(write_f, &bob, 06777, 0777);
}

/* The host executes a file with the mode that it has cached. */
TEST(write_by_another_clears_suid_in_the_cached_mode)
{
	struct statx st;

	put_text("f", "text");
	ok(chmod("f", 06777));
	ck_assert_int_eq(mode_of("f"), 06777);
	AS(&alice)
		write_f();
	/* Asking for the mode alone shows whether the host reads it again. */
	ok(statx(AT_FDCWD, "f", 0, STATX_MODE, &st));
	ck_assert_int_eq(st.stx_mode & 07777, 0777);
}

TEST(write_by_root_keeps_suid_and_sgid)
{
	expect_mode_after(write_f, NULL, 06777, 06777);
}

static void truncate_f(void)
{
	ok(truncate("f", 1));
}

TEST(truncate_by_another_clears_suid_and_sgid)
{
	expect_mode_after(truncate_f, &alice, 06777, 0777);
	expect_mode_after(truncate_f, NULL, 06777, 06777);
}

static void open_trunc_f(void)
{
	ok(open("f", O_WRONLY | O_TRUNC));
}

TEST(open_trunc_by_another_clears_suid_and_sgid)
{
	expect_mode_after(open_trunc_f, &alice, 06777, 0777);
}

static void fallocate_f(void)
{
	int fd = ok(open("f", O_WRONLY));

	if (fallocate(fd, 0, 0, 100000)) {
		ck_assert_int_eq(errno, EOPNOTSUPP);
		skip_part("fallocate");
		write_f();
	}
}

TEST(fallocate_by_another_clears_suid_and_sgid)
{
	expect_mode_after(fallocate_f, &alice, 06777, 0777);
}

static void append_with_direct_f(void)
{
	static char data[PAGE] __attribute__((aligned(PAGE)));
	int fd = open("f", O_WRONLY | O_DIRECT);

	if (fd < 0) {
		ck_assert_int_eq(errno, EINVAL);
		skip_part("O_DIRECT");
		write_f();
		return;
	}
	ck_assert_int_eq(ok(pwrite(fd, data, PAGE, 0)), PAGE);
}

TEST(direct_write_by_another_clears_suid_and_sgid)
{
	expect_mode_after(append_with_direct_f, &alice, 06777, 0777);
}

static void copy_range_f(void)
{
	int fd = ok(open("f", O_RDWR));
	off_t in = 0, out = PAGE;

	ck_assert_int_eq(ok(copy_file_range(fd, &in, fd, &out, 4, 0)), 4);
}

TEST(copy_file_range_by_another_clears_suid_and_sgid)
{
	expect_mode_after(copy_range_f, &alice, 06777, 0777);
}

/* Permissions */

TEST(owner_has_the_permissions_of_the_owner_alone)
{
	make_for(&alice, "f", 0077);
	AS(&alice) {
		fails(open("f", O_RDONLY), EACCES);
		fails(open("f", O_WRONLY), EACCES);
	}
	AS(&bob)
		ok(open("f", O_RDWR));
}

TEST(group_has_the_permissions_of_the_group_alone)
{
	put_text("f", "");
	ok(chown("f", 0, TEAM));
	ok(chmod("f", 0707));
	AS(&alice_of_team)
		fails(open("f", O_RDONLY), EACCES);
	AS(&alice)
		ok(open("f", O_RDWR));
}

TEST(supplementary_groups_count)
{
	put_text("f", "");
	ok(chown("f", 0, TEAM));
	ok(chmod("f", 0640));
	make_dir("d", 0770);
	ok(chown("d", 0, TEAM));
	AS(&alice) {
		fails(open("f", O_RDONLY), EACCES);
		fails(open("d/f", O_CREAT | O_RDWR, 0644), EACCES);
	}
	AS(&alice_of_team) {
		ok(open("f", O_RDONLY));
		fails(open("f", O_WRONLY), EACCES);
		ok(open("d/f", O_CREAT | O_RDWR, 0644));
	}
	expect_owner("d/f", ALICE, ALICE);
}

TEST(root_reads_and_writes_what_has_no_permissions)
{
	make_for(&alice, "f", 0);
	make_dir("d", 0);
	ok(chown("d", ALICE, ALICE));
	ok(open("f", O_RDWR));
	put_text("d/f", "");
	ok(open("d", O_RDONLY));
}

TEST(root_executes_what_somebody_may_execute)
{
	int status;

	put_text("f", "#!/bin/sh\n");
	ok(chmod("f", 0644));
	fails(access("f", X_OK), EACCES);
	AS(NULL)
		fails(execl("./f", "f", NULL), EACCES);
	ok(chmod("f", 0645));
	ok(access("f", X_OK));
	status = system("./f");
	ck_assert_int_eq(status, 0);
}

TEST(execution_without_permission_is_eacces)
{
	put_text("f", "#!/bin/sh\n");
	ok(chmod("f", 0744));
	AS(&alice) {
		fails(access("f", X_OK), EACCES);
		fails(execl("./f", "f", NULL), EACCES);
	}
	AS(NULL)
		fails(execl(".", ".", NULL), EACCES);
}

static void drop_capabilities(void)
{
	struct __user_cap_header_struct header = {
		.version = _LINUX_CAPABILITY_VERSION_3
	};
	struct __user_cap_data_struct data[2] = { { 0 } };

	ok(syscall(SYS_capset, &header, data));
}

TEST(root_without_capabilities_is_a_user_like_others)
{
	make_for(&alice, "f", 0600);
	make_for(&alice, "open", 0644);
	make_dir("d", 0700);
	ok(chown("d", ALICE, ALICE));
	AS(NULL) {
		drop_capabilities();
		fails(open("f", O_RDONLY), EACCES);
		fails(access("f", R_OK), EACCES);
		ok(open("open", O_RDONLY));
		fails(open("d/x", O_CREAT | O_RDWR, 0644), EACCES);
		fails(chmod("open", 0600), EPERM);
		fails(chown("open", 0, 0), EPERM);
		fails(utimensat(AT_FDCWD, "open", (struct timespec[]){ { 1, 0 },
				{ 1, 0 } }, 0), EPERM);
		fails(mknod("c", S_IFCHR | 0644, 0x103), EPERM);
		put_text("own", "root's own");
	}
	expect_owner("own", 0, 0);
}

TEST(fsuid_decides)
{
	make_for(&alice, "f", 0600);
	ok(chmod(".", 0777));
	AS(NULL) {
		setfsgid(BOB);
		setfsuid(BOB);
		fails(open("f", O_RDONLY), EACCES);
		ok(open("new", O_CREAT | O_RDWR, 0644));
	}
	expect_owner("new", BOB, BOB);
}

TEST(access_tells_the_permissions_of_the_real_user)
{
	make_for(&alice, "f", 0400);
	AS(NULL) {
		ok(setresuid(BOB, 0, 0));
		ok(open("f", O_RDONLY));
		fails(access("f", R_OK), EACCES);
		ok(faccessat(AT_FDCWD, "f", R_OK, AT_EACCESS));
	}
	AS(NULL) {
		ok(setresuid(ALICE, 0, 0));
		ok(access("f", R_OK));
		fails(access("f", W_OK), EACCES);
		fails(access("f", R_OK | W_OK), EACCES);
	}
}

TEST(access_tells_what_exists)
{
	put_text("f", "");
	ok(symlink("nowhere", "l"));
	ok(access("f", F_OK));
	fails(access("none", F_OK), ENOENT);
	fails(access("l", F_OK), ENOENT);
	fails(access("f/x", F_OK), ENOTDIR);
	fails(access("f", 077), EINVAL);
	ok(faccessat(AT_FDCWD, "l", F_OK, AT_SYMLINK_NOFOLLOW));
}

TEST(access_of_root_to_directories_is_full)
{
	make_dir("d", 0);
	ok(access("d", R_OK | W_OK | X_OK));
	AS(&alice) {
		ok(access("d", F_OK));
		fails(access("d", R_OK), EACCES);
	}
}

TEST(stat_needs_no_permission_on_the_file)
{
	struct stat st;

	close(make("f", 0));
	AS(&alice) {
		ok(stat("f", &st));
		ck_assert_int_eq(st.st_mode, S_IFREG);
	}
}

TEST(permission_that_comes_is_noticed)
{
	close(make("f", 0600));
	for (int i = 0; i < 5; i++) {
		AS(&alice)
			fails(open("f", O_RDONLY), EACCES);
		ok(chmod("f", 0604));
		AS(&alice)
			ok(open("f", O_RDONLY));
		ok(chmod("f", 0600));
	}
}

/* Sticky directories */

TEST(unlink_in_a_sticky_directory_is_for_owners)
{
	make_dir("d", 01777);
	make_for(&bob, "d/b", 0666);
	make_for(&alice, "d/a", 0666);
	make_for(&bob, "d/root", 0666);
	AS(&alice) {
		fails(unlink("d/b"), EPERM);
		ok(unlink("d/a"));
	}
	ok(unlink("d/root"));
	ok(chown("d", ALICE, -1));
	AS(&alice)
		ok(unlink("d/b"));
}

TEST(sticky_directory_lets_others_write)
{
	make_dir("d", 01777);
	make_for(&bob, "d/b", 0666);
	AS(&alice) {
		put_text("d/b", "by alice");
		put_text("d/new", "");
		fails(rename("d/new", "d/b"), EPERM);
	}
	expect_text("d/b", "by alice");
}

/* sgid directories */

static void make_sgid_dir(void)
{
	make_dir("d", 0777);
	ok(chown("d", 0, TEAM));
	ok(chmod("d", 02777));
}

TEST(file_in_a_sgid_directory_is_of_its_group)
{
	make_sgid_dir();
	AS(&alice) {
		put_text("d/f", "");
		ok(symlink("x", "d/l"));
		ok(mkfifo("d/p", 0644));
		ok(mknod("d/n", S_IFREG | 0644, 0));
	}
	expect_owner("d/f", ALICE, TEAM);
	expect_owner("d/l", ALICE, TEAM);
	expect_owner("d/p", ALICE, TEAM);
	expect_owner("d/n", ALICE, TEAM);
	ck_assert_int_eq(mode_of("d/f"), 0644);
}

TEST(directory_in_a_sgid_directory_is_sgid_and_of_its_group)
{
	make_sgid_dir();
	AS(&alice)
		ok(mkdir("d/e", 0755));
	expect_owner("d/e", ALICE, TEAM);
	ck_assert_int_eq(mode_of("d/e"), 02755);
	AS(&alice)
		ok(mkdir("d/e/deeper", 0700));
	expect_owner("d/e/deeper", ALICE, TEAM);
	ck_assert_int_eq(mode_of("d/e/deeper"), 02700);
}

TEST(sgid_program_of_a_foreign_group_is_not_created)
{
	umask(0);
	make_sgid_dir();
	AS(&alice)
		ok(open("d/f", O_CREAT | O_RDWR, 02775));
	ck_assert_int_eq(mode_of("d/f"), 0775);
	AS(&alice_of_team)
		ok(open("d/g", O_CREAT | O_RDWR, 02775));
	ck_assert_int_eq(mode_of("d/g"), 02775);
}

TEST(file_moved_into_a_sgid_directory_keeps_its_group)
{
	make_sgid_dir();
	make_for(&alice, "f", 0644);
	ok(rename("f", "d/f"));
	expect_owner("d/f", ALICE, ALICE);
}

TEST(umask_reduces_fifos_and_nodes)
{
	umask(0137);
	ok(mkfifo("p", 0777));
	ok(mknod("f", S_IFREG | 0777, 0));
	ok(mknod("c", S_IFCHR | 0777, 0x103));
	ck_assert_int_eq(mode_of("p"), 0640);
	ck_assert_int_eq(mode_of("f"), 0640);
	ck_assert_int_eq(mode_of("c"), 0640);
}

TEST(umask_of_each_process_counts)
{
	AS(NULL) {
		umask(077);
		ok(open("f", O_CREAT | O_RDWR, 0666));
	}
	AS(NULL) {
		umask(0);
		ok(open("g", O_CREAT | O_RDWR, 0666));
	}
	ck_assert_int_eq(mode_of("f"), 0600);
	ck_assert_int_eq(mode_of("g"), 0666);
}
