// SPDX-License-Identifier: GPL-2.0
/*
 * What the kernel asks of us.  These functions run on the host's stack of the
 * thread inside the kernel, with the CPU's lock held, and hand on to the host
 * or to the device models.
 */
#include "core/instance.h"

static struct lkl_instance *inst(void)
{
	return lkl_default_instance();
}

static void LKL_ABI cb_print(int32_t level, const char *str, uint32_t len)
{
	const struct lkl_host_operations *host = inst()->host;
	const int level_alert = 1, level_critical = 2;

	if (inst()->quiet && level > level_critical)
		return;
	/* When it dies, all that comes then is wanted. */
	if (level <= level_alert)
		inst()->quiet = false;
	if (host->log)
		host->log(level, str, len);
	else if (host->print)
		host->print(str, len);
}

static void LKL_ABI cb_panicked(void)
{
	if (inst()->host->panic)
		inst()->host->panic();
}

static uint64_t LKL_ABI cb_time(void)
{
	return inst()->host->time();
}

static uint64_t LKL_ABI cb_wall_time(void)
{
	return inst()->host->wall_time();
}

static int32_t LKL_ABI cb_vm_alias(uint64_t va, uint64_t pa, uint64_t len)
{
	return inst()->host->vm->ram_alias(inst()->mem.ram,
					   (void *)(uintptr_t)va, pa, len);
}

static void LKL_ABI cb_vm_unalias(uint64_t va, uint64_t len)
{
	inst()->host->vm->decommit((void *)(uintptr_t)va, len);
}

static int32_t LKL_ABI cb_vm_commit(uint64_t va, uint64_t len)
{
	return inst()->host->vm->commit((void *)(uintptr_t)va, len);
}

static void LKL_ABI cb_ram_discard(uint64_t pa, uint64_t len)
{
	inst()->host->vm->ram_discard(inst()->mem.ram, pa, len);
}

static uint64_t LKL_ABI cb_mmio_read(uint64_t addr, uint32_t size)
{
	return lkl_mmio_read(&inst()->bus, addr, size);
}

static void LKL_ABI cb_mmio_write(uint64_t addr, uint64_t val, uint32_t size)
{
	lkl_mmio_write(&inst()->bus, addr, val, size);
	lkl_vcpu_expect_io(&inst()->vcpu);
}

static void LKL_ABI cb_done(struct lkl_host_thread *t)
{
	lkl_vcpu_done(&inst()->vcpu, t);
}

static void LKL_ABI cb_poll(void)
{
	lkl_vcpu_poll(&inst()->vcpu);
}

static int64_t LKL_ABI cb_hostfd_get(int32_t fd, uint64_t file)
{
	return lkl_hostfd_get(inst(), fd, file);
}

static void LKL_ABI cb_hostfd_put(uint64_t handle)
{
	lkl_hostfd_put(inst(), handle);
}

static int32_t LKL_ABI cb_hostfd_poll(uint64_t handle)
{
	return lkl_hostfd_poll(inst(), handle);
}

static uint64_t LKL_ABI cb_hostfd_next(void)
{
	return lkl_hostfd_next(inst());
}

void lkl_callbacks_init(struct lkl_instance *inst)
{
	inst->callbacks = (struct lkl_callbacks) {
		.size = sizeof(struct lkl_callbacks),
		.version = LKL_ABI_VERSION,
		.print = cb_print,
		.panicked = cb_panicked,
		.time = cb_time,
		.wall_time = cb_wall_time,
		.vm_alias = cb_vm_alias,
		.vm_unalias = cb_vm_unalias,
		.vm_commit = cb_vm_commit,
		.ram_discard = cb_ram_discard,
		.mmio_read = cb_mmio_read,
		.mmio_write = cb_mmio_write,
		.done = cb_done,
		.poll = cb_poll,
		.hostfd_get = cb_hostfd_get,
		.hostfd_put = cb_hostfd_put,
		.hostfd_poll = cb_hostfd_poll,
		.hostfd_next = cb_hostfd_next,
	};
}
