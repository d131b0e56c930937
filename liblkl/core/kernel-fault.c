// SPDX-License-Identifier: GPL-2.0
/*
 * Access faults of kernel code.  The host has one handler for the kernels of all
 * instances: a thread in a kernel knows which kernel.
 */
#include "core/host-thread.h"
#include "core/process.h"

/* Number of kernels, and how the host undoes the installation of the handler */
static unsigned int fault_users;
static void (*fault_remove)(void);

static bool fault_is_in_kernel(const struct lkl_instance *inst, uint64_t ip)
{
	return ip >= __atomic_load_n(&inst->code_start, __ATOMIC_RELAXED) &&
	       ip < __atomic_load_n(&inst->code_end, __ATOMIC_RELAXED);
}

static void fault_set_code(struct lkl_instance *inst, uint64_t start,
			   uint64_t end)
{
	__atomic_store_n(&inst->code_start, start, __ATOMIC_RELAXED);
	__atomic_store_n(&inst->code_end, end, __ATOMIC_RELAXED);
}

/*
 * Handle a fault of the kernel's code: continue a user copy at its fixup, turn
 * any other fault into an oops.  Context: a signal handler, also of threads that
 * are in no kernel.
 */
static uint64_t fault_handle(uint64_t ip, uint64_t addr, int *pass_args)
{
	const struct lkl_instance *inst = lkl_thread_binding();
	const struct lkl_entry_table *table;
	uint64_t to;

	(void)addr;
	if (!fault_is_in_kernel(inst, ip))
		return 0;
	table = inst->image.table;
	to = table->fixup(ip);
	if (to)
		return to;
	*pass_args = 1;
	return (uintptr_t)table->fault;
}

int lkl_faults_init(struct lkl_instance *inst)
{
	const struct lkl_entry_table *table = inst->image.table;
	const struct lkl_host_fault_ops *ops = inst->host->fault;
	int ret = 0;

	lkl_process_lock(inst->host);
	if (!fault_users) {
		ret = ops->install(0, UINT64_MAX, fault_handle);
		fault_remove = ops->remove;
	}
	if (!ret) {
		fault_users++;
		fault_set_code(inst, table->text_start, table->text_end);
	}
	lkl_process_unlock(inst->host);
	return ret;
}

void lkl_faults_exit(struct lkl_instance *inst)
{
	fault_set_code(inst, 0, 0);
	lkl_process_lock(inst->host);
	if (!--fault_users)
		fault_remove();
	lkl_process_unlock(inst->host);
}
