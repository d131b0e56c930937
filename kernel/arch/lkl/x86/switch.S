/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Changing stacks.  A context that is switched away from lies on its own
 * stack: the callee-saved registers, then the address to go on at.  They are
 * pushed with the frame pointer last, so that a debugger can walk a sleeping
 * task by its frame pointers.
 */
#include <linux/linkage.h>

.macro push_callee_saved
	pushq	%rbp
	movq	%rsp, %rbp
	pushq	%rbx
	pushq	%r12
	pushq	%r13
	pushq	%r14
	pushq	%r15
.endm

.macro pop_callee_saved
	popq	%r15
	popq	%r14
	popq	%r13
	popq	%r12
	popq	%rbx
	popq	%rbp
.endm

	.text

/* unsigned long lkl_switch_stack(unsigned long *save, sp, ret) */
SYM_FUNC_START(lkl_switch_stack)
	push_callee_saved
	movq	%rsp, (%rdi)
	movq	%rsi, %rsp
	movq	%rdx, %rax
	pop_callee_saved
	ret
SYM_FUNC_END(lkl_switch_stack)

/*
 * unsigned long lkl_prepare_stack(unsigned long sp, void (*fn)(unsigned long))
 *
 * Lays out what lkl_switch_stack() expects: @fn in a callee-saved register
 * and fiber_start as the place to go on at.
 */
SYM_FUNC_START(lkl_prepare_stack)
	leaq	-64(%rdi), %rax
	leaq	fiber_start(%rip), %rdx
	movq	$0, 0(%rax)		/* r15 */
	movq	$0, 8(%rax)		/* r14 */
	movq	$0, 16(%rax)		/* r13 */
	movq	$0, 24(%rax)		/* r12 */
	movq	%rsi, 32(%rax)		/* rbx */
	movq	$0, 40(%rax)		/* rbp */
	movq	%rdx, 48(%rax)
	movq	$0, 56(%rax)
	ret
SYM_FUNC_END(lkl_prepare_stack)

/* rax: what the switch returned; aligned as at the entry of a function */
SYM_FUNC_START_LOCAL(fiber_start)
	movq	%rax, %rdi
	xorl	%ebp, %ebp
	pushq	$0			/* end of the chain of frames */
	call	*%rbx
	ud2
SYM_FUNC_END(fiber_start)

/* unsigned long lkl_call_host(a, b, c, fn): on the host's stack */
SYM_FUNC_START(lkl_call_host)
	pushq	%rbp
	movq	%rsp, %rbp
	movq	lkl_host_sp(%rip), %rsp
	andq	$-16, %rsp
	subq	$32, %rsp		/* shadow space of Windows callees */
	call	*%rcx
	leave
	ret
SYM_FUNC_END(lkl_call_host)

/*
 * lkl_fault_entry(ip, addr): the host's fault handler lets a kernel context
 * go on here.  Its stack may be the problem, so another one is used.
 */
SYM_FUNC_START(lkl_fault_entry)
	movq	%rsp, %rdx
	movq	%rbp, %rcx
	movq	lkl_fault_sp(%rip), %rsp
	xorl	%ebp, %ebp
	call	lkl_fault
	ud2
SYM_FUNC_END(lkl_fault_entry)
