// SPDX-License-Identifier: GPL-2.0
/*
 * Host threads as users of the kernel.  The first call of a thread makes the
 * thread known; its end removes its kernel task.
 */
#include "core/host-thread.h"

#ifndef _WIN32
_Thread_local struct lkl_thread *lkl_thread_current LKL_TLS_MODEL;
#endif

/* Remove the task of a thread that ends: a destructor of thread storage. */
static void thread_end(void *arg)
{
	struct lkl_thread *t = arg;
	struct lkl_instance *inst = lkl_default_instance();

	lkl_thread_set(NULL);
	if (!inst)
		return;
	/* Also during a halt: the task uses @t as long as the kernel runs. */
	if (t->generation == lkl_generation(inst) && t->k.task) {
		t->k.request = LKL_REQ_EXIT;
		lkl_vcpu_call(&inst->vcpu, t);
	}
	inst->host->fault->thread_exit();
	inst->host->mem_free(t);
}

int lkl_threads_init(struct lkl_instance *inst)
{
	inst->thread_key = inst->host->tls_alloc(thread_end);
	return inst->thread_key ? 0 : -LKL_ENOMEM;
}

void lkl_threads_exit(struct lkl_instance *inst)
{
	struct lkl_thread *t = lkl_thread_get(inst);

	/* No destructor runs for the thread that ends the program. */
	if (t) {
		inst->host->tls_set(inst->thread_key, NULL);
		inst->host->fault->thread_exit();
		inst->host->mem_free(t);
		lkl_thread_set(NULL);
	}
	inst->host->tls_free(inst->thread_key);
	inst->thread_key = NULL;
}

static struct lkl_thread *thread_begin(struct lkl_instance *inst)
{
	struct lkl_thread *t = inst->host->mem_alloc(sizeof(*t));

	if (!t)
		return NULL;
	*t = (struct lkl_thread) { };
	if (inst->host->tls_set(inst->thread_key, t)) {
		inst->host->mem_free(t);
		return NULL;
	}
	inst->host->fault->thread_enter();
	lkl_thread_set(t);
	return t;
}

struct lkl_thread *lkl_thread_renew(struct lkl_instance *inst)
{
	struct lkl_thread *t = lkl_thread_get(inst);

	if (!t)
		t = thread_begin(inst);
	if (!t)
		return NULL;
	t->k = (struct lkl_host_thread) { };
	t->generation = lkl_generation(inst);
	return t;
}

struct lkl_thread *lkl_thread_self(void)
{
	struct lkl_instance *inst = lkl_default_instance();
	struct lkl_thread *t;

	if (!inst)
		return NULL;
	t = lkl_thread_get(inst);
	return t ? t : thread_begin(inst);
}

void lkl_thread_interrupt(struct lkl_thread *t)
{
	struct lkl_instance *inst = lkl_default_instance();

	if (inst && t)
		lkl_vcpu_interrupt(&inst->vcpu, t);
}
