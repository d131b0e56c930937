// SPDX-License-Identifier: GPL-2.0
/*
 * Host threads as users of the kernel.  A thread's first call makes it known,
 * its end takes its kernel task away.
 */
#include "core/instance.h"

/*
 * The calling thread's own; a plain pointer, so that a system call finds it
 * without a function call.
 */
#if defined(__ELF__)
#define TLS_MODEL __attribute__((tls_model("initial-exec")))
#else
#define TLS_MODEL
#endif
static _Thread_local struct lkl_thread *self TLS_MODEL;

static uint64_t generation(const struct lkl_instance *inst)
{
	return __atomic_load_n(&inst->vcpu.generation, __ATOMIC_RELAXED);
}

/* A thread ends: runs as a destructor of thread-local storage. */
static void thread_end(void *arg)
{
	struct lkl_thread *t = arg;
	struct lkl_instance *inst = lkl_default_instance();

	self = NULL;
	if (!inst)
		return;
	/* Also while it halts: its task looks at @t as long as it runs. */
	if (t->generation == generation(inst) && t->k.task) {
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
	/* No destructor runs for the thread that ends the program. */
	if (self) {
		inst->host->tls_set(inst->thread_key, NULL);
		inst->host->fault->thread_exit();
		inst->host->mem_free(self);
		self = NULL;
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
	self = t;
	return t;
}

/* Slow path: the first call of this thread, or the first on this kernel. */
static struct lkl_thread *thread_renew(struct lkl_instance *inst)
{
	struct lkl_thread *t = self;

	if (!t)
		t = thread_begin(inst);
	if (!t)
		return NULL;
	t->k = (struct lkl_host_thread) { };
	t->generation = generation(inst);
	return t;
}

struct lkl_thread *lkl_thread_self(void)
{
	struct lkl_instance *inst = lkl_default_instance();

	if (!self && inst)
		thread_begin(inst);
	return self;
}

void lkl_thread_interrupt(struct lkl_thread *t)
{
	struct lkl_instance *inst = lkl_default_instance();

	if (inst && t)
		lkl_vcpu_interrupt(&inst->vcpu, t);
}

int64_t lkl_request_unless(struct lkl_instance *inst, uint32_t request,
			   int64_t nr, const int64_t *params,
			   const volatile bool *stop)
{
	struct lkl_thread *t = self;

	if (!t || t->generation != generation(inst)) {
		t = thread_renew(inst);
		if (!t)
			return -LKL_ENOMEM;
	}
	/* An interrupt that came between calls is forgotten. */
	__atomic_store_n(&t->k.interrupt, 0, __ATOMIC_RELAXED);
	if (stop && *stop)
		return -LKL_ERESTART;
	/* One that comes from now on waits until the kernel looks for it. */
	t->k.nr = nr;
	t->k.params = (uintptr_t)params;
	t->k.request = request;
	return lkl_vcpu_call(&inst->vcpu, t);
}

int64_t lkl_request(struct lkl_instance *inst, uint32_t request, int64_t nr,
		    const int64_t *params)
{
	return lkl_request_unless(inst, request, nr, params, NULL);
}
