// SPDX-License-Identifier: GPL-2.0
/*
 * Files of the host by name: the same meaning on each host.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/host/host-file.h"
#include "support/check-main.h"

#define PREFIX		"host-file-"
#define NAME		PREFIX "\xc3\xa4-\xe6\x97\xa5-\xf0\x9f\x98\x80"
#define OTHER		PREFIX "other"
/* With the working directory, longer than the 260 characters of old programs */
#define LONG_LENGTH	240

/* Bytes that libc on Windows changes in text files, and its end of such files */
static const char bytes[] = "one\r\ntwo\n\x1a\r\0end";

static void write_file(const char *path)
{
	int fd = host_file_open(path, O_WRONLY | O_CREAT | O_TRUNC);

	ck_assert_msg(fd >= 0, "%s: %s", path, host_file_strerror(errno));
	ck_assert(fd > STDERR_FILENO);
	ck_assert_int_eq(write(fd, bytes, sizeof(bytes)), sizeof(bytes));
	ck_assert(!close(fd));
}

static void check_file(const char *path)
{
	FILE *f = host_file_open_stream(path, "r");
	char read[2 * sizeof(bytes)];

	ck_assert(f);
	ck_assert_int_eq(fread(read, 1, sizeof(read), f), sizeof(bytes));
	ck_assert(!memcmp(read, bytes, sizeof(bytes)));
	fclose(f);
}

START_TEST(a_file_keeps_its_bytes_and_its_name)
{
	struct host_file_info info;

	write_file(NAME);
	check_file(NAME);
	ck_assert(!host_file_stat("./" NAME, &info));
	ck_assert_int_eq(info.type, HOST_FILE_REGULAR);
	ck_assert_uint_eq(info.size, sizeof(bytes));
	ck_assert(!host_file_remove(NAME));
	ck_assert(host_file_stat(NAME, &info));
	ck_assert_int_eq(errno, ENOENT);
}
END_TEST

START_TEST(a_stream_keeps_bytes)
{
	FILE *f = host_file_open_stream(OTHER, "w");

	ck_assert(f);
	ck_assert_int_eq(fwrite(bytes, 1, sizeof(bytes), f), sizeof(bytes));
	ck_assert(!fclose(f));
	check_file(OTHER);
	ck_assert(!host_file_remove(OTHER));
}
END_TEST

START_TEST(a_name_may_be_long)
{
	char name[LONG_LENGTH + 1];

	memset(name, 'n', LONG_LENGTH);
	memcpy(name, PREFIX, strlen(PREFIX));
	name[LONG_LENGTH] = 0;
	write_file(name);
	check_file(name);
	ck_assert(!host_file_remove(name));
}
END_TEST

START_TEST(errors_have_the_same_number_and_text_everywhere)
{
	ck_assert_int_eq(host_file_open(PREFIX "missing", O_RDONLY), -1);
	ck_assert_int_eq(errno, ENOENT);
	ck_assert_str_eq(host_file_strerror(errno), "No such file or directory");
	write_file(OTHER);
	ck_assert_int_eq(host_file_open(OTHER, O_WRONLY | O_CREAT | O_EXCL), -1);
	ck_assert_int_eq(errno, EEXIST);
	ck_assert_str_eq(host_file_strerror(errno), "File exists");
	ck_assert_int_eq(host_file_open(".", O_WRONLY), -1);
	ck_assert_int_eq(errno, EISDIR);
	ck_assert_str_eq(host_file_strerror(errno), "Is a directory");
	ck_assert(!host_file_remove(OTHER));
}
END_TEST

START_TEST(a_file_is_the_same_under_each_path)
{
	struct host_file_info a, b, directory;
	int fd, copy;

	write_file(NAME);
	write_file(OTHER);
	ck_assert(!host_file_stat("./" NAME, &a));
	fd = host_file_open(NAME, O_RDWR);
	ck_assert(fd >= 0);
	ck_assert(!host_file_stat_open(fd, &b));
	ck_assert(host_file_is_same(&a, &b));
	copy = host_file_dup(fd);
	ck_assert(copy > STDERR_FILENO && copy != fd);
	ck_assert(!close(fd));
	ck_assert(!host_file_stat_open(copy, &b));
	ck_assert(host_file_is_same(&a, &b));
	ck_assert(!host_file_is_terminal(copy));
	ck_assert(!close(copy));
	ck_assert(!host_file_stat(OTHER, &b));
	ck_assert(!host_file_is_same(&a, &b));
	ck_assert(!host_file_stat(".", &directory));
	ck_assert_int_eq(directory.type, HOST_FILE_DIRECTORY);
	ck_assert(!host_file_remove(NAME));
	ck_assert(!host_file_remove(OTHER));
}
END_TEST

START_TEST(a_file_beside_another_takes_its_name)
{
	struct host_file_info before, after;
	char *real, first[] = PREFIX "XXXXXX", second[] = PREFIX "XXXXXX";
	int a = host_file_create_unique(first);
	int b = host_file_create_unique(second);

	ck_assert(a >= 0 && b >= 0);
	ck_assert_str_ne(first, second);
	ck_assert_int_eq(write(a, bytes, sizeof(bytes)), sizeof(bytes));
	ck_assert(!host_file_stat_open(a, &before));
	write_file(NAME);
	real = host_file_real_path(NAME);
	ck_assert(real);
	ck_assert_str_eq(strrchr(real, '/') + 1, NAME);
	/* A file can be renamed and removed while it is open. */
	ck_assert(!host_file_rename(first, real));
	ck_assert(!host_file_stat(NAME, &after));
	ck_assert(host_file_is_same(&before, &after));
	check_file(real);
	free(real);
	ck_assert(!host_file_remove(second));
	ck_assert(!close(a));
	ck_assert(!close(b));
	ck_assert(host_file_stat(first, &after));
	ck_assert(!host_file_remove(NAME));
}
END_TEST

int main(void)
{
	TCase *tc = tcase_create("host-file");

	tcase_add_test(tc, a_file_keeps_its_bytes_and_its_name);
	tcase_add_test(tc, a_stream_keeps_bytes);
	tcase_add_test(tc, a_name_may_be_long);
	tcase_add_test(tc, errors_have_the_same_number_and_text_everywhere);
	tcase_add_test(tc, a_file_is_the_same_under_each_path);
	tcase_add_test(tc, a_file_beside_another_takes_its_name);
	return run_case(tc, CK_FORK);
}
