/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ASM_LKL_ENTRY_H
#define _ASM_LKL_ENTRY_H

/*
 * Entering and leaving the kernel: system calls and faults.
 */
#include <linux/compiler.h>
#include <linux/types.h>
#include <lkl/abi.h>

/* The stack that lkl_run() was called on. */
extern unsigned long lkl_host_sp;
/* Stack pointer of the task that was left last, while no thread is inside. */
extern unsigned long lkl_kernel_sp;
/* The stack that a fault of the kernel is reported on. */
extern unsigned long lkl_fault_sp;

/* entry.c */
void lkl_leave(int reason);
void lkl_stop(int reason) __noreturn;
void lkl_entered(void);
void lkl_drain_inbox(void);
void lkl_interrupt_tasks(void);
void lkl_user_mode(void) __noreturn;

/* The ELF entry point, and the only symbol that the image exports. */
__visible __attribute__((visibility("default")))
const struct lkl_entry_table *LKL_ABI lkl_kernel_entry(void);

/* syscall.c */
long lkl_do_syscall(long nr, const s64 *params);

/* extable.c, x86/switch.S, traps.c */
u64 LKL_ABI lkl_fixup(u64 ip);
void LKL_ABI lkl_fault_entry(u64 ip, u64 addr);
void lkl_fault(u64 ip, u64 addr, unsigned long sp, unsigned long fp);

#endif /* _ASM_LKL_ENTRY_H */
