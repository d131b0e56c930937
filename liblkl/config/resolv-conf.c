// SPDX-License-Identifier: GPL-2.0
/*
 * The resolver of a configuration: /etc/resolv.conf in the kernel's root.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/configuration.h"
#include "guest/small-file.h"
#include "guest/string-list.h"

/* The answers of the server to "ip=dhcp" */
#define FROM_DHCP	"/proc/net/pnp"

static int resolv_create(void)
{
	long ret = lkl_sys_mkdir("/etc", 0755);

	if (ret && ret != -LKL_EEXIST)
		return ret;
	return lkl_sys_open(LKL_RESOLV_CONF,
			    LKL_O_CREAT | LKL_O_WRONLY | LKL_O_TRUNC, 0644);
}

static int resolv_write_line(int fd, const char *line, size_t len)
{
	long ret = lkl_sys_write(fd, line, len);

	return ret < 0 ? ret : 0;
}

static int resolv_write_server(const struct lkl_list_entry *entry, void *arg)
{
	char line[128];
	int len = snprintf(line, sizeof(line), "nameserver %s\n", entry->name);

	return resolv_write_line(*(int *)arg, line, len);
}

static int resolv_write_servers(const char *servers)
{
	int fd = resolv_create(), ret;

	if (fd < 0)
		return fd;
	ret = lkl_list_each(servers, ',', 0, resolv_write_server, &fd);
	lkl_sys_close(fd);
	return ret;
}

static bool resolv_is_for_resolver(const char *line)
{
	return !strncmp(line, "domain ", 7) || !strncmp(line, "search ", 7) ||
	       (!strncmp(line, "nameserver ", 11) &&
		strcmp(line + 11, "0.0.0.0"));
}

static int resolv_copy_lines(char *text)
{
	char *line, *next;
	int fd = resolv_create(), ret = 0;

	if (fd < 0)
		return fd;
	for (line = text; line && !ret; line = next) {
		next = strchr(line, '\n');
		if (next)
			*next++ = '\0';
		if (!resolv_is_for_resolver(line))
			continue;
		ret = resolv_write_line(fd, line, strlen(line));
		if (!ret)
			ret = resolv_write_line(fd, "\n", 1);
	}
	lkl_sys_close(fd);
	return ret;
}

static int resolv_copy_from_dhcp(void)
{
	char text[1024];
	long len;
	int ret = lkl_mount_fs("proc");

	if (ret < 0)
		return ret;
	len = lkl_read_small_file(FROM_DHCP, text, sizeof(text));
	return len < 0 ? len : resolv_copy_lines(text);
}

/* Return whether the kernel configures its interfaces itself. */
static bool cmdline_has_ip(const char *cmdline)
{
	for (; cmdline; cmdline = strchr(cmdline, ' ')) {
		cmdline += strspn(cmdline, " ");
		if (!strncmp(cmdline, "ip=", 3))
			return true;
	}
	return false;
}

int lkl_config_resolver(const struct lkl_config *cfg)
{
	if (cfg->nameserver)
		return resolv_write_servers(cfg->nameserver);
	return cmdline_has_ip(cfg->boot_cmdline) ? resolv_copy_from_dhcp() : 0;
}
