// SPDX-License-Identifier: GPL-2.0
/*
 * Limits of memory that control groups set, as a directory with made-up files
 * describes them.
 */
#define _GNU_SOURCE
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "memory/memory-limit.h"
#include "support/check-main.h"

#define MIB	(1ULL << 20)

static char root[] = "/tmp/memory-limit-XXXXXX";

static void make_root(void)
{
	ck_assert_ptr_nonnull(mkdtemp(root));
}

static void remove_root(void)
{
	char command[64];

	snprintf(command, sizeof(command), "rm -rf %s", root);
	ck_assert_int_eq(system(command), 0);
}

/* Write @text to a file below @root, and make the directories of the file. */
static void put(const char *path, const char *text)
{
	char name[PATH_MAX], *slash;
	FILE *f;

	snprintf(name, sizeof(name), "%s%s", root, path);
	for (slash = name + strlen(root) + 1; (slash = strchr(slash, '/'));
	     slash++) {
		*slash = 0;
		mkdir(name, 0755);
		*slash = '/';
	}
	f = fopen(name, "w");
	ck_assert_ptr_nonnull(f);
	fputs(text, f);
	fclose(f);
}

START_TEST(without_groups_there_is_no_limit)
{
	ck_assert_uint_eq(lkl_posix_cgroup_limit(root), UINT64_MAX);
	put("/proc/self/cgroup", "");
	ck_assert_uint_eq(lkl_posix_cgroup_limit(root), UINT64_MAX);
	put("/proc/self/cgroup", "nonsense\n0:\n1:memory\n2:memory:none\n0::\n");
	ck_assert_uint_eq(lkl_posix_cgroup_limit(root), UINT64_MAX);
}
END_TEST

START_TEST(the_smallest_limit_of_all_groups_above_counts)
{
	put("/proc/self/cgroup", "0::/a/b/c\n");
	put("/sys/fs/cgroup/a/b/c/memory.max", "max\n");
	put("/sys/fs/cgroup/a/b/c/memory.high", "max\n");
	ck_assert_uint_eq(lkl_posix_cgroup_limit(root), UINT64_MAX);
	put("/sys/fs/cgroup/a/b/memory.max", "268435456\n");
	ck_assert_uint_eq(lkl_posix_cgroup_limit(root), 256 * MIB);
	put("/sys/fs/cgroup/a/b/c/memory.max", "536870912\n");
	ck_assert_uint_eq(lkl_posix_cgroup_limit(root), 256 * MIB);
	put("/sys/fs/cgroup/a/memory.high", "134217728\n");
	ck_assert_uint_eq(lkl_posix_cgroup_limit(root), 128 * MIB);
	put("/sys/fs/cgroup/memory.max", "67108864\n");
	ck_assert_uint_eq(lkl_posix_cgroup_limit(root), 64 * MIB);
	/* Another group's */
	put("/sys/fs/cgroup/a/d/memory.max", "4096\n");
	ck_assert_uint_eq(lkl_posix_cgroup_limit(root), 64 * MIB);
}
END_TEST

START_TEST(a_container_that_sees_its_own_group_only_has_its_limit)
{
	put("/sys/fs/cgroup/memory.max", "67108864\n");
	put("/proc/self/cgroup", "0::/docker/0123456789\n");
	ck_assert_uint_eq(lkl_posix_cgroup_limit(root), 64 * MIB);
	put("/proc/self/cgroup", "0::/\n");
	ck_assert_uint_eq(lkl_posix_cgroup_limit(root), 64 * MIB);
	put("/proc/self/cgroup", "0::/../other");
	ck_assert_uint_eq(lkl_posix_cgroup_limit(root), 64 * MIB);
}
END_TEST

START_TEST(groups_of_version_1_have_limits)
{
	put("/proc/self/cgroup",
	    "9:name=memory:/no\n5:cpu,memory:/a/b\n4:cpu:/no\n0::/u\n");
	put("/sys/fs/cgroup/memory/a/b/memory.limit_in_bytes",
	    "9223372036854771712\n");
	put("/sys/fs/cgroup/memory/no/memory.limit_in_bytes", "4096\n");
	put("/sys/fs/cgroup/no/memory.max", "4096\n");
	ck_assert_uint_ge(lkl_posix_cgroup_limit(root), 1ULL << 62);
	put("/sys/fs/cgroup/memory/a/memory.limit_in_bytes", "268435456\n");
	ck_assert_uint_eq(lkl_posix_cgroup_limit(root), 256 * MIB);
	/* Version 2 beside it */
	put("/sys/fs/cgroup/unified/u/memory.max", "134217728\n");
	ck_assert_uint_eq(lkl_posix_cgroup_limit(root), 128 * MIB);
}
END_TEST

START_TEST(resource_limits_leave_what_is_not_used)
{
	struct rlimit limit = { 1ULL << 60, RLIM_INFINITY };

	ck_assert_uint_eq(lkl_posix_rlimit_left(), UINT64_MAX);
	setrlimit(RLIMIT_AS, &limit);
	ck_assert_uint_lt(lkl_posix_rlimit_left(), 1ULL << 60);
	ck_assert_uint_gt(lkl_posix_rlimit_left(), 1ULL << 59);
	limit.rlim_cur = 1ULL << 50;
	setrlimit(RLIMIT_DATA, &limit);
	ck_assert_uint_lt(lkl_posix_rlimit_left(), 1ULL << 50);
	ck_assert_uint_gt(lkl_posix_rlimit_left(), 1ULL << 49);
	limit.rlim_cur = 4096;
	setrlimit(RLIMIT_DATA, &limit);
	ck_assert_uint_eq(lkl_posix_rlimit_left(), 0);
	limit.rlim_cur = RLIM_INFINITY;
	setrlimit(RLIMIT_DATA, &limit);
}
END_TEST

int main(void)
{
	TCase *tc = tcase_create("memory-limit");

	tcase_add_checked_fixture(tc, make_root, remove_root);
	tcase_add_test(tc, without_groups_there_is_no_limit);
	tcase_add_test(tc, the_smallest_limit_of_all_groups_above_counts);
	tcase_add_test(tc,
		       a_container_that_sees_its_own_group_only_has_its_limit);
	tcase_add_test(tc, groups_of_version_1_have_limits);
	tcase_add_test(tc, resource_limits_leave_what_is_not_used);
	return run_case(tc, CK_FORK);
}
