// SPDX-License-Identifier: GPL-2.0
/*
 * The life of a kernel: init, start (power-on.c), halt (power-off.c), cleanup.
 * Each may be called again after the last one; a halt gives back everything
 * that the start took from the host.
 */
#include <string.h>

#include "core/process.h"
#include "devices/machine.h"
#include "guest/task-list.h"
#include "life/life.h"

static struct lkl_machine life_default_machine;

static void life_forked_instance(struct lkl_instance *inst)
{
	lkl_vcpu_forked(&inst->vcpu);
	lkl_netdevs_forked(inst);
}

/* Note in the child of a fork() that it has no kernel: memory is not inherited. */
static void life_forked(void)
{
	lkl_process_forked(life_forked_instance);
}

/* Members that an older host lacks, see lkl_memory_commit() and power_on(). */
#define HOST_VM_OPS_MIN		offsetof(struct lkl_host_vm_ops, ram_commit)
#define HOST_WAIT_OPS_MIN	offsetof(struct lkl_host_wait_ops, poller_set_ram)

/* Check the table, which may be shorter when an older program brings it. */
static bool host_is_complete(const struct lkl_host_operations *ops)
{
	return ops->size >= sizeof(*ops) && ops->vm &&
	       ops->vm->size >= HOST_VM_OPS_MIN && ops->wait &&
	       ops->wait->size >= HOST_WAIT_OPS_MIN && ops->fault &&
	       ops->fault->size >= sizeof(*ops->fault) && ops->time &&
	       ops->wall_time && ops->entropy && ops->tls_alloc &&
	       ops->mem_alloc && ops->mutex_alloc;
}

/* Prepare @inst, whose members are zero except those of its virtual CPU. */
static int life_begin(struct lkl_instance *inst, struct lkl_machine *machine,
		      const struct lkl_host_operations *ops)
{
	int ret;

	inst->host = ops;
	ret = lkl_threads_init(inst);
	if (ret)
		return ret;
	ret = lkl_machine_init(inst, machine);
	if (ret)
		goto out_threads;
	if (ops->atfork) {
		ret = ops->atfork(life_forked);
		if (ret)
			goto out_machine;
	}
	lkl_process_add(inst);
	__atomic_store_n(&inst->phase, LKL_PHASE_INIT, __ATOMIC_RELEASE);
	return 0;

out_machine:
	lkl_machine_exit(inst);
out_threads:
	lkl_threads_exit(inst);
	return ret;
}

/* Undo life_begin(); the kernel does not run. */
static void life_end(struct lkl_instance *inst)
{
	lkl_process_remove(inst);
	__atomic_store_n(&inst->phase, LKL_PHASE_NONE, __ATOMIC_RELEASE);
	lkl_machine_exit(inst);
	lkl_threads_exit(inst);
}

int lkl_init(struct lkl_host_operations *ops)
{
	struct lkl_instance *inst = &lkl_default_instance;

	if (!ops || !host_is_complete(ops))
		return -LKL_EINVAL;
	if (lkl_phase(inst) != LKL_PHASE_NONE)
		return -LKL_EBUSY;

	/* The virtual CPU stays, as late threads may look at it. */
	memset((char *)inst + sizeof(inst->vcpu), 0,
	       sizeof(*inst) - sizeof(inst->vcpu));
	return life_begin(inst, &life_default_machine, ops);
}

void lkl_cleanup(void)
{
	struct lkl_instance *inst = &lkl_default_instance;

	if (lkl_phase(inst) == LKL_PHASE_NONE)
		return;
	lkl_task_list_exit(inst);
	if (lkl_phase(inst) != LKL_PHASE_INIT)
		lkl_sys_halt();
	life_end(inst);
}
