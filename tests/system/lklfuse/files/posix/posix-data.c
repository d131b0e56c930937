// SPDX-License-Identifier: GPL-2.0
/* Contents of files: read, write, append, truncate, copy and write back. */
#include "posix.h"

#include <pthread.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/sendfile.h>
#include <sys/uio.h>

static off_t data_size(int fd)
{
	struct stat st;

	ok(fstat(fd, &st));
	return st.st_size;
}

TEST(write_moves_the_offset_and_pwrite_does_not)
{
	int fd = make("f", 0644);

	ck_assert_int_eq(ok(write(fd, "abc", 3)), 3);
	ck_assert_int_eq(ok(lseek(fd, 0, SEEK_CUR)), 3);
	ck_assert_int_eq(ok(pwrite(fd, "xy", 2, 10)), 2);
	ck_assert_int_eq(ok(lseek(fd, 0, SEEK_CUR)), 3);
	ck_assert_int_eq(ok(lseek(fd, 0, SEEK_END)), 12);
	expect("f", "abc\0\0\0\0\0\0\0xy", 12);
}

TEST(read_at_the_end_is_0_and_across_it_short)
{
	char buf[8];
	int fd = make("f", 0644);

	write_at(fd, "abc", 3, 0);
	ck_assert_int_eq(ok(pread(fd, buf, 8, 0)), 3);
	ck_assert_int_eq(ok(pread(fd, buf, 8, 2)), 1);
	ck_assert_int_eq(ok(pread(fd, buf, 8, 3)), 0);
	ck_assert_int_eq(ok(pread(fd, buf, 8, 1LL << 40)), 0);
	ck_assert_int_eq(ok(read(fd, buf, 0)), 0);
	fails(pread(fd, buf, 8, -1), EINVAL);
	fails(pwrite(fd, buf, 8, -1), EINVAL);
}

TEST(write_of_nothing_changes_nothing)
{
	int fd = make("f", 0644);

	ck_assert_int_eq(ok(pwrite(fd, "", 0, 100)), 0);
	ck_assert_int_eq(data_size(fd), 0);
}

TEST(write_from_a_bad_address_is_efault)
{
	int fd = make("f", 0644);

	void *hole = mmap(NULL, PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS,
			  -1, 0);

	fails(write(fd, hole, 10), EFAULT);
	ck_assert_int_eq(data_size(fd), 0);
	write_at(fd, "text", 4, 0);
	fails(pread(fd, hole, 4, 0), EFAULT);
}

TEST(sizes_around_pages_are_kept)
{
	static const int sizes[] = { 1, 511, 512, 513, 4095, 4096, 4097, 8191,
				     8192, 65535, 65536, 131071, 131073,
				     1048575, 1048577 };
	char *data = malloc(1048577), name[16];

	for (int i = 0; i < 15; i++) {
		fill(data, sizes[i], i);
		snprintf(name, sizeof(name), "f%d", i);
		put(name, data, sizes[i]);
	}
	for (int i = 0; i < 15; i++) {
		fill(data, sizes[i], i);
		snprintf(name, sizeof(name), "f%d", i);
		expect(name, data, sizes[i]);
	}
	free(data);
}

TEST(writes_at_odd_places_do_not_touch_their_neighbours)
{
	uint8_t model[40000] = { 0 };
	int fd = make("f", 0644);

	for (int i = 0; i < 300; i++) {
		size_t at = i * 7919 % 39000, len = i * 31 % 997 + 1;

		fill(model + at, len, i);
		write_at(fd, model + at, len, at);
	}
	ok(ftruncate(fd, sizeof(model)));
	expect("f", model, sizeof(model));
	ok(fsync(fd));
	expect("f", model, sizeof(model));
}

TEST(readv_and_writev_gather_and_scatter)
{
	char a[3], b[5], c[PAGE];
	struct iovec out[] = { { "abc", 3 }, { "", 0 }, { "defgh", 5 } };
	struct iovec in[] = { { a, 3 }, { b, 5 }, { c, PAGE } };
	int fd = make("f", 0644);

	ck_assert_int_eq(ok(writev(fd, out, 3)), 8);
	ck_assert_int_eq(ok(pwritev(fd, out, 3, 8)), 8);
	ck_assert_int_eq(ok(preadv(fd, in, 3, 0)), 16);
	ck_assert_mem_eq(a, "abc", 3);
	ck_assert_mem_eq(b, "defgh", 5);
	ck_assert_mem_eq(c, "abcdefgh", 8);
	ok(lseek(fd, 0, SEEK_SET));
	ck_assert_int_eq(ok(readv(fd, in, 2)), 8);
}

TEST(large_write_in_one_call_is_whole)
{
	size_t len = 20 << 20;
	char *data = malloc(len), *back = malloc(len);
	int fd = make("f", 0644);

	fill(data, len, 1);
	ck_assert_int_eq(ok(write(fd, data, len)), len);
	ck_assert_int_eq(ok(pread(fd, back, len, 0)), len);
	ck_assert(!memcmp(data, back, len));
	ok(fsync(fd));
	ck_assert_int_eq(ok(pread(fd, back, len, 0)), len);
	ck_assert(!memcmp(data, back, len));
	free(data);
	free(back);
}

/* lseek() */

TEST(lseek_beyond_the_end_leaves_the_size)
{
	int fd = make("f", 0644);

	ck_assert_int_eq(ok(lseek(fd, 5000, SEEK_SET)), 5000);
	ck_assert_int_eq(data_size(fd), 0);
	ck_assert_int_eq(ok(write(fd, "x", 1)), 1);
	ck_assert_int_eq(data_size(fd), 5001);
	expect_zeros(fd, 5000, 0);
}

TEST(lseek_to_bad_places_is_einval)
{
	int fd = make("f", 0644);

	fails(lseek(fd, -1, SEEK_SET), EINVAL);
	fails(lseek(fd, -1, SEEK_CUR), EINVAL);
	fails(lseek(fd, -1, SEEK_END), EINVAL);
	fails(lseek(fd, 0, 77), EINVAL);
}

/* O_APPEND */

TEST(append_writes_at_the_end_wherever_the_offset_is)
{
	int fd, other;

	put_text("f", "one");
	fd = ok(open("f", O_RDWR | O_APPEND));
	other = ok(open("f", O_RDWR));
	ok(lseek(fd, 0, SEEK_SET));
	ok(write(fd, "two", 3));
	ck_assert_int_eq(ok(lseek(fd, 0, SEEK_CUR)), 6);
	write_at(other, "THREE", 5, 6);
	ok(write(fd, "four", 4));
	ok(ftruncate(other, 3));
	ok(write(fd, "!", 1));
	expect_text("f", "one!");
}

TEST(append_makes_pwrite_append)
{
	int fd;

	put_text("f", "one");
	fd = ok(open("f", O_RDWR | O_APPEND));
	ok(pwrite(fd, "two", 3, 0));
	expect_text("f", "onetwo");
}

TEST(append_can_be_switched_on_and_off)
{
	int fd = make("f", 0644);

	ok(write(fd, "one", 3));
	ok(fcntl(fd, F_SETFL, O_APPEND));
	ok(lseek(fd, 0, SEEK_SET));
	ok(write(fd, "two", 3));
	ok(fcntl(fd, F_SETFL, 0));
	ok(lseek(fd, 0, SEEK_SET));
	ok(write(fd, "ONE", 3));
	expect_text("f", "ONEtwo");
}

/* A record with its writer and its number. */
static void append_records(int fd, int who, int count, int size)
{
	char record[512];

	for (int i = 0; i < count; i++) {
		memset(record, 'a' + who, size);
		snprintf(record, size, "%d:%d:", who, i);
		ck_assert_int_eq(ok(write(fd, record, size)), size);
	}
}

static void check_records(const char *path, int writers, int count, int size)
{
	int fd = ok(open(path, O_RDONLY)), next[8] = { 0 }, who, i;
	char record[513] = "";

	ck_assert_int_eq(data_size(fd), writers * count * size);
	for (int n = 0; n < writers * count; n++) {
		ck_assert_int_eq(ok(read(fd, record, size)), size);
		ck_assert_int_eq(sscanf(record, "%d:%d:", &who, &i), 2);
		ck_assert_int_eq(i, next[who]++);
		ck_assert_int_eq(record[size - 1], 'a' + who);
	}
	ok(close(fd));
}

TEST(appends_of_several_processes_lose_nothing)
{
	pid_t pids[6];

	for (int who = 0; who < 6; who++) {
		pids[who] = ok(fork());
		if (pids[who])
			continue;
		append_records(ok(open("f", O_WRONLY | O_APPEND | O_CREAT,
				       0644)), who, 300, 100 + 13);
		_exit(0);
	}
	for (int who = 0; who < 6; who++)
		reap(pids[who]);
	check_records("f", 6, 300, 113);
}

TEST(appends_through_one_shared_offset_lose_nothing)
{
	int fd = make("f", 0644);
	pid_t pids[4];

	for (int who = 0; who < 4; who++) {
		pids[who] = ok(fork());
		if (pids[who])
			continue;
		append_records(fd, who, 300, 77);
		_exit(0);
	}
	for (int who = 0; who < 4; who++)
		reap(pids[who]);
	check_records("f", 4, 300, 77);
}

/* truncate() */

TEST(truncate_grows_with_zeros_and_shrinks)
{
	int fd = make("f", 0644);

	write_at(fd, "text", 4, 0);
	ok(ftruncate(fd, 10000));
	ck_assert_int_eq(data_size(fd), 10000);
	expect_zeros(fd, 9996, 4);
	ok(truncate("f", 2));
	expect_text("f", "te");
	ok(truncate("f", 0));
	expect_text("f", "");
}

TEST(truncate_that_shrinks_and_grows_leaves_zeros)
{
	uint8_t data[3 * PAGE];
	int fd = make("f", 0644);

	for (int synced = 0; synced < 2; synced++)
		for (int to = 0; to < 3 * PAGE; to += 1000) {
			fill(data, sizeof(data), to);
			write_at(fd, data, sizeof(data), 0);
			if (synced)
				ok(fsync(fd));
			ok(ftruncate(fd, to));
			ok(ftruncate(fd, sizeof(data)));
			expect_at(fd, data, to, 0);
			expect_zeros(fd, sizeof(data) - to, to);
		}
}

TEST(truncate_that_shrinks_and_a_later_write_leave_zeros_between)
{
	uint8_t data[2 * PAGE];
	int fd = make("f", 0644);

	fill(data, sizeof(data), 1);
	write_at(fd, data, sizeof(data), 0);
	ok(ftruncate(fd, 100));
	write_at(fd, "x", 1, 5000);
	expect_at(fd, data, 100, 0);
	expect_zeros(fd, 4900, 100);
}

TEST(truncate_leaves_zeros_in_a_mapping)
{
	uint8_t data[2 * PAGE], *p;
	int fd = make("f", 0644);

	fill(data, sizeof(data), 1);
	write_at(fd, data, sizeof(data), 0);
	p = map_shared(fd, sizeof(data), 0);
	ck_assert(!memcmp(p, data, sizeof(data)));
	ok(ftruncate(fd, 100));
	ok(ftruncate(fd, sizeof(data)));
	ck_assert(!memcmp(p, data, 100));
	ck_assert(all_zero(p + 100, sizeof(data) - 100));
}

TEST(bytes_mapped_beyond_the_end_do_not_get_into_the_file)
{
	int fd = make("f", 0644);
	uint8_t *p;

	write_at(fd, "text", 4, 0);
	p = map_shared(fd, PAGE, 0);
	memset(p + 4, 'x', 100);
	ok(msync(p, PAGE, MS_SYNC));
	ok(ftruncate(fd, PAGE));
	expect_zeros(fd, PAGE - 4, 4);
}

TEST(truncate_to_bad_sizes_is_einval)
{
	int fd = make("f", 0644);

	fails(truncate("f", -1), EINVAL);
	fails(ftruncate(fd, -1), EINVAL);
	ck_assert_int_eq(data_size(fd), 0);
}

TEST(truncate_to_the_largest_size_works_or_is_efbig)
{
	int fd = make("f", 0644);

	if (!ftruncate(fd, INT64_MAX)) {
		ck_assert_int_eq(data_size(fd), INT64_MAX);
	} else {
		ck_assert_int_eq(errno, EFBIG);
		ck_assert_int_eq(data_size(fd), 0);
	}
}

TEST(truncate_with_bad_paths_fails)
{
	make_dir("d", 0755);
	put_text("f", "text");
	ok(symlink("nowhere", "l"));
	fails(truncate("d", 0), EISDIR);
	fails(truncate("none", 0), ENOENT);
	fails(truncate("l", 0), ENOENT);
	fails(truncate("f/x", 0), ENOTDIR);
	AS(&alice)
		fails(truncate("f", 0), EACCES);
	ok(chmod("f", 0602));
	AS(&alice)
		ok(truncate("f", 2));
	expect_text("f", "te");
}

TEST(truncate_shows_at_once_in_other_fds)
{
	int fd = make("f", 0644), other = ok(open("f", O_RDWR));

	for (int i = 1; i < 50; i++) {
		ok(ftruncate(i % 2 ? fd : other, i * 100));
		ck_assert_int_eq(data_size(i % 2 ? other : fd), i * 100);
		ck_assert_int_eq(ok(lseek(fd, 0, SEEK_END)), i * 100);
	}
}

/* Limits of sizes */

TEST(offsets_beyond_four_gigabytes_work)
{
	int fd = make("f", 0644);
	static const off_t at[] = { (2LL << 30) - 3, (4LL << 30) - 3,
				    (8LL << 30) + 1, 1LL << 40 };

	for (int i = 0; i < 4; i++)
		write_at(fd, "sparse", 6, at[i]);
	ok(fsync(fd));
	for (int i = 0; i < 4; i++) {
		expect_at(fd, "sparse", 6, at[i]);
		expect_zeros(fd, 100, at[i] - 100);
	}
	ck_assert_int_eq(data_size(fd), at[3] + 6);
	ck_assert_int_eq(stat_of("f").st_size, at[3] + 6);
}

TEST(write_beyond_the_largest_offset_is_einval)
{
	int fd = make("f", 0644);

	signal(SIGXFSZ, SIG_IGN);
	fails(pwrite(fd, "xx", 2, INT64_MAX), EINVAL);
	ck_assert_int_eq(data_size(fd), 0);
}

/*
 * A cache may report only at fsync() that the file system refuses the offset.
 */
TEST(write_below_the_largest_offset_works_or_is_efbig)
{
	const off_t at = INT64_MAX - 2 * PAGE;
	int fd = make("f", 0644);

	signal(SIGXFSZ, SIG_IGN);
	if (pwrite(fd, "xx", 2, at) != 2) {
		ck_assert_int_eq(errno, EFBIG);
		ck_assert_int_eq(data_size(fd), 0);
	} else if (fsync(fd)) {
		ck_assert_int_eq(errno, EFBIG);
		skip_part("a write too far fails at once, not at fsync()");
		syncfs(fd);	/* consume the error, as later calls report it */
	} else {
		expect_at(fd, "xx", 2, at);
	}
}

static volatile sig_atomic_t signals;

static void count_signal(int sig)
{
	signals++;
}

TEST(write_beyond_the_limit_of_the_process_is_efbig_and_sigxfsz)
{
	struct rlimit limit = { 10000, 10000 };
	char data[8000] = "";
	int fd = make("f", 0644);

	AS(NULL) {
		signal(SIGXFSZ, count_signal);
		ok(setrlimit(RLIMIT_FSIZE, &limit));
		ck_assert_int_eq(ok(write(fd, data, 8000)), 8000);
		ck_assert_int_eq(ok(write(fd, data, 8000)), 2000);
		ck_assert_int_eq(signals, 0);
		fails(write(fd, data, 1), EFBIG);
		ck_assert_int_eq(signals, 1);
		fails(ftruncate(fd, 10001), EFBIG);
		ck_assert_int_eq(signals, 2);
		ok(ftruncate(fd, 5));
	}
	ck_assert_int_eq(data_size(fd), 5);
}

/* Threads */

static int shared_fd;

static void *write_stripes(void *arg)
{
	intptr_t who = (intptr_t)arg;
	uint8_t data[1000];

	for (int i = 0; i < 50; i++) {
		memset(data, who + 1, sizeof(data));
		if (pwrite(shared_fd, data, 1000, (i * 8 + who) * 1000) != 1000)
			return "short";
	}
	return NULL;
}

TEST(threads_that_write_beside_each_other_do_not_disturb)
{
	pthread_t threads[8];
	uint8_t data[1000];
	void *error;

	shared_fd = make("f", 0644);
	for (intptr_t i = 0; i < 8; i++)
		pthread_create(&threads[i], NULL, write_stripes, (void *)i);
	for (int i = 0; i < 8; i++) {
		pthread_join(threads[i], &error);
		ck_assert_ptr_null(error);
	}
	for (int i = 0; i < 400; i++) {
		memset(data, i % 8 + 1, sizeof(data));
		expect_at(shared_fd, data, 1000, i * 1000);
	}
}

static void *read_and_count(void *arg)
{
	uint32_t value;
	intptr_t sum = 0;

	while (read(shared_fd, &value, 4) == 4)
		sum += value;
	return (void *)sum;
}

TEST(threads_that_read_one_fd_share_its_offset)
{
	pthread_t threads[4];
	intptr_t sum = 0;
	void *part;

	shared_fd = make("f", 0644);
	for (uint32_t i = 1; i <= 4000; i++)
		ok(write(shared_fd, &i, 4));
	ok(lseek(shared_fd, 0, SEEK_SET));
	for (int i = 0; i < 4; i++)
		pthread_create(&threads[i], NULL, read_and_count, NULL);
	for (int i = 0; i < 4; i++) {
		pthread_join(threads[i], &part);
		sum += (intptr_t)part;
	}
	ck_assert_int_eq(sum, 4000 * 4001 / 2);
}

/* Copies within the kernel */

TEST(sendfile_copies)
{
	uint8_t data[100000];
	off_t at = 10;
	int in, out, done = 0;

	fill(data, sizeof(data), 1);
	put("f", data, sizeof(data));
	in = ok(open("f", O_RDONLY));
	out = make("g", 0644);
	while (done < 99990) {
		int n = ok(sendfile(out, in, &at, 99990 - done));

		ck_assert_int_gt(n, 0);
		done += n;
	}
	ck_assert_int_eq(at, 100000);
	expect("g", data + 10, 99990);
}

TEST(splice_moves_data_through_a_pipe)
{
	uint8_t data[50000];
	int in, out, pipes[2], n, m;
	loff_t from = 0, to = 100;

	fill(data, sizeof(data), 2);
	put("f", data, sizeof(data));
	in = ok(open("f", O_RDONLY));
	out = make("g", 0644);
	ok(pipe(pipes));
	while ((n = ok(splice(in, &from, pipes[1], NULL, 30000, 0))))
		while (n) {
			m = ok(splice(pipes[0], NULL, out, &to, n, 0));
			ck_assert_int_gt(m, 0);
			n -= m;
		}
	expect_zeros(out, 100, 0);
	expect_at(out, data, sizeof(data), 100);
	ck_assert_int_eq(data_size(out), 50100);
}

static void copy_range(int in, off_t from, int out, off_t to, size_t len)
{
	while (len) {
		ssize_t n = ok(copy_file_range(in, &from, out, &to, len, 0));

		ck_assert_int_gt(n, 0);
		len -= n;
	}
}

TEST(copy_file_range_copies_between_files)
{
	uint8_t data[100000];
	int in, out;

	fill(data, sizeof(data), 3);
	put("f", data, sizeof(data));
	in = ok(open("f", O_RDONLY));
	out = make("g", 0644);
	copy_range(in, 0, out, 0, sizeof(data));
	expect("g", data, sizeof(data));
	copy_range(in, 77, out, 200001, 5000);
	expect_at(out, data + 77, 5000, 200001);
	expect_zeros(out, 100001, 100000);
}

TEST(copy_file_range_copies_what_is_not_yet_written_back)
{
	uint8_t data[3 * PAGE], *p;
	int in = make("f", 0644), out = make("g", 0644);

	fill(data, sizeof(data), 3);
	write_at(in, data, sizeof(data), 0);
	p = map_shared(in, PAGE, 0);
	memcpy(p, "mapped", 6);
	memcpy(data, "mapped", 6);
	write_at(out, "to be replaced", 14, 0);
	copy_range(in, 0, out, 0, sizeof(data));
	expect("g", data, sizeof(data));
}

TEST(copy_file_range_is_its_own_copy)
{
	uint8_t data[4 * PAGE];
	int in = make("f", 0644), out = make("g", 0644);

	fill(data, sizeof(data), 4);
	write_at(in, data, sizeof(data), 0);
	ok(fsync(in));
	copy_range(in, 0, out, 0, sizeof(data));
	write_at(in, "changed", 7, PAGE);
	expect("g", data, sizeof(data));
	write_at(out, "other", 5, 2 * PAGE);
	expect_at(in, data + 2 * PAGE, PAGE, 2 * PAGE);
}

TEST(copy_file_range_with_bad_arguments_fails)
{
	int fd = make("f", 0644), out = make("g", 0644);
	off_t a = 0, b = 2;

	write_at(fd, "0123456789", 10, 0);
	fails(copy_file_range(fd, &a, fd, &b, 5, 0), EINVAL);
	fails(copy_file_range(fd, &a, out, &b, 5, 1), EINVAL);
	fails(copy_file_range(fd, &a, ok(open(".", O_RDONLY)), &b, 5, 0),
	      EISDIR);
	a = 10;
	ck_assert_int_eq(ok(copy_file_range(fd, &a, out, &b, 5, 0)), 0);
}

/* Writing back */

TEST(syncs_of_all_kinds_succeed_and_keep_the_data)
{
	uint8_t data[10 * PAGE];
	int fd = make("f", 0644);

	fill(data, sizeof(data), 5);
	write_at(fd, data, sizeof(data), 0);
	ok(sync_file_range(fd, PAGE, PAGE, SYNC_FILE_RANGE_WRITE |
			   SYNC_FILE_RANGE_WAIT_AFTER));
	ok(fdatasync(fd));
	ok(fsync(fd));
	ok(syncfs(fd));
	ok(posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED));
	expect("f", data, sizeof(data));
	ok(fsync(ok(open("f", O_RDONLY))));
}

TEST(writes_with_o_sync_and_o_dsync_work)
{
	int fd = ok(open("f", O_RDWR | O_CREAT | O_SYNC, 0644));

	write_at(fd, "one", 3, 0);
	fd = ok(open("f", O_RDWR | O_DSYNC));
	write_at(fd, "two", 3, 3);
	expect_text("f", "onetwo");
}

TEST(fadvise_takes_every_advice)
{
	int fd = make("f", 0644);

	write_at(fd, "text", 4, 0);
	for (int advice = POSIX_FADV_NORMAL; advice <= POSIX_FADV_NOREUSE;
	     advice++)
		ck_assert_int_eq(posix_fadvise(fd, 0, 0, advice), 0);
	ck_assert_int_eq(posix_fadvise(fd, 0, 0, 99), EINVAL);
	expect_text("f", "text");
	ok(readahead(fd, 0, PAGE));
}

TEST(size_and_data_survive_many_reopenings)
{
	uint8_t data[3000];
	int fd;

	for (int i = 0; i < 100; i++) {
		fill(data + i * 30, 30, i);
		fd = ok(open("f", O_RDWR | O_CREAT, 0644));
		ck_assert_int_eq(data_size(fd), i * 30);
		write_at(fd, data + i * 30, 30, i * 30);
		ok(close(fd));
		ck_assert_int_eq(stat_of("f").st_size, (i + 1) * 30);
	}
	expect("f", data, sizeof(data));
}
