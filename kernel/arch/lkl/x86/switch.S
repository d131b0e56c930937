/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Where stacks begin and end; the rest is in asm/cpu_switch.h.
 */
#include <linux/linkage.h>

	.text

/*
 * A new context starts here; above is the function to call.  rax: what the
 * switch returns, its argument.
 */
SYM_FUNC_START(lkl_fiber_start)
	popq	%rbx
	movq	%rax, %rdi
	xorl	%ebp, %ebp
	pushq	$0			/* end of the chain of frames */
	call	*%rbx
	ud2
SYM_FUNC_END(lkl_fiber_start)

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
