/* SPDX-License-Identifier: GPL-2.0 */
/* The end of main() in programs that use Check. */
#ifndef LKL_TESTS_CHECK_MAIN_H
#define LKL_TESTS_CHECK_MAIN_H

#include <check.h>
#include <stdlib.h>

/*
 * Run the tests of @tc, in processes of their own or not; return the exit
 * status.
 */
static inline int run_case(TCase *tc, enum fork_status mode)
{
	Suite *s = suite_create("lkl");
	SRunner *sr;
	int failed;

	suite_add_tcase(s, tc);
	sr = srunner_create(s);
	srunner_set_fork_status(sr, mode);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

#endif /* LKL_TESTS_CHECK_MAIN_H */
