// SPDX-License-Identifier: GPL-2.0
/*
 * Disk requests in flight.  Wine performs requests to files at once, so the tests
 * read from pipes, which complete when the test writes to the other end.
 */
#include <windows.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "io/overlapped.h"
#include "io/request.h"
#include "support/check-main.h"

#define BLOCK		512
#define PIPES		2
/* More than can be in flight */
#define REQUESTS	200
#define WAIT_MS		20000

static struct lkl_overlap *overlap;
static HANDLE servers[PIPES], clients[PIPES];
static struct lkl_request_target targets[PIPES];

/* Arguments of the last call of result() */
static uint32_t last_error, last_len;

static bool suits(const struct lkl_blk_io *io)
{
	return true;
}

static int keep_result(struct lkl_blk_io *io, uint32_t error, uint32_t len)
{
	last_error = error;
	last_len = len;
	return error ? -LKL_EIO : 0;
}

static void open_pipe(int i)
{
	wchar_t name[64];

	swprintf(name, 64, L"\\\\.\\pipe\\lkl-test-%lu-%d",
		 GetCurrentProcessId(), i);
	servers[i] = CreateNamedPipeW(name, PIPE_ACCESS_DUPLEX |
				      FILE_FLAG_OVERLAPPED, PIPE_TYPE_BYTE,
				      1, 65536, 65536, 0, NULL);
	ck_assert_ptr_ne(servers[i], INVALID_HANDLE_VALUE);
	clients[i] = CreateFileW(name, GENERIC_READ | GENERIC_WRITE, 0, NULL,
				 OPEN_EXISTING, 0, NULL);
	ck_assert_ptr_ne(clients[i], INVALID_HANDLE_VALUE);
	targets[i] = (struct lkl_request_target) {
		.overlapped = servers[i],
		.suits_overlap = suits,
		.result = keep_result,
	};
}

static void set_up(void)
{
	int i;

	for (i = 0; i < PIPES; i++)
		open_pipe(i);
	overlap = lkl_host_win32_overlap_create();
	ck_assert(overlap);
}

static void tear_down(void)
{
	int i;

	if (overlap)
		lkl_host_win32_overlap_destroy(overlap);
	for (i = 0; i < PIPES; i++) {
		CloseHandle(servers[i]);
		CloseHandle(clients[i]);
	}
}

/* Prepare @io for the buffers @iov and pipe @pipe, and start it. */
static bool start(struct lkl_blk_io *io, int pipe, enum lkl_blk_op op,
		  struct iovec *iov, int n)
{
	int i;

	*io = (struct lkl_blk_io) { .op = op, .iov = iov, .iov_count = n };
	for (i = 0; i < n; i++)
		io->len += iov[i].iov_len;
	request_of(io)->target = &targets[pipe];
	return lkl_host_win32_overlap_start(overlap, io);
}

static void write_to_pipe(HANDLE pipe, char byte, int len)
{
	char buf[4 * BLOCK];
	DWORD n;

	memset(buf, byte, sizeof(buf));
	ck_assert(WriteFile(pipe, buf, len, &n, NULL));
	ck_assert_int_eq(n, len);
}

/* Wait as the leader does, and return the request that has completed. */
static struct lkl_blk_io *wait_for_one(int *result)
{
	HANDLE event = lkl_host_win32_overlap_event(overlap);

	while (!lkl_host_win32_overlap_any_completed(overlap))
		ck_assert_int_eq(WaitForSingleObject(event, WAIT_MS), 0);
	return lkl_host_win32_overlap_completed(overlap, result);
}

START_TEST(requests_complete_in_any_order)
{
	char a[BLOCK], b[BLOCK];
	struct iovec iov_a = { a, BLOCK }, iov_b = { b, BLOCK };
	struct lkl_blk_io first, second;
	int result;

	ck_assert(start(&first, 0, LKL_BLK_OP_READ, &iov_a, 1));
	ck_assert(start(&second, 1, LKL_BLK_OP_READ, &iov_b, 1));
	ck_assert_int_eq(lkl_host_win32_overlap_flying(overlap), 2);
	ck_assert(!lkl_host_win32_overlap_any_completed(overlap));
	ck_assert(!lkl_host_win32_overlap_completed(overlap, &result));

	write_to_pipe(clients[1], 'b', BLOCK);
	ck_assert_ptr_eq(wait_for_one(&result), &second);
	ck_assert_int_eq(result, 0);
	ck_assert_int_eq(last_len, BLOCK);
	ck_assert_int_eq(b[BLOCK - 1], 'b');
	ck_assert_int_eq(lkl_host_win32_overlap_flying(overlap), 1);

	write_to_pipe(clients[0], 'a', BLOCK);
	ck_assert_ptr_eq(wait_for_one(&result), &first);
	ck_assert_int_eq(a[0], 'a');
	ck_assert_int_eq(lkl_host_win32_overlap_flying(overlap), 0);
}
END_TEST

START_TEST(pieces_are_one_transfer)
{
	char buf[4 * BLOCK] = "", back[3 * BLOCK];
	/* The second and third one lie one behind the other. */
	struct iovec iov[] = {
		{ buf + 3 * BLOCK, BLOCK }, { buf, BLOCK },
		{ buf + BLOCK, BLOCK },
	};
	struct lkl_blk_io io;
	DWORD n;
	int result;

	ck_assert(start(&io, 0, LKL_BLK_OP_READ, iov, 3));
	memset(back, 'x', BLOCK);
	memset(back + BLOCK, 'y', BLOCK);
	memset(back + 2 * BLOCK, 'z', BLOCK);
	ck_assert(WriteFile(clients[0], back, sizeof(back), &n, NULL));
	ck_assert_ptr_eq(wait_for_one(&result), &io);
	ck_assert_int_eq(last_len, 3 * BLOCK);
	ck_assert_int_eq(buf[3 * BLOCK], 'x');
	ck_assert_int_eq(buf[BLOCK - 1], 'y');
	ck_assert_int_eq(buf[BLOCK], 'z');
	ck_assert_int_eq(buf[2 * BLOCK], 0);

	ck_assert(start(&io, 0, LKL_BLK_OP_WRITE, iov, 3));
	memset(back, 0, sizeof(back));
	ck_assert(ReadFile(clients[0], back, sizeof(back), &n, NULL));
	ck_assert_int_eq(n, sizeof(back));
	ck_assert_int_eq(back[0], 'x');
	ck_assert_int_eq(back[2 * BLOCK - 1], 'y');
	ck_assert_int_eq(back[3 * BLOCK - 1], 'z');
	ck_assert_ptr_eq(wait_for_one(&result), &io);
	ck_assert_int_eq(result, 0);
}
END_TEST

START_TEST(the_target_learns_of_short_transfers_and_errors)
{
	char a[BLOCK], b[BLOCK];
	struct iovec iov_a = { a, BLOCK }, iov_b = { b, BLOCK };
	struct lkl_blk_io first, second;
	int result;

	ck_assert(start(&first, 0, LKL_BLK_OP_READ, &iov_a, 1));
	write_to_pipe(clients[0], 'a', 100);
	ck_assert_ptr_eq(wait_for_one(&result), &first);
	ck_assert_int_eq(last_error, 0);
	ck_assert_int_eq(last_len, 100);

	/* An error of a request in flight, and one of the start */
	ck_assert(start(&second, 0, LKL_BLK_OP_READ, &iov_b, 1));
	CloseHandle(clients[0]);
	clients[0] = NULL;
	ck_assert_ptr_eq(wait_for_one(&result), &second);
	ck_assert_int_eq(result, -LKL_EIO);
	ck_assert_int_eq(last_error, ERROR_BROKEN_PIPE);
	ck_assert(start(&first, 0, LKL_BLK_OP_READ, &iov_a, 1));
	ck_assert_ptr_eq(wait_for_one(&result), &first);
	ck_assert_int_eq(last_error, ERROR_BROKEN_PIPE);
	ck_assert_int_eq(lkl_host_win32_overlap_flying(overlap), 0);
}
END_TEST

START_TEST(no_more_requests_start_than_there_is_room)
{
	static struct lkl_blk_io ios[REQUESTS];
	char buf[REQUESTS];
	struct iovec iov[REQUESTS];
	int i, n, result;

	for (n = 0; n < REQUESTS; n++) {
		iov[n] = (struct iovec) { buf + n, 1 };
		if (!start(&ios[n], 0, LKL_BLK_OP_READ, &iov[n], 1))
			break;
	}
	ck_assert_int_gt(n, 32);
	ck_assert_int_lt(n, REQUESTS);
	ck_assert_int_eq(lkl_host_win32_overlap_flying(overlap), n);
	write_to_pipe(clients[0], 'a', n);
	for (i = 0; i < n; i++)
		ck_assert(wait_for_one(&result));
	ck_assert(start(&ios[n], 1, LKL_BLK_OP_READ, &iov[n], 1));
	write_to_pipe(clients[1], 'b', 1);
	ck_assert_ptr_eq(wait_for_one(&result), &ios[n]);
	ck_assert_int_eq(buf[n], 'b');
}
END_TEST

static DWORD WINAPI write_later(void *arg)
{
	write_to_pipe(clients[0], 'a', BLOCK);
	return 0;
}

/* The program expects the ends of its own operations only. */
START_TEST(a_completion_port_of_the_program_learns_nothing)
{
	HANDLE port = CreateIoCompletionPort(servers[0], NULL, 1, 1);
	OVERLAPPED *at = NULL;
	char a[BLOCK];
	struct iovec iov = { a, BLOCK };
	struct lkl_blk_io io;
	ULONG_PTR key;
	int result;
	DWORD n;

	ck_assert(port);
	ck_assert(start(&io, 0, LKL_BLK_OP_READ, &iov, 1));
	write_to_pipe(clients[0], 'a', BLOCK);
	ck_assert_ptr_eq(wait_for_one(&result), &io);
	ck_assert_int_eq(a[BLOCK - 1], 'a');
	ck_assert(!GetQueuedCompletionStatus(port, &n, &key, &at, 0));
	ck_assert_int_eq(GetLastError(), WAIT_TIMEOUT);
	ck_assert(!at);
	CloseHandle(port);
}
END_TEST

/* Memory of a request that drain() has forgotten is not written later. */
START_TEST(drain_waits_for_the_requests_of_one_target)
{
	char a[BLOCK] = "", b[BLOCK] = "";
	struct iovec iov_a = { a, BLOCK }, iov_b = { b, BLOCK };
	struct lkl_blk_io first, second;
	HANDLE thread;
	int result;

	ck_assert(start(&first, 0, LKL_BLK_OP_READ, &iov_a, 1));
	ck_assert(start(&second, 1, LKL_BLK_OP_READ, &iov_b, 1));
	thread = CreateThread(NULL, 0, write_later, NULL, 0, NULL);
	ck_assert(thread);
	lkl_host_win32_overlap_drain(overlap, &targets[0]);
	ck_assert_int_eq(a[BLOCK - 1], 'a');
	ck_assert_int_eq(lkl_host_win32_overlap_flying(overlap), 1);
	WaitForSingleObject(thread, INFINITE);
	CloseHandle(thread);
	write_to_pipe(clients[1], 'b', BLOCK);
	ck_assert_ptr_eq(wait_for_one(&result), &second);
}
END_TEST

static struct lkl_blk_io ended_io;
static struct iovec ended_iov;
static char ended_buf[BLOCK];

static DWORD WINAPI start_and_end(void *arg)
{
	ended_iov = (struct iovec) { ended_buf, BLOCK };
	ck_assert(start(&ended_io, 0, LKL_BLK_OP_READ, &ended_iov, 1));
	return 0;
}

/* The system cancels the requests of a thread that ends. */
START_TEST(a_request_of_a_thread_that_ends_completes)
{
	HANDLE thread = CreateThread(NULL, 0, start_and_end, NULL, 0, NULL);
	int result;

	ck_assert(thread);
	WaitForSingleObject(thread, INFINITE);
	CloseHandle(thread);
	if (!lkl_host_win32_overlap_any_completed(overlap))
		write_to_pipe(clients[0], 'a', BLOCK);
	ck_assert_ptr_eq(wait_for_one(&result), &ended_io);
	if (result)
		ck_assert_int_eq(last_error, ERROR_OPERATION_ABORTED);
	else
		ck_assert_int_eq(ended_buf[0], 'a');
}
END_TEST

int main(void)
{
	TCase *tc = tcase_create("windows-overlapped");

	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_add_test(tc, requests_complete_in_any_order);
	tcase_add_test(tc, pieces_are_one_transfer);
	tcase_add_test(tc, the_target_learns_of_short_transfers_and_errors);
	tcase_add_test(tc, no_more_requests_start_than_there_is_room);
	tcase_add_test(tc, a_completion_port_of_the_program_learns_nothing);
	tcase_add_test(tc, drain_waits_for_the_requests_of_one_target);
	tcase_add_test(tc, a_request_of_a_thread_that_ends_completes);
	return run_case(tc, CK_NOFORK);
}
