// SPDX-License-Identifier: GPL-2.0
/*
 * The life of an instance: init or create, start (power-on.c), halt
 * (power-off.c), cleanup or destroy.  A halt gives back everything that the start
 * took from the host, and the kernel can be started again.
 */
#include <string.h>

#include "core/host-thread.h"
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

/* Halt the kernel of @inst, if it runs: then the calling thread is bound to it. */
static void life_stop(struct lkl_instance *inst)
{
	lkl_task_list_exit(inst);
	if (lkl_phase(inst) != LKL_PHASE_INIT)
		lkl_halt(inst);
}

void lkl_cleanup(void)
{
	struct lkl_instance *inst = &lkl_default_instance;
	struct lkl_instance *bound = lkl_thread_binding();

	if (lkl_phase(inst) == LKL_PHASE_NONE)
		return;
	/* Cannot fail: a thread that is bound to another one has this one, too. */
	lkl_thread_bind(inst);
	life_stop(inst);
	lkl_thread_bind(bound);
	life_end(inst);
}

/**
 * struct life_created - an instance of lkl_instance_create()
 * @inst:	the instance; must be the first member, which is released
 * @machine:	its devices
 */
struct life_created {
	struct lkl_instance inst;
	struct lkl_machine machine;
};

int lkl_instance_create(struct lkl_host_operations *ops,
			struct lkl_instance **inst)
{
	struct life_created *c;
	int ret;

	if (!ops || !host_is_complete(ops) || !inst)
		return -LKL_EINVAL;
	if (!lkl_host_knows_ram(ops->wait))
		return -LKL_EOPNOTSUPP;
	c = ops->mem_alloc(sizeof(*c));
	if (!c)
		return -LKL_ENOMEM;
	memset(c, 0, sizeof(*c));
	c->inst.release = ops->mem_free;
	c->inst.users = 1;
	ret = life_begin(&c->inst, &c->machine, ops);
	if (ret)
		lkl_instance_put(&c->inst);
	else
		*inst = &c->inst;
	return ret;
}

int lkl_instance_destroy(struct lkl_instance *inst)
{
	struct lkl_instance *bound = lkl_thread_binding();
	int ret;

	if (!inst)
		return 0;
	if (lkl_phase(inst) != LKL_PHASE_INIT) {
		ret = lkl_thread_bind(inst);
		if (ret)
			return ret;
	}
	life_stop(inst);
	lkl_thread_bind(bound);
	life_end(inst);
	lkl_instance_put(inst);
	return 0;
}
