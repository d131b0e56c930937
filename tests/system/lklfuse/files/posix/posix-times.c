// SPDX-License-Identifier: GPL-2.0
/*
 * Time stamps: setting them, and the stamps that each call updates.  The stamps
 * may come from the clock of another machine, so tests compare stamps only with
 * stamps.
 */
#include "posix.h"

#include <linux/falloc.h>
#include <sys/statvfs.h>
#include <sys/time.h>
#include <sys/vfs.h>
#include <sys/xattr.h>

#define NOW	{ 0, UTIME_NOW }
#define OMIT	{ 0, UTIME_OMIT }

/* Bits for time stamps. */
enum { ATIME = 1, MTIME = 2, CTIME = 4 };

/* Return the stamps of @path that are newer than in @before. */
static int newer_stamps(const char *path, struct stat before)
{
	struct stat st = stat_of(path);

	ck_assert(!later(before.st_mtim, st.st_mtim));
	ck_assert(!later(before.st_ctim, st.st_ctim));
	return (later(st.st_atim, before.st_atim) ? ATIME : 0) |
	       (later(st.st_mtim, before.st_mtim) ? MTIME : 0) |
	       (later(st.st_ctim, before.st_ctim) ? CTIME : 0);
}

/* Check that @call updates exactly the stamps @which of @path. */
#define stamps(path, call, which) do {					\
	struct stat stamps_before = stat_of(path);			\
									\
	tick();								\
	ok(call);							\
	ck_assert_int_eq(newer_stamps(path, stamps_before), which);	\
} while (0)

/* Create a directory for the test, as tick() changes ".". */
static void make_test_dir(void)
{
	ok(mkdir("d", 0755));
	put_text("d/f", "text");
}

static void expect_times(const char *path, time_t asec, long ansec,
			 time_t msec, long mnsec)
{
	struct stat st = stat_of(path);

	ck_assert_int_eq(st.st_atim.tv_sec, asec);
	ck_assert_int_eq(st.st_atim.tv_nsec, ansec);
	ck_assert_int_eq(st.st_mtim.tv_sec, msec);
	ck_assert_int_eq(st.st_mtim.tv_nsec, mnsec);
}

static int set_times(const char *path, struct timespec a, struct timespec m)
{
	return utimensat(AT_FDCWD, path, (struct timespec[]){ a, m }, 0);
}

TEST(utimensat_sets_nanoseconds)
{
	put_text("f", "");
	ok(set_times("f", (struct timespec){ 1000000000, 123456789 },
		     (struct timespec){ 1234567890, 987654321 }));
	expect_times("f", 1000000000, 123456789, 1234567890, 987654321);
	ok(mkdir("d", 0755));
	ok(set_times("d", (struct timespec){ 5, 1 }, (struct timespec){ 6, 2 }));
	expect_times("d", 5, 1, 6, 2);
	ok(set_times("f", (struct timespec){ 0, 0 }, (struct timespec){ 0, 0 }));
	expect_times("f", 0, 0, 0, 0);
}

TEST(utimensat_times_last_after_the_file_is_closed_and_synced)
{
	int fd = make("f", 0644);

	write_at(fd, "text", 4, 0);
	ok(futimens(fd, (struct timespec[]){ { 7, 1 }, { 8, 2 } }));
	expect_times("f", 7, 1, 8, 2);
	ok(fsync(fd));
	expect_times("f", 7, 1, 8, 2);
	ok(close(fd));
	expect_times("f", 7, 1, 8, 2);
}

TEST(write_after_utimensat_makes_mtime_now)
{
	struct stat st;
	int fd = make("f", 0644);

	ok(futimens(fd, (struct timespec[]){ { 7, 1 }, { 8, 2 } }));
	write_at(fd, "text", 4, 0);
	ok(fstat(fd, &st));
	ck_assert_int_gt(st.st_mtim.tv_sec, 1000000000);
	ok(close(fd));
	ck_assert_int_gt(stat_of("f").st_mtim.tv_sec, 1000000000);
}

TEST(utimensat_omit_leaves_a_time)
{
	put_text("f", "");
	ok(set_times("f", (struct timespec){ 1, 2 }, (struct timespec){ 3, 4 }));
	ok(set_times("f", (struct timespec)OMIT, (struct timespec){ 5, 6 }));
	expect_times("f", 1, 2, 5, 6);
	ok(set_times("f", (struct timespec){ 7, 8 }, (struct timespec)OMIT));
	expect_times("f", 7, 8, 5, 6);
	ok(set_times("f", (struct timespec)OMIT, (struct timespec)OMIT));
	expect_times("f", 7, 8, 5, 6);
}

TEST(utimensat_now_is_now)
{
	time_t before = time(NULL);
	struct stat st;

	put_text("f", "");
	ok(set_times("f", (struct timespec){ 1, 2 }, (struct timespec){ 3, 4 }));
	ok(set_times("f", (struct timespec)NOW, (struct timespec){ 5, 6 }));
	st = stat_of("f");
	ck_assert_int_ge(st.st_atim.tv_sec, before - 1);
	ck_assert_int_le(st.st_atim.tv_sec, time(NULL) + 1);
	ck_assert_int_eq(st.st_mtim.tv_sec, 5);
	ok(set_times("f", (struct timespec){ 1, 2 }, (struct timespec)NOW));
	ck_assert_int_ge(stat_of("f").st_mtim.tv_sec, before - 1);
	ok(set_times("f", (struct timespec){ 1, 2 }, (struct timespec){ 3, 4 }));
	ok(utimensat(AT_FDCWD, "f", NULL, 0));
	st = stat_of("f");
	ck_assert_int_ge(st.st_atim.tv_sec, before - 1);
	ck_assert_int_ge(st.st_mtim.tv_sec, before - 1);
}

TEST(utimensat_changes_ctime)
{
	make_test_dir();
	stamps("d/f", set_times("d/f", (struct timespec){ 1, 2 },
				(struct timespec){ 3, 4 }) ?:
	       set_times("d/f", (struct timespec)NOW, (struct timespec)NOW),
	       ATIME | MTIME | CTIME);
	stamps("d/f", set_times("d/f", (struct timespec)OMIT, (struct timespec)NOW),
	       MTIME | CTIME);
}

TEST(utimensat_with_bad_arguments_fails)
{
	put_text("f", "");
	fails(set_times("f", (struct timespec){ 1, 1000000000 },
			(struct timespec){ 0, 0 }), EINVAL);
	fails(set_times("f", (struct timespec){ 1, 0 }, (struct timespec){ 0, -1 }),
	      EINVAL);
	fails(utimensat(AT_FDCWD, "none", NULL, 0), ENOENT);
	fails(utimensat(AT_FDCWD, "f/x", NULL, 0), ENOTDIR);
	fails(utimensat(AT_FDCWD, "f", NULL, 0x4000), EINVAL);
}

TEST(utimensat_to_given_times_is_for_the_owner)
{
	make_for(&bob, "f", 0666);
	AS(&alice) {
		fails(set_times("f", (struct timespec){ 1, 2 },
				(struct timespec){ 3, 4 }), EPERM);
		fails(set_times("f", (struct timespec)NOW,
				(struct timespec){ 3, 4 }), EPERM);
		fails(set_times("f", (struct timespec)NOW,
				(struct timespec)OMIT), EPERM);
	}
	AS(&bob)
		ok(set_times("f", (struct timespec){ 1, 2 },
			     (struct timespec){ 3, 4 }));
	expect_times("f", 1, 2, 3, 4);
}

TEST(utimensat_to_now_is_for_who_may_write)
{
	make_for(&bob, "w", 0666);
	make_for(&bob, "r", 0644);
	make_for(&alice, "own", 0);
	AS(&alice) {
		ok(set_times("w", (struct timespec)NOW, (struct timespec)NOW));
		ok(utimensat(AT_FDCWD, "w", NULL, 0));
		fails(utimensat(AT_FDCWD, "r", NULL, 0), EACCES);
		fails(set_times("r", (struct timespec)NOW, (struct timespec)NOW),
		      EACCES);
		ok(utimensat(AT_FDCWD, "own", NULL, 0));
	}
}

TEST(utimensat_of_a_symlink_leaves_its_target)
{
	put_text("f", "");
	ok(symlink("f", "l"));
	ok(set_times("f", (struct timespec){ 9, 9 }, (struct timespec){ 9, 9 }));
	ok(utimensat(AT_FDCWD, "l", (struct timespec[]){ { 1, 2 }, { 3, 4 } },
		     AT_SYMLINK_NOFOLLOW));
	ck_assert_int_eq(stat_of("l").st_mtim.tv_sec, 3);
	ck_assert_int_eq(stat_of("l").st_mtim.tv_nsec, 4);
	expect_times("f", 9, 9, 9, 9);
	ok(set_times("l", (struct timespec){ 5, 5 }, (struct timespec){ 5, 5 }));
	expect_times("f", 5, 5, 5, 5);
}

TEST(times_before_1970_are_kept)
{
	static const time_t times[] = { -1, -2, -1000000, -315619200,
					-2147483647 };

	put_text("f", "");
	for (int i = 0; i < 5; i++) {
		struct timespec t = { times[i], i * 100000001 };

		ok(set_times("f", t, t));
		expect_times("f", t.tv_sec, t.tv_nsec, t.tv_sec, t.tv_nsec);
	}
}

TEST(times_beyond_2038_are_kept)
{
	static const time_t times[] = { 2147483647, 2147483648LL, 4102444800LL,
					4294967296LL, 10000000000LL };

	put_text("f", "");
	for (int i = 0; i < 5; i++) {
		struct timespec t = { times[i], 123456789 };

		ok(set_times("f", t, t));
		if (i && stat_of("f").st_mtim.tv_sec == 2147483647) {
			skip_part("times beyond 2038");
			return;
		}
		expect_times("f", t.tv_sec, t.tv_nsec, t.tv_sec, t.tv_nsec);
	}
}

/* The stamps that each call updates */

static int create_file(const char *path)
{
	return open(path, O_CREAT | O_EXCL | O_RDWR, 0644);
}

TEST(create_stamps_the_directory_and_the_file)
{
	struct stat st, dir;

	make_test_dir();
	stamps("d", create_file("d/new"), MTIME | CTIME);
	st = stat_of("d/new");
	dir = stat_of("d");
	ck_assert(!later(dir.st_mtim, st.st_ctim) ||
		  !later(st.st_ctim, dir.st_mtim));
	ck_assert_int_ge(st.st_atim.tv_sec, time(NULL) - 10);
	ck_assert_int_ge(st.st_mtim.tv_sec, time(NULL) - 10);
}

TEST(making_nodes_stamps_the_directory)
{
	make_test_dir();
	stamps("d", mkdir("d/e", 0755), MTIME | CTIME);
	stamps("d", mkfifo("d/p", 0644), MTIME | CTIME);
	stamps("d", symlink("x", "d/l"), MTIME | CTIME);
	stamps("d", mknod("d/n", S_IFREG | 0644, 0), MTIME | CTIME);
	stamps("d", rmdir("d/e"), MTIME | CTIME);
	stamps("d", unlink("d/p"), MTIME | CTIME);
}

TEST(open_of_what_exists_stamps_nothing)
{
	make_test_dir();
	stamps("d", open("d/f", O_CREAT | O_RDWR, 0644), 0);
	stamps("d/f", open("d/f", O_CREAT | O_RDWR, 0644), 0);
	stamps("d/f", open("d/f", O_WRONLY | O_APPEND), 0);
}

TEST(failed_calls_stamp_nothing)
{
	make_test_dir();
	ok(mkdir("d/e", 0755));
	stamps("d", !mkdir("d/e", 0755), 0);
	stamps("d", !rename("d/f", "d/e"), 0);
	stamps("d", !rmdir("d/f"), 0);
	stamps("d", !link("d/f", "d/e"), 0);
	stamps("d/f", !link("d/f", "d/e"), 0);
	AS(&alice)
		fails(unlink("d/f"), EACCES);
}

TEST(read_stamps_at_most_atime)
{
	char buf[4];
	struct stat before;

	make_test_dir();
	before = stat_of("d/f");
	tick();
	ck_assert_int_eq(ok(read(ok(open("d/f", O_RDONLY)), buf, 4)), 4);
	ck_assert_int_eq(newer_stamps("d/f", before) & ~ATIME, 0);
}

TEST(read_with_noatime_stamps_nothing)
{
	char buf[4];
	int fd;

	make_test_dir();
	ok(set_times("d/f", (struct timespec){ 1, 0 }, (struct timespec){ 2, 0 }));
	fd = ok(open("d/f", O_RDONLY | O_NOATIME));
	stamps("d/f", read(fd, buf, 4), 0);
	expect_times("d/f", 1, 0, 2, 0);
}

TEST(stat_and_access_stamp_nothing)
{
	struct stat st;

	make_test_dir();
	stamps("d/f", stat("d/f", &st), 0);
	stamps("d/f", access("d/f", R_OK), 0);
	stamps("d", stat("d/f", &st), 0);
}

TEST(write_stamps_mtime_and_ctime)
{
	int fd;

	make_test_dir();
	fd = ok(open("d/f", O_RDWR));
	stamps("d/f", pwrite(fd, "x", 1, 0), MTIME | CTIME);
	stamps("d/f", pwrite(fd, "x", 1, 1000), MTIME | CTIME);
	stamps("d", pwrite(fd, "x", 1, 0), 0);
}

TEST(write_stamps_are_the_same_after_close_and_fsync)
{
	struct stat before, after;
	int fd;

	make_test_dir();
	fd = ok(open("d/f", O_RDWR));
	tick();
	write_at(fd, "x", 1, 0);
	ok(fstat(fd, &before));
	tick();
	ok(fsync(fd));
	ok(fstat(fd, &after));
	ck_assert(same_time(before.st_mtim, after.st_mtim));
	ok(close(fd));
	after = stat_of("d/f");
	ck_assert(same_time(before.st_mtim, after.st_mtim));
	ck_assert(!later(before.st_ctim, after.st_ctim));
}

TEST(write_of_nothing_stamps_nothing)
{
	int fd;

	make_test_dir();
	fd = ok(open("d/f", O_RDWR));
	stamps("d/f", write(fd, "", 0), 0);
}

TEST(write_through_a_mapping_stamps_mtime_and_ctime)
{
	struct stat before;
	char *p;

	make_test_dir();
	p = map_shared(ok(open("d/f", O_RDWR)), PAGE, 0);
	before = stat_of("d/f");
	tick();
	p[0] = 'x';
	ok(msync(p, PAGE, MS_SYNC));
	ck_assert_int_eq(newer_stamps("d/f", before) & ~ATIME, MTIME | CTIME);
}

TEST(truncate_stamps_mtime_and_ctime)
{
	make_test_dir();
	stamps("d/f", truncate("d/f", 2), MTIME | CTIME);
	stamps("d/f", truncate("d/f", 1000), MTIME | CTIME);
	stamps("d/f", ftruncate(ok(open("d/f", O_RDWR)), 1000), MTIME | CTIME);
	stamps("d/f", open("d/f", O_WRONLY | O_TRUNC), MTIME | CTIME);
	stamps("d/f", open("d/f", O_WRONLY | O_TRUNC), MTIME | CTIME);
}

TEST(fallocate_stamps_mtime_and_ctime)
{
	int fd;

	make_test_dir();
	fd = ok(open("d/f", O_RDWR));
	if (fallocate(fd, 0, 0, PAGE)) {
		ck_assert_int_eq(errno, EOPNOTSUPP);
		skip_part("fallocate");
		return;
	}
	stamps("d/f", fallocate(fd, 0, 0, 100 * PAGE), MTIME | CTIME);
	stamps("d/f", fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
				0, PAGE), MTIME | CTIME);
}

TEST(copy_file_range_stamps_its_target)
{
	struct stat in;
	int fd, out;

	make_test_dir();
	put_text("d/g", "");
	fd = ok(open("d/f", O_RDONLY));
	out = ok(open("d/g", O_RDWR));
	in = stat_of("d/f");
	stamps("d/g", copy_file_range(fd, NULL, out, NULL, 4, 0),
	       MTIME | CTIME);
	ck_assert_int_eq(newer_stamps("d/f", in) & ~ATIME, 0);
}

TEST(chmod_and_chown_stamp_ctime_alone)
{
	int fd;

	make_test_dir();
	fd = ok(open("d/f", O_RDWR));
	stamps("d/f", chmod("d/f", 0600), CTIME);
	stamps("d/f", fchmod(fd, 0600), CTIME);
	stamps("d/f", chown("d/f", ALICE, -1), CTIME);
	stamps("d/f", fchown(fd, ALICE, BOB), CTIME);
	stamps("d", chmod("d/f", 0644), 0);
	stamps("d", chmod("d", 0700), CTIME);
}

TEST(chmod_after_a_write_keeps_the_mtime_of_the_write)
{
	struct stat before, after;
	int fd;

	make_test_dir();
	fd = ok(open("d/f", O_RDWR));
	write_at(fd, "x", 1, 0);
	before = stat_of("d/f");
	tick();
	ok(chmod("d/f", 0600));
	ok(close(fd));
	after = stat_of("d/f");
	ck_assert(same_time(before.st_mtim, after.st_mtim));
	ck_assert(later(after.st_ctim, before.st_ctim));
}

TEST(link_stamps_ctime_and_the_directory)
{
	make_test_dir();
	ok(mkdir("e", 0755));
	stamps("d/f", link("d/f", "d/g"), CTIME);
	stamps("d", link("d/f", "d/h"), MTIME | CTIME);
	stamps("d", link("d/f", "e/f"), 0);
	stamps("d/f", unlink("d/g"), CTIME);
	stamps("d", unlink("d/h"), MTIME | CTIME);
	stamps("e", unlink("e/f"), MTIME | CTIME);
}

TEST(rename_stamps_ctime_and_both_directories)
{
	struct stat from, to;

	make_test_dir();
	ok(mkdir("e", 0755));
	stamps("d", rename("d/f", "d/g"), MTIME | CTIME);
	from = stat_of("d");
	to = stat_of("e");
	tick();
	ok(rename("d/g", "e/g"));
	ck_assert_int_eq(newer_stamps("d", from), MTIME | CTIME);
	ck_assert_int_eq(newer_stamps("e", to), MTIME | CTIME);
	from = stat_of("e/g");
	tick();
	ok(rename("e/g", "e/f"));
	ck_assert_int_eq(newer_stamps("e/f", from), CTIME);
}

TEST(rename_over_a_link_stamps_the_inode_that_lost_it)
{
	make_test_dir();
	put_text("d/g", "");
	ok(link("d/g", "d/h"));
	stamps("d/h", rename("d/f", "d/g"), CTIME);
}

TEST(rename_onto_a_name_of_the_same_inode_stamps_nothing)
{
	make_test_dir();
	ok(link("d/f", "d/g"));
	stamps("d", rename("d/f", "d/g"), 0);
	stamps("d/f", rename("d/f", "d/g"), 0);
}

TEST(setxattr_stamps_ctime)
{
	make_test_dir();
	if (setxattr("d/f", "user.a", "1", 1, 0)) {
		ck_assert_int_eq(errno, EOPNOTSUPP);
		skip_part("user.* attributes");
		return;
	}
	stamps("d/f", setxattr("d/f", "user.a", "2", 1, 0), CTIME);
	stamps("d/f", removexattr("d/f", "user.a"), CTIME);
}

TEST(readlink_stamps_at_most_atime)
{
	struct stat before;
	char buf[8];

	make_test_dir();
	ok(symlink("x", "d/l"));
	before = stat_of("d/l");
	tick();
	ok(readlink("d/l", buf, 8));
	ck_assert_int_eq(newer_stamps("d/l", before) & ~ATIME, 0);
}

/* struct stat and struct statfs */

TEST(stat_fields_of_a_new_file_are_sound)
{
	struct stat st, dir = stat_of("."), by_fd;
	int fd = make("f", 0644);

	write_at(fd, "text", 4, 0);
	st = stat_of("f");
	ok(fstat(fd, &by_fd));
	ck_assert_int_eq(st.st_dev, dir.st_dev);
	ck_assert_int_ne(st.st_ino, dir.st_ino);
	ck_assert_int_ne(st.st_ino, 0);
	ck_assert_int_eq(st.st_rdev, 0);
	ck_assert_int_eq(st.st_size, 4);
	ck_assert_int_eq(by_fd.st_ino, st.st_ino);
	ck_assert_int_eq(by_fd.st_size, st.st_size);
	ck_assert(same_time(by_fd.st_mtim, st.st_mtim));
	ck_assert(same_time(by_fd.st_ctim, st.st_ctim));
}

TEST(statx_agrees_with_stat)
{
	struct statx x;
	struct stat st;

	put_text("f", "text");
	st = stat_of("f");
	ok(statx(AT_FDCWD, "f", AT_STATX_FORCE_SYNC,
		 STATX_BASIC_STATS | STATX_BTIME, &x));
	ck_assert_int_eq(x.stx_mask & STATX_BASIC_STATS, STATX_BASIC_STATS);
	ck_assert_int_eq(x.stx_ino, st.st_ino);
	ck_assert_int_eq(x.stx_mode, st.st_mode);
	ck_assert_int_eq(x.stx_nlink, 1);
	ck_assert_int_eq(x.stx_size, 4);
	ck_assert_int_eq(x.stx_mtime.tv_sec, st.st_mtim.tv_sec);
	ck_assert_int_eq(x.stx_mtime.tv_nsec, st.st_mtim.tv_nsec);
	ok(statx(AT_FDCWD, "f", AT_STATX_DONT_SYNC, STATX_SIZE, &x));
	ck_assert_int_eq(x.stx_size, 4);
}

TEST(statx_btime_stays_when_the_file_changes)
{
	struct statx before, after;

	put_text("f", "text");
	ok(statx(AT_FDCWD, "f", 0, STATX_BTIME, &before));
	if (!(before.stx_mask & STATX_BTIME)) {
		skip_part("the time of birth");
		return;
	}
	ck_assert_int_ge(before.stx_btime.tv_sec, time(NULL) - 10);
	tick();
	put_text("f", "other");
	ok(chmod("f", 0600));
	ok(statx(AT_FDCWD, "f", 0, STATX_BTIME, &after));
	ck_assert_int_eq(before.stx_btime.tv_sec, after.stx_btime.tv_sec);
	ck_assert_int_eq(before.stx_btime.tv_nsec, after.stx_btime.tv_nsec);
}

TEST(statfs_fields_are_sound)
{
	struct statvfs v;
	struct statfs s;

	ok(statfs(".", &s));
	ok(statvfs(".", &v));
	ck_assert_int_gt(s.f_blocks, 0);
	ck_assert_int_gt(s.f_bfree, 0);
	ck_assert_int_ge(s.f_bfree, s.f_bavail);
	ck_assert_int_ge(s.f_blocks, s.f_bfree);
	ck_assert_int_ge(s.f_files, s.f_ffree);
	ck_assert_int_eq(s.f_namelen, 255);
	ck_assert_int_eq(v.f_namemax, 255);
	ck_assert_int_ge(s.f_bsize, 512);
	ck_assert_int_eq(v.f_blocks, s.f_blocks);
	ok(fstatfs(make("f", 0644), &s));
}

TEST(statfs_free_space_goes_with_data)
{
	uint8_t *data = malloc(8 << 20);
	struct statfs before, after;
	int fd = make("f", 0644);

	fill(data, 8 << 20, 1);
	ok(syncfs(fd));
	ok(statfs(".", &before));
	write_at(fd, data, 8 << 20, 0);
	ok(fsync(fd));
	ok(syncfs(fd));
	ok(statfs(".", &after));
	/* Earlier deletions may free blocks only now: FUSE ignores syncfs(). */
	if (on_fuse())
		skip_part("free space, exactly");
	else
		ck_assert_int_ge((before.f_bfree - after.f_bfree) *
				 before.f_bsize, 7 << 20);
	free(data);
}
