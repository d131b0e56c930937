// SPDX-License-Identifier: GPL-2.0
/* open() and its flags. */
#include "posix.h"

#include <limits.h>
#include <sys/ioctl.h>

TEST(open_creat_makes_an_empty_regular_file)
{
	struct stat st;

	ok(close(ok(open("f", O_CREAT | O_WRONLY, 0644))));
	st = stat_of("f");
	ck_assert(S_ISREG(st.st_mode));
	ck_assert_int_eq(st.st_size, 0);
	ck_assert_int_eq(st.st_nlink, 1);
}

TEST(open_creat_mode_is_reduced_by_the_umask)
{
	static const mode_t masks[] = { 0, 022, 027, 077, 0777, 0111 };
	char name[16];

	for (int i = 0; i < 6; i++) {
		umask(masks[i]);
		snprintf(name, sizeof(name), "f%d", i);
		ok(close(ok(open(name, O_CREAT | O_WRONLY, 0777))));
		ck_assert_int_eq(mode_of(name), 0777 & ~masks[i]);
	}
}

TEST(open_creat_takes_suid_and_sticky_bits)
{
	umask(0);
	ok(close(ok(open("f", O_CREAT | O_WRONLY, 05755))));
	ck_assert_int_eq(mode_of("f"), 05755);
}

TEST(open_creat_makes_a_file_of_the_user_and_group)
{
	ok(chmod(".", 0777));
	AS(&alice)
		ok(open("f", O_CREAT | O_WRONLY, 0644));
	ck_assert_int_eq(stat_of("f").st_uid, ALICE);
	ck_assert_int_eq(stat_of("f").st_gid, ALICE);
}

TEST(open_creat_leaves_the_mode_of_a_file_that_exists)
{
	close(make("f", 0604));
	ok(open("f", O_CREAT | O_RDWR, 0777));
	ck_assert_int_eq(mode_of("f"), 0604);
}

TEST(open_creat_excl_on_a_file_is_eexist)
{
	put_text("f", "");
	fails(open("f", O_CREAT | O_EXCL | O_WRONLY, 0644), EEXIST);
}

TEST(open_creat_excl_on_a_directory_is_eexist)
{
	ok(mkdir("d", 0755));
	fails(open("d", O_CREAT | O_EXCL | O_WRONLY, 0644), EEXIST);
}

TEST(open_creat_excl_on_a_dangling_symlink_is_eexist)
{
	ok(symlink("nowhere", "l"));
	fails(open("l", O_CREAT | O_EXCL | O_WRONLY, 0644), EEXIST);
	ck_assert(!exists("nowhere"));
}

TEST(open_creat_through_a_dangling_symlink_makes_its_target)
{
	ok(mkdir("d", 0755));
	ok(symlink("d/new", "l"));
	ok(open("l", O_CREAT | O_WRONLY, 0644));
	ck_assert(S_ISREG(stat_of("d/new").st_mode));
}

TEST(open_creat_excl_is_won_by_one_of_many_processes)
{
	int won = 0;
	pid_t pids[8];

	for (int round = 0; round < 10; round++) {
		won = 0;
		for (int i = 0; i < 8; i++) {
			pids[i] = ok(fork());
			if (!pids[i])
				_exit(open("f", O_CREAT | O_EXCL | O_RDWR,
					   0600) >= 0);
		}
		for (int i = 0; i < 8; i++) {
			int status;

			ok(waitpid(pids[i], &status, 0));
			won += WEXITSTATUS(status);
		}
		ck_assert_int_eq(won, 1);
		ok(unlink("f"));
	}
}

TEST(open_trunc_empties_a_file_and_keeps_its_inode)
{
	struct stat before;

	put_text("f", "text");
	ok(chmod("f", 0604));
	before = stat_of("f");
	ok(open("f", O_WRONLY | O_TRUNC));
	expect_text("f", "");
	ck_assert_int_eq(stat_of("f").st_ino, before.st_ino);
	ck_assert_int_eq(mode_of("f"), 0604);
}

TEST(open_trunc_without_permission_to_write_is_eacces)
{
	put_text("f", "text");
	AS(&alice) {
		fails(open("f", O_RDONLY | O_TRUNC), EACCES);
		fails(open("f", O_WRONLY | O_TRUNC), EACCES);
	}
	expect_text("f", "text");
}

TEST(creat_empties_a_file_that_exists)
{
	put_text("f", "text");
	ok(creat("f", 0644));
	expect_text("f", "");
}

TEST(open_of_a_missing_file_is_enoent)
{
	fails(open("f", O_RDONLY), ENOENT);
	fails(open("d/f", O_RDONLY | O_CREAT, 0644), ENOENT);
}

TEST(open_of_an_empty_name_is_enoent)
{
	fails(open("", O_RDONLY), ENOENT);
	fails(open("", O_CREAT | O_RDWR, 0644), ENOENT);
}

TEST(open_below_a_file_is_enotdir)
{
	put_text("f", "");
	fails(open("f/g", O_RDONLY), ENOTDIR);
	fails(open("f/g", O_RDWR | O_CREAT, 0644), ENOTDIR);
	fails(open("f/", O_RDONLY), ENOTDIR);
	fails(open("f/.", O_RDONLY), ENOTDIR);
	fails(open("f/..", O_RDONLY), ENOTDIR);
}

TEST(open_creat_of_a_name_with_a_trailing_slash_is_eisdir)
{
	fails(open("f/", O_CREAT | O_RDWR, 0644), EISDIR);
	ck_assert(!exists("f"));
}

TEST(open_of_a_directory_for_writing_is_eisdir)
{
	ok(mkdir("d", 0755));
	fails(open("d", O_WRONLY), EISDIR);
	fails(open("d", O_RDWR), EISDIR);
	fails(open("d", O_RDONLY | O_TRUNC), EISDIR);
	fails(open("d", O_RDONLY | O_CREAT, 0755), EISDIR);
}

TEST(read_of_a_directory_is_eisdir)
{
	char c;
	int fd = ok(open(".", O_RDONLY));

	fails(read(fd, &c, 1), EISDIR);
	fails(write(fd, &c, 1), EBADF);
	fails(ftruncate(fd, 0), EINVAL);
}

TEST(open_directory_flag_on_what_is_none_is_enotdir)
{
	put_text("f", "");
	ok(symlink("f", "l"));
	ok(mkfifo("p", 0644));
	fails(open("f", O_RDONLY | O_DIRECTORY), ENOTDIR);
	fails(open("l", O_RDONLY | O_DIRECTORY), ENOTDIR);
	fails(open("p", O_RDONLY | O_DIRECTORY), ENOTDIR);
	ok(open(".", O_RDONLY | O_DIRECTORY));
}

TEST(open_nofollow_on_a_symlink_is_eloop)
{
	put_text("f", "");
	ok(symlink("f", "l"));
	ok(symlink("nowhere", "dangling"));
	fails(open("l", O_RDONLY | O_NOFOLLOW), ELOOP);
	fails(open("dangling", O_RDWR | O_NOFOLLOW), ELOOP);
	fails(open("l", O_RDWR | O_CREAT | O_NOFOLLOW, 0644), ELOOP);
	ok(open("f", O_RDONLY | O_NOFOLLOW));
}

TEST(open_nofollow_follows_symlinks_before_the_last_name)
{
	ok(mkdir("d", 0755));
	put_text("d/f", "");
	ok(symlink("d", "l"));
	ok(open("l/f", O_RDONLY | O_NOFOLLOW));
}

TEST(open_of_symlinks_that_turn_in_a_circle_is_eloop)
{
	ok(symlink("b", "a"));
	ok(symlink("a", "b"));
	ok(symlink("self", "self"));
	fails(open("a", O_RDONLY), ELOOP);
	fails(open("self", O_RDWR | O_CREAT, 0644), ELOOP);
	fails(open("a/f", O_RDONLY), ELOOP);
	fails(chmod("a", 0644), ELOOP);
	fails(mkdir("a/d", 0755), ELOOP);
	fails(rename("a/f", "f"), ELOOP);
	fails(truncate("self", 0), ELOOP);
}

TEST(forty_symlinks_in_a_row_are_followed_and_not_more)
{
	char name[16], target[16] = "f";

	put_text("f", "end");
	for (int i = 1; i <= 41; i++) {
		snprintf(name, sizeof(name), "l%d", i);
		ok(symlink(target, name));
		strcpy(target, name);
	}
	expect_text("l40", "end");
	fails(open("l41", O_RDONLY), ELOOP);
}

TEST(names_have_255_bytes_at_most)
{
	char name[257];

	memset(name, 'n', 256);
	name[256] = 0;
	fails(open(name, O_CREAT | O_RDWR, 0644), ENAMETOOLONG);
	fails(open(name, O_RDONLY), ENAMETOOLONG);
	fails(mkdir(name, 0755), ENAMETOOLONG);
	fails(symlink("t", name), ENAMETOOLONG);
	fails(mkfifo(name, 0644), ENAMETOOLONG);
	fails(unlink(name), ENAMETOOLONG);
	fails(rmdir(name), ENAMETOOLONG);
	fails(access(name, F_OK), ENAMETOOLONG);
	name[255] = 0;
	put_text(name, "long");
	fails(link(name, "/n/n"), ENOENT);
	expect_text(name, "long");
	ok(rename(name, "short"));
	ok(rename("short", name));
	ok(unlink(name));
	ok(mkdir(name, 0755));
	ok(rmdir(name));
	ok(symlink("t", name));
}

TEST(paths_have_4095_bytes_at_most)
{
	char path[PATH_MAX + 1];

	put_text("f", "there");
	for (int i = 0; i < PATH_MAX; i += 2)
		memcpy(path + i, "./", 2);
	path[PATH_MAX - 2] = 'f';
	path[PATH_MAX - 1] = 0;
	expect_text(path, "there");
	strcpy(path + PATH_MAX - 2, "/f");
	fails(open(path, O_RDONLY), ENAMETOOLONG);
}

TEST(open_without_permission_is_eacces)
{
	close(make("r", 0604));
	close(make("w", 0602));
	close(make("none", 0600));
	AS(&alice) {
		ok(open("r", O_RDONLY));
		fails(open("r", O_WRONLY), EACCES);
		fails(open("r", O_RDWR), EACCES);
		ok(open("w", O_WRONLY));
		fails(open("w", O_RDONLY), EACCES);
		fails(open("w", O_RDWR), EACCES);
		fails(open("none", O_RDONLY), EACCES);
		fails(open("none", O_WRONLY), EACCES);
	}
}

TEST(open_in_a_directory_without_search_permission_is_eacces)
{
	make_dir("d", 0766);
	put_text("d/f", "");
	ok(chmod("d/f", 0666));
	AS(&alice) {
		fails(open("d/f", O_RDONLY), EACCES);
		fails(open("d/new", O_CREAT | O_RDWR, 0644), EACCES);
	}
}

TEST(open_creat_in_a_directory_that_may_not_be_written_is_eacces)
{
	put_text("f", "");
	ok(chmod("f", 0666));
	AS(&alice) {
		fails(open("new", O_CREAT | O_RDWR, 0644), EACCES);
		ok(open("f", O_CREAT | O_RDWR, 0644));
		fails(open("f", O_CREAT | O_EXCL | O_RDWR, 0644), EEXIST);
	}
}

TEST(open_creat_of_mode_0_gives_a_usable_file)
{
	ok(chmod(".", 0777));
	AS(&alice) {
		char c = 0;
		int fd = ok(open("f", O_CREAT | O_RDWR, 0));

		write_at(fd, "x", 1, 0);
		ck_assert_int_eq(ok(pread(fd, &c, 1, 0)), 1);
		ck_assert_int_eq(c, 'x');
		fails(open("f", O_RDONLY), EACCES);
	}
}

TEST(open_file_stays_usable_after_its_permissions_go)
{
	ok(chmod(".", 0777));
	AS(&alice) {
		int fd = make("f", 0600);

		write_at(fd, "1", 1, 0);
		ok(fchmod(fd, 0));
		write_at(fd, "2", 1, 1);
		expect_at(fd, "12", 2, 0);
		ok(ftruncate(fd, 1));
	}
	expect_text("f", "1");
}

TEST(fd_opened_for_reading_is_not_for_writing)
{
	char c = 'x';
	int fd;

	put_text("f", "text");
	fd = ok(open("f", O_RDONLY));
	fails(write(fd, &c, 1), EBADF);
	fails(pwrite(fd, &c, 1, 0), EBADF);
	fails(ftruncate(fd, 0), EINVAL);
	fails(fallocate(fd, 0, 0, 1), EBADF);
	fd = ok(open("f", O_WRONLY));
	fails(read(fd, &c, 1), EBADF);
	fails(pread(fd, &c, 1, 0), EBADF);
}

/* Open with O_TMPFILE, or skip the test. */
static int tmpfile_here(int flags)
{
	int fd = open(".", O_TMPFILE | O_RDWR | flags, 0640);

	if (fd < 0) {
		ck_assert_int_eq(errno, EOPNOTSUPP);
		skip_part("O_TMPFILE");
	}
	return fd;
}

TEST(open_tmpfile_has_no_name_and_is_usable)
{
	int fd = tmpfile_here(0);
	struct stat st;

	if (fd < 0)
		return;
	write_at(fd, "text", 4, 0);
	expect_at(fd, "text", 4, 0);
	ok(fstat(fd, &st));
	ck_assert_int_eq(st.st_nlink, 0);
	ck_assert_int_eq(st.st_size, 4);
	ck_assert_int_eq(st.st_mode, S_IFREG | 0640);
}

TEST(open_tmpfile_can_be_given_a_name)
{
	int fd = tmpfile_here(0);
	char path[64];

	if (fd < 0)
		return;
	write_at(fd, "text", 4, 0);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	ok(linkat(AT_FDCWD, path, AT_FDCWD, "named", AT_SYMLINK_FOLLOW));
	ck_assert_int_eq(stat_of("named").st_nlink, 1);
	ok(close(fd));
	expect_text("named", "text");
}

TEST(open_tmpfile_excl_cannot_be_given_a_name)
{
	int fd = tmpfile_here(O_EXCL);
	char path[64];

	if (fd < 0)
		return;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	fails(linkat(AT_FDCWD, path, AT_FDCWD, "f", AT_SYMLINK_FOLLOW), ENOENT);
}

TEST(open_tmpfile_in_a_directory_that_may_not_be_written_is_eacces)
{
	int fd = tmpfile_here(0);

	if (fd < 0)
		return;
	AS(&alice)
		fails(open(".", O_TMPFILE | O_RDWR, 0600), EACCES);
}

TEST(open_path_refers_to_a_file_without_opening_it)
{
	struct stat st;
	char c;
	int fd;

	close(make("f", 0));
	AS(&alice) {
		fd = ok(open("f", O_PATH));
		ok(fstat(fd, &st));
		ck_assert_int_eq(st.st_ino, stat_of("f").st_ino);
		fails(read(fd, &c, 1), EBADF);
		fails(write(fd, &c, 1), EBADF);
		fails(fchmod(fd, 0644), EBADF);
		fails(ioctl(fd, 0), EBADF);
	}
}

TEST(open_path_nofollow_refers_to_the_symlink)
{
	char target[16];
	struct stat st;
	int fd;

	ok(symlink("nowhere", "l"));
	fd = ok(open("l", O_PATH | O_NOFOLLOW));
	ok(fstat(fd, &st));
	ck_assert(S_ISLNK(st.st_mode));
	ck_assert_int_eq(ok(readlinkat(fd, "", target, 16)), 7);
	ck_assert_mem_eq(target, "nowhere", 7);
}

TEST(open_path_of_a_directory_is_a_base_for_openat)
{
	int dir;

	make_dir("d", 0711);
	put_text("d/f", "text");
	AS(&alice) {
		dir = ok(open("d", O_PATH | O_DIRECTORY));
		ok(openat(dir, "f", O_RDONLY));
		fails(openat(dir, "none", O_RDONLY), ENOENT);
	}
}

TEST(open_path_can_be_opened_again_through_proc)
{
	char path[64];
	int fd;

	put_text("f", "text");
	fd = ok(open("f", O_PATH));
	ok(rename("f", "g"));
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	expect_text(path, "text");
}

TEST(openat_relative_to_a_file_is_enotdir)
{
	int fd;

	put_text("f", "");
	fd = ok(open("f", O_RDONLY));
	fails(openat(fd, "g", O_RDONLY), ENOTDIR);
	fails(openat(-5, "g", O_RDONLY), EBADF);
}

static void copy_program(const char *to)
{
	int from = ok(open("/bin/true", O_RDONLY)), fd = make(to, 0755);
	char data[PAGE];
	ssize_t n;

	while ((n = ok(read(from, data, sizeof(data)))))
		ck_assert_int_eq(ok(write(fd, data, n)), n);
	ok(close(from));
	ok(close(fd));
}

TEST(program_on_the_file_system_runs)
{
	copy_program("true");
	AS(&alice)
		ok(execl("./true", "true", NULL));
}

TEST(program_open_for_writing_is_etxtbsy)
{
	copy_program("true");
	ok(open("true", O_WRONLY));
	AS(NULL)
		fails(execl("./true", "true", NULL), ETXTBSY);
}

TEST(open_for_writing_of_a_program_that_runs_is_etxtbsy)
{
	int to_child[2], from_child[2];
	char c;
	pid_t pid;

	/* cat has started when it has echoed, and runs until its input ends. */
	ok(symlink("/bin/cat", "cat-link"));
	ok(system("cp /bin/cat cat"));
	ok(pipe(to_child));
	ok(pipe(from_child));
	pid = ok(fork());
	if (!pid) {
		ok(dup2(to_child[0], 0));
		ok(dup2(from_child[1], 1));
		close(to_child[1]);
		close(from_child[0]);
		ok(execl("./cat", "cat", NULL));
	}
	ok(write(to_child[1], "x", 1));
	ok(read(from_child[0], &c, 1));
	fails(open("cat", O_WRONLY), ETXTBSY);
	fails(open("cat", O_RDWR | O_TRUNC), ETXTBSY);
	fails(truncate("cat", 0), ETXTBSY);
	ok(close(to_child[1]));
	reap(pid);
	ok(open("cat", O_WRONLY));
}

TEST(script_on_the_file_system_runs)
{
	put_text("script", "#!/bin/sh\nexit 0\n");
	AS(&alice)
		fails(execl("./script", "script", NULL), EACCES);
	ok(chmod("script", 0755));
	AS(&alice)
		ok(execl("./script", "script", NULL));
}

TEST(script_whose_interpreter_is_missing_is_enoent)
{
	put_text("script", "#!./nowhere\n");
	ok(chmod("script", 0755));
	AS(NULL)
		fails(execl("./script", "script", NULL), ENOENT);
}

TEST(file_that_is_no_program_is_enoexec)
{
	put_text("f", "\001\002\003");
	ok(chmod("f", 0755));
	AS(NULL)
		fails(execl("./f", "f", NULL), ENOEXEC);
}

TEST(open_noatime_is_for_the_owner_alone)
{
	put_text("f", "");
	make_for(&alice, "a", 0644);
	AS(&alice) {
		fails(open("f", O_RDONLY | O_NOATIME), EPERM);
		ok(open("a", O_RDONLY | O_NOATIME));
	}
	ok(open("a", O_RDONLY | O_NOATIME));
}

TEST(four_thousand_files_are_open_at_once)
{
	static int fds[4000];
	char name[16];

	ok(mkdir("d", 0755));
	for (int i = 0; i < 4000; i++) {
		snprintf(name, sizeof(name), "d/%d", i);
		fds[i] = ok(open(name, O_CREAT | O_RDWR, 0644));
		ck_assert_int_eq(ok(write(fds[i], name, 16)), 16);
	}
	for (int i = 3999; i >= 0; i--) {
		memset(name, 0, sizeof(name));
		ck_assert_int_eq(ok(pread(fds[i], name, 16, 0)), 16);
		ck_assert_int_eq(atoi(name + 2), i);
		ok(close(fds[i]));
	}
}

TEST(one_file_opened_a_thousand_times_is_one_file)
{
	int fds[1000];
	uint16_t got;

	put_text("f", "");
	for (int i = 0; i < 1000; i++)
		fds[i] = ok(open("f", O_RDWR));
	for (uint16_t i = 0; i < 1000; i++) {
		write_at(fds[i], &i, 2, 0);
		ok(pread(fds[999 - i], &got, 2, 0));
		ck_assert_int_eq(got, i);
	}
}

TEST(dup_shares_the_offset_and_open_does_not)
{
	int fd, again;
	char c;

	put_text("f", "abc");
	fd = ok(open("f", O_RDONLY));
	again = ok(dup(fd));
	ok(read(fd, &c, 1));
	ok(read(again, &c, 1));
	ck_assert_int_eq(c, 'b');
	ok(read(ok(open("f", O_RDONLY)), &c, 1));
	ck_assert_int_eq(c, 'a');
}
