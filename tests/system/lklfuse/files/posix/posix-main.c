// SPDX-License-Identifier: GPL-2.0
/*
 * Tests, run as root, of the promises that POSIX and Linux make about mounted
 * file systems.
 *
 * The environment variable POSIX_DIR names a directory of the file system; each
 * test works in a new directory below.  The tests are in posix-*.c, by topic,
 * and pass on ext4, XFS and btrfs.  For operations that a file system does not
 * support, a test prints "skipped a part: ...".
 *
 * CK_RUN_CASE selects the tests of one topic, such as open or perms.
 */
#include "posix.h"
#include "shared/macros.h"

#include <ftw.h>
#include <limits.h>
#include <signal.h>
#include <sys/resource.h>

static struct {
	const char *file;
	const TTest * const *test;
} tests[1000];

static int count;

void posix_add(const char *file, const TTest * const *test)
{
	if (count == ARRAY_SIZE(tests))
		abort();
	tests[count].file = file;
	tests[count++].test = test;
}

static char test_dir[PATH_MAX];

static void enter_test_dir(void)
{
	snprintf(test_dir, sizeof(test_dir), "%s/test-XXXXXX", getenv("POSIX_DIR"));
	ck_assert_msg(mkdtemp(test_dir), "%s: %s", test_dir, strerror(errno));
	umask(022);
	ok(chmod(test_dir, 0755));
	ok(chdir(test_dir));
}

static int delete_entry(const char *path, const struct stat *st, int type,
			struct FTW *at)
{
	(void)st;
	(void)type;
	(void)at;
	return remove(path);
}

static void delete_test_dir(void)
{
	ok(chdir("/"));
	ok(nftw(test_dir, delete_entry, 8, FTW_DEPTH | FTW_PHYS));
}

/* Return the topic of a file: "perms" for posix-perms.c. */
static const char *topic_of(const char *file)
{
	static char name[64];
	const char *base = strrchr(file, '/');

	base = base ? base + 1 : file;
	snprintf(name, sizeof(name), "%s", base + strlen("posix-"));
	*strchrnul(name, '.') = 0;
	return strdup(name);
}

static void add_tests(Suite *s)
{
	const char *file = NULL;
	TCase *tc = NULL;

	for (int i = 0; i < count; i++) {
		if (!tc || strcmp(tests[i].file, file)) {
			file = tests[i].file;
			tc = tcase_create(topic_of(file));
			tcase_set_timeout(tc, 300);
			tcase_add_checked_fixture(tc, enter_test_dir,
						  delete_test_dir);
			suite_add_tcase(s, tc);
		}
		tcase_add_test(tc, *tests[i].test);
	}
}

int main(void)
{
	struct rlimit files = { 8192, 8192 };
	Suite *s = suite_create("posix");
	SRunner *sr;
	int failed;

	if (!getenv("POSIX_DIR") || geteuid()) {
		printf("SKIPPED: needs root, and a directory in POSIX_DIR\n");
		return 77;
	}
	signal(SIGPIPE, SIG_IGN);
	if (setrlimit(RLIMIT_NOFILE, &files))
		perror("setrlimit");
	add_tests(s);
	sr = srunner_create(s);
	srunner_set_fork_status(sr, CK_FORK);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
