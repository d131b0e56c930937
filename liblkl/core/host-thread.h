/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Host threads as users of kernels.
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
struct lkl_thread *lkl_thread_get(void);
int lkl_thread_adopt(struct lkl_thread *t);
#else
extern _Thread_local struct lkl_thread *lkl_thread_current LKL_TLS_MODEL LKL_HIDDEN;

/*
 * Return the calling thread as a user of the kernel to which the thread is bound;
 * NULL before its first call.  A plain pointer, so that a system call finds the
 * thread without a function call.  Context: any, a signal handler too.
 */
static inline struct lkl_thread *lkl_thread_get(void)
{
	return lkl_thread_current;
}

/* Set what lkl_thread_get() returns, for a short time.  Return 0 or an error. */
static inline int lkl_thread_adopt(struct lkl_thread *t)
{
	lkl_thread_current = t;
	return 0;
}
#endif

/*
 * Return the instance to which the calling thread is bound.  In a function that a
 * kernel calls, and in the handler of its faults, the instance of this kernel.
 */
static inline struct lkl_instance *lkl_thread_binding(void)
{
	const struct lkl_thread *t = lkl_thread_get();

	return t ? t->inst : &lkl_default_instance;
}

/* Return the number of the kernel that runs: each boot has another one. */
static inline uint64_t lkl_generation(const struct lkl_instance *inst)
{
	return __atomic_load_n(&inst->vcpu.generation, __ATOMIC_RELAXED);
}

/*
 * Make the calling thread, which is bound to @inst, ready for its first call, or
 * for its first one on this kernel.  Return NULL when there is no memory.
 */
struct lkl_thread *lkl_thread_renew(struct lkl_instance *inst);

/* Bind the calling thread to @inst; return 0 or -LKL_ENOMEM. */
int lkl_thread_bind(struct lkl_instance *inst);

#endif /* LKL_CORE_HOST_THREAD_H */
