// SPDX-License-Identifier: GPL-2.0
/*
 * The watchdog ends a tool whose kernel makes no progress, with a message.
 */
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "process/watchdog.h"
#include "support/check-main.h"

#define SECONDS	2

static volatile uint64_t steps;

/* Run @work in a child with a watchdog; return its status and its message. */
static int run_child(void (*work)(void), char *said, size_t size)
{
	size_t n = 0;
	ssize_t got;
	int fds[2], status;
	pid_t pid;

	ck_assert_int_eq(pipe(fds), 0);
	pid = fork();
	ck_assert_int_ge(pid, 0);
	if (!pid) {
		dup2(fds[1], STDERR_FILENO);
		if (watchdog_start(&steps, SECONDS))
			_exit(99);
		work();
		_exit(0);
	}
	close(fds[1]);
	while ((got = read(fds[0], said + n, size - 1 - n)) > 0)
		n += got;
	said[n] = 0;
	close(fds[0]);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void loop_for_ever(void)
{
	for (;;)
		;
}

static void sleep_for_ever(void)
{
	for (;;)
		pause();
}

START_TEST(a_tool_that_hangs_is_ended)
{
	void (*const works[])(void) = { loop_for_ever, sleep_for_ever };
	char said[200];

	ck_assert_int_eq(run_child(works[_i], said, sizeof(said)),
			 WATCHDOG_STATUS);
	ck_assert_ptr_nonnull(strstr(said, "test-watchdog: the kernel makes no progress"));
}
END_TEST

/* Make a step before each check, for more checks than end a tool that hangs. */
static volatile sig_atomic_t looks;
static struct sigaction looked;

static void count_looks(int sig)
{
	looks++;
	steps++;
	looked.sa_handler(sig);
}

static void make_progress(void)
{
	struct sigaction sa = { .sa_handler = count_looks };

	sigaction(SIGALRM, &sa, &looked);
	while (looks < 2 * SECONDS)
		pause();
}

START_TEST(a_tool_that_makes_progress_goes_on)
{
	char said[200];

	ck_assert_int_eq(run_child(make_progress, said, sizeof(said)), 0);
	ck_assert_str_eq(said, "");
}
END_TEST

int main(void)
{
	TCase *tc = tcase_create("watchdog");

	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(tc, a_tool_that_hangs_is_ended, 0, 2);
	tcase_add_test(tc, a_tool_that_makes_progress_goes_on);
	return run_case(tc, CK_FORK);
}
