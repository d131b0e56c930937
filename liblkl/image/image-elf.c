// SPDX-License-Identifier: GPL-2.0
/*
 * The kernel image as a file: a position independent ELF object without
 * undefined symbols.  Text and constants are mapped from the file, so that
 * processes share the pages and profilers find the symbols.  Data that is
 * written or relocated is copied, so each load gives a fresh kernel.  The copy
 * is in memory that the host may back with huge pages.
 */
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "image/elf64.h"
#include "image/image-load.h"
#include "shared/macros.h"

#define PAGE		4096
#define HUGE_PAGE	0x200000
#define MAX_PHDRS	16

struct elf_file {
	const struct lkl_host_vm_ops *vm;
	void *image;
	struct elf_header hdr;
	struct elf_phdr phdrs[MAX_PHDRS];
};

static int elf_read_headers(struct elf_file *f)
{
	struct elf_header *h = &f->hdr;
	int ret = f->vm->image_read(f->image, 0, h, sizeof(*h));

	if (ret)
		return ret;
	/* The machine has the same place in files of 32 and of 64 bits. */
	if (!memcmp(h->ident, ELF_IDENT, sizeof(ELF_IDENT) - 1) &&
	    h->machine != ELF_MACHINE)
		return -LKL_ELIBBAD;
	if (memcmp(h->ident, ELF_IDENT_64LE, sizeof(ELF_IDENT_64LE) - 1) ||
	    h->type != ELF_TYPE_DYN ||
	    h->phentsize != sizeof(struct elf_phdr) || h->phnum > MAX_PHDRS)
		return -LKL_ENOEXEC;
	return f->vm->image_read(f->image, h->phoff, f->phdrs,
				 h->phnum * sizeof(struct elf_phdr));
}

/* A page that is mapped from behind the end of the file would fault. */
static int elf_check_end(const struct elf_file *f)
{
	unsigned char last;
	int i;

	for (i = 0; i < f->hdr.phnum; i++) {
		const struct elf_phdr *p = &f->phdrs[i];

		if (p->type == ELF_PT_LOAD && p->filesz &&
		    f->vm->image_read(f->image, p->offset + p->filesz - 1, &last,
				      sizeof(last)))
			return -LKL_ENOEXEC;
	}
	return 0;
}

static uint64_t elf_image_size(const struct elf_file *f)
{
	uint64_t end = 0;
	int i;

	for (i = 0; i < f->hdr.phnum; i++) {
		const struct elf_phdr *p = &f->phdrs[i];

		if (p->type == ELF_PT_LOAD && p->vaddr + p->memsz > end)
			end = p->vaddr + p->memsz;
	}
	return ALIGN_UP(end, HUGE_PAGE);
}

/* Copy the data: the host may map the file, and so copy pages on demand. */
static int elf_copy_data(struct elf_file *f, uint64_t off, void *to,
			 uint64_t len)
{
	const struct lkl_host_vm_ops *vm = f->vm;

	if (vm->size > offsetof(struct lkl_host_vm_ops, image_copy) &&
	    vm->image_copy)
		return vm->image_copy(f->image, off, to, len);
	return vm->image_read(f->image, off, to, len);
}

static int elf_load_data(struct elf_file *f, const struct elf_phdr *p,
			 unsigned char *base)
{
	unsigned char *start = base + p->vaddr;
	uint64_t len = ALIGN_UP(p->memsz, HUGE_PAGE);
	int ret;

	/* The last segment: the reservation is rounded up alike. */
	ret = f->vm->commit(start, len);
	if (ret)
		return ret;
	return elf_copy_data(f, p->offset, start, p->filesz);
}

static int elf_load_segments(struct elf_file *f, unsigned char *base)
{
	int i, ret = 0;

	for (i = 0; i < f->hdr.phnum && !ret; i++) {
		const struct elf_phdr *p = &f->phdrs[i];

		if (p->type != ELF_PT_LOAD)
			continue;
		if (p->flags & ELF_PF_W)
			ret = elf_load_data(f, p, base);
		else
			ret = f->vm->image_map(f->image, p->offset,
					       base + p->vaddr,
					       ALIGN_UP(p->filesz, PAGE),
					       p->flags & ELF_PF_X);
	}
	return ret;
}

/**
 * struct elf_relocations - relocations of an image
 * @rela:	entries with an address and a value each
 * @rela_size:	bytes at @rela
 * @relr:	packed relative relocations: an even entry is the address of a
 *		word to relocate; bits 1 to 63 of an odd entry tell which of the
 *		63 words behind are relocated
 * @relr_size:	bytes at @relr
 */
struct elf_relocations {
	const struct elf_rela *rela;
	uint64_t rela_size;
	const uint64_t *relr;
	uint64_t relr_size;
};

static void elf_find_relocations(const struct elf_file *f,
				 const unsigned char *base,
				 struct elf_relocations *r)
{
	const struct elf_dyn *dyn = NULL;
	int i;

	memset(r, 0, sizeof(*r));
	for (i = 0; i < f->hdr.phnum; i++)
		if (f->phdrs[i].type == ELF_PT_DYNAMIC)
			dyn = (const void *)(base + f->phdrs[i].vaddr);
	for (; dyn && dyn->tag != ELF_DT_NULL; dyn++) {
		if (dyn->tag == ELF_DT_RELA)
			r->rela = (const void *)(base + dyn->val);
		else if (dyn->tag == ELF_DT_RELASZ)
			r->rela_size = dyn->val;
		else if (dyn->tag == ELF_DT_RELR)
			r->relr = (const void *)(base + dyn->val);
		else if (dyn->tag == ELF_DT_RELRSZ)
			r->relr_size = dyn->val;
	}
}

static void elf_relocate_packed(const struct elf_relocations *r,
				unsigned char *base)
{
	uint64_t *next = NULL, *word, bits, i;

	for (i = 0; i < r->relr_size / sizeof(*r->relr); i++) {
		if (r->relr[i] & 1) {
			word = next;
			for (bits = r->relr[i] >> 1; bits; bits >>= 1, word++)
				if (bits & 1)
					*word += (uint64_t)(uintptr_t)base;
			next += 63;
		} else {
			next = (uint64_t *)(base + r->relr[i]);
			*next++ += (uint64_t)(uintptr_t)base;
		}
	}
}

/* Relocate the data: the build guarantees that all relocations are relative. */
static int elf_relocate(const struct elf_file *f, unsigned char *base)
{
	struct elf_relocations r;
	uint64_t i;

	elf_find_relocations(f, base, &r);
	for (i = 0; i < r.rela_size / sizeof(*r.rela); i++) {
		if ((uint32_t)r.rela[i].info != ELF_R_RELATIVE)
			return -LKL_ENOEXEC;
		*(uint64_t *)(base + r.rela[i].offset) =
			(uint64_t)(uintptr_t)base + r.rela[i].addend;
	}
	elf_relocate_packed(&r, base);
	return 0;
}

static int elf_load(struct elf_file *f, struct lkl_image *image)
{
	lkl_entry_fn entry;
	int ret = elf_read_headers(f);

	if (!ret)
		ret = elf_check_end(f);
	if (ret)
		return ret;
	image->size = elf_image_size(f);
	image->base = f->vm->reserve(image->size, HUGE_PAGE);
	if (!image->base)
		return -LKL_ENOMEM;
	ret = elf_load_segments(f, image->base);
	if (!ret)
		ret = elf_relocate(f, image->base);
	if (ret) {
		f->vm->release(image->base, image->size);
		return ret;
	}
	entry = (lkl_entry_fn)(uintptr_t)(image->base + f->hdr.entry);
	image->table = entry();
	if (image->table->version != LKL_ABI_VERSION ||
	    image->table->size < sizeof(*image->table)) {
		f->vm->release(image->base, image->size);
		return -LKL_ENOEXEC;
	}
	return 0;
}

/*
 * Return the path; LKL_KERNEL is for build trees and for other kernels.  The host
 * knows the directory of the installed image.
 */
static const char *image_path(void)
{
	const char *path = getenv("LKL_KERNEL");

	return path && *path ? path : "lkl-kernel.so";
}

int lkl_image_load(const struct lkl_host_operations *host,
		   struct lkl_image *image)
{
	struct elf_file f = { .vm = host->vm };
	int ret;

	ret = f.vm->image_open(image_path(), &f.image);
	if (ret)
		return ret;
	ret = elf_load(&f, image);
	f.vm->image_close(f.image);
	return ret;
}

void lkl_image_unload(const struct lkl_host_operations *host,
		      struct lkl_image *image)
{
	host->vm->release(image->base, image->size);
	image->base = NULL;
}
