// SPDX-License-Identifier: GPL-2.0
/* rename() and the flags of renameat2(). */
#include "posix.h"

static ino_t inode_of(const char *path)
{
	return stat_of(path).st_ino;
}

TEST(rename_moves_a_file_and_keeps_its_inode)
{
	ino_t ino;

	put_text("f", "text");
	ino = inode_of("f");
	ok(rename("f", "g"));
	ck_assert(!exists("f"));
	expect_text("g", "text");
	ck_assert_int_eq(inode_of("g"), ino);
	ck_assert_int_eq(stat_of("g").st_nlink, 1);
}

TEST(rename_into_another_directory_works)
{
	ok(mkdir("d", 0755));
	put_text("f", "text");
	ok(rename("f", "d/f"));
	ck_assert(!exists("f"));
	expect_text("d/f", "text");
	ok(rename("d/f", "d/../g"));
	expect_text("g", "text");
}

TEST(rename_replaces_a_file)
{
	ino_t ino;

	put_text("f", "new");
	put_text("g", "old");
	ino = inode_of("f");
	ok(rename("f", "g"));
	ck_assert(!exists("f"));
	expect_text("g", "new");
	ck_assert_int_eq(inode_of("g"), ino);
}

TEST(rename_over_one_of_two_links_leaves_the_other)
{
	put_text("f", "new");
	put_text("g", "old");
	ok(link("g", "h"));
	ok(rename("f", "g"));
	expect_text("h", "old");
	ck_assert_int_eq(stat_of("h").st_nlink, 1);
}

TEST(rename_between_names_of_one_inode_does_nothing)
{
	put_text("f", "text");
	ok(link("f", "g"));
	ok(rename("f", "g"));
	ck_assert(exists("f"));
	ck_assert(exists("g"));
	ck_assert_int_eq(stat_of("f").st_nlink, 2);
	ok(rename("f", "f"));
	ck_assert(exists("f"));
}

TEST(rename_of_every_kind_of_node_keeps_it)
{
	ok(mkfifo("p", 0640));
	ok(mknod("c", S_IFCHR | 0640, 0x103));
	ok(symlink("nowhere", "l"));
	ok(rename("p", "p2"));
	ok(rename("c", "c2"));
	ok(rename("l", "l2"));
	ck_assert_int_eq(stat_of("p2").st_mode, S_IFIFO | 0640);
	ck_assert_int_eq(stat_of("c2").st_rdev, 0x103);
	ck_assert(S_ISLNK(stat_of("l2").st_mode));
}

TEST(rename_replaces_nodes_of_other_kinds)
{
	put_text("f", "text");
	ok(mkfifo("p", 0644));
	ok(symlink("f", "l"));
	ok(rename("f", "p"));
	expect_text("p", "text");
	ok(rename("p", "l"));
	ck_assert(S_ISREG(stat_of("l").st_mode));
	ok(mknod("c", S_IFCHR | 0640, 0x103));
	ok(rename("c", "l"));
	ck_assert(S_ISCHR(stat_of("l").st_mode));
}

TEST(rename_of_what_is_missing_is_enoent)
{
	put_text("f", "");
	fails(rename("none", "g"), ENOENT);
	fails(rename("none/f", "g"), ENOENT);
	fails(rename("f", "none/g"), ENOENT);
	fails(rename("", "g"), ENOENT);
	fails(rename("f", ""), ENOENT);
}

TEST(rename_below_a_file_is_enotdir)
{
	put_text("f", "");
	put_text("g", "");
	fails(rename("f/x", "h"), ENOTDIR);
	fails(rename("g", "f/x"), ENOTDIR);
	fails(rename("f/", "h"), ENOTDIR);
	fails(rename("f", "h/"), ENOTDIR);
}

TEST(rename_moves_a_directory_with_what_is_in_it)
{
	ok(mkdir("d", 0755));
	ok(mkdir("d/e", 0755));
	put_text("d/e/f", "text");
	ok(rename("d", "x"));
	expect_text("x/e/f", "text");
	ck_assert(!exists("d"));
}

TEST(rename_of_a_directory_moves_its_dotdot)
{
	struct stat st;

	ok(mkdir("a", 0755));
	ok(mkdir("b", 0755));
	ok(mkdir("a/d", 0755));
	ok(rename("a/d", "b/d"));
	ok(stat("b/d/..", &st));
	ck_assert_int_eq(st.st_ino, inode_of("b"));
}

TEST(rename_of_a_directory_moves_its_link_to_the_parent)
{
	nlink_t a, b;

	ok(mkdir("a", 0755));
	a = stat_of("a").st_nlink;
	ok(mkdir("a/d", 0755));
	if (stat_of("a").st_nlink == a) {
		skip_part("links of subdirectories are not counted");
		return;
	}
	ok(mkdir("b", 0755));
	b = stat_of("b").st_nlink;
	ok(rename("a/d", "b/d"));
	ck_assert_int_eq(stat_of("a").st_nlink, a);
	ck_assert_int_eq(stat_of("b").st_nlink, b + 1);
	ok(rmdir("b/d"));
	ck_assert_int_eq(stat_of("b").st_nlink, b);
}

TEST(rename_replaces_an_empty_directory)
{
	ok(mkdir("d", 0755));
	put_text("d/f", "text");
	ok(mkdir("e", 0755));
	ok(rename("d", "e"));
	expect_text("e/f", "text");
	ck_assert(!exists("d"));
}

/* POSIX allows EEXIST as well, which XFS returns. */
TEST(rename_onto_nonempty_directory_is_enotempty)
{
	ok(mkdir("d", 0755));
	ok(mkdir("e", 0755));
	put_text("e/f", "text");
	ck_assert_int_eq(rename("d", "e"), -1);
	ck_assert(errno == ENOTEMPTY || errno == EEXIST);
	expect_text("e/f", "text");
	ck_assert(exists("d"));
}

TEST(rename_of_a_file_onto_a_directory_is_eisdir)
{
	put_text("f", "text");
	ok(mkdir("d", 0755));
	fails(rename("f", "d"), EISDIR);
	ok(symlink("f", "l"));
	fails(rename("l", "d"), EISDIR);
	ck_assert(exists("f"));
}

TEST(rename_of_a_directory_onto_a_file_is_enotdir)
{
	put_text("f", "text");
	ok(mkdir("d", 0755));
	ok(symlink("d", "l"));
	fails(rename("d", "f"), ENOTDIR);
	fails(rename("d", "l"), ENOTDIR);
	expect_text("f", "text");
}

TEST(rename_of_a_directory_below_itself_is_einval)
{
	ok(mkdir("d", 0755));
	ok(mkdir("d/e", 0755));
	fails(rename("d", "d/x"), EINVAL);
	fails(rename("d", "d/e/x"), EINVAL);
	fails(rename("d", "d/e"), EINVAL);
}

TEST(rename_onto_an_ancestor_is_enotempty)
{
	ok(mkdir("d", 0755));
	ok(mkdir("d/e", 0755));
	put_text("d/e/f", "");
	fails(rename("d/e", "d"), ENOTEMPTY);
	fails(rename("d/e/f", "d"), ENOTEMPTY);
}

TEST(rename_of_dot_and_dotdot_is_ebusy)
{
	ok(mkdir("d", 0755));
	fails(rename("d/.", "e"), EBUSY);
	fails(rename("d/..", "e"), EBUSY);
	fails(rename("d", "."), EBUSY);
}

TEST(rename_of_a_directory_takes_trailing_slashes)
{
	ok(mkdir("d", 0755));
	ok(rename("d/", "e/"));
	ck_assert(exists("e"));
}

TEST(rename_does_not_follow_symlinks)
{
	put_text("f", "text");
	ok(symlink("f", "l"));
	ok(rename("l", "m"));
	ck_assert(S_ISLNK(stat_of("m").st_mode));
	ck_assert(exists("f"));
	ok(mkdir("d", 0755));
	ok(symlink("d", "ld"));
	ok(rename("f", "ld/f"));
	expect_text("d/f", "text");
}

TEST(rename_without_write_permission_is_eacces)
{
	make_dir("ours", 0755);
	make_dir("open", 0777);
	put_text("ours/f", "");
	put_text("open/g", "");
	AS(&alice) {
		fails(rename("ours/f", "ours/h"), EACCES);
		fails(rename("ours/f", "open/f"), EACCES);
		fails(rename("open/g", "ours/g"), EACCES);
		ok(rename("open/g", "open/h"));
	}
}

TEST(rename_of_a_directory_to_another_parent_needs_to_write_it)
{
	make_dir("a", 0777);
	make_dir("b", 0777);
	make_dir("a/d", 0755);
	AS(&alice) {
		fails(rename("a/d", "b/d"), EACCES);
		ok(rename("a/d", "a/e"));
	}
}

TEST(rename_in_a_sticky_directory_is_for_owners)
{
	make_dir("d", 01777);
	make_for(&alice, "d/a", 0666);
	make_for(&bob, "d/b", 0666);
	AS(&alice) {
		fails(rename("d/b", "d/c"), EPERM);
		fails(rename("d/a", "d/b"), EPERM);
		ok(rename("d/a", "d/c"));
	}
	ok(chown("d", ALICE, -1));
	AS(&alice)
		ok(rename("d/b", "d/c"));
}

TEST(rename_of_an_open_file_leaves_it_open)
{
	int fd = make("f", 0644);

	write_at(fd, "one", 3, 0);
	ok(rename("f", "g"));
	write_at(fd, "two", 3, 3);
	ok(close(fd));
	expect_text("g", "onetwo");
}

TEST(rename_back_and_forth_is_never_without_the_target)
{
	pid_t pid;

	put_text("f", "text");
	pid = ok(fork());
	if (!pid) {
		for (int i = 0; i < 300; i++) {
			put_text("new", "text");
			ok(rename("new", "f"));
		}
		_exit(0);
	}
	for (int i = 0; i < 300; i++)
		expect_text("f", "text");
	reap(pid);
}

TEST(rename_noreplace_onto_what_exists_is_eexist)
{
	put_text("f", "f");
	put_text("g", "g");
	fails(renameat2(AT_FDCWD, "f", AT_FDCWD, "g", RENAME_NOREPLACE),
	      EEXIST);
	expect_text("g", "g");
	ok(renameat2(AT_FDCWD, "f", AT_FDCWD, "h", RENAME_NOREPLACE));
	expect_text("h", "f");
}

/* Return false, after a message, if the file system does not know the flag. */
static bool has_flag(unsigned int flag, const char *name)
{
	put_text("p", "p");
	put_text("q", "q");
	if (!renameat2(AT_FDCWD, "p", AT_FDCWD, "q", flag))
		return true;
	ck_assert_int_eq(errno, EINVAL);
	skip_part(name);
	return false;
}

TEST(rename_exchange_swaps_two_files)
{
	ino_t f, g;

	if (!has_flag(RENAME_EXCHANGE, "RENAME_EXCHANGE"))
		return;
	put_text("f", "f");
	put_text("g", "g");
	f = inode_of("f");
	g = inode_of("g");
	ok(renameat2(AT_FDCWD, "f", AT_FDCWD, "g", RENAME_EXCHANGE));
	expect_text("f", "g");
	expect_text("g", "f");
	ck_assert_int_eq(inode_of("f"), g);
	ck_assert_int_eq(inode_of("g"), f);
}

TEST(rename_exchange_swaps_a_file_and_a_full_directory)
{
	struct stat st;

	if (!has_flag(RENAME_EXCHANGE, "RENAME_EXCHANGE"))
		return;
	ok(mkdir("d", 0755));
	ok(mkdir("d/e", 0755));
	put_text("d/e/in", "in");
	put_text("f", "f");
	ok(renameat2(AT_FDCWD, "d/e", AT_FDCWD, "f", RENAME_EXCHANGE));
	expect_text("f/in", "in");
	expect_text("d/e", "f");
	ok(stat("f/..", &st));
	ck_assert_int_eq(st.st_ino, inode_of("."));
}

TEST(rename_exchange_with_what_is_missing_is_enoent)
{
	if (!has_flag(RENAME_EXCHANGE, "RENAME_EXCHANGE"))
		return;
	put_text("f", "f");
	fails(renameat2(AT_FDCWD, "f", AT_FDCWD, "g", RENAME_EXCHANGE), ENOENT);
	ck_assert(exists("f"));
}

TEST(rename_exchange_with_a_descendant_is_einval)
{
	if (!has_flag(RENAME_EXCHANGE, "RENAME_EXCHANGE"))
		return;
	ok(mkdir("d", 0755));
	ok(mkdir("d/e", 0755));
	fails(renameat2(AT_FDCWD, "d", AT_FDCWD, "d/e", RENAME_EXCHANGE),
	      EINVAL);
	fails(renameat2(AT_FDCWD, "d/e", AT_FDCWD, "d", RENAME_EXCHANGE),
	      EINVAL);
}

TEST(rename_whiteout_leaves_a_whiteout)
{
	struct stat st;

	if (!has_flag(RENAME_WHITEOUT, "RENAME_WHITEOUT"))
		return;
	put_text("f", "f");
	ok(renameat2(AT_FDCWD, "f", AT_FDCWD, "g", RENAME_WHITEOUT));
	expect_text("g", "f");
	st = stat_of("f");
	ck_assert(S_ISCHR(st.st_mode));
	ck_assert_int_eq(st.st_rdev, 0);
}

TEST(rename_with_unknown_flags_is_einval)
{
	put_text("f", "f");
	fails(renameat2(AT_FDCWD, "f", AT_FDCWD, "g", 1 << 10), EINVAL);
	fails(renameat2(AT_FDCWD, "f", AT_FDCWD, "g",
			RENAME_EXCHANGE | RENAME_NOREPLACE), EINVAL);
}
