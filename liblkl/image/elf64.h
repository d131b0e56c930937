/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The part of ELF that the loader needs, for hosts without <elf.h> too.
 */
#ifndef LKL_IMAGE_ELF64_H
#define LKL_IMAGE_ELF64_H

#include <stdint.h>

struct elf_header {
	uint8_t ident[16];
	uint16_t type;
	uint16_t machine;
	uint32_t version;
	uint64_t entry;
	uint64_t phoff;
	uint64_t shoff;
	uint32_t flags;
	uint16_t ehsize;
	uint16_t phentsize;
	uint16_t phnum;
	uint16_t shentsize;
	uint16_t shnum;
	uint16_t shstrndx;
};

#define ELF_IDENT	"\177ELF"
#define ELF_IDENT_64LE	ELF_IDENT "\2\1\1"
#define ELF_TYPE_DYN	3
#if defined(__x86_64__)
#define ELF_MACHINE	62
#define ELF_R_RELATIVE	8
#elif defined(__aarch64__)
#define ELF_MACHINE	183
#define ELF_R_RELATIVE	1027
#elif defined(__i386__)
/* There is no kernel image for 32 bits yet; all others are refused. */
#define ELF_MACHINE	3
#define ELF_R_RELATIVE	8
#endif

struct elf_phdr {
	uint32_t type;
	uint32_t flags;
	uint64_t offset;
	uint64_t vaddr;
	uint64_t paddr;
	uint64_t filesz;
	uint64_t memsz;
	uint64_t align;
};

#define ELF_PT_LOAD	1
#define ELF_PT_DYNAMIC	2
#define ELF_PF_X	1
#define ELF_PF_W	2

struct elf_dyn {
	int64_t tag;
	uint64_t val;
};

#define ELF_DT_NULL	0
#define ELF_DT_RELA	7
#define ELF_DT_RELASZ	8
#define ELF_DT_RELRSZ	35
#define ELF_DT_RELR	36

struct elf_rela {
	uint64_t offset;
	uint64_t info;
	int64_t addend;
};

#endif /* LKL_IMAGE_ELF64_H */
