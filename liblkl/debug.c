// SPDX-License-Identifier: GPL-2.0
/*
 * What the kernel does: a list of its tasks, when the user of the program asks
 * the host for it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "instance.h"

/* Contents of a small file of /proc, without the newline. */
static int read_file(const char *pid, const char *name, char *buf, size_t size)
{
	char path[64];
	long fd, len;

	snprintf(path, sizeof(path), "/proc/%s/%s", pid, name);
	fd = lkl_sys_open(path, LKL_O_RDONLY, 0);
	if (fd < 0)
		return fd;
	len = lkl_sys_read(fd, buf, size - 1);
	lkl_sys_close(fd);
	if (len < 0)
		return len;
	buf[len] = '\0';
	buf[strcspn(buf, "\n")] = '\0';
	return 0;
}

/* "1 (init) S 0 ...": a name may contain anything. */
static void print_task(const char *pid)
{
	char stat[512], where[128];
	char *name, *end;

	/* It may have ended meanwhile. */
	if (read_file(pid, "stat", stat, sizeof(stat)))
		return;
	if (read_file(pid, "wchan", where, sizeof(where)))
		where[0] = '\0';
	name = strchr(stat, '(');
	end = strrchr(stat, ')');
	if (!name || !end || end[1] != ' ')
		return;
	*end = '\0';
	lkl_printf("%6s %c %-16s %s\n", pid, end[2], name + 1,
		   strcmp(where, "0") ? where : "");
}

static void print_tasks(void)
{
	struct lkl_linux_dirent64 *de;
	struct lkl_dir *dir;
	int ret = lkl_mount_fs("proc");

	if (ret < 0) {
		lkl_perror("lkl: no list of tasks: /proc", ret);
		return;
	}
	dir = lkl_opendir("/proc", &ret);
	if (!dir) {
		lkl_perror("lkl: no list of tasks: /proc", ret);
		return;
	}
	lkl_printf("%6s %s %-16s %s\n", "task", "s", "name", "waits in");
	while ((de = lkl_readdir(dir)))
		if (de->d_name[0] >= '1' && de->d_name[0] <= '9')
			print_task(de->d_name);
	if (lkl_errdir(dir))
		lkl_perror("lkl: list of tasks: /proc", lkl_errdir(dir));
	lkl_closedir(dir);
}

void lkl_register_dbg_handler(void)
{
	struct lkl_instance *inst = lkl_default_instance();
	int ret = -LKL_EOPNOTSUPP;

	if (!inst || inst->debug_asked)
		return;
	if (inst->host->on_debug)
		ret = inst->host->on_debug(print_tasks);
	inst->debug_asked = !ret;
	if (ret)
		lkl_perror("lkl: no list of tasks on request", ret);
}

void lkl_debug_exit(struct lkl_instance *inst)
{
	if (inst->debug_asked)
		inst->host->on_debug(NULL);
	inst->debug_asked = false;
}
