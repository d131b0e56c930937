// SPDX-License-Identifier: GPL-2.0
/*
 * Parameters of the kernel below /proc/sys, by the names of sysctl(8).
 */
#include <stdio.h>
#include <string.h>

#include <lkl.h>

#include "guest/small-file.h"
#include "guest/string-list.h"

#define ROOT	"/proc/sys/"

/*
 * Make a path of "net.ipv4.ip_forward" or "net/ipv4/ip_forward".  The first of
 * "." and "/" is the separator.  If that is ".", a "/" stands for a "." in a
 * name: "net.ipv4.conf.eth0/1.forwarding" is "net/ipv4/conf/eth0.1/forwarding".
 */
static void sysctl_name_to_path(char *name)
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

int lkl_sysctl(const char *path, const char *value)
{
	char file[LKL_PATH_MAX];
	long ret;

	if (!path || !*path || !value || !*value)
		return -LKL_EINVAL;
	if ((size_t)snprintf(file, sizeof(file), ROOT "%s", path) >=
	    sizeof(file))
		return -LKL_ENAMETOOLONG;
	sysctl_name_to_path(file + strlen(ROOT));
	ret = lkl_mount_fs("proc");
	if (ret < 0)
		return ret;
	return lkl_write_small_file(file, value);
}

static int sysctl_write_entry(const struct lkl_list_entry *entry, void *arg)
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
	ret = lkl_list_each(sysctls, ';', '=', sysctl_write_entry, &err);
	return ret ? ret : err;
}
