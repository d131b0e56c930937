// SPDX-License-Identifier: GPL-2.0
/*
 * Halting the kernel.
 */
#include "core/host-thread.h"
#include "devices/machine.h"
#include "guest/umount.h"
#include "life/life.h"

void lkl_power_off(struct lkl_instance *inst)
{
	lkl_vcpu_quiesce(&inst->vcpu);
	lkl_machine_close(inst);
	lkl_faults_exit(inst);
	lkl_image_unload(inst->host, &inst->image);
	inst->host->wait->poller_destroy(inst->vcpu.poller);
	lkl_memory_destroy(inst);
}

/* Write out and close all that the kernel could lose; return the first error. */
static long shut_down(struct lkl_instance *inst)
{
	long ret, err;

	lkl_request(inst, LKL_REQ_INTERRUPT_ALL, 0, NULL);
	ret = lkl_umount_all();
	err = lkl_devices_detach(inst, &inst->machine->disks);
	if (!ret)
		ret = err;
	lkl_background_stop(inst);
	lkl_request(inst, LKL_REQ_HALT, 0, NULL);
	if (!ret && (inst->vcpu.state == LKL_VCPU_DEAD ||
		     lkl_lost_writes(inst)))
		ret = -LKL_EIO;
	return ret;
}

long lkl_halt(struct lkl_instance *inst)
{
	uint32_t running = LKL_PHASE_RUNNING;
	long ret;

	/* One thread halts; for the others, no kernel runs any more. */
	if (!__atomic_compare_exchange_n(&inst->phase, &running,
					 LKL_PHASE_STOPPING, false,
					 __ATOMIC_SEQ_CST, __ATOMIC_RELAXED))
		return -LKL_ENODEV;
	if (inst->vcpu.state == LKL_VCPU_FORKED)
		return -LKL_ENODEV;
	ret = shut_down(inst);
	lkl_power_off(inst);
	__atomic_store_n(&inst->phase, LKL_PHASE_INIT, __ATOMIC_RELEASE);
	return ret;
}

long lkl_sys_halt(void)
{
	struct lkl_instance *inst = lkl_this_instance();

	return inst ? lkl_halt(inst) : -LKL_ENODEV;
}

long lkl_instance_halt(struct lkl_instance *inst)
{
	struct lkl_instance *bound = lkl_thread_binding();
	long ret = inst ? lkl_thread_bind(inst) : -LKL_EINVAL;

	if (ret)
		return ret;
	ret = lkl_halt(inst);
	lkl_thread_bind(bound);
	return ret;
}
