// SPDX-License-Identifier: GPL-2.0
/*
 * A list of the kernel's tasks, printed when the user asks the host for it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/host-thread.h"
#include "guest/small-file.h"
#include "guest/task-list.h"

/* Read the first line of file @name of a task. */
static int task_read_line(const char *task, const char *name, char *buf,
			  size_t size)
{
	char path[160];
	long len;

	snprintf(path, sizeof(path), "%s/%s", task, name);
	len = lkl_read_small_file(path, buf, size);
	if (len < 0)
		return len;
	buf[strcspn(buf, "\n")] = '\0';
	return 0;
}

/* Print a task from "1 (init) S 0 ..."; its name may contain any character. */
static void task_print(const char *task, const char *tid)
{
	char stat[512], where[128];
	char *name, *end;

	/* The task may have ended meanwhile. */
	if (task_read_line(task, "stat", stat, sizeof(stat)))
		return;
	if (task_read_line(task, "wchan", where, sizeof(where)))
		where[0] = '\0';
	name = strchr(stat, '(');
	end = strrchr(stat, ')');
	if (!name || !end || end[1] != ' ')
		return;
	*end = '\0';
	lkl_printf("%6s %c %-16s %s\n", tid, end[2], name + 1,
		   strcmp(where, "0") ? where : "");
}

/* Call @fn for each entry of a directory whose name is a number. */
static int task_for_each(const char *parent,
			 void (*fn)(const char *path, const char *name))
{
	struct lkl_linux_dirent64 *de;
	struct lkl_dir *dir;
	char path[128];
	int ret;

	dir = lkl_opendir(parent, &ret);
	if (!dir)
		return ret;
	while ((de = lkl_readdir(dir))) {
		if (de->d_name[0] < '1' || de->d_name[0] > '9')
			continue;
		if (snprintf(path, sizeof(path), "%s/%s", parent, de->d_name) <
		    (int)sizeof(path))
			fn(path, de->d_name);
	}
	ret = lkl_errdir(dir);
	lkl_closedir(dir);
	return ret;
}

/* Print all tasks of a process, as the threads of the program are. */
static void task_print_process(const char *process, const char *pid)
{
	char path[128];

	/* The task may have ended meanwhile. */
	if (snprintf(path, sizeof(path), "%s/task", process) <
	    (int)sizeof(path))
		task_for_each(path, task_print);
}

/* The instance whose tasks are listed; the host can call for one only. */
static struct lkl_instance *task_instance;

static void task_print_all(void)
{
	int ret = lkl_thread_bind(task_instance);

	if (!ret)
		ret = lkl_mount_fs("proc");
	if (ret >= 0) {
		lkl_printf("%6s %s %-16s %s\n", "task", "s", "name",
			   "waits in");
		ret = task_for_each("/proc", task_print_process);
	}
	if (ret < 0)
		lkl_perror("lkl: cannot list the kernel's tasks in /proc", ret);
}

static int task_list_enable(struct lkl_instance *inst)
{
	struct lkl_instance *none = NULL;
	int ret;

	if (!inst->host->on_debug)
		return -LKL_EOPNOTSUPP;
	if (!__atomic_compare_exchange_n(&task_instance, &none, inst, false,
					 __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST))
		return -LKL_EBUSY;
	ret = inst->host->on_debug(task_print_all);
	if (ret)
		__atomic_store_n(&task_instance, NULL, __ATOMIC_SEQ_CST);
	return ret;
}

void lkl_register_dbg_handler(void)
{
	struct lkl_instance *inst = lkl_this_instance();
	int ret;

	if (!inst || inst->has_debug_handler)
		return;
	ret = task_list_enable(inst);
	inst->has_debug_handler = !ret;
	if (ret)
		lkl_perror("lkl: cannot enable the list of tasks on request", ret);
}

void lkl_task_list_exit(struct lkl_instance *inst)
{
	if (!inst->has_debug_handler)
		return;
	inst->host->on_debug(NULL);
	__atomic_store_n(&task_instance, NULL, __ATOMIC_SEQ_CST);
	inst->has_debug_handler = false;
}
