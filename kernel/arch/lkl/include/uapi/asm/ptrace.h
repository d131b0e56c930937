/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
#ifndef _UAPI_ASM_LKL_PTRACE_H
#define _UAPI_ASM_LKL_PTRACE_H

/* There is no user mode to trace. */
struct user_regs_struct {
	unsigned long unused;
};

#endif /* _UAPI_ASM_LKL_PTRACE_H */
