// SPDX-License-Identifier: GPL-2.0
/*
 * Timers, writeback and packets while no call is in progress: on the
 * background thread, or in lkl_poll().
 */
#include "core/host-thread.h"
#include "core/message.h"

static void background_main(void *arg)
{
	static const char msg[] = "lkl: no memory for the background thread: timers, writeback and packets wait for the next call\n";
	struct lkl_instance *inst = arg;

	if (lkl_thread_adopt(&inst->background) &&
	    inst != lkl_thread_binding()) {
		lkl_log(inst->host, LKL_LEVEL_ERROR, msg, sizeof(msg) - 1);
		return;
	}
	lkl_vcpu_run(&inst->vcpu, &inst->background, INT64_MAX,
		     &inst->background_stop);
	lkl_thread_adopt(NULL);
}

int lkl_background_start(struct lkl_instance *inst)
{
	inst->background = (struct lkl_thread) {
		.inst = inst,
		.sibling = &inst->background,
		.background = true,
	};
	inst->background_stop = false;
	if (inst->host->flags & LKL_HOST_NO_DRIVER)
		return 0;
	inst->background_tid = inst->host->thread_create(background_main, inst);
	return inst->background_tid ? 0 : -LKL_EAGAIN;
}

void lkl_background_stop(struct lkl_instance *inst)
{
	if (!inst->background_tid)
		return;
	__atomic_store_n(&inst->background_stop, true, __ATOMIC_SEQ_CST);
	lkl_vcpu_wake(&inst->vcpu, &inst->background);
	inst->host->thread_join(inst->background_tid);
	inst->background_tid = 0;
}

int lkl_poll(int timeout_ms)
{
	struct lkl_instance *inst = lkl_this_instance();
	struct lkl_thread self = { };
	int64_t deadline = INT64_MAX;
	bool never = false;

	if (!inst || lkl_phase(inst) == LKL_PHASE_INIT)
		return -LKL_ENODEV;
	if (!lkl_thread_self())
		return -LKL_ENOMEM;
	if (timeout_ms >= 0)
		deadline = inst->host->time() + timeout_ms * 1000000LL;
	return lkl_vcpu_run(&inst->vcpu, &self, deadline, &never);
}
