// SPDX-License-Identifier: GPL-2.0
/*
 * The instance: whether its kernel runs, and what devices need of its machine.
 */
#include "core/instance.h"

int lkl_is_running(void)
{
	struct lkl_instance *inst = lkl_this_instance();

	return inst && lkl_phase(inst) == LKL_PHASE_RUNNING &&
	       inst->vcpu.state == LKL_VCPU_RUNNING;
}

void *lkl_instance_ram(struct lkl_instance *inst, uint64_t pa, uint64_t len)
{
	if (pa > inst->mem.ram_max || len > inst->mem.ram_max - pa)
		return NULL;
	return (char *)inst->mem.ram_base + pa;
}

void lkl_instance_irq(struct lkl_instance *inst, unsigned int irq)
{
	lkl_vcpu_irq_local(&inst->vcpu, irq);
}
