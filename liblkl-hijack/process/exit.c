// SPDX-License-Identifier: GPL-2.0
/*
 * The end of the process.
 *
 * When the process ends, so does its network stack.  Data that was sent has to
 * leave first; then the kernel is halted.  Other threads must notice nothing:
 * they stay in their calls, also in calls that they make later.  Calls that the
 * ending thread makes after the halt fail, and do not go to the host.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "fd/fd-table.h"
#include "host/export.h"
#include "host/host-libc.h"
#include "host/standard-error.h"
#include "io/socket-calls.h"
#include "io/streams.h"
#include "process/drain.h"
#include "process/exit.h"
#include "state/kernel-call.h"
#include "state/kernel-state.h"
#include "state/signal-handlers.h"
#include "state/thread-state.h"

/* How long a process that ends waits for its peers. */
#define EXIT_MS		10000
#define KILLED_MS	1000

static bool pauses;
static pthread_t ending_thread;
static bool ending;

void exit_pause(void)
{
	pauses = true;
}

/*
 * Take k out of the table.  The number stays a descriptor of LKL, so that calls
 * of other threads go there and stay.
 */
static int take_k(int fd)
{
	const uint64_t closed = (uint64_t)FD_LKL << 32 | INT_MAX;
	int k = fd_lkl(fd);

	if (k >= 0)
		__atomic_store_n(&fd_slot(fd)->what, closed, __ATOMIC_RELEASE);
	return k;
}

static void close_all(void)
{
	unsigned int fd, end = fds_end();
	int k;

	for (fd = 0; fd < end; fd++) {
		k = take_k(fd);
		if (k >= 0)
			KCALL(close, k);
	}
}

/* Return true for the one thread that ends the process. */
static bool exit_begin(void)
{
	bool not_yet = false;

	if (!kernel_is_usable())
		return false;
	if (!__atomic_compare_exchange_n(&ending, &not_yet, true, false,
					 __ATOMIC_SEQ_CST, __ATOMIC_RELAXED)) {
		/* The other thread ends the process. */
		if (!pthread_equal(ending_thread, pthread_self()))
			for (;;)
				pause();
		return false;
	}
	ending_thread = pthread_self();
	return true;
}

/* Close everything, and wait at most @ms until the data has left. */
static void close_and_drain(int ms)
{
	bool datagrams;
	int left;

	thread_stop_others();
	thread_interrupt_others();
	close_all();
	if (!sockets_were_made(&datagrams))
		return;
	left = drain(ms, datagrams);
	if (left)
		report("%d connections were cut off: the peers did not take all data within %d s",
		       left, ms / 1000);
}

static void wait_for_signal(void)
{
	report("process %d has finished; its network stack stays until the process gets a signal, such as SIGTERM",
	       (int)getpid());
	signals_at_exit();
	pause();
}

/* Do everything but the end itself. */
static void end_instance(void)
{
	bool was_inside;

	if (self.inside || !exit_begin())
		return;
	if (pauses)
		wait_for_signal();
	close_and_drain(EXIT_MS);
	kernel_set_usable(false);
	was_inside = thread_enter();
	lkl_sys_halt();
	thread_leave(was_inside);
}

/* Do what is left to do before a signal ends the process; allocate nothing. */
static void end_by_signal(void)
{
	if (!self.known || self.inside || !exit_begin())
		return;
	close_and_drain(KILLED_MS);
}

/*
 * Run after the handlers of the program and the destructors of all libraries: a
 * function that belongs to no library and was registered before main() comes last.
 * libc writes out streams still later, which is too late for streams of LKL.
 */
static void at_process_exit(void *arg)
{
	if (!kernel_is_usable())
		return;
	streams_flush();
	end_instance();
}

int __cxa_atexit(void (*fn)(void *arg), void *arg, void *library);

int exit_init(void)
{
	signals_set_before_death(end_by_signal);
	/* quick_exit() has handlers of its own. */
	if (__cxa_atexit(at_process_exit, NULL, NULL) ||
	    at_quick_exit(end_instance))
		return -ENOMEM;
	return 0;
}

EXPORT void _exit(int status)
{
	end_instance();
	for (;;)
		host_syscall(SYS_exit_group, status, 0, 0, 0, 0, 0);
}
ALIAS(_Exit, _exit);
