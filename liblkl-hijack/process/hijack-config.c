// SPDX-License-Identifier: GPL-2.0
/*
 * The configuration of the instance: the file that LKL_HIJACK_CONFIG_FILE names,
 * or lkl-hijack.json in the current directory; then the environment.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <lkl_host.h>
#include <lkl_config.h>

#include "config.h"
#include "host/standard-error.h"
#include "process/exit.h"
#include "process/hijack-config.h"

/* Bit of the key debug */
#define DEBUG_PAUSE	0x100

static struct lkl_config config;

static void write_message(const struct lkl_config *cfg, const char *text, int len)
{
	report_text(text, len);
}

static int load_file(void)
{
	const char *path = getenv("LKL_HIJACK_CONFIG_FILE");
	int ret;

	if (!path || !*path) {
		ret = lkl_load_config_file(&config, HIJACK_DEFAULT_CONFIG);
		return ret == -LKL_ENOENT ? 0 : ret;
	}
	ret = lkl_load_config_file(&config, path);
	if (ret == -LKL_ENOENT)
		report("cannot read the configuration '%s': %s", path,
		       lkl_strerror(ret));
	return ret;
}

int config_load(void)
{
	int ret;

	config.message = write_message;
	ret = load_file();
	if (!ret)
		ret = lkl_load_config_env(&config);
	if (!ret && (config.debug & DEBUG_PAUSE))
		exit_pause();
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

/*
 * Without the key debug, hide the kernel's messages, including the last message
 * ("Power down").
 */
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
