// SPDX-License-Identifier: GPL-2.0
/*
 * The start: configuration, boot, before main().
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

#include "process/hijack-config.h"
#include "wait/epoll.h"
#include "fd/fd-table.h"
#include "host/host-libc.h"
#include "io/read-write.h"
#include "state/kernel-call.h"
#include "process/exit.h"
#include "resolver/resolver.h"
#include "state/signal-handlers.h"

static void give_up(void)
{
	host_syscall(SYS_exit_group, 1, 0, 0, 0, 0, 0);
}

/* The child of a hijacked process, with another program or none. */
static bool is_child(void)
{
	const char *pid = getenv("LKL_HIJACK_PID");

	return pid && atol(pid) != getpid();
}

/* As many descriptors as the host may give. */
static void raise_limit(void)
{
	struct lkl_rlimit64 lim = { FDS_MAX, FDS_MAX };

	lkl_sys_prlimit64(0, LKL_RLIMIT_NOFILE, &lim, NULL);
}

static int boot(void)
{
	int ret;

	ret = lkl_init(&lkl_host_ops);
	if (!ret)
		ret = config_before_boot();
	if (!ret)
		ret = lkl_start_kernel("%s", config_boot_cmdline());
	if (!ret) {
		raise_limit();
		ret = config_after_boot();
	}
	return ret;
}

static int start(void)
{
	int ret;
	bool was;

	ret = config_load();
	if (ret)
		return ret;
	ret = fds_init();
	if (!ret)
		ret = lkl_state_init();
	if (!ret)
		ret = stdio_init();
	if (ret)
		return ret;
	signals_init();
	epoll_init();
	was = lkl_enter();
	ret = boot();
	lkl_leave(was);
	if (ret)
		return ret;
	lkl_set_usable(true);
	resolver_begin();
	return process_init();
}

static __attribute__((constructor)) void init(void)
{
	int saved = errno, ret;

	if (is_child())
		return;
	if (getenv("LKL_HIJACK_ZPOLINE")) {
		complain("lkl-hijack: LKL_HIJACK_ZPOLINE: binary rewriting is not supported; unset it to use preloading");
		give_up();
	}
	ret = start();
	if (ret) {
		complain("lkl-hijack: cannot start: %s", lkl_strerror(ret));
		give_up();
	}
	config_delay();
	errno = saved;
}
