// SPDX-License-Identifier: GPL-2.0
/*
 * Resources of the host: descriptors, and the resident set.
 */
#include <check.h>
#include <dirent.h>
#include <stdio.h>

#include "support/resources/resources.h"

int count_resources(void)
{
	DIR *d = opendir("/proc/self/fd");
	int n = 0;

	while (readdir(d))
		n++;
	closedir(d);
	return n;
}

unsigned long resident_kilobytes(void)
{
	unsigned long size, pages;
	FILE *f = fopen("/proc/self/statm", "r");

	ck_assert_int_eq(fscanf(f, "%lu %lu", &size, &pages), 2);
	fclose(f);
	return pages * 4;
}
