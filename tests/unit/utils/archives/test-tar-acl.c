// SPDX-License-Identifier: GPL-2.0
/*
 * Access control lists as text and as attributes.
 */
#include <stdlib.h>
#include <string.h>

#include "copy/archives/tar.h"
#include "support/check-main.h"

/* The attribute of LIST, which Linux stores: version 2, and entries of 8 bytes */
#define LIST	"user::rwx,user:7:r--,group::r-x,group:70000:-w-,mask::rwx,other::---"
static const unsigned char attribute[] = {
	0x02, 0, 0, 0,
	0x01, 0, 7, 0, 0xff, 0xff, 0xff, 0xff,
	0x02, 0, 4, 0, 7, 0, 0, 0,
	0x04, 0, 5, 0, 0xff, 0xff, 0xff, 0xff,
	0x08, 0, 2, 0, 0x70, 0x11, 1, 0,
	0x10, 0, 7, 0, 0xff, 0xff, 0xff, 0xff,
	0x20, 0, 0, 0, 0xff, 0xff, 0xff, 0xff,
};

static unsigned char value[4096];

static long read_list(const char *text, const char **why)
{
	struct owner_files names;
	long n;

	owner_files_open(&names);
	n = tar_acl_from_text(&names, text, value, sizeof(value), why);
	owner_files_close(&names);
	return n;
}

START_TEST(a_list_is_the_attribute_of_linux)
{
	static const char *const lists[] = {
		LIST,
		/* Any order, short words, names with numbers, comments */
		"mask:rwx\nother:---,g:70000:-w-,u::rwx,u:nobody-here:r--:7,"
		"g::r-x\t#effective:r-x",
	};
	const char *why = NULL;

	ck_assert_int_eq(read_list(lists[_i], &why), sizeof(attribute));
	ck_assert(!memcmp(value, attribute, sizeof(attribute)));
}
END_TEST

START_TEST(the_attribute_becomes_a_list)
{
	char *text = tar_acl_to_text(attribute, sizeof(attribute));

	ck_assert_str_eq(text, LIST);
	free(text);
	ck_assert(!tar_acl_to_text(attribute, sizeof(attribute) - 1));
	ck_assert(!tar_acl_to_text(attribute + 4, sizeof(attribute) - 8));
	ck_assert(!tar_acl_to_text(attribute, 3));
}
END_TEST

START_TEST(a_list_that_is_no_list_is_refused)
{
	static const char *const lists[] = {
		"user", "user:", "user:7", "user::rwy", "friend::rwx", "mask:7:rwx",
	};
	const char *why = NULL;

	ck_assert_int_eq(read_list(lists[_i], &why), -1);
	ck_assert(strstr(why, "damaged"));
}
END_TEST

/* No host has this user; Windows has no number of any. */
START_TEST(an_unknown_name_is_refused)
{
	static const char *const lists[] = {
		"user:nobody-here:r--", "group:nobody-here:r--", "user:4294967295:r--",
	};
	const char *why = NULL;

	ck_assert_int_eq(read_list(lists[_i], &why), -1);
	ck_assert_str_eq(why, owner_files_why_unknown());
}
END_TEST

int main(void)
{
	TCase *tc = tcase_create("access control lists");

	tcase_add_loop_test(tc, a_list_is_the_attribute_of_linux, 0, 2);
	tcase_add_test(tc, the_attribute_becomes_a_list);
	tcase_add_loop_test(tc, a_list_that_is_no_list_is_refused, 0, 6);
	tcase_add_loop_test(tc, an_unknown_name_is_refused, 0, 3);
	return run_case(tc, CK_FORK);
}
