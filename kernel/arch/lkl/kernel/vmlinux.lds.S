/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Four segments: what the loader needs, text, constants, and data that is
 * written or relocated.  The last one starts at a multiple of 2 MiB, so that
 * the loader can place it in a huge page of the host; the others are mapped
 * from the file and shared by all processes.
 */
#define RUNTIME_DISCARD_EXIT

#include <asm/vmlinux.lds.h>
#include <asm/page.h>
#include <asm/cache.h>
#include <asm/thread_info.h>

#define DATA_ALIGN	0x200000

OUTPUT_FORMAT(elf64-x86-64)
OUTPUT_ARCH(i386:x86-64)
ENTRY(lkl_kernel_entry)

jiffies = jiffies_64;

PHDRS
{
	headers PT_LOAD FLAGS(4) FILEHDR PHDRS;
	text PT_LOAD FLAGS(5);
	rodata PT_LOAD FLAGS(4);
	data PT_LOAD FLAGS(6);
	dynamic PT_DYNAMIC FLAGS(4);
	stack PT_GNU_STACK FLAGS(6);
}

SECTIONS
{
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
	_stext = .;
	_text = .;
	.text : {
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
	} :text
	. = ALIGN(PAGE_SIZE);
	_etext = .;

	. = ALIGN(PAGE_SIZE);
	__start_rodata = .;
	.rodata : {
		*(EXCLUDE_FILE(.tmp_vmlinux*) .rodata) *(.rodata.*)
		*(__tracepoints_strings)
		*(__ksymtab_strings)
	} :rodata
	EXCEPTION_TABLE(4)
	NOTES

	. = ALIGN(DATA_ALIGN);
	_sdata = .;
	/* Written by the loader, or until the end of boot. */
	.data.rel.ro : {
		*(.data.rel.ro*)
		/* kallsyms: holds an address that is relocated */
		. = ALIGN(8);
		.tmp_vmlinux*(.rodata)
		SCHED_DATA
		RO_AFTER_INIT_DATA
		. = ALIGN(8);
		BOUNDED_SECTION_BY(__tracepoints_ptrs, ___tracepoints_ptrs)
		*(.ref.rodata)
	} :data
	__param : {
		BOUNDED_SECTION_BY(__param, ___param)
	}
	__modver : {
		BOUNDED_SECTION_BY(__modver, ___modver)
	}
	. = ALIGN(PAGE_SIZE);
	__end_rodata = .;

	__init_begin = .;
	INIT_DATA_SECTION(16)
	PERCPU_SECTION(L1_CACHE_BYTES)
	.exit.data : { EXIT_DATA }
	. = ALIGN(PAGE_SIZE);
	__init_end = .;

	RW_DATA(L1_CACHE_BYTES, PAGE_SIZE, THREAD_SIZE)
	.got : { *(.got) *(.igot*) }
	.got.plt : { *(.got.plt) }
	_edata = .;

	BSS_SECTION(0, 0, 0)
	_end = .;

	STABS_DEBUG
	DWARF_DEBUG
	ELF_DETAILS
	DISCARDS
}
