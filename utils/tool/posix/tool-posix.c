// SPDX-License-Identifier: GPL-2.0
/*
 * Signals, limits and users of a tool's process, on POSIX hosts.
 */
#define _GNU_SOURCE
#include <signal.h>
#include <stddef.h>
#include <sys/resource.h>
#include <unistd.h>

#include "shared/macros.h"
#include "tool/tool-host.h"

void tool_host_catch_signals(void (*stop)(int sig))
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP };
	struct sigaction sa = {
		.sa_handler = stop,
		.sa_flags = SA_RESTART | SA_ONSTACK,
	}, old;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(signals); i++) {
		sigaction(signals[i], NULL, &old);
		/* A signal that nohup(1) ignores stays ignored. */
		if (old.sa_handler != SIG_IGN)
			sigaction(signals[i], &sa, NULL);
	}
	/* A pipe without a reader is an error like others, with a message. */
	signal(SIGPIPE, SIG_IGN);
	/* A file at the limit for sizes ("ulimit -f") is such an error, too. */
	signal(SIGXFSZ, SIG_IGN);
}

void tool_host_raise_limits(void)
{
	struct rlimit files;

	if (getrlimit(RLIMIT_NOFILE, &files))
		return;
	files.rlim_cur = files.rlim_max;
	setrlimit(RLIMIT_NOFILE, &files);
}

uint32_t tool_host_uid(void)
{
	return geteuid();
}

uint32_t tool_host_gid(void)
{
	return getegid();
}

const char *tool_host_why_same_user(void)
{
	return geteuid() ? "only root can continue as another user" : NULL;
}
