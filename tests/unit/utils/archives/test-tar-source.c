// SPDX-License-Identifier: GPL-2.0
/*
 * Archives that are valid but unusual, or made to do harm: what their reader
 * refuses, and what it goes on with.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/check-main.h"
#include "support/sample-archive.h"

#define MIB	(1U << 20)

static void check_refused(const char *why)
{
	sample_read();
	ck_assert_msg(sample.errors == 1 && strstr(sample.error, why),
		      "%u errors, the first: %s", sample.errors, sample.error);
}

/* Add a long name, of @len bytes that are @c but for the end @end. */
static void add_long_name(char type, size_t len, char c, const char *end)
{
	char *name = malloc(len + 1);

	memset(name, c, len);
	strcpy(name + len - strlen(end), end);
	sample_add_header(type, "././@LongLink", SAMPLE_GNU, len + 1);
	sample_add_data(name, len + 1);
	free(name);
}

/* Entries after a name that is too long go to the right directory. */
START_TEST(names_that_are_too_long_are_refused)
{
	static const char *const ends[] = { "", "/", "/file", "/dir/" };

	sample_begin();
	sample_add_header(TAR_DIR, "dir/", SAMPLE_GNU, 0);
	add_long_name(TAR_GNU_NAME, 2 * MIB, 'n', ends[_i]);
	sample_add_header(TAR_FILE, "long", SAMPLE_GNU, 0);
	sample_add_header(TAR_FILE, "dir/file", SAMPLE_GNU, 0);
	sample_add_header(TAR_FILE, "file", SAMPLE_GNU, 0);
	sample_write(0);
	check_refused("the path is too long");
	ck_assert_msg(strlen(sample.error) < 200, "the message is long, too");
}
END_TEST

START_TEST(targets_that_are_too_long_are_refused)
{
	sample_begin();
	add_long_name(TAR_GNU_LINK, 2 * MIB, 'n', "");
	sample_add_header(_i ? TAR_LINK : TAR_SYMLINK, "link", SAMPLE_GNU, 0);
	sample_write(0);
	check_refused("the target is too long");
}
END_TEST

START_TEST(the_root_is_neither_a_link_nor_a_target)
{
	struct tar_header *h;

	sample_begin();
	h = sample_add_header(TAR_LINK, "./", SAMPLE_GNU, 0);
	strcpy(h->link, "file");
	sample_write(0);
	check_refused("the root must be a directory");
	sample_begin();
	h = sample_add_header(TAR_LINK, "file", SAMPLE_GNU, 0);
	strcpy(h->link, "./");
	sample_write(0);
	check_refused("a directory cannot have a second name");
}
END_TEST

START_TEST(numbers_of_devices_that_do_not_fit_are_refused)
{
	struct tar_header *h;

	sample_begin();
	h = sample_add_header(TAR_CHAR, "device", SAMPLE_GNU, 0);
	tar_header_put(h->major, sizeof(h->major), _i ? 1 : 4096);
	tar_header_put(h->minor, sizeof(h->minor), _i ? 1048576 : 1);
	sample_write(0);
	check_refused("the number of the device is too large");
}
END_TEST

/* Comparing all keywords with each other would take hours. */
START_TEST(global_headers_with_many_keywords_are_refused)
{
	const unsigned int n = 1000000;
	char *text = malloc(n * 20), *p = text;
	unsigned int i;

	for (i = 0; i < n; i++)
		p += sprintf(p, "14 k%07u=v\n", i);
	sample_begin();
	sample_add_header(TAR_PAX_GLOBAL, "global", SAMPLE_USTAR, p - text);
	sample_add_data(text, p - text);
	sample_write(0);
	free(text);
	check_refused("the global header is too large");
}
END_TEST

/* The header would change a file of the next archive. */
START_TEST(an_extended_header_does_not_reach_the_next_archive)
{
	static const char text[] = "12 path=xyz\n";

	sample_begin();
	sample_add_header(TAR_PAX, "header", SAMPLE_USTAR, 12);
	sample_add_data(text, 12);
	sample_add_blocks(2);
	sample_add_header(TAR_FILE, "file", SAMPLE_USTAR, 0);
	sample_write(0);
	check_refused("the archive is cut off");
}
END_TEST

/* A directory of old archives, marked by a slash, with a size but no contents */
START_TEST(the_size_of_an_old_directory_is_ignored)
{
	sample_begin();
	sample_add_header(TAR_FILE, "dir/", SAMPLE_USTAR, 1024);
	if (_i)
		memset(sample_add_blocks(2), 'x', 1024);
	sample_add_header(TAR_FILE, "dir/file", SAMPLE_USTAR, 0);
	sample_write(0);
	sample_read();
	ck_assert_msg(!sample.errors, "%s", sample.error);
	ck_assert_uint_eq(sample.events, 4);
}
END_TEST

/* The map of the file goes on in a block that takes the place of the header. */
START_TEST(old_sparse_files_keep_their_time_of_access)
{
	struct tar_header *h;
	char *more;

	sample_begin();
	h = sample_add_header(TAR_GNU_SPARSE, "sparse", SAMPLE_GNU, 0);
	tar_header_put(h->prefix, 12, 123456789);
	tar_header_put((char *)h + 386, 12, 0);
	tar_header_put((char *)h + 398, 12, 0);
	((char *)h)[482] = 1;
	more = sample_add_blocks(1);
	tar_header_put(more, 12, 0);
	tar_header_put(more + 12, 12, 0);
	sample_write(0);
	sample_read();
	ck_assert_msg(!sample.errors, "%s", sample.error);
	ck_assert_int_eq(sample.atime, 123456789);
}
END_TEST

int main(void)
{
	TCase *tc = tcase_create("archives as sources");

	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(tc, names_that_are_too_long_are_refused, 0, 4);
	tcase_add_loop_test(tc, targets_that_are_too_long_are_refused, 0, 2);
	tcase_add_test(tc, the_root_is_neither_a_link_nor_a_target);
	tcase_add_loop_test(tc, numbers_of_devices_that_do_not_fit_are_refused,
			    0, 2);
	tcase_add_test(tc, global_headers_with_many_keywords_are_refused);
	tcase_add_test(tc, an_extended_header_does_not_reach_the_next_archive);
	tcase_add_loop_test(tc, the_size_of_an_old_directory_is_ignored, 0, 2);
	tcase_add_test(tc, old_sparse_files_keep_their_time_of_access);
	return run_case(tc, CK_FORK);
}
