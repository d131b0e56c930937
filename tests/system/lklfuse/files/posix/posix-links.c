// SPDX-License-Identifier: GPL-2.0
/* Hard links, symbolic links and unlink(). */
#include "posix.h"

#include <limits.h>

static nlink_t link_count(const char *path)
{
	return stat_of(path).st_nlink;
}

TEST(link_is_a_second_name_of_one_inode)
{
	put_text("f", "text");
	ok(link("f", "g"));
	ck_assert_int_eq(stat_of("f").st_ino, stat_of("g").st_ino);
	ck_assert_int_eq(link_count("f"), 2);
	ck_assert_int_eq(link_count("g"), 2);
	put_text("g", "other");
	expect_text("f", "other");
	ok(chmod("g", 0604));
	ck_assert_int_eq(mode_of("f"), 0604);
}

TEST(link_into_another_directory_works)
{
	ok(mkdir("d", 0755));
	ok(mkdir("e", 0755));
	put_text("d/f", "text");
	ok(link("d/f", "e/g"));
	ok(unlink("d/f"));
	ok(rmdir("d"));
	expect_text("e/g", "text");
	ck_assert_int_eq(link_count("e/g"), 1);
}

TEST(link_counts_go_up_and_down_with_hundreds_of_names)
{
	char name[16];

	put_text("f", "text");
	for (int i = 0; i < 300; i++) {
		snprintf(name, sizeof(name), "l%d", i);
		ok(link("f", name));
		ck_assert_int_eq(link_count("f"), i + 2);
	}
	for (int i = 0; i < 300; i++) {
		snprintf(name, sizeof(name), "l%d", i);
		ok(unlink(name));
		ck_assert_int_eq(link_count("f"), 300 - i);
	}
	expect_text("f", "text");
}

TEST(link_count_of_an_open_file_is_current)
{
	struct stat st;
	int fd;

	put_text("f", "");
	fd = ok(open("f", O_RDONLY));
	ok(link("f", "g"));
	ok(fstat(fd, &st));
	ck_assert_int_eq(st.st_nlink, 2);
	ok(unlink("f"));
	ok(fstat(fd, &st));
	ck_assert_int_eq(st.st_nlink, 1);
	ok(unlink("g"));
	ok(fstat(fd, &st));
	ck_assert_int_eq(st.st_nlink, 0);
}

TEST(link_of_what_is_missing_is_enoent)
{
	put_text("f", "");
	fails(link("none", "g"), ENOENT);
	fails(link("none/f", "g"), ENOENT);
	fails(link("f", "none/g"), ENOENT);
	fails(link("", "g"), ENOENT);
	fails(link("f", ""), ENOENT);
}

TEST(link_onto_what_exists_is_eexist)
{
	put_text("f", "");
	put_text("g", "g");
	ok(mkdir("d", 0755));
	ok(symlink("nowhere", "l"));
	fails(link("f", "g"), EEXIST);
	fails(link("f", "d"), EEXIST);
	fails(link("f", "l"), EEXIST);
	fails(link("f", "f"), EEXIST);
	fails(link("f", "."), EEXIST);
	expect_text("g", "g");
	ck_assert_int_eq(link_count("f"), 1);
}

TEST(link_of_a_directory_is_eperm)
{
	ok(mkdir("d", 0755));
	fails(link("d", "e"), EPERM);
	fails(link(".", "e"), EPERM);
}

TEST(link_below_a_file_is_enotdir)
{
	put_text("f", "");
	fails(link("f", "f/g"), ENOTDIR);
	fails(link("f/g", "h"), ENOTDIR);
	fails(link("f/", "h"), ENOTDIR);
}

TEST(link_to_a_trailing_slash_is_enoent)
{
	put_text("f", "");
	fails(link("f", "g/"), ENOENT);
}

TEST(link_of_a_symlink_names_the_symlink)
{
	put_text("f", "text");
	ok(symlink("f", "l"));
	ok(link("l", "m"));
	ck_assert(S_ISLNK(stat_of("m").st_mode));
	ck_assert_int_eq(link_count("l"), 2);
	ck_assert_int_eq(link_count("f"), 1);
	ok(linkat(AT_FDCWD, "l", AT_FDCWD, "n", AT_SYMLINK_FOLLOW));
	ck_assert(S_ISREG(stat_of("n").st_mode));
	ck_assert_int_eq(link_count("f"), 2);
}

TEST(link_of_fifos_and_devices_works)
{
	ok(mkfifo("p", 0644));
	ok(mknod("c", S_IFCHR | 0644, 0x103));
	ok(link("p", "p2"));
	ok(link("c", "c2"));
	ck_assert_int_eq(link_count("p"), 2);
	ck_assert_int_eq(stat_of("c2").st_rdev, 0x103);
}

TEST(link_by_fd_with_empty_path_works_for_root)
{
	int fd;

	put_text("f", "text");
	fd = ok(open("f", O_RDONLY));
	ok(linkat(fd, "", AT_FDCWD, "g", AT_EMPTY_PATH));
	expect_text("g", "text");
}

TEST(link_of_an_unlinked_file_is_enoent)
{
	int fd;

	put_text("f", "text");
	fd = ok(open("f", O_RDONLY));
	ok(unlink("f"));
	fails(linkat(fd, "", AT_FDCWD, "g", AT_EMPTY_PATH), ENOENT);
}

TEST(link_from_another_file_system_is_exdev)
{
	fails(link("/proc/version", "g"), EXDEV);
	fails(rename("/proc/version", "g"), EXDEV);
}

TEST(link_in_a_directory_that_may_not_be_written_is_eacces)
{
	make_for(&alice, "f", 0644);
	AS(&alice)
		fails(link("f", "g"), EACCES);
}

TEST(link_at_many_names_in_a_race_counts_them_all)
{
	pid_t pids[4];
	char name[32];

	put_text("f", "");
	for (int i = 0; i < 4; i++) {
		pids[i] = ok(fork());
		if (pids[i])
			continue;
		for (int j = 0; j < 50; j++) {
			snprintf(name, sizeof(name), "l%d-%d", i, j);
			ok(link("f", name));
			if (j % 2)
				ok(unlink(name));
		}
		_exit(0);
	}
	for (int i = 0; i < 4; i++)
		reap(pids[i]);
	ck_assert_int_eq(link_count("f"), 101);
}

/* Symbolic links */

static bool symlink_of(size_t len)
{
	char target[PATH_MAX + 1], got[PATH_MAX + 1];

	memset(target, 't', len);
	target[len] = 0;
	unlink("l");
	if (symlink(target, "l")) {
		ck_assert_int_eq(errno, ENAMETOOLONG);
		return false;
	}
	ck_assert_int_eq(stat_of("l").st_size, len);
	ck_assert_int_eq(ok(readlink("l", got, sizeof(got))), len);
	ck_assert_mem_eq(got, target, len);
	return true;
}

TEST(symlink_holds_targets_of_every_length)
{
	static const int lens[] = { 255, 256, 511, 512, 1000, 1023 };

	for (int len = 1; len < 160; len++)
		ck_assert(symlink_of(len));
	for (int i = 0; i < 6; i++)
		ck_assert(symlink_of(lens[i]));
}

TEST(symlink_holds_a_target_of_4095_bytes)
{
	if (!symlink_of(1024) || !symlink_of(4095))
		skip_part("targets of symlinks longer than 1023 bytes");
}

TEST(symlink_target_of_4096_bytes_is_enametoolong)
{
	ck_assert(!symlink_of(4096));
	ck_assert(!exists("l"));
}

TEST(symlink_target_of_any_bytes_is_kept)
{
	char target[256], got[256];

	for (int i = 1; i < 256; i++)
		target[i - 1] = i;
	target[255] = 0;
	ok(symlink(target, "l"));
	ck_assert_int_eq(ok(readlink("l", got, sizeof(got))), 255);
	ck_assert_mem_eq(got, target, 255);
}

TEST(symlink_is_followed_by_calls_on_files)
{
	struct stat st;

	put_text("f", "text");
	ok(symlink("f", "l"));
	expect_text("f", "text");
	ok(chmod("l", 0604));
	ck_assert_int_eq(mode_of("f"), 0604);
	ok(truncate("l", 1));
	ok(stat("l", &st));
	ck_assert_int_eq(st.st_size, 1);
	ok(chown("l", ALICE, -1));
	ck_assert_int_eq(stat_of("f").st_uid, ALICE);
	ck_assert_int_eq(stat_of("l").st_uid, 0);
}

TEST(symlink_to_a_directory_is_a_path_component)
{
	ok(mkdir("d", 0755));
	ok(mkdir("d/e", 0755));
	put_text("d/f", "text");
	ok(symlink("d", "l"));
	ok(symlink("../f", "d/e/up"));
	expect_text("l/f", "text");
	expect_text("l/e/../f", "text");
	expect_text("l/e/up", "text");
	ok(mkdir("l/new", 0755));
	ck_assert(exists("d/new"));
}

TEST(symlink_onto_what_exists_is_eexist)
{
	put_text("f", "");
	ok(mkdir("d", 0755));
	ok(symlink("nowhere", "l"));
	fails(symlink("x", "f"), EEXIST);
	fails(symlink("x", "d"), EEXIST);
	fails(symlink("x", "l"), EEXIST);
	fails(symlink("x", "."), EEXIST);
}

TEST(symlink_with_bad_paths_fails)
{
	put_text("f", "");
	fails(symlink("", "l"), ENOENT);
	fails(symlink("x", "none/l"), ENOENT);
	fails(symlink("x", "f/l"), ENOTDIR);
	fails(symlink("x", "l/"), ENOENT);
	ok(chmod(".", 0755));
	AS(&alice)
		fails(symlink("x", "l"), EACCES);
}

TEST(symlink_has_all_permissions_and_its_maker_as_owner)
{
	umask(077);
	ok(chmod(".", 0777));
	AS(&alice)
		ok(symlink("nowhere", "l"));
	ck_assert_int_eq(stat_of("l").st_mode, S_IFLNK | 0777);
	ck_assert_int_eq(stat_of("l").st_uid, ALICE);
	ck_assert_int_eq(stat_of("l").st_gid, ALICE);
	ck_assert_int_eq(stat_of("l").st_nlink, 1);
}

TEST(readlink_is_cut_to_the_buffer_without_a_nul)
{
	char buf[8] = "xxxxxxx";

	ok(symlink("target", "l"));
	ck_assert_int_eq(ok(readlink("l", buf, 3)), 3);
	ck_assert_str_eq(buf, "tarxxxx");
	ck_assert_int_eq(ok(readlink("l", buf, 6)), 6);
	ck_assert_str_eq(buf, "targetx");
}

TEST(readlink_of_what_is_no_symlink_is_einval)
{
	char buf[8];

	put_text("f", "");
	ok(symlink("f", "l"));
	fails(readlink("f", buf, 8), EINVAL);
	fails(readlink(".", buf, 8), EINVAL);
	fails(readlink("l", buf, 0), EINVAL);
	fails(readlink("none", buf, 8), ENOENT);
	fails(readlink("f/x", buf, 8), ENOTDIR);
}

TEST(readlink_needs_no_permission_but_search)
{
	char buf[8];

	make_dir("d", 0711);
	ok(symlink("x", "d/l"));
	AS(&alice)
		ok(readlink("d/l", buf, 8));
	ok(chmod("d", 0744));
	AS(&alice)
		fails(readlink("d/l", buf, 8), EACCES);
}

TEST(dangling_symlink_is_seen_by_lstat_and_not_by_stat)
{
	struct stat st;

	ok(symlink("nowhere", "l"));
	ok(lstat("l", &st));
	fails(stat("l", &st), ENOENT);
	fails(open("l", O_RDONLY), ENOENT);
	fails(access("l", F_OK), ENOENT);
	fails(chdir("l"), ENOENT);
	fails(mkdir("l", 0755), EEXIST);
	fails(mknod("l", S_IFREG | 0644, 0), EEXIST);
	put_text("nowhere", "");
	ok(stat("l", &st));
}

TEST(chmod_of_a_symlink_itself_is_eopnotsupp)
{
	put_text("f", "");
	ok(symlink("f", "l"));
	fails(fchmodat(AT_FDCWD, "l", 0600, AT_SYMLINK_NOFOLLOW), EOPNOTSUPP);
}

TEST(lchown_changes_the_symlink)
{
	put_text("f", "");
	ok(symlink("f", "l"));
	ok(lchown("l", ALICE, BOB));
	ck_assert_int_eq(stat_of("l").st_uid, ALICE);
	ck_assert_int_eq(stat_of("l").st_gid, BOB);
	ck_assert_int_eq(stat_of("f").st_uid, 0);
}

TEST(unlink_of_a_symlink_leaves_its_target)
{
	put_text("f", "");
	ok(symlink("f", "l"));
	ok(unlink("l"));
	ck_assert(exists("f"));
	ck_assert(!exists("l"));
}

TEST(symlink_with_a_trailing_slash_must_lead_to_a_directory)
{
	struct stat st;

	put_text("f", "");
	ok(mkdir("d", 0755));
	ok(symlink("f", "lf"));
	ok(symlink("d", "ld"));
	fails(lstat("lf/", &st), ENOTDIR);
	ok(lstat("ld/", &st));
	ck_assert(S_ISDIR(st.st_mode));
	fails(unlink("ld/"), ENOTDIR);
	fails(rmdir("ld/"), ENOTDIR);
}

/* unlink() */

TEST(unlink_removes_a_name)
{
	put_text("f", "");
	ok(unlink("f"));
	ck_assert(!exists("f"));
	fails(unlink("f"), ENOENT);
	fails(open("f", O_RDONLY), ENOENT);
}

TEST(unlink_of_a_directory_is_eisdir)
{
	ok(mkdir("d", 0755));
	fails(unlink("d"), EISDIR);
	fails(unlink("d/"), EISDIR);
	fails(unlink("."), EISDIR);
	ck_assert(exists("d"));
}

TEST(unlink_with_bad_paths_fails)
{
	put_text("f", "");
	fails(unlink("f/"), ENOTDIR);
	fails(unlink("f/g"), ENOTDIR);
	fails(unlink("none/f"), ENOENT);
	fails(unlink(""), ENOENT);
}

TEST(unlink_removes_every_kind_of_node)
{
	ok(mkfifo("p", 0644));
	ok(mknod("c", S_IFCHR | 0644, 0x103));
	ok(mknod("b", S_IFBLK | 0644, 0x700));
	ok(mknod("s", S_IFSOCK | 0644, 0));
	ok(unlink("p"));
	ok(unlink("c"));
	ok(unlink("b"));
	ok(unlink("s"));
	ck_assert(!exists("p") && !exists("c") && !exists("b") && !exists("s"));
}

TEST(unlink_needs_to_write_the_directory_and_not_the_file)
{
	put_text("f", "");
	make_dir("d", 0777);
	put_text("d/g", "");
	ok(chmod("d/g", 0));
	AS(&alice) {
		fails(unlink("f"), EACCES);
		ok(unlink("d/g"));
	}
}

TEST(unlinked_file_that_is_open_is_read_and_written)
{
	char data[3 * PAGE];
	int fd = make("f", 0644);

	fill(data, sizeof(data), 1);
	write_at(fd, data, sizeof(data), 0);
	ok(unlink("f"));
	expect_at(fd, data, sizeof(data), 0);
	fill(data, sizeof(data), 2);
	write_at(fd, data, sizeof(data), 5 * PAGE);
	expect_at(fd, data, sizeof(data), 5 * PAGE);
	expect_zeros(fd, 2 * PAGE, 3 * PAGE);
	ok(fsync(fd));
	expect_at(fd, data, sizeof(data), 5 * PAGE);
}

TEST(unlinked_file_that_is_open_has_attributes)
{
	int fd = make("f", 0644);
	struct stat st;

	write_at(fd, "text", 4, 0);
	ok(unlink("f"));
	ok(fstat(fd, &st));
	ck_assert_int_eq(st.st_nlink, 0);
	ck_assert_int_eq(st.st_size, 4);
	ok(ftruncate(fd, 10000));
	ok(fchmod(fd, 0600));
	ok(fchown(fd, ALICE, BOB));
	ok(futimens(fd, (struct timespec[]){ { 1, 2 }, { 3, 4 } }));
	ok(fstat(fd, &st));
	ck_assert_int_eq(st.st_size, 10000);
	ck_assert_int_eq(st.st_mode, S_IFREG | 0600);
	ck_assert_int_eq(st.st_uid, ALICE);
	ck_assert_int_eq(st.st_mtim.tv_sec, 3);
}

TEST(unlinked_file_is_not_the_new_file_of_its_name)
{
	int fd = make("f", 0644);

	write_at(fd, "old", 3, 0);
	ok(unlink("f"));
	put_text("f", "newer");
	expect_at(fd, "old", 3, 0);
	write_at(fd, "OLD", 3, 0);
	expect_text("f", "newer");
	expect_at(fd, "OLD", 3, 0);
}

TEST(unlinked_file_stays_mapped)
{
	int fd = make("f", 0644);
	char *p;

	ok(ftruncate(fd, 2 * PAGE));
	p = map_shared(fd, 2 * PAGE, 0);
	strcpy(p, "before");
	ok(unlink("f"));
	strcpy(p + PAGE, "after");
	expect_at(fd, "after", 5, PAGE);
	ok(close(fd));
	ck_assert_str_eq(p, "before");
	ok(msync(p, 2 * PAGE, MS_SYNC));
	ck_assert_str_eq(p + PAGE, "after");
}

TEST(unlinked_file_is_opened_again_through_proc)
{
	int fd = make("f", 0644);
	char path[64];

	write_at(fd, "text", 4, 0);
	ok(unlink("f"));
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	expect_text(path, "text");
}

TEST(file_replaced_by_rename_stays_usable_while_open)
{
	int fd = make("f", 0644);
	struct stat st;

	write_at(fd, "old", 3, 0);
	put_text("g", "new");
	ok(rename("g", "f"));
	expect_text("f", "new");
	expect_at(fd, "old", 3, 0);
	write_at(fd, "more", 4, 3);
	ok(fstat(fd, &st));
	ck_assert_int_eq(st.st_nlink, 0);
	ck_assert_int_eq(st.st_size, 7);
}
