// SPDX-License-Identifier: GPL-2.0
/*
 * Host threads as users of kernels.  The first call of a thread on a kernel makes
 * the thread known; its end removes its kernel tasks.
 *
 * A thread has a struct lkl_thread for each instance to which the thread was bound,
 * in a ring.  One of them is the current one: calls go to its instance.  The one
 * of the default instance comes first, so unbinding needs no memory.
 */
#include "core/host-thread.h"
#include "core/process.h"

/**
 * struct thread_storage - where the threads' own data is
 * @key:	thread-local storage of the current struct lkl_thread; its
 *		destructor reports the end of the thread
 * @host:	copy of the table that has made @key: its instance may be gone
 * @fault:	copy of @host.fault
 * @instances:	number of instances
 * @threads:	number of struct lkl_thread
 */
static struct thread_storage {
	struct lkl_tls_key *key;
	struct lkl_host_operations host;
	struct lkl_host_fault_ops fault;
	uint32_t instances;
	uint32_t threads;
} storage;

#ifdef _WIN32
struct lkl_thread *lkl_thread_get(void)
{
	struct lkl_tls_key *key =
		__atomic_load_n(&storage.key, __ATOMIC_ACQUIRE);

	return key ? storage.host.tls_get(key) : NULL;
}

int lkl_thread_adopt(struct lkl_thread *t)
{
	return storage.host.tls_set(storage.key, t);
}

/* Make @t the current one, NULL: forget the thread. */
static int thread_set(struct lkl_thread *t)
{
	return lkl_thread_adopt(t);
}
#else
_Thread_local struct lkl_thread *lkl_thread_current LKL_TLS_MODEL;

static int thread_set(struct lkl_thread *t)
{
	int ret = storage.host.tls_set(storage.key, t);

	return ret ? ret : lkl_thread_adopt(t);
}
#endif

static struct lkl_thread *thread_find(const struct lkl_instance *inst)
{
	struct lkl_thread *first = lkl_thread_get(), *t = first;

	if (!t)
		return NULL;
	do {
		if (t->inst == inst)
			return t;
		t = t->sibling;
	} while (t != first);
	return NULL;
}

/* Add a struct lkl_thread for @inst, and make it the current one. */
static struct lkl_thread *thread_begin(struct lkl_instance *inst)
{
	struct lkl_thread *t = storage.host.mem_alloc(sizeof(*t));
	struct lkl_thread *other = lkl_thread_get();

	if (!t)
		return NULL;
	*t = (struct lkl_thread) { .inst = inst, .sibling = t };
	if (thread_set(t)) {
		storage.host.mem_free(t);
		return NULL;
	}
	if (other) {
		t->sibling = other->sibling;
		other->sibling = t;
	}
	lkl_instance_get(inst);
	__atomic_fetch_add(&storage.threads, 1, __ATOMIC_SEQ_CST);
	storage.fault.thread_enter();
	return t;
}

static void thread_free(struct lkl_thread *t)
{
	struct lkl_instance *inst = t->inst;

	storage.host.mem_free(t);
	__atomic_fetch_sub(&storage.threads, 1, __ATOMIC_SEQ_CST);
	lkl_instance_put(inst);
}

/* Remove the task of a thread that ends. */
static void thread_leave(struct lkl_thread *t)
{
	struct lkl_instance *inst = t->inst;

	/* Also during a halt: the task uses @t as long as the kernel runs. */
	if (t->generation == lkl_generation(inst) && t->k.task) {
		if (lkl_thread_adopt(t) && inst != &lkl_default_instance)
			return;
		t->k.request = LKL_REQ_EXIT;
		lkl_vcpu_call(&inst->vcpu, t);
	}
	lkl_thread_adopt(NULL);
	thread_free(t);
}

/* Forget a thread that ends: a destructor of thread storage. */
static void thread_end(void *arg)
{
	struct lkl_thread *last = arg, *t = last->sibling, *next;

	for (; t != last; t = next) {
		next = t->sibling;
		thread_leave(t);
	}
	thread_leave(last);
	storage.fault.thread_exit();
}

int lkl_threads_init(struct lkl_instance *inst)
{
	struct lkl_tls_key *key;

	lkl_process_lock(inst->host);
	key = storage.key;
	if (!key) {
		storage.host = *inst->host;
		storage.fault = *inst->host->fault;
		key = inst->host->tls_alloc(thread_end);
		__atomic_store_n(&storage.key, key, __ATOMIC_RELEASE);
	}
	if (key)
		storage.instances++;
	lkl_process_unlock(inst->host);
	return key ? 0 : -LKL_ENOMEM;
}

static bool thread_is_stale(const struct lkl_thread *t)
{
	return t->inst != &lkl_default_instance &&
	       lkl_phase(t->inst) == LKL_PHASE_NONE;
}

/* Free siblings of the current struct lkl_thread whose instances are gone. */
static void thread_free_stale(void)
{
	struct lkl_thread *last = lkl_thread_get(), *prev = last, *t;

	while ((t = prev->sibling) != last) {
		if (thread_is_stale(t)) {
			prev->sibling = t->sibling;
			thread_free(t);
		} else {
			prev = t;
		}
	}
}

/* Free what the calling thread does not need any more, as an instance is gone. */
static void thread_forget(void)
{
	struct lkl_thread *t = lkl_thread_get();

	if (!t)
		return;
	if (thread_is_stale(t))
		thread_set(thread_find(&lkl_default_instance));
	thread_free_stale();
	t = lkl_thread_get();
	if (t->sibling != t || lkl_phase(t->inst) != LKL_PHASE_NONE)
		return;
	/* No destructor runs for the thread that ends the program. */
	thread_set(NULL);
	thread_free(t);
	storage.fault.thread_exit();
}

void lkl_threads_exit(struct lkl_instance *inst)
{
	thread_forget();
	lkl_process_lock(inst->host);
	storage.instances--;
	/* Threads that have not ended still need the destructor. */
	if (!storage.instances &&
	    !__atomic_load_n(&storage.threads, __ATOMIC_SEQ_CST)) {
		storage.host.tls_free(storage.key);
		__atomic_store_n(&storage.key, NULL, __ATOMIC_RELEASE);
	}
	lkl_process_unlock(inst->host);
}

struct lkl_thread *lkl_thread_renew(struct lkl_instance *inst)
{
	struct lkl_thread *t = lkl_thread_get();

	if (!t)
		t = thread_begin(inst);
	if (!t)
		return NULL;
	t->k = (struct lkl_host_thread) { };
	t->generation = lkl_generation(inst);
	return t;
}

struct lkl_instance *lkl_this_instance(void)
{
	struct lkl_instance *inst = lkl_thread_binding();

	return lkl_phase(inst) == LKL_PHASE_NONE ? NULL : inst;
}

int lkl_thread_bind(struct lkl_instance *inst)
{
	struct lkl_thread *t;
	int ret;

	if (inst == lkl_thread_binding())
		return 0;
	if (!lkl_thread_get() && !thread_begin(&lkl_default_instance))
		return -LKL_ENOMEM;
	t = thread_find(inst);
	if (!t && !thread_begin(inst))
		return -LKL_ENOMEM;
	ret = t ? thread_set(t) : 0;
	if (!ret)
		thread_free_stale();
	return ret;
}

int lkl_instance_bind(struct lkl_instance *inst)
{
	return lkl_thread_bind(inst ? inst : &lkl_default_instance);
}

struct lkl_instance *lkl_instance_bound(void)
{
	struct lkl_instance *inst = lkl_thread_binding();

	return inst == &lkl_default_instance ? NULL : inst;
}

struct lkl_thread *lkl_thread_self(void)
{
	struct lkl_instance *inst = lkl_this_instance();
	struct lkl_thread *t = lkl_thread_get();

	if (!inst)
		return NULL;
	return t ? t : thread_begin(inst);
}

void lkl_thread_interrupt(struct lkl_thread *t)
{
	/* Before the first boot, there is no virtual CPU. */
	if (t && lkl_phase(t->inst) > LKL_PHASE_INIT)
		lkl_vcpu_interrupt(&t->inst->vcpu, t);
}
