/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ASM_LKL_PTRACE_H
#define _ASM_LKL_PTRACE_H

#include <uapi/asm/ptrace.h>

#ifndef __ASSEMBLY__

/*
 * User mode is the host program, whose registers the kernel never sees.  These
 * registers describe a fault of the kernel itself.
 */
struct pt_regs {
	unsigned long ip;
	unsigned long sp;
	unsigned long fp;
};

#define user_mode(regs)			((void)(regs), 0)
#define instruction_pointer(regs)	((regs)->ip)
#define user_stack_pointer(regs)	((void)(regs), 0UL)
#define kernel_stack_pointer(regs)	((regs)->sp)
#define frame_pointer(regs)		((regs)->fp)
#define profile_pc(regs)		instruction_pointer(regs)

static inline void instruction_pointer_set(struct pt_regs *regs,
					   unsigned long val)
{
	regs->ip = val;
}

#endif /* __ASSEMBLY__ */

#endif /* _ASM_LKL_PTRACE_H */
