/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Copying memory that does not overlap: blocks of 64 bytes through registers,
 * which overlap a bit where the target is not aligned to them, and at the end.
 * "rep movsb" is faster for long pieces where the processor says so, and much
 * slower elsewhere.
 */
#include <linux/linkage.h>
#include <asm/extable.h>

#define REP_MIN	1024

/*
 * One instruction, that may fault if it works on the host program's memory:
 * the rest is then copied byte by byte, up to the one that is not there.
 */
.macro access rest, insn:vararg
10:	\insn
	.ifnb \rest
	_ASM_EXTABLE(10b, \rest)
	.endif
.endm

.macro copy_block rest, from, to
	access \rest, movups (\from), %xmm0
	access \rest, movups 16(\from), %xmm1
	access \rest, movups 32(\from), %xmm2
	access \rest, movups 48(\from), %xmm3
	access \rest, movups %xmm0, (\to)
	access \rest, movups %xmm1, 16(\to)
	access \rest, movups %xmm2, 32(\to)
	access \rest, movups %xmm3, 48(\to)
.endm

/* rdi: to, rsi: from, rdx: bytes, at least 64; returns with none left */
.macro copy_long rest, rep
	cmpq	$REP_MIN, %rdx
	jb	2f
	cmpb	$0, cpu_rep_is_fast(%rip)
	jne	\rep
2:	movq	%rdi, %rcx
	orq	$-64, %rcx
	negq	%rcx		/* up to the next multiple of 64 */
3:	copy_block "\rest", %rsi, %rdi
	addq	%rcx, %rsi
	addq	%rcx, %rdi
	subq	%rcx, %rdx
	movl	$64, %ecx
	cmpq	$64, %rdx
	jae	3b
	leaq	-64(%rsi,%rdx), %rcx
	leaq	-64(%rdi,%rdx), %r8
	copy_block "\rest", %rcx, %r8
	xorl	%eax, %eax
	ret
.endm

	.text

/* unsigned long cpu_copy_user(to, from, n): the number of bytes not copied */
SYM_FUNC_START(cpu_copy_user)
	cmpq	$64, %rdx
	jb	.Lshort
	copy_long .Lrest, .Lrest
.Lshort:
	cmpl	$32, %edx
	jae	.Lfour
	cmpl	$16, %edx
	jae	.Ltwo
	cmpl	$8, %edx
	jae	.Lwords
	testl	%edx, %edx
	jne	.Lrest
	xorl	%eax, %eax
	ret
.Lfour:
	access .Lrest, movups 16(%rsi), %xmm2
	access .Lrest, movups -32(%rsi,%rdx), %xmm3
	access .Lrest, movups %xmm2, 16(%rdi)
	access .Lrest, movups %xmm3, -32(%rdi,%rdx)
.Ltwo:
	access .Lrest, movups (%rsi), %xmm0
	access .Lrest, movups -16(%rsi,%rdx), %xmm1
	access .Lrest, movups %xmm0, (%rdi)
	access .Lrest, movups %xmm1, -16(%rdi,%rdx)
	xorl	%eax, %eax
	ret
.Lwords:
	access .Lrest, movq (%rsi), %rax
	access .Lrest, movq -8(%rsi,%rdx), %rcx
	access .Lrest, movq %rax, (%rdi)
	access .Lrest, movq %rcx, -8(%rdi,%rdx)
	xorl	%eax, %eax
	ret
.Lrest:
	movq	%rdx, %rcx
3:	rep movsb
4:	movq	%rcx, %rax
	ret
	_ASM_EXTABLE(3b, 4b)
SYM_FUNC_END(cpu_copy_user)

/* void cpu_copy(to, from, n): more than 64 bytes of the kernel's own */
SYM_FUNC_START(cpu_copy)
	copy_long , .Lrep
.Lrep:
	movq	%rdx, %rcx
	rep movsb
	ret
SYM_FUNC_END(cpu_copy)
