// SPDX-License-Identifier: GPL-2.0
/*
 * The kernel's settings below /proc/sys, by the names of sysctl(8).
 */
#include <stdio.h>
#include <string.h>

#include "core/instance.h"
#include "guest/net.h"

#define ROOT	"/proc/sys/"

/*
 * "net.ipv4.ip_forward" or "net/ipv4/ip_forward": the first separator tells
 * which one is meant, the other one is a part of a name then and is written as
 * the first: net.ipv4.conf.eth0/1.forwarding, net/ipv4/conf/eth0.1/forwarding.
 */
static void name_to_path(char *name)
{
	char *first = strpbrk(name, "./");

	if (!first || *first == '/')
		return;
	for (; *name; name++)
		if (*name == '.')
			*name = '/';
		else if (*name == '/')
			*name = '.';
}

static long write_value(const char *file, const char *value)
{
	long fd = lkl_sys_open(file, LKL_O_WRONLY, 0);
	size_t len = strlen(value);
	long ret;

	if (fd < 0)
		return fd;
	ret = lkl_sys_write(fd, value, len);
	lkl_sys_close(fd);
	if (ret >= 0)
		ret = (size_t)ret == len ? 0 : -LKL_EINVAL;
	return ret;
}

int lkl_sysctl(const char *path, const char *value)
{
	char file[LKL_PATH_MAX];
	long ret;

	if (!path || !*path || !value || !*value)
		return -LKL_EINVAL;
	if ((size_t)snprintf(file, sizeof(file), ROOT "%s", path) >=
	    sizeof(file))
		return -LKL_ENAMETOOLONG;
	name_to_path(file + strlen(ROOT));
	ret = lkl_mount_fs("proc");
	if (ret < 0)
		return ret;
	return write_value(file, value);
}

static int write_entry(const struct lkl_list_entry *entry, void *arg)
{
	int *err = arg;
	int ret = lkl_sysctl(entry->name, entry->value);

	if (!*err)
		*err = ret;
	return 0;
}

int lkl_sysctl_parse_write(const char *sysctls)
{
	int ret, err = 0;

	if (!sysctls)
		return -LKL_EINVAL;
	ret = lkl_list_each(sysctls, ';', '=', write_entry, &err);
	return ret ? ret : err;
}
