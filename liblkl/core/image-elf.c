// SPDX-License-Identifier: GPL-2.0
/*
 * Maps the kernel image: a position independent ELF object that needs nothing
 * from anybody.  Text and constants are mapped from the file, so that processes
 * share them and profilers know them; what is written or relocated is read
 * into memory that the host may back with huge pages.  So each load is a fresh
 * kernel.
 */
#include <stdlib.h>
#include <string.h>

#include "core/elf64.h"
#include "core/image.h"
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

static int read_headers(struct elf_file *f)
{
	struct elf_header *h = &f->hdr;
	int ret = f->vm->image_read(f->image, 0, h, sizeof(*h));

	if (ret)
		return ret;
	if (memcmp(h->ident, ELF_IDENT_64LE, sizeof(ELF_IDENT_64LE) - 1) ||
	    h->type != ELF_TYPE_DYN || h->machine != ELF_MACHINE ||
	    h->phentsize != sizeof(struct elf_phdr) || h->phnum > MAX_PHDRS)
		return -LKL_ENOEXEC;
	return f->vm->image_read(f->image, h->phoff, f->phdrs,
				 h->phnum * sizeof(struct elf_phdr));
}

static uint64_t image_size(const struct elf_file *f)
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

static int load_data(struct elf_file *f, const struct elf_phdr *p,
		     unsigned char *base)
{
	unsigned char *start = base + p->vaddr;
	uint64_t len = ALIGN_UP(p->memsz, HUGE_PAGE);
	int ret;

	/* The last segment: the reservation ends at a multiple of this too. */
	ret = f->vm->commit(start, len);
	if (ret)
		return ret;
	return f->vm->image_read(f->image, p->offset, start, p->filesz);
}

static int load_segments(struct elf_file *f, unsigned char *base)
{
	int i, ret = 0;

	for (i = 0; i < f->hdr.phnum && !ret; i++) {
		const struct elf_phdr *p = &f->phdrs[i];

		if (p->type != ELF_PT_LOAD)
			continue;
		if (p->flags & ELF_PF_W)
			ret = load_data(f, p, base);
		else
			ret = f->vm->image_map(f->image, p->offset,
					       base + p->vaddr,
					       ALIGN_UP(p->filesz, PAGE),
					       p->flags & ELF_PF_X);
	}
	return ret;
}

/* The build sees to it that no other kind of relocation is there. */
static int relocate(const struct elf_file *f, unsigned char *base)
{
	const struct elf_dyn *dyn = NULL;
	const struct elf_rela *rela = NULL;
	uint64_t size = 0, i;

	for (i = 0; i < f->hdr.phnum; i++)
		if (f->phdrs[i].type == ELF_PT_DYNAMIC)
			dyn = (const void *)(base + f->phdrs[i].vaddr);
	for (; dyn && dyn->tag != ELF_DT_NULL; dyn++) {
		if (dyn->tag == ELF_DT_RELA)
			rela = (const void *)(base + dyn->val);
		else if (dyn->tag == ELF_DT_RELASZ)
			size = dyn->val;
	}
	for (i = 0; rela && i < size / sizeof(*rela); i++) {
		if ((uint32_t)rela[i].info != ELF_R_RELATIVE)
			return -LKL_ENOEXEC;
		*(uint64_t *)(base + rela[i].offset) =
			(uint64_t)(uintptr_t)base + rela[i].addend;
	}
	return 0;
}

static int load(struct elf_file *f, struct lkl_image *image)
{
	lkl_entry_fn entry;
	int ret = read_headers(f);

	if (ret)
		return ret;
	image->size = image_size(f);
	image->base = f->vm->reserve(image->size, HUGE_PAGE);
	if (!image->base)
		return -LKL_ENOMEM;
	ret = load_segments(f, image->base);
	if (!ret)
		ret = relocate(f, image->base);
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

/* LKL_KERNEL is for build trees and for those who try another kernel. */
static const char *image_path(void)
{
	const char *path = getenv("LKL_KERNEL");

	return path && *path ? path : LKL_KERNEL_PATH;
}

int lkl_image_load(const struct lkl_host_operations *host,
		   struct lkl_image *image)
{
	struct elf_file f = { .vm = host->vm };
	int ret;

	ret = f.vm->image_open(image_path(), &f.image);
	if (ret)
		return ret;
	ret = load(&f, image);
	f.vm->image_close(f.image);
	return ret;
}

void lkl_image_unload(const struct lkl_host_operations *host,
		      struct lkl_image *image)
{
	host->vm->release(image->base, image->size);
	image->base = NULL;
}
