// SPDX-License-Identifier: GPL-2.0
/*
 * The life of a kernel: init, start (power-on.c), halt (power-off.c), cleanup.
 * Each may be called again after the last one; a halt gives back everything
 * that the start took from the host.
 */
#include <string.h>

#include "devices/machine.h"
#include "guest/task-list.h"
#include "life/life.h"

static struct lkl_instance the_instance;
static struct lkl_machine the_machine;

/* Note in the child of a fork() that it has no kernel: memory is not inherited. */
static void life_forked(void)
{
	struct lkl_instance *inst = lkl_default_instance();

	if (!inst)
		return;
	lkl_vcpu_forked(&inst->vcpu);
	lkl_netdevs_forked(inst);
}

/* Members that an older host lacks, see lkl_memory_commit(). */
#define HOST_VM_OPS_MIN	offsetof(struct lkl_host_vm_ops, ram_commit)

/* Check the table, which may be shorter when an older program brings it. */
static bool host_is_complete(const struct lkl_host_operations *ops)
{
	return ops->size >= sizeof(*ops) && ops->vm &&
	       ops->vm->size >= HOST_VM_OPS_MIN && ops->wait &&
	       ops->wait->size >= sizeof(*ops->wait) && ops->fault &&
	       ops->fault->size >= sizeof(*ops->fault) && ops->time &&
	       ops->wall_time && ops->entropy && ops->tls_alloc &&
	       ops->mem_alloc && ops->mutex_alloc;
}

int lkl_init(struct lkl_host_operations *ops)
{
	struct lkl_instance *inst = &the_instance;
	int ret;

	if (!ops || !host_is_complete(ops))
		return -LKL_EINVAL;
	if (lkl_default_instance())
		return -LKL_EBUSY;

	/* The virtual CPU stays, as late threads may look at it. */
	memset((char *)inst + sizeof(inst->vcpu), 0,
	       sizeof(*inst) - sizeof(inst->vcpu));
	inst->host = ops;
	ret = lkl_threads_init(inst);
	if (ret)
		return ret;
	ret = lkl_machine_init(inst, &the_machine);
	if (ret)
		goto out_threads;
	if (ops->atfork) {
		ret = ops->atfork(life_forked);
		if (ret)
			goto out_machine;
	}
	__atomic_store_n(&lkl_current_instance, inst, __ATOMIC_RELEASE);
	return 0;

out_machine:
	lkl_machine_exit(inst);
out_threads:
	lkl_threads_exit(inst);
	return ret;
}

void lkl_cleanup(void)
{
	struct lkl_instance *inst = lkl_default_instance();

	if (!inst)
		return;
	lkl_task_list_exit(inst);
	if (lkl_phase(inst) != LKL_PHASE_INIT)
		lkl_sys_halt();
	lkl_machine_exit(inst);
	lkl_threads_exit(inst);
	__atomic_store_n(&lkl_current_instance, NULL, __ATOMIC_RELEASE);
}
