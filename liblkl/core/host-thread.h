/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Host threads as users of the kernel.
 */
#ifndef LKL_CORE_HOST_THREAD_H
#define LKL_CORE_HOST_THREAD_H

#include "core/instance.h"

#if defined(__ELF__)
#define LKL_TLS_MODEL	__attribute__((tls_model("initial-exec")))
#else
#define LKL_TLS_MODEL
#endif

#ifdef _WIN32
/* gcc emulates thread-local variables there; the host's functions are faster. */
static inline struct lkl_thread *lkl_thread_get(const struct lkl_instance *inst)
{
	return inst->host->tls_get(inst->thread_key);
}

static inline void lkl_thread_set(struct lkl_thread *t)
{
}
#else
/*
 * The calling thread's, NULL before its first call.  A plain pointer, so that a
 * system call finds the thread without a function call.
 */
extern _Thread_local struct lkl_thread *lkl_thread_current LKL_TLS_MODEL LKL_HIDDEN;

static inline struct lkl_thread *lkl_thread_get(const struct lkl_instance *inst)
{
	return lkl_thread_current;
}

/* Set what lkl_thread_get() returns, besides the value of @thread_key. */
static inline void lkl_thread_set(struct lkl_thread *t)
{
	lkl_thread_current = t;
}
#endif

/* Return the number of the kernel that runs: each boot has another one. */
static inline uint64_t lkl_generation(const struct lkl_instance *inst)
{
	return __atomic_load_n(&inst->vcpu.generation, __ATOMIC_RELAXED);
}

/*
 * Make the calling thread ready for its first call, or for its first one on
 * this kernel.  Return NULL when there is no memory.
 */
struct lkl_thread *lkl_thread_renew(struct lkl_instance *inst);

#endif /* LKL_CORE_HOST_THREAD_H */
