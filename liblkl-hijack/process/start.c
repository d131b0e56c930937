// SPDX-License-Identifier: GPL-2.0
/*
 * The start, before main(): configuration and boot.
 *
 * A program that a hijacked process executes is not hijacked, unless lkl-hijack
 * starts it: LKL_HIJACK_PID names the process that an instance belongs to.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <lkl_host.h>
#include <lkl/linux/resource.h>

#include "fd/fd-hidden.h"
#include "fd/fd-placeholder.h"
#include "fd/fd-table.h"
#include "host/host-libc.h"
#include "host/standard-error.h"
#include "io/streams.h"
#include "process/exit.h"
#include "process/hijack-config.h"
#include "resolver/resolver.h"
#include "state/kernel-call.h"
#include "state/kernel-state.h"
#include "state/signal-handlers.h"
#include "state/thread-state.h"
#include "wait/epoll-members.h"
#include "wait/epoll-move.h"

static void exit_at_once(void)
{
	host_syscall(SYS_exit_group, 1, 0, 0, 0, 0, 0);
}

/*
 * Return true in a child of a hijacked process, also if the child has executed a
 * program.
 */
static bool is_child(void)
{
	const char *pid = getenv("LKL_HIJACK_PID");

	return pid && atol(pid) != getpid();
}

static int mark_process(void)
{
	char pid[16];

	snprintf(pid, sizeof(pid), "%d", (int)getpid());
	return setenv("LKL_HIJACK_PID", pid, 1) ? -errno : 0;
}

/* Let LKL have as many descriptors as the host may have. */
static void raise_fd_limit(void)
{
	struct lkl_rlimit64 lim = { FDS_MAX, FDS_MAX };

	lkl_sys_prlimit64(0, LKL_RLIMIT_NOFILE, &lim, NULL);
}

static int boot_kernel(void)
{
	int ret = lkl_start_kernel("%s", config_boot_cmdline());

	if (ret == -LKL_ENOENT)
		report("cannot boot: the kernel image is not installed; install it, or set LKL_KERNEL to the path of a kernel image, such as ./lkl-kernel.so");
	return ret;
}

static int boot_instance(void)
{
	int ret;

	ret = lkl_init(&lkl_host_ops);
	if (!ret)
		ret = config_before_boot();
	if (!ret)
		ret = boot_kernel();
	if (!ret) {
		raise_fd_limit();
		ret = config_after_boot();
	}
	return ret;
}

/* Prepare everything that a call of LKL relies on. */
static int init_layers(void)
{
	int ret;

	ret = fd_table_init();
	if (!ret)
		ret = fd_hidden_init();
	if (!ret)
		ret = fd_placeholder_init();
	if (!ret)
		ret = kernel_state_init();
	if (!ret)
		ret = thread_state_init();
	if (!ret)
		ret = signals_init();
	if (!ret)
		ret = streams_init();
	if (ret)
		return ret;
	epoll_members_init();
	epoll_move_init();
	return 0;
}

static int start_instance(void)
{
	bool was_inside;
	int ret;

	ret = config_load();
	if (!ret)
		ret = init_layers();
	if (ret)
		return ret;
	was_inside = thread_enter();
	ret = boot_instance();
	thread_leave(was_inside);
	if (ret)
		return ret;
	kernel_set_usable(true);
	resolver_uses_lkl();
	ret = mark_process();
	if (ret)
		return ret;
	/* Make this thread known to LKL, as it gets signals to the process. */
	KCALL(getpid);
	return exit_init();
}

static __attribute__((constructor)) void start_library(void)
{
	int saved = errno, ret;

	if (is_child())
		return;
	if (getenv("LKL_HIJACK_ZPOLINE")) {
		report("cannot start: LKL_HIJACK_ZPOLINE is set, but binary rewriting is not supported; unset this variable to use preloading");
		exit_at_once();
	}
	ret = start_instance();
	if (ret) {
		report("cannot start: %s%s", lkl_strerror(ret),
		       ret == -LKL_ENOMEM ?
			       "; raise the limit of the address space (ulimit -v), if there is one" : "");
		exit_at_once();
	}
	config_delay();
	errno = saved;
}
