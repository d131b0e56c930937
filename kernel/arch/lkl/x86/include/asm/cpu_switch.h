/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ASM_LKL_CPU_SWITCH_H
#define _ASM_LKL_CPU_SWITCH_H

/*
 * Changing stacks.  A context that is switched away from lies on its own
 * stack: its frame pointer, and above that the address to go on at, which is
 * what a frame looks like to a debugger.  The compiler saves the other
 * registers, if it needs them.
 *
 * Inlined, and with a jump instead of a return: the processor predicts returns
 * by the calls that it has seen, and those of the other context are not.
 */

/* Where a new context goes on: switch.S */
void lkl_fiber_start(void);

/**
 * cpu_switch_stack - continue another context
 * @save:	receives the stack pointer of this one
 * @sp:		stack pointer of the other
 * @ret:	what the switch that left the other one returns
 *
 * Return: what the context that switches back gives.
 */
static __always_inline unsigned long
cpu_switch_stack(unsigned long *save, unsigned long sp, unsigned long ret)
{
	asm volatile("leaq 1f(%%rip), %%rcx\n\t"
		     "pushq %%rcx\n\t"
		     "pushq %%rbp\n\t"
		     "movq %%rsp, (%%rdi)\n\t"
		     "movq %%rsi, %%rsp\n\t"
		     "popq %%rbp\n\t"
		     "popq %%rcx\n\t"
		     "jmp *%%rcx\n"
		     "1:"
		     : "+a" (ret), "+D" (save), "+S" (sp)
		     :
		     : "rbx", "rcx", "rdx", "r8", "r9", "r10", "r11", "r12",
		       "r13", "r14", "r15", "xmm0", "xmm1", "xmm2", "xmm3",
		       "xmm4", "xmm5", "xmm6", "xmm7", "xmm8", "xmm9",
		       "xmm10", "xmm11", "xmm12", "xmm13", "xmm14", "xmm15",
		       "memory", "cc");
	return ret;
}

/* A new stack that starts in @fn when it is switched to. */
static inline unsigned long cpu_prepare_stack(unsigned long sp,
					      void (*fn)(unsigned long ret))
{
	unsigned long *words = (unsigned long *)sp - 4;

	words[0] = 0;
	words[1] = (unsigned long)lkl_fiber_start;
	words[2] = (unsigned long)fn;
	words[3] = 0;
	return (unsigned long)words;
}

#endif /* _ASM_LKL_CPU_SWITCH_H */
