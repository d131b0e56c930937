// SPDX-License-Identifier: GPL-2.0
/*
 * Process 1 without a program.
 *
 * The kernel wants to execute an init program; here user mode is the host
 * program that is already there.  An empty /init in the initial root and a
 * binary format that accepts it, once, make exec succeed without loading
 * anything, which leaves process 1 as the kernel expects it: with an mm, and
 * "in user mode" when the function of its kernel thread returns.
 */
#include <linux/binfmts.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/init.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>

static int load_init(struct linux_binprm *bprm)
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
	.load_binary = load_init,
};

static int __init lkl_create_init(void)
{
	/* Not for writing: exec refuses a file that is open for that. */
	struct file *file = filp_open("/init", O_CREAT | O_RDONLY, 0755);

	if (IS_ERR(file))
		return PTR_ERR(file);
	fput(file);
	register_binfmt(&init_format);
	return 0;
}
late_initcall(lkl_create_init);
