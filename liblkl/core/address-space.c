// SPDX-License-Identifier: GPL-2.0
/*
 * The address space that a kernel lives in.  All of it is reserved at boot,
 * and no part costs memory before it is touched.
 */
#include "core/instance.h"

#define GiB		(1ULL << 30)
/* No multiple of 512 GiB may lie within: vmalloc space is aligned to its size. */
#define VMALLOC_SIZE	(64 * GiB)
#define STACKS_SIZE	(4 * GiB)
/* The bus begins behind RAM, and the kernel uses 40 bits. */
#define RAM_LIMIT	(512 * GiB)
#define RAM_ALIGN	(128ULL << 20)
/* struct page takes 64 bytes for each 4096. */
#define PAGES_SIZE(ram)	((ram) / 64)
#define HUGE_PAGE	0x200000
/* RAM at boot; the kernel adds more when it needs more. */
#define RAM_BOOT	(64ULL << 20)

static uint64_t memory_ram_max(const struct lkl_host_operations *host)
{
	uint64_t max = host->vm->ram_limit();

	if (max > RAM_LIMIT)
		max = RAM_LIMIT;
	if (max < RAM_ALIGN)
		max = RAM_ALIGN;
	return max & ~(RAM_ALIGN - 1);
}

int lkl_memory_create(struct lkl_instance *inst)
{
	const struct lkl_host_vm_ops *vm = inst->host->vm;
	struct lkl_memory *m = &inst->mem;
	int ret;

	m->ram_max = memory_ram_max(inst->host);
	ret = vm->ram_create(m->ram_max, &m->ram, &m->ram_base);
	if (ret) {
		m->ram = NULL;
		return ret;
	}
	m->pages = vm->reserve(PAGES_SIZE(m->ram_max), HUGE_PAGE);
	m->vmalloc = vm->reserve(VMALLOC_SIZE, VMALLOC_SIZE);
	m->stacks = vm->reserve(STACKS_SIZE, HUGE_PAGE);
	if (!m->pages || !m->vmalloc || !m->stacks)
		return -LKL_ENOMEM;
	return vm->commit(m->pages, PAGES_SIZE(m->ram_max));
}

void lkl_memory_destroy(struct lkl_instance *inst)
{
	const struct lkl_host_vm_ops *vm = inst->host->vm;
	struct lkl_memory *m = &inst->mem;

	if (m->stacks)
		vm->release(m->stacks, STACKS_SIZE);
	if (m->vmalloc)
		vm->release(m->vmalloc, VMALLOC_SIZE);
	if (m->pages)
		vm->release(m->pages, PAGES_SIZE(m->ram_max));
	if (m->ram)
		vm->ram_free(m->ram);
	*m = (struct lkl_memory) { };
}

void lkl_memory_describe(const struct lkl_memory *m,
			 struct lkl_boot_args *args)
{
	args->ram_base = (uintptr_t)m->ram_base;
	args->ram_max = m->ram_max;
	args->ram_boot = RAM_BOOT;
	args->page_array = (uintptr_t)m->pages;
	args->vmalloc_base = (uintptr_t)m->vmalloc;
	args->vmalloc_size = VMALLOC_SIZE;
	args->stacks = (uintptr_t)m->stacks;
	args->stacks_size = STACKS_SIZE;
}

void lkl_memory_booted(struct lkl_instance *inst)
{
	const struct lkl_image *image = &inst->image;
	unsigned char *data =
		(unsigned char *)(uintptr_t)image->table->data_start;

	if (!inst->host->vm->booted)
		return;
	/* An image that is linked into the program belongs to the program. */
	inst->host->vm->booted(inst->mem.ram, RAM_BOOT, image->base,
			       image->base ? data - image->base : 0);
}
