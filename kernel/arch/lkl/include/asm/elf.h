/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ASM_LKL_ELF_H
#define _ASM_LKL_ELF_H

#include <asm/cpu_elf.h>
#include <asm/ptrace.h>

#define ELF_CLASS		ELFCLASS64
#define ELF_DATA		ELFDATA2LSB
#define ELF_ARCH		CPU_ELF_MACHINE
/* Only the host program runs in user mode: execve() refuses all ELF files. */
#define elf_check_arch(x)	((void)(x), false)
#define ELF_ET_DYN_BASE		(TASK_SIZE / 3 * 2)
#define ELF_EXEC_PAGESIZE	PAGE_SIZE
#define ELF_PLATFORM		NULL
#define ELF_HWCAP		0

typedef unsigned long elf_greg_t;
#define ELF_NGREG		(sizeof(struct pt_regs) / sizeof(elf_greg_t))
typedef elf_greg_t elf_gregset_t[ELF_NGREG];
typedef struct { int unused; } elf_fpregset_t;

#endif /* _ASM_LKL_ELF_H */
