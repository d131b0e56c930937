// SPDX-License-Identifier: GPL-2.0
/* Mappings and O_DIRECT show the same contents as read() and write(). */
#include "posix.h"

#include <signal.h>

static off_t mapped_size(int fd)
{
	struct stat st;

	ok(fstat(fd, &st));
	return st.st_size;
}

TEST(shared_mapping_and_read_and_write_are_one)
{
	uint8_t data[4 * PAGE], *p;
	int fd = make("f", 0644);

	ok(ftruncate(fd, sizeof(data)));
	p = map_shared(fd, sizeof(data), 0);
	for (int i = 0; i < 50; i++) {
		size_t at = i * 300, len = i * 7 + 1;

		fill(data, len, i);
		if (i % 2) {
			memcpy(p + at, data, len);
			expect_at(fd, data, len, at);
		} else {
			write_at(fd, data, len, at);
			ck_assert(!memcmp(p + at, data, len));
		}
	}
}

TEST(shared_mapping_is_seen_by_other_processes)
{
	int fd = make("f", 0644);
	char *p;

	ok(ftruncate(fd, PAGE));
	p = map_shared(fd, PAGE, 0);
	AS(NULL) {
		char *q = map_shared(ok(open("f", O_RDWR)), PAGE, 0);

		strcpy(q, "child");
	}
	ck_assert_str_eq(p, "child");
}

TEST(shared_mapping_lives_on_after_close)
{
	int fd = make("f", 0644);
	char *p;

	ok(ftruncate(fd, PAGE));
	p = map_shared(fd, PAGE, 0);
	ok(close(fd));
	strcpy(p, "after the close");
	ok(munmap(p, PAGE));
	fd = ok(open("f", O_RDONLY));
	expect_at(fd, "after the close", 15, 0);
}

TEST(msync_then_direct_read_gives_what_was_mapped)
{
	static uint8_t buf[PAGE] __attribute__((aligned(PAGE)));
	int fd = make("f", 0644), direct;
	char *p;

	ok(ftruncate(fd, PAGE));
	p = map_shared(fd, PAGE, 0);
	strcpy(p, "mapped");
	ok(msync(p, PAGE, MS_SYNC));
	direct = open("f", O_RDONLY | O_DIRECT);
	if (direct < 0) {
		ck_assert_int_eq(errno, EINVAL);
		skip_part("O_DIRECT");
		return;
	}
	ck_assert_int_eq(ok(read(direct, buf, PAGE)), PAGE);
	ck_assert_str_eq((char *)buf, "mapped");
}

TEST(private_mapping_does_not_change_the_file)
{
	char *p;
	int fd;

	put_text("f", "text");
	fd = ok(open("f", O_RDONLY));
	p = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
	ck_assert_ptr_ne(p, MAP_FAILED);
	ck_assert_str_eq(p, "text");
	strcpy(p, "mine");
	ok(msync(p, PAGE, MS_SYNC));
	expect_text("f", "text");
	ck_assert_str_eq(p, "mine");
}

TEST(mapping_for_writing_of_a_read_only_fd_is_eacces)
{
	int fd;

	put_text("f", "text");
	fd = ok(open("f", O_RDONLY));
	ck_assert_ptr_eq(mmap(NULL, PAGE, PROT_WRITE, MAP_SHARED, fd, 0),
			 MAP_FAILED);
	ck_assert_int_eq(errno, EACCES);
	fd = ok(open("f", O_WRONLY));
	ck_assert_ptr_eq(mmap(NULL, PAGE, PROT_READ, MAP_SHARED, fd, 0),
			 MAP_FAILED);
	ck_assert_int_eq(errno, EACCES);
}

TEST(mapping_beyond_the_end_is_sigbus)
{
	int fd = make("f", 0644), status;
	pid_t pid;
	char *p;

	write_at(fd, "x", 1, 0);
	p = map_shared(fd, 2 * PAGE, 0);
	pid = ok(fork());
	if (!pid) {
		signal(SIGBUS, SIG_DFL);
		p[PAGE] = 1;
		_exit(0);
	}
	ok(waitpid(pid, &status, 0));
	ck_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGBUS);
	ok(ftruncate(fd, 2 * PAGE));
	p[PAGE] = 'y';
	expect_at(fd, "y", 1, PAGE);
}

TEST(large_mapping_is_written_back)
{
	size_t len = 8 << 20;
	int fd = make("f", 0644);
	uint8_t *p, *data = malloc(len);

	ok(ftruncate(fd, len));
	p = map_shared(fd, len, 0);
	fill(data, len, 3);
	memcpy(p, data, len);
	ok(munmap(p, len));
	ok(fsync(fd));
	ok(posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED));
	expect("f", data, len);
	free(data);
}

TEST(write_from_a_mapping_of_the_same_file_works)
{
	uint8_t data[PAGE], *p;
	int fd = make("f", 0644);

	fill(data, PAGE, 1);
	write_at(fd, data, PAGE, 0);
	p = map_shared(fd, PAGE, 0);
	ck_assert_int_eq(ok(pwrite(fd, p, PAGE, PAGE)), PAGE);
	expect_at(fd, data, PAGE, PAGE);
	ck_assert_int_eq(ok(pwrite(fd, p, PAGE, 0)), PAGE);
	expect_at(fd, data, PAGE, 0);
	ck_assert_int_eq(ok(pread(fd, p, PAGE, PAGE)), PAGE);
}

/* O_DIRECT */

static uint8_t aligned[8 * PAGE] __attribute__((aligned(PAGE)));

static int open_direct(const char *path)
{
	int fd = open(path, O_RDWR | O_CREAT | O_DIRECT, 0644);

	if (fd < 0) {
		ck_assert_int_eq(errno, EINVAL);
		skip_part("O_DIRECT");
	}
	return fd;
}

TEST(direct_write_is_seen_by_buffered_read)
{
	int fd = open_direct("f"), buffered;

	if (fd < 0)
		return;
	buffered = ok(open("f", O_RDWR));
	for (int i = 0; i < 20; i++) {
		fill(aligned, sizeof(aligned), i);
		ck_assert_int_eq(ok(pwrite(fd, aligned, sizeof(aligned), 0)),
				 sizeof(aligned));
		expect_at(buffered, aligned, sizeof(aligned), 0);
	}
}

TEST(buffered_write_is_seen_by_direct_read)
{
	int fd = open_direct("f"), buffered;
	uint8_t data[sizeof(aligned)];

	if (fd < 0)
		return;
	buffered = ok(open("f", O_RDWR));
	for (int i = 0; i < 20; i++) {
		fill(data, sizeof(data), i);
		write_at(buffered, data, sizeof(data), 0);
		ck_assert_int_eq(ok(pread(fd, aligned, sizeof(aligned), 0)),
				 sizeof(aligned));
		ck_assert(!memcmp(aligned, data, sizeof(data)));
	}
}

TEST(direct_write_is_seen_by_a_mapping)
{
	int fd = open_direct("f");
	uint8_t *p;

	if (fd < 0)
		return;
	ok(ftruncate(fd, sizeof(aligned)));
	p = map_shared(fd, sizeof(aligned), 0);
	for (int i = 0; i < 10; i++) {
		ck_assert_int_ge(p[i], 0);
		fill(aligned, sizeof(aligned), i);
		ck_assert_int_eq(ok(pwrite(fd, aligned, sizeof(aligned), 0)),
				 sizeof(aligned));
		ck_assert(!memcmp(p, aligned, sizeof(aligned)));
	}
}

TEST(direct_write_extends_the_file)
{
	int fd = open_direct("f");

	if (fd < 0)
		return;
	fill(aligned, sizeof(aligned), 1);
	for (int i = 1; i <= 4; i++) {
		ok(write(fd, aligned, 2 * PAGE));
		ck_assert_int_eq(mapped_size(fd), i * 2 * PAGE);
		ck_assert_int_eq(stat_of("f").st_size, i * 2 * PAGE);
	}
	ck_assert_int_eq(ok(pwrite(fd, aligned, PAGE, 20 * PAGE)), PAGE);
	expect_zeros(fd, 0, 0);
	ck_assert_int_eq(mapped_size(fd), 21 * PAGE);
	fd = ok(open("f", O_RDONLY));
	expect_zeros(fd, 12 * PAGE, 8 * PAGE);
}

TEST(direct_read_across_the_end_is_short)
{
	int fd = open_direct("f"), buffered;

	if (fd < 0)
		return;
	buffered = ok(open("f", O_RDWR));
	write_at(buffered, "text", 4, PAGE);
	ck_assert_int_eq(ok(pread(fd, aligned, 4 * PAGE, 0)), PAGE + 4);
	ck_assert_int_eq(ok(pread(fd, aligned, PAGE, 2 * PAGE)), 0);
}

TEST(direct_append_appends)
{
	int fd = open_direct("f");

	if (fd < 0)
		return;
	fd = ok(open("f", O_WRONLY | O_DIRECT | O_APPEND));
	fill(aligned, PAGE, 1);
	ok(write(fd, aligned, PAGE));
	ok(ftruncate(fd, 3 * PAGE));
	ok(write(fd, aligned, PAGE));
	ck_assert_int_eq(mapped_size(fd), 4 * PAGE);
	expect_at(ok(open("f", O_RDONLY)), aligned, PAGE, 3 * PAGE);
}
