/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ASM_LKL_CPU_SWITCH_H
#define _ASM_LKL_CPU_SWITCH_H

/*
 * Switching stacks.  The context that is left is saved on its own stack: the
 * frame pointer, and above it the address to continue at, which a debugger
 * reads as a stack frame.  The compiler saves the other registers if needed.
 *
 * The switch is inlined and ends with a jump instead of a return.  The processor
 * predicts returns from the calls it has seen, which are those of the context
 * that is left; a misprediction costs more than the rest of a null system call.
 */

/* The first instruction of a new context (switch.S). */
void lkl_context_start(void);

/**
 * cpu_switch_stack - continue another context
 * @save:	receives the stack pointer of this context
 * @sp:		stack pointer of the other context
 * @ret:	return value for the call with which the other context left
 *
 * Return: the value of @ret with which this context is continued.
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

/* Prepare a stack that calls @fn when it is first switched to. */
static inline unsigned long cpu_prepare_stack(unsigned long sp,
					      void (*fn)(unsigned long ret))
{
	unsigned long *words = (unsigned long *)sp - 4;

	words[0] = 0;
	words[1] = (unsigned long)lkl_context_start;
	words[2] = (unsigned long)fn;
	words[3] = 0;
	return (unsigned long)words;
}

#endif /* _ASM_LKL_CPU_SWITCH_H */
