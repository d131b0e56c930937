// SPDX-License-Identifier: GPL-2.0
/*
 * The configuration of the instance: a file that LKL_HIJACK_CONFIG_FILE names,
 * or lkl-hijack.json in the current folder, or else the environment.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <lkl_host.h>
#include <lkl_config.h>

#include "config.h"
#include "process/hijack-config.h"
#include "host/host-libc.h"
#include "state/kernel-call.h"
#include "process/exit.h"

/* Bit of the key debug */
#define DEBUG_PAUSE	0x100

static struct lkl_config config;

static void message(const struct lkl_config *cfg, const char *text, int len)
{
	host_syscall(SYS_write, STDERR_FILENO, (long)text, len, 0, 0, 0);
}

static int load_file(void)
{
	const char *path = getenv("LKL_HIJACK_CONFIG_FILE");
	int ret;

	if (!path || !*path) {
		ret = lkl_load_config_file(&config, LKL_DEFAULT_CONFIG);
		return ret == -LKL_ENOENT ? 0 : ret;
	}
	ret = lkl_load_config_file(&config, path);
	if (ret == -LKL_ENOENT)
		complain("lkl-hijack: %s: %s", path, lkl_strerror(ret));
	return ret;
}

int config_load(void)
{
	int ret;

	config.message = message;
	ret = load_file();
	if (!ret)
		ret = lkl_load_config_env(&config);
	if (!ret && (config.debug & DEBUG_PAUSE))
		process_will_pause();
	return ret;
}

int config_before_boot(void)
{
	return lkl_load_config_pre(&config);
}

int config_after_boot(void)
{
	return lkl_load_config_post(&config);
}

/* Without debug its last words ("Power down") are of no interest either. */
const char *config_boot_cmdline(void)
{
	static char *line;

	if (config.debug)
		return config.boot_cmdline ? config.boot_cmdline : "";
	free(line);
	if (asprintf(&line, "quiet %s",
		     config.boot_cmdline ? config.boot_cmdline : "") < 0)
		line = NULL;
	return line ? line : "quiet";
}

void config_delay(void)
{
	if (config.delay_main)
		usleep(config.delay_main);
}
