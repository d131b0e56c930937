/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ASM_LKL_CPU_STACK_H
#define _ASM_LKL_CPU_STACK_H

#ifndef __ASSEMBLY__
register unsigned long current_stack_pointer asm("rsp");
#endif

#endif /* _ASM_LKL_CPU_STACK_H */
