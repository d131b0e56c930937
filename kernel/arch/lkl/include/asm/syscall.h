/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ASM_LKL_SYSCALL_H
#define _ASM_LKL_SYSCALL_H

#include <linux/sched.h>
#include <uapi/linux/audit.h>
#include <asm/cpu_elf.h>

extern void * const sys_call_table[];

/* The program's registers, and so the number of the call, are not known. */
static inline int syscall_get_nr(struct task_struct *task,
				 struct pt_regs *regs)
{
	return -1;
}

static inline int syscall_get_arch(struct task_struct *task)
{
	return CPU_AUDIT_ARCH;
}

#endif /* _ASM_LKL_SYSCALL_H */
