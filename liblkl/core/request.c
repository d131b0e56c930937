// SPDX-License-Identifier: GPL-2.0
/*
 * Requests of threads to the kernel, system calls above all.
 */
#include "core/host-thread.h"

/* @t: the calling thread, bound to @inst, or NULL before its first call */
static int64_t request_unless(struct lkl_instance *inst, struct lkl_thread *t,
			      uint32_t request, int64_t nr,
			      const int64_t *params, const volatile bool *stop)
{
	if (!t || t->generation != lkl_generation(inst)) {
		t = lkl_thread_renew(inst);
		if (!t)
			return -LKL_ENOMEM;
	}
	/* Forget an interrupt that came between calls. */
	__atomic_store_n(&t->k.interrupt, 0, __ATOMIC_RELAXED);
	if (stop && *stop)
		return -LKL_ERESTART;
	/* An interrupt from now on stays until the kernel looks for it. */
	t->k.nr = nr;
	t->k.params = (uintptr_t)params;
	t->k.request = request;
	return lkl_vcpu_call(&inst->vcpu, t);
}

int64_t lkl_request(struct lkl_instance *inst, uint32_t request, int64_t nr,
		    const int64_t *params)
{
	return request_unless(inst, lkl_thread_get(), request, nr, params,
			      NULL);
}

static inline int64_t request_syscall(int64_t no, const int64_t *params,
				      const volatile bool *stop)
{
	struct lkl_thread *t = lkl_thread_get();
	struct lkl_instance *inst = t ? t->inst : &lkl_default_instance;

	if (lkl_phase(inst) <= LKL_PHASE_INIT)
		return -LKL_ENODEV;
	return request_unless(inst, t, LKL_REQ_SYSCALL, no, params, stop);
}

lkl_long_t lkl_syscall(lkl_long_t no, lkl_long_t *params)
{
	return request_syscall(no, (const int64_t *)params, NULL);
}

lkl_long_t lkl_syscall_unless(lkl_long_t no, lkl_long_t *params,
			      const volatile bool *stop)
{
	return request_syscall(no, (const int64_t *)params, stop);
}
