// SPDX-License-Identifier: GPL-2.0
/*
 * The environment of the process, and files for a test.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "support/environment/environment.h"

void set_variable(const char *name, const char *value)
{
	if (value)
		ck_assert_int_eq(setenv(name, value, 1), 0);
	else
		ck_assert_int_eq(unsetenv(name), 0);
}

void make_directory(char *path, int size)
{
	snprintf(path, size, "/tmp/lkl-\u00fc-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(path));
}

void remove_file(const char *path)
{
	ck_assert_int_eq(unlink(path), 0);
}

void remove_directory(const char *path)
{
	ck_assert_int_eq(rmdir(path), 0);
}

void write_text_file(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");

	ck_assert_ptr_nonnull(f);
	ck_assert_int_eq(fwrite(text, 1, strlen(text), f), strlen(text));
	ck_assert_int_eq(fclose(f), 0);
}
