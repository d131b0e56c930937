// SPDX-License-Identifier: GPL-2.0
/*
 * The address space that a kernel lives in.  All of it is reserved at boot,
 * and no part costs memory before it is touched.
 */
#include "core/instance.h"

#define MiB		(1ULL << 20)
#define GiB		(1ULL << 30)
/* No multiple of 512 GiB may lie within: vmalloc space is aligned to its size. */
#ifdef _WIN32
/* Address space is not free where the system counts pages of reservations. */
#define VMALLOC_SIZE	(8 * GiB)
#define STACKS_SIZE	(1 * GiB)
#else
#define VMALLOC_SIZE	(64 * GiB)
#define STACKS_SIZE	(4 * GiB)
#endif
#define VMALLOC_MIN	(64 * MiB)
#define STACKS_MIN	(16 * MiB)
/* The bus begins behind RAM, and the kernel uses 40 bits. */
#define RAM_LIMIT	(512 * GiB)
#define RAM_ALIGN	(128 * MiB)
/* The kernel needs this much to boot and to do a little. */
#define RAM_MIN		(32 * MiB)
/* struct page takes 64 bytes for each 4096. */
#define PAGES_SIZE(ram)	((ram) / 64)
#define HUGE_PAGE	0x200000
/* RAM at boot; the kernel adds more when it needs more. */
#define RAM_BOOT	(64 * MiB)

static uint64_t memory_ram_max(uint64_t limit)
{
	if (limit > RAM_LIMIT)
		limit = RAM_LIMIT;
	if (limit < RAM_MIN)
		limit = RAM_MIN;
	return limit & ~((limit < RAM_ALIGN ? RAM_MIN : RAM_ALIGN) - 1);
}

/*
 * Reserve @*size bytes, or less if the address space of the process is limited:
 * a quarter of what can be had, but at least @min, to leave the rest to others.
 */
static void *memory_reserve(const struct lkl_host_vm_ops *vm, uint64_t *size,
			    uint64_t min, bool aligned)
{
	uint64_t most = *size;
	void *p;

	while (!(p = vm->reserve(*size, aligned ? *size : HUGE_PAGE))) {
		if (*size / 4 < min)
			return NULL;
		*size /= 4;
	}
	if (*size == most || *size / 4 < min)
		return p;
	vm->release(p, *size);
	*size /= 4;
	return vm->reserve(*size, aligned ? *size : HUGE_PAGE);
}

/* Create RAM, or less RAM if the host does not promise so much memory. */
static int memory_create_ram(struct lkl_instance *inst)
{
	const struct lkl_host_vm_ops *vm = inst->host->vm;
	struct lkl_memory *m = &inst->mem;
	int ret;

	m->ram_max = memory_ram_max(vm->ram_limit());
	for (;;) {
		ret = vm->ram_create(m->ram_max, &m->ram, &m->ram_base);
		if (!ret)
			return 0;
		m->ram = NULL;
		if (ret != -LKL_ENOMEM || m->ram_max <= RAM_MIN)
			return ret;
		m->ram_max = memory_ram_max(m->ram_max / 4);
	}
}

/* Return true if the host wants to know which parts of RAM are in use. */
static bool memory_has_ram_commit(const struct lkl_host_vm_ops *vm)
{
	return vm->size > offsetof(struct lkl_host_vm_ops, ram_commit) &&
	       vm->ram_commit;
}

static int memory_commit_ram(struct lkl_instance *inst, uint64_t off,
			     uint64_t len)
{
	const struct lkl_host_vm_ops *vm = inst->host->vm;
	struct lkl_memory *m = &inst->mem;
	int ret;

	if (!memory_has_ram_commit(vm))
		return 0;
	ret = vm->ram_commit(m->ram, off, len);
	return ret ? ret : vm->commit((char *)m->pages + PAGES_SIZE(off),
				      PAGES_SIZE(len));
}

static int memory_commit_stack(const struct lkl_host_vm_ops *vm, void *addr,
			       uint64_t len)
{
	if (vm->size > offsetof(struct lkl_host_vm_ops, stack_commit) &&
	    vm->stack_commit)
		return vm->stack_commit(addr, len);
	return vm->commit(addr, len);
}

int lkl_memory_commit(struct lkl_instance *inst, void *addr, uint64_t len)
{
	uint64_t off = (uintptr_t)addr - (uintptr_t)inst->mem.ram_base;

	if (off < inst->mem.ram_max)
		return memory_commit_ram(inst, off, len);
	return memory_commit_stack(inst->host->vm, addr, len);
}

/* Make the RAM of boot usable, and the array of struct page. */
static int memory_commit_boot(struct lkl_instance *inst)
{
	const struct lkl_host_vm_ops *vm = inst->host->vm;
	struct lkl_memory *m = &inst->mem;
	uint64_t len = m->ram_max < RAM_BOOT ? m->ram_max : RAM_BOOT;

	if (memory_has_ram_commit(vm))
		return memory_commit_ram(inst, 0, len);
	return vm->commit(m->pages, PAGES_SIZE(m->ram_max));
}

int lkl_memory_create(struct lkl_instance *inst)
{
	const struct lkl_host_vm_ops *vm = inst->host->vm;
	struct lkl_memory *m = &inst->mem;
	int ret = memory_create_ram(inst);

	if (ret)
		return ret;
	m->pages = vm->reserve(PAGES_SIZE(m->ram_max), HUGE_PAGE);
	m->vmalloc_size = VMALLOC_SIZE;
	m->vmalloc = memory_reserve(vm, &m->vmalloc_size, VMALLOC_MIN, true);
	m->stacks_size = STACKS_SIZE;
	m->stacks = memory_reserve(vm, &m->stacks_size, STACKS_MIN, false);
	if (!m->pages || !m->vmalloc || !m->stacks)
		return -LKL_ENOMEM;
	return memory_commit_boot(inst);
}

void lkl_memory_destroy(struct lkl_instance *inst)
{
	const struct lkl_host_vm_ops *vm = inst->host->vm;
	struct lkl_memory *m = &inst->mem;

	if (m->stacks)
		vm->release(m->stacks, m->stacks_size);
	if (m->vmalloc)
		vm->release(m->vmalloc, m->vmalloc_size);
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
	args->vmalloc_size = m->vmalloc_size;
	args->stacks = (uintptr_t)m->stacks;
	args->stacks_size = m->stacks_size;
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
