// SPDX-License-Identifier: GPL-2.0
/* Directories: mkdir(), rmdir(), readdir() and names. */
#include "posix.h"

#include <dirent.h>
#include <limits.h>

TEST(mkdir_makes_an_empty_directory)
{
	struct dirent *e;
	int count = 0;
	DIR *dir;

	ok(mkdir("d", 0755));
	ck_assert(S_ISDIR(stat_of("d").st_mode));
	dir = opendir("d");
	while ((e = readdir(dir))) {
		ck_assert(!strcmp(e->d_name, ".") || !strcmp(e->d_name, ".."));
		count++;
	}
	ck_assert_int_eq(count, 2);
	closedir(dir);
}

TEST(mkdir_mode_is_reduced_by_the_umask)
{
	umask(027);
	ok(mkdir("d", 0777));
	ck_assert_int_eq(mode_of("d"), 0750);
	umask(0);
	ok(mkdir("e", 01777));
	ck_assert_int_eq(mode_of("e"), 01777);
}

TEST(mkdir_makes_a_directory_of_the_user_and_group)
{
	ok(chmod(".", 0777));
	AS(&alice)
		ok(mkdir("d", 0755));
	ck_assert_int_eq(stat_of("d").st_uid, ALICE);
	ck_assert_int_eq(stat_of("d").st_gid, ALICE);
}

TEST(mkdir_onto_what_exists_is_eexist)
{
	put_text("f", "");
	ok(mkdir("d", 0755));
	ok(mkfifo("p", 0644));
	ok(symlink("nowhere", "l"));
	fails(mkdir("f", 0755), EEXIST);
	fails(mkdir("d", 0755), EEXIST);
	fails(mkdir("p", 0755), EEXIST);
	fails(mkdir("l", 0755), EEXIST);
	fails(mkdir(".", 0755), EEXIST);
	fails(mkdir("..", 0755), EEXIST);
	fails(mkdir("/", 0755), EEXIST);
}

TEST(mkdir_with_bad_paths_fails)
{
	put_text("f", "");
	fails(mkdir("none/d", 0755), ENOENT);
	fails(mkdir("", 0755), ENOENT);
	fails(mkdir("f/d", 0755), ENOTDIR);
	fails(mkdir("none/.", 0755), ENOENT);
}

TEST(mkdir_takes_a_trailing_slash)
{
	ok(mkdir("d/", 0755));
	ok(rmdir("d/"));
}

TEST(mkdir_without_permission_is_eacces)
{
	make_dir("d", 0766);
	AS(&alice) {
		fails(mkdir("new", 0755), EACCES);
		fails(mkdir("d/new", 0755), EACCES);
	}
}

TEST(mkdir_counts_a_link_of_the_parent)
{
	nlink_t n = stat_of(".").st_nlink;

	ok(mkdir("d", 0755));
	if (stat_of(".").st_nlink == n) {
		ck_assert_int_eq(stat_of("d").st_nlink, 1);
		skip_part("links of subdirectories are not counted");
		return;
	}
	ck_assert_int_eq(stat_of("d").st_nlink, 2);
	ck_assert_int_eq(stat_of(".").st_nlink, n + 1);
	ok(rmdir("d"));
	ck_assert_int_eq(stat_of(".").st_nlink, n);
}

TEST(mkdir_in_a_deleted_directory_is_enoent)
{
	ok(mkdir("d", 0755));
	ok(chdir("d"));
	ok(rmdir("../d"));
	fails(mkdir("x", 0755), ENOENT);
	fails(open("x", O_CREAT | O_RDWR, 0644), ENOENT);
	fails(symlink("y", "x"), ENOENT);
	fails(open("..", O_RDONLY | O_CREAT | O_EXCL, 0644), EEXIST);
	ok(chdir(".."));
}

TEST(rmdir_removes_a_directory)
{
	ok(mkdir("d", 0755));
	ok(rmdir("d"));
	ck_assert(!exists("d"));
	fails(rmdir("d"), ENOENT);
}

TEST(rmdir_of_a_nonempty_directory_is_enotempty)
{
	ok(mkdir("d", 0755));
	put_text("d/f", "");
	fails(rmdir("d"), ENOTEMPTY);
	ok(unlink("d/f"));
	ok(mkdir("d/e", 0755));
	fails(rmdir("d"), ENOTEMPTY);
	ok(rmdir("d/e"));
	ok(symlink("x", "d/l"));
	fails(rmdir("d"), ENOTEMPTY);
	ok(unlink("d/l"));
	ok(rmdir("d"));
}

TEST(rmdir_of_what_is_no_directory_is_enotdir)
{
	put_text("f", "");
	ok(mkdir("d", 0755));
	ok(symlink("d", "l"));
	ok(mkfifo("p", 0644));
	fails(rmdir("f"), ENOTDIR);
	fails(rmdir("l"), ENOTDIR);
	fails(rmdir("p"), ENOTDIR);
	fails(rmdir("f/x"), ENOTDIR);
}

TEST(rmdir_of_dot_is_einval_and_of_dotdot_enotempty)
{
	ok(mkdir("d", 0755));
	fails(rmdir("d/."), EINVAL);
	fails(rmdir("d/.."), ENOTEMPTY);
	fails(rmdir("."), EINVAL);
	fails(rmdir("/proc"), EBUSY);
}

TEST(rmdir_without_permission_is_eacces)
{
	ok(mkdir("d", 0777));
	AS(&alice)
		fails(rmdir("d"), EACCES);
}

TEST(rmdir_in_a_sticky_directory_is_for_owners)
{
	make_dir("s", 01777);
	AS(&bob)
		ok(mkdir("s/d", 0777));
	AS(&alice)
		fails(rmdir("s/d"), EPERM);
	AS(&bob)
		ok(rmdir("s/d"));
}

TEST(removed_directory_that_is_open_is_empty)
{
	struct stat st;
	struct dirent *e;
	int fd;
	DIR *dir;

	ok(mkdir("d", 0755));
	fd = ok(open("d", O_RDONLY));
	ok(rmdir("d"));
	ok(fstat(fd, &st));
	ck_assert_int_eq(st.st_nlink, 0);
	fails(openat(fd, "f", O_CREAT | O_RDWR, 0644), ENOENT);
	dir = fdopendir(fd);
	ck_assert_ptr_nonnull(dir);
	while ((e = readdir(dir)))
		ck_assert_int_eq(e->d_name[0], '.');
	closedir(dir);
}

TEST(mknod_makes_a_regular_file_for_anyone)
{
	ok(chmod(".", 0777));
	AS(&alice)
		ok(mknod("f", S_IFREG | 0640, 0));
	ck_assert_int_eq(stat_of("f").st_mode, S_IFREG | 0640);
	ck_assert_int_eq(stat_of("f").st_uid, ALICE);
	fails(mknod("f", S_IFREG | 0640, 0), EEXIST);
	fails(mknod("d", S_IFDIR | 0755, 0), EPERM);
}

/* Reading */

static void make_files(const char *in, int count)
{
	char name[NAME_MAX + 1];

	for (int i = 0; i < count; i++) {
		snprintf(name, sizeof(name), "%s/file-%d", in, i);
		ok(mknod(name, S_IFREG | 0644, 0));
	}
}

/* Read at most @most entries; count file-i in seen[i]. */
static int read_on(DIR *dir, uint8_t *seen, int most)
{
	struct dirent *e;
	int n = 0, i;

	errno = 0;
	while (n < most && (e = readdir(dir))) {
		if (sscanf(e->d_name, "file-%d", &i) == 1)
			seen[i]++;
		n++;
	}
	ck_assert_int_eq(errno, 0);
	return n;
}

TEST(readdir_sees_each_of_five_thousand_files_once)
{
	uint8_t seen[5000] = { 0 };
	DIR *dir;

	ok(mkdir("d", 0755));
	make_files("d", 5000);
	dir = opendir("d");
	ck_assert_int_eq(read_on(dir, seen, INT_MAX), 5002);
	for (int i = 0; i < 5000; i++)
		ck_assert_msg(seen[i] == 1, "file-%d: %d times", i, seen[i]);
	closedir(dir);
}

TEST(readdir_sees_long_names_once)
{
	char name[NAME_MAX + 1];
	struct dirent *e;
	uint8_t seen[400] = { 0 };
	DIR *dir;

	ok(mkdir("d", 0755));
	ok(chdir("d"));
	for (int i = 0; i < 400; i++) {
		memset(name, 'n', NAME_MAX);
		sprintf(name + NAME_MAX - 4, "%04d", i);
		put_text(name, "");
	}
	dir = opendir(".");
	while ((e = readdir(dir)))
		if (e->d_name[0] == 'n') {
			ck_assert_int_eq(strlen(e->d_name), NAME_MAX);
			seen[atoi(e->d_name + NAME_MAX - 4)]++;
		}
	for (int i = 0; i < 400; i++)
		ck_assert_int_eq(seen[i], 1);
	ok(chdir(".."));
}

TEST(readdir_gives_dot_and_dotdot_once_with_their_inodes)
{
	int dots = 0, dotdots = 0;
	struct dirent *e;
	DIR *dir;

	ok(mkdir("d", 0755));
	put_text("d/f", "");
	dir = opendir("d");
	while ((e = readdir(dir))) {
		if (!strcmp(e->d_name, ".")) {
			ck_assert_int_eq(e->d_ino, stat_of("d").st_ino);
			dots++;
		} else if (!strcmp(e->d_name, "..")) {
			ck_assert_int_eq(e->d_ino, stat_of(".").st_ino);
			dotdots++;
		} else {
			ck_assert_int_eq(e->d_ino, stat_of("d/f").st_ino);
		}
	}
	ck_assert_int_eq(dots, 1);
	ck_assert_int_eq(dotdots, 1);
}

TEST(readdir_gives_the_type_of_each_entry)
{
	struct dirent *e;
	struct stat st;
	int known = 0;
	DIR *dir;

	ok(mkdir("d", 0755));
	ok(chdir("d"));
	put_text("f", "");
	ok(mkdir("sub", 0755));
	ok(symlink("x", "l"));
	ok(mkfifo("p", 0644));
	ok(mknod("c", S_IFCHR | 0644, 0x103));
	ok(mknod("b", S_IFBLK | 0644, 0x700));
	ok(mknod("s", S_IFSOCK | 0644, 0));
	dir = opendir(".");
	while ((e = readdir(dir))) {
		if (e->d_type == DT_UNKNOWN)
			continue;
		known++;
		st = stat_of(e->d_name);
		ck_assert_int_eq(e->d_type, IFTODT(st.st_mode));
		if (strcmp(e->d_name, ".."))
			ck_assert_int_eq(e->d_ino, st.st_ino);
	}
	if (!known)
		skip_part("types of directory entries");
	else
		ck_assert_int_eq(known, 9);
	ok(chdir(".."));
}

TEST(rewinddir_sees_everything_again_and_what_is_new)
{
	uint8_t seen[101] = { 0 };
	DIR *dir;

	ok(mkdir("d", 0755));
	make_files("d", 100);
	dir = opendir("d");
	ck_assert_int_eq(read_on(dir, seen, INT_MAX), 102);
	ok(mknod("d/file-100", S_IFREG | 0644, 0));
	ok(unlink("d/file-7"));
	memset(seen, 0, sizeof(seen));
	rewinddir(dir);
	ck_assert_int_eq(read_on(dir, seen, INT_MAX), 102);
	ck_assert_int_eq(seen[7], 0);
	ck_assert_int_eq(seen[100], 1);
}

TEST(seekdir_goes_back_to_what_telldir_said)
{
	static char names[1002][32];
	static long at[1003];
	struct dirent *e;
	DIR *dir;
	int n = 0;

	ok(mkdir("d", 0755));
	make_files("d", 1000);
	dir = opendir("d");
	at[0] = telldir(dir);
	while ((e = readdir(dir))) {
		strcpy(names[n++], e->d_name);
		at[n] = telldir(dir);
	}
	ck_assert_int_eq(n, 1002);
	for (int i = 1001; i >= 0; i -= 13) {
		seekdir(dir, at[i]);
		e = readdir(dir);
		ck_assert_ptr_nonnull(e);
		ck_assert_str_eq(e->d_name, names[i]);
	}
	seekdir(dir, at[1002]);
	ck_assert_ptr_null(readdir(dir));
}

TEST(seekdir_position_holds_when_other_entries_go)
{
	uint8_t seen[2000] = { 0 }, after[2000] = { 0 };
	char name[32];
	DIR *dir;
	long at;

	ok(mkdir("d", 0755));
	make_files("d", 2000);
	dir = opendir("d");
	read_on(dir, seen, 1000);
	at = telldir(dir);
	for (int i = 0; i < 2000; i++)
		if (seen[i]) {
			sprintf(name, "d/file-%d", i);
			ok(unlink(name));
		}
	seekdir(dir, at);
	read_on(dir, after, INT_MAX);
	for (int i = 0; i < 2000; i++)
		ck_assert_msg(seen[i] + after[i] == 1, "file-%d: %d + %d", i,
			      seen[i], after[i]);
}

TEST(readdir_of_a_changing_directory_sees_the_rest_once)
{
	uint8_t seen[6000] = { 0 };
	char name[32];
	DIR *dir;

	ok(mkdir("d", 0755));
	make_files("d", 3000);
	dir = opendir("d");
	/* Create files from 3000 on, and delete those with odd numbers. */
	for (int i = 0; i < 3000; i++) {
		if (i % 10 == 0)
			read_on(dir, seen, 5);
		sprintf(name, "d/file-%d", 3000 + i);
		ok(mknod(name, S_IFREG | 0644, 0));
		if (i % 2) {
			sprintf(name, "d/file-%d", i);
			ok(unlink(name));
		}
	}
	read_on(dir, seen, INT_MAX);
	for (int i = 0; i < 3000; i += 2)
		ck_assert_msg(seen[i] == 1, "file-%d: %d times", i, seen[i]);
	for (int i = 0; i < 6000; i++)
		ck_assert_int_le(seen[i], 1);
}

TEST(removal_while_reading_empties_a_directory)
{
	struct dirent *e;
	char name[300];
	DIR *dir;

	ok(mkdir("d", 0755));
	make_files("d", 3000);
	dir = opendir("d");
	while ((e = readdir(dir)))
		if (e->d_name[0] != '.') {
			snprintf(name, sizeof(name), "d/%s", e->d_name);
			ok(unlink(name));
		}
	closedir(dir);
	ok(rmdir("d"));
}

TEST(readdir_by_several_processes_at_once_is_complete)
{
	pid_t pids[4];

	ok(mkdir("d", 0755));
	make_files("d", 1000);
	for (int i = 0; i < 4; i++) {
		uint8_t seen[1000] = { 0 };

		pids[i] = ok(fork());
		if (pids[i])
			continue;
		for (int round = 1; round <= 5; round++) {
			DIR *dir = opendir("d");

			ck_assert_int_eq(read_on(dir, seen, INT_MAX), 1002);
			for (int j = 0; j < 1000; j++)
				ck_assert_int_eq(seen[j], round);
			closedir(dir);
		}
		_exit(0);
	}
	for (int i = 0; i < 4; i++)
		reap(pids[i]);
}

TEST(new_entry_is_seen_by_every_way_at_once)
{
	struct dirent *e;
	int found;
	DIR *dir;

	for (int i = 0; i < 20; i++) {
		fails(access("f", F_OK), ENOENT);
		put_text("f", "");
		ok(access("f", F_OK));
		found = 0;
		dir = opendir(".");
		while ((e = readdir(dir)))
			found += !strcmp(e->d_name, "f");
		closedir(dir);
		ck_assert_int_eq(found, 1);
		ok(unlink("f"));
	}
}

/* Names */

TEST(names_of_any_byte_are_kept)
{
	int found = 0;
	struct dirent *e;
	char name[4];
	DIR *dir;

	ok(mkdir("d", 0755));
	ok(chdir("d"));
	for (int i = 1; i < 256; i++) {
		snprintf(name, sizeof(name), "%cx", i);
		if (i != '/')
			put(name, &i, 1);
	}
	dir = opendir(".");
	while ((e = readdir(dir))) {
		uint8_t first = e->d_name[0];

		if (strcmp(e->d_name + 1, "x"))
			continue;
		expect(e->d_name, &first, 1);
		found++;
	}
	ck_assert_int_eq(found, 254);
	ok(chdir(".."));
}

TEST(names_that_are_no_utf8_are_kept)
{
	static const char * const names[] = {
		"\xff\xfe", "a\x80", "\xc3", "\xed\xa0\x80", "\xf8\x88\x80\x80",
		"e\xcc\x81", "\xc3\xa9", "\xc0\xae", "\n", " ", "...", "-", "\\"
	};

	for (int i = 0; i < 13; i++)
		put(names[i], &i, 1);
	for (int i = 0; i < 13; i++)
		expect(names[i], &i, 1);
}

TEST(names_differ_by_case)
{
	put_text("name", "lower");
	put_text("NAME", "upper");
	expect_text("name", "lower");
	expect_text("NAME", "upper");
}

TEST(names_of_every_length_work)
{
	char name[NAME_MAX + 1] = "";

	for (int len = 1; len <= NAME_MAX; len++) {
		memset(name, 'a' + len % 26, len);
		put(name, &len, sizeof(len));
		expect(name, &len, sizeof(len));
		if (len % 2)
			ok(unlink(name));
	}
}

/* Deep trees */

TEST(directories_are_five_hundred_deep)
{
	int fds[501];

	fds[0] = ok(open(".", O_RDONLY));
	for (int i = 0; i < 500; i++) {
		ok(mkdirat(fds[i], "a-name-of-twenty-byt", 0755));
		fds[i + 1] = ok(openat(fds[i], "a-name-of-twenty-byt",
				       O_RDONLY | O_DIRECTORY));
	}
	ok(close(ok(openat(fds[500], "f", O_CREAT | O_RDWR, 0644))));
	ok(unlinkat(fds[500], "f", 0));
	for (int i = 499; i >= 0; i--) {
		struct stat st, up;

		ok(fstatat(fds[i + 1], "..", &st, 0));
		ok(fstat(fds[i], &up));
		ck_assert_int_eq(st.st_ino, up.st_ino);
		ok(close(fds[i + 1]));
		ok(unlinkat(fds[i], "a-name-of-twenty-byt", AT_REMOVEDIR));
	}
}

TEST(getcwd_follows_renames)
{
	char before[PATH_MAX], now[PATH_MAX], want[PATH_MAX + 16];

	ck_assert_ptr_nonnull(getcwd(before, sizeof(before)));
	ok(mkdir("d", 0755));
	ok(mkdir("d/e", 0755));
	ok(chdir("d/e"));
	ok(rename("../../d", "../../x"));
	ck_assert_ptr_nonnull(getcwd(now, sizeof(now)));
	snprintf(want, sizeof(want), "%s/x/e", before);
	ck_assert_str_eq(now, want);
	ok(rmdir("../e"));
	ck_assert_ptr_null(getcwd(now, sizeof(now)));
	ck_assert_int_eq(errno, ENOENT);
	ok(chdir(before));
}

TEST(fchdir_goes_where_the_fd_is)
{
	int fd, here = ok(open(".", O_RDONLY)), file;

	ok(mkdir("d", 0755));
	fd = ok(open("d", O_RDONLY));
	ok(rename("d", "e"));
	ok(fchdir(fd));
	file = make("f", 0644);
	fails(fchdir(file), ENOTDIR);
	ok(fchdir(here));
	ck_assert(exists("e/f"));
}

TEST(chdir_needs_search_permission)
{
	make_dir("x", 0711);
	make_dir("r", 0744);
	put_text("f", "");
	AS(&alice) {
		fails(chdir("r"), EACCES);
		fails(chdir("f"), ENOTDIR);
		ok(chdir("x"));
		fails(open(".", O_RDONLY), EACCES);
	}
}

TEST(directory_without_read_permission_is_not_listed)
{
	struct stat st;

	make_dir("d", 0711);
	put_text("d/f", "text");
	AS(&alice) {
		fails(open("d", O_RDONLY), EACCES);
		expect_text("d/f", "text");
		ok(stat("d/f", &st));
		fails(stat("d/none", &st), ENOENT);
	}
}

TEST(directory_without_search_permission_is_listed_and_not_entered)
{
	struct dirent *e;
	int found = 0;
	struct stat st;
	DIR *dir;

	make_dir("d", 0744);
	put_text("d/f", "text");
	AS(&alice) {
		dir = opendir("d");
		ck_assert_ptr_nonnull(dir);
		while ((e = readdir(dir)))
			found += !strcmp(e->d_name, "f");
		ck_assert_int_eq(found, 1);
		fails(stat("d/f", &st), EACCES);
		fails(stat("d/none", &st), EACCES);
		fails(unlink("d/f"), EACCES);
	}
}

TEST(directory_with_write_and_no_search_permission_is_not_changed)
{
	make_dir("d", 0766);
	put_text("d/f", "");
	AS(&alice) {
		fails(unlink("d/f"), EACCES);
		fails(open("d/g", O_CREAT | O_RDWR, 0644), EACCES);
		fails(rename("d/f", "d/g"), EACCES);
	}
}

TEST(search_permission_that_goes_is_noticed)
{
	make_dir("d", 0755);
	put_text("d/f", "text");
	AS(&alice)
		expect_text("d/f", "text");
	ok(chmod("d", 0700));
	AS(&alice)
		fails(open("d/f", O_RDONLY), EACCES);
	ok(chmod("d", 0755));
	AS(&alice)
		expect_text("d/f", "text");
}

TEST(fsync_of_a_directory_works)
{
	int fd = ok(open(".", O_RDONLY));

	put_text("f", "");
	ok(fsync(fd));
	ok(fdatasync(fd));
	ok(syncfs(fd));
}
