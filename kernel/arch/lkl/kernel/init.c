// SPDX-License-Identifier: GPL-2.0
/*
 * Process 1 without a program.
 *
 * The kernel wants to execute an init program, but user mode is the host
 * program, which is there already.  An empty /init in the initial root and a
 * binary format that accepts it make exec succeed without loading anything.
 * Process 1 then has an mm, and is "in user mode" when the function of its
 * kernel thread returns, as the generic code expects.
 */
#include <linux/binfmts.h>
#include <linux/err.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/init.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>

static int init_load_binary(struct linux_binprm *bprm)
{
	int ret;

	if (!is_global_init(current) || current->mm)
		return -ENOEXEC;
	ret = begin_new_exec(bprm);
	if (ret)
		return ret;
	setup_new_exec(bprm);
	finalize_exec(bprm);
	return 0;
}

static struct linux_binfmt init_format = {
	.load_binary = init_load_binary,
};

static int __init lkl_create_init(void)
{
	/* exec refuses a file that is open for writing. */
	struct file *file = filp_open("/init", O_CREAT | O_RDONLY, 0755);

	if (IS_ERR(file))
		return PTR_ERR(file);
	fput(file);
	register_binfmt(&init_format);
	return 0;
}
late_initcall(lkl_create_init);
