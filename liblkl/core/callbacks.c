// SPDX-License-Identifier: GPL-2.0
/*
 * The functions that the kernel calls, apart from those of devices.  They run
 * on the host stack of the thread that owns the virtual CPU, with its lock
 * held.
 */
#include "core/host-thread.h"
#include "core/message.h"

static void LKL_ABI cb_print(int32_t level, const char *str, uint32_t len)
{
	struct lkl_instance *inst = lkl_thread_binding();

	if (inst->quiet && level > LKL_LEVEL_CRITICAL)
		return;
	/* A kernel that dies explains why in the messages that follow. */
	if (level <= LKL_LEVEL_ALERT)
		inst->quiet = false;
	lkl_log(inst->host, level, str, len);
}

static void LKL_ABI cb_panicked(void)
{
	struct lkl_instance *inst = lkl_thread_binding();

	if (inst->host->panic)
		inst->host->panic();
}

static uint64_t LKL_ABI cb_time(void)
{
	return lkl_thread_binding()->host->time();
}

static uint64_t LKL_ABI cb_wall_time(void)
{
	return lkl_thread_binding()->host->wall_time();
}

static int32_t LKL_ABI cb_vm_alias(uint64_t va, uint64_t pa, uint64_t len)
{
	struct lkl_instance *inst = lkl_thread_binding();

	return inst->host->vm->ram_alias(inst->mem.ram, (void *)(uintptr_t)va,
					 pa, len);
}

static void LKL_ABI cb_vm_unalias(uint64_t va, uint64_t len)
{
	lkl_thread_binding()->host->vm->decommit((void *)(uintptr_t)va, len);
}

static int32_t LKL_ABI cb_vm_commit(uint64_t va, uint64_t len)
{
	return lkl_memory_commit(lkl_thread_binding(), (void *)(uintptr_t)va, len);
}

static void LKL_ABI cb_ram_discard(uint64_t pa, uint64_t len)
{
	struct lkl_instance *inst = lkl_thread_binding();

	inst->host->vm->ram_discard(inst->mem.ram, pa, len);
}

static void LKL_ABI cb_done(struct lkl_host_thread *t)
{
	lkl_vcpu_done(&lkl_thread_binding()->vcpu, t);
}

static void LKL_ABI cb_poll(void)
{
	lkl_vcpu_poll(&lkl_thread_binding()->vcpu);
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
		.done = cb_done,
		.poll = cb_poll,
	};
}
