// SPDX-License-Identifier: GPL-2.0
/*
 * The end of the process, and its children.
 *
 * When the process ends, so does its network stack.  What was sent has to leave
 * before; then the kernel is halted.  Other threads are to notice nothing: they
 * stay in their calls, and in those that they make meanwhile.  What the thread
 * that ends the process still wants fails; it does not go to the host.
 *
 * A child has the parent's descriptors, but no kernel: what it opens is the
 * host's.  vfork() is fork(), since a child that shares our memory would change
 * our table.  A program that is executed by a child is not hijacked unless it
 * is by lkl-hijack; LKL_HIJACK_PID tells whose instance it is.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "process/drain.h"
#include "fd/fd-table.h"
#include "host/host-libc.h"
#include "io/read-write.h"
#include "state/kernel-call.h"
#include "process/exit.h"
#include "state/signal-handlers.h"

/* How long the peers of a process that ends may take. */
#define EXIT_MS		10000
#define KILLED_MS	1000

static bool has_connections;
static bool has_datagrams;
static bool pauses;
static pthread_t ending_thread;
static bool ending;

void process_will_drain(int domain, int type)
{
	if (domain == AF_NETLINK)
		return;
	__atomic_store_n(&has_connections, true, __ATOMIC_RELAXED);
	type &= ~(SOCK_CLOEXEC | SOCK_NONBLOCK);
	if (type != SOCK_STREAM)
		__atomic_store_n(&has_datagrams, true, __ATOMIC_RELAXED);
}

void process_will_pause(void)
{
	pauses = true;
}

/* It stays LKL's, so that calls of other threads lead there and stay. */
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
			LKL_CALL(close, k);
	}
}

/* True for the one thread that is to do it. */
static bool begin_end(void)
{
	bool not_yet = false;

	if (!lkl_usable())
		return false;
	if (!__atomic_compare_exchange_n(&ending, &not_yet, true, false,
					 __ATOMIC_SEQ_CST, __ATOMIC_RELAXED)) {
		/* The other one ends the process. */
		if (!pthread_equal(ending_thread, pthread_self()))
			for (;;)
				pause();
		return false;
	}
	ending_thread = pthread_self();
	return true;
}

static void let_go(int ms)
{
	int left;

	lkl_stop_others();
	lkl_interrupt_others();
	close_all();
	if (!has_connections)
		return;
	left = drain(ms, has_datagrams);
	if (left)
		complain("lkl-hijack: %d connections were cut off, whose peers did not take what was sent",
			 left);
}

static void wait_for_signal(void)
{
	complain("lkl-hijack: process %d is at its end; its network stack stays until a signal comes",
		 (int)getpid());
	signals_at_exit();
	pause();
}

/* Everything but the end itself. */
static void end_instance(void)
{
	bool was;

	if (self.inside || !begin_end())
		return;
	if (pauses)
		wait_for_signal();
	let_go(EXIT_MS);
	lkl_set_usable(false);
	was = lkl_enter();
	lkl_sys_halt();
	lkl_leave(was);
}

/* A signal ends the process: no memory may be allocated. */
static void last_words(void)
{
	if (!self.known || self.inside || !begin_end())
		return;
	let_go(KILLED_MS);
}

/*
 * After the handlers of the program and the destructors of all libraries: what
 * belongs to none, and was registered before main(), comes last.  libc writes out
 * streams still later, which is too late for those of LKL.
 */
static void at_exit(void *arg)
{
	if (!lkl_usable())
		return;
	stdio_flush();
	end_instance();
}

int __cxa_atexit(void (*fn)(void *arg), void *arg, void *library);

/* quick_exit() has handlers of its own. */
static int register_end(void)
{
	if (__cxa_atexit(at_exit, NULL, NULL) || at_quick_exit(end_instance))
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

EXPORT pid_t vfork(void)
{
	return fork();
}
ALIAS(__vfork, vfork);

EXPORT int pthread_cancel(pthread_t thread)
{
	int ret = HOST(pthread_cancel)(thread);

	if (!ret && !self.inside && lkl_usable())
		lkl_interrupt_thread(thread);
	return ret;
}

/* Threads that LKL starts run its code only. */
struct start {
	void *(*fn)(void *arg);
	void *arg;
};

static void *start_inside(void *arg)
{
	struct start start = *(struct start *)arg;

	free(arg);
	self.inside = true;
	return start.fn(start.arg);
}

EXPORT int pthread_create(pthread_t *restrict thread,
			  const pthread_attr_t *restrict attr,
			  void *(*fn)(void *arg), void *restrict arg)
{
	struct start *start;
	int ret;

	if (!self.inside)
		return HOST(pthread_create)(thread, attr, fn, arg);
	start = malloc(sizeof(*start));
	if (!start)
		return EAGAIN;
	start->fn = fn;
	start->arg = arg;
	ret = HOST(pthread_create)(thread, attr, start_inside, start);
	if (ret)
		free(start);
	return ret;
}

int process_init(void)
{
	char pid[16];

	snprintf(pid, sizeof(pid), "%d", (int)getpid());
	if (setenv("LKL_HIJACK_PID", pid, 1))
		return -errno;
	signals_set_last_words(last_words);
	/* Signals that end the process come to this thread, whoever makes calls. */
	LKL_CALL(getpid);
	return register_end();
}
