/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ASM_LKL_CPU_ELF_H
#define _ASM_LKL_CPU_ELF_H

/* Names of the processor in ELF files, in the linker script, and for audit. */
#define CPU_ELF_MACHINE		EM_X86_64
#define CPU_LDS_FORMAT		elf64-x86-64
#define CPU_LDS_ARCH		i386:x86-64
#define CPU_AUDIT_ARCH		AUDIT_ARCH_X86_64

#endif /* _ASM_LKL_CPU_ELF_H */
