/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Copies of memory that does not overlap, in blocks of 64 bytes through
 * registers.  The first two and the last two blocks overlap where the length or
 * the target is not a multiple of 64.  "rep movsb" is faster for long copies on
 * processors with ERMS, and much slower on others.
 */
#include <linux/linkage.h>
#include <asm/extable.h>

#define REP_MIN	1024

/*
 * One instruction, which may fault if \rest is given: the copy then goes on
 * there byte by byte, up to the byte that is not mapped.
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

/* Copy %rdx bytes, at least 64, from %rsi to %rdi, and return 0. */
.macro copy_long rest, rep
	cmpq	$REP_MIN, %rdx
	jb	2f
	cmpb	$0, lkl_cpu_has_erms(%rip)
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

/*
 * unsigned long lkl_copy_user(void *to, const void *from, unsigned long n)
 *
 * Copy to or from memory of the host program.  Return the number of bytes that
 * were not copied.
 */
SYM_FUNC_START(lkl_copy_user)
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
SYM_FUNC_END(lkl_copy_user)

/*
 * void lkl_copy(void *to, const void *from, size_t len)
 *
 * Copy more than 64 bytes within the kernel's own memory.
 */
SYM_FUNC_START(lkl_copy)
	copy_long , .Lrep
.Lrep:
	movq	%rdx, %rcx
	rep movsb
	ret
SYM_FUNC_END(lkl_copy)
