/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The parts of switching stacks that cannot be inlined, see asm/cpu_switch.h.
 */
#include <linux/linkage.h>

	.text

/*
 * The first instructions of a new context.  The function to call is on the
 * stack; its argument is in %rax, as the result of the switch.
 */
SYM_FUNC_START(lkl_context_start)
	popq	%rbx
	movq	%rax, %rdi
	xorl	%ebp, %ebp
	pushq	$0			/* end of the chain of frames */
	call	*%rbx
	ud2
SYM_FUNC_END(lkl_context_start)

/*
 * unsigned long lkl_call_host(a, b, c, fn)
 *
 * Call fn(a, b, c) on the stack of the host thread that is inside.
 */
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
 * void lkl_fault_entry(u64 ip, u64 addr)
 *
 * Report a fault of the kernel.  The host's fault handler makes the context
 * that faulted continue here.  Its stack may have overflowed, so the report
 * uses another one.
 */
SYM_FUNC_START(lkl_fault_entry)
	movq	%rsp, %rdx
	movq	%rbp, %rcx
	movq	lkl_fault_sp(%rip), %rsp
	xorl	%ebp, %ebp
	call	lkl_fault
	ud2
SYM_FUNC_END(lkl_fault_entry)
