// SPDX-License-Identifier: GPL-2.0
/*
 * What POSIX and Linux promise of a file system, checked on a mounted one, as root.
 *
 * The environment names a folder there, POSIX_DIR; each test works in a fresh folder
 * below it. The tests are in posix-*.c, by topic. They hold on ext4, XFS and btrfs.
 * What a file system cannot do, and says so as the kernel has it said, is printed as
 * `skipped a part: ...`.
 *
 * The group of tests that CK_RUN_CASE names (open, perms, ...) is run alone.
 */
#include "posix.h"

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
	if (count == sizeof(tests) / sizeof(*tests))
		abort();
	tests[count].file = file;
	tests[count++].test = test;
}

static char folder[PATH_MAX];

static void enter_folder(void)
{
	snprintf(folder, sizeof(folder), "%s/test-XXXXXX", getenv("POSIX_DIR"));
	ck_assert_msg(mkdtemp(folder), "%s: %s", folder, strerror(errno));
	umask(022);
	ok(chmod(folder, 0755));
	ok(chdir(folder));
}

static int delete(const char *path, const struct stat *st, int type,
		  struct FTW *at)
{
	(void)st;
	(void)type;
	(void)at;
	return remove(path);
}

static void delete_folder(void)
{
	ok(chdir("/"));
	ok(nftw(folder, delete, 8, FTW_DEPTH | FTW_PHYS));
}

/* What the tests of posix-perms.c are in: perms. */
static const char *topic(const char *file)
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
			tc = tcase_create(topic(file));
			tcase_set_timeout(tc, 300);
			tcase_add_checked_fixture(tc, enter_folder,
						  delete_folder);
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
		printf("SKIPPED: needs root, and a folder in POSIX_DIR\n");
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
