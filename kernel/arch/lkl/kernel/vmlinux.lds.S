/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The kernel image, in two forms:
 *
 * vmlinux, a shared object of four segments: headers for the loader, text,
 * constants, and data that is written or relocated.  The last segment starts at
 * a multiple of 2 MiB, so that the loader can place it in a huge page of the
 * host; the others are mapped from the file and shared by all processes.
 *
 * vmlinux.rel, a relocatable object (LKL_RELOCATABLE), for programs that contain
 * the kernel.  The linker of the program may put the sections anywhere, so all
 * data that is written is in two sections, whose limits liblkl knows.
 */
#define RUNTIME_DISCARD_EXIT

#include <asm/vmlinux.lds.h>
#include <asm/page.h>
#include <asm/cache.h>
#include <asm/cpu_elf.h>
#include <asm/thread_info.h>

#ifdef LKL_RELOCATABLE
#define SEGMENT(x)
#define DATA_ALIGN	PAGE_SIZE
#else
#define SEGMENT(x)	:x
#define DATA_ALIGN	0x200000
#endif

OUTPUT_FORMAT(CPU_LDS_FORMAT)
OUTPUT_ARCH(CPU_LDS_ARCH)

jiffies = jiffies_64;

#ifndef LKL_RELOCATABLE
ENTRY(lkl_kernel_entry)

PHDRS
{
	headers PT_LOAD FLAGS(4) FILEHDR PHDRS;
	text PT_LOAD FLAGS(5);
	rodata PT_LOAD FLAGS(4);
	data PT_LOAD FLAGS(6);
	dynamic PT_DYNAMIC FLAGS(4);
	stack PT_GNU_STACK FLAGS(6);
}
#endif

SECTIONS
{
	/*
	 * Leave out the call of slab_late_init(), which makes /sys/kernel/slab:
	 * the directories of all caches take a good part of the time and of the
	 * memory of boot.  The allocator stays in the state that it has before
	 * it makes directories, in which it works as ever.
	 */
	/DISCARD/ : { *slub.o(.initcall7.init) }

#ifndef LKL_RELOCATABLE
	. = SIZEOF_HEADERS;

	.hash : { *(.hash) } :headers
	.dynsym : { *(.dynsym) }
	.dynstr : { *(.dynstr) }
	.gnu.version : { *(.gnu.version) }
	.gnu.version_d : { *(.gnu.version_d) }
	.relr.dyn : { *(.relr.dyn) }
	.rela.dyn : { *(.rela .rela.*) }
	.dynamic : { *(.dynamic) } :headers :dynamic

	. = ALIGN(PAGE_SIZE);
#endif
	.text : {
		_stext = .;
		_text = .;
		_sinittext = .;
		INIT_TEXT
		_einittext = .;
		TEXT_TEXT
		SCHED_TEXT
		LOCK_TEXT
		KPROBES_TEXT
		ENTRY_TEXT
		IRQENTRY_TEXT
		SOFTIRQENTRY_TEXT
		*(.fixup)
		*(.exit.text)
		. = ALIGN(PAGE_SIZE);
		_etext = .;
	} SEGMENT(text)

	.rodata : ALIGN(PAGE_SIZE) {
		__start_rodata = .;
		*(EXCLUDE_FILE(.tmp_vmlinux*) .rodata) *(.rodata.*)
		*(__tracepoints_strings)
		*(__ksymtab_strings)
	} SEGMENT(rodata)
#ifdef LKL_RELOCATABLE
	/* The marker that no code needs an executable stack. */
	.note.GNU-stack : { *(.note.GNU-stack) }
#else
	EXCEPTION_TABLE(4)
#endif
	NOTES

	/* Aligned here, not in the section, whose offset in the file need not be. */
	. = ALIGN(DATA_ALIGN);
	.data : {
		_sdata = .;
		/* Written by the loader, or during boot only. */
		*(.data.rel.ro* .data.rel .data.rel.local*)
		/* kallsyms, which contains an address that is relocated */
		. = ALIGN(8);
		.tmp_vmlinux*(.rodata)
		SCHED_DATA
		RO_AFTER_INIT_DATA
		. = ALIGN(8);
		BOUNDED_SECTION_BY(__tracepoints_ptrs, ___tracepoints_ptrs)
		*(.ref.rodata)
#ifdef LKL_RELOCATABLE
		/* Not sorted by the build, but by the kernel at boot. */
		. = ALIGN(4);
		BOUNDED_SECTION_BY(__ex_table, ___ex_table)
#endif
		. = ALIGN(8);
		BOUNDED_SECTION_BY(__param, ___param)
		. = ALIGN(8);
		BOUNDED_SECTION_BY(__modver, ___modver)
		. = ALIGN(PAGE_SIZE);
		__end_rodata = .;

		__init_begin = .;
		INIT_DATA
		INIT_SETUP(16)
		INIT_CALLS
		CON_INITCALL
		INIT_RAM_FS
		. = ALIGN(PAGE_SIZE);
		__per_cpu_load = .;
		PERCPU_INPUT(L1_CACHE_BYTES)
		EXIT_DATA
		. = ALIGN(PAGE_SIZE);
		__init_end = .;

		INIT_TASK_DATA(THREAD_SIZE)
		NOSAVE_DATA
		PAGE_ALIGNED_DATA(PAGE_SIZE)
		CACHELINE_ALIGNED_DATA(L1_CACHE_BYTES)
		READ_MOSTLY_DATA(L1_CACHE_BYTES)
		DATA_DATA
		CONSTRUCTORS
		. = ALIGN(8);
		BOUNDED_SECTION_BY(__bug_table, ___bug_table)
		*(.got) *(.igot*) *(.got.plt)
		. = ALIGN(8);
		_edata = .;
	} SEGMENT(data)

	.bss : ALIGN(PAGE_SIZE) {
		__bss_start = .;
		*(.sbss .sbss.*) *(.scommon)
		BSS_FIRST_SECTIONS
		. = ALIGN(PAGE_SIZE);
		*(.bss..page_aligned)
		. = ALIGN(PAGE_SIZE);
		*(.dynbss)
		*(BSS_MAIN)
		*(COMMON)
		. = ALIGN(8);
		__bss_stop = .;
		_end = .;
	}

	STABS_DEBUG
	DWARF_DEBUG
	ELF_DETAILS
	DISCARDS
}
