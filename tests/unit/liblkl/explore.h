/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Explore orders of events.  The compiler includes this header before a source
 * (-include); each atomic operation becomes a point where another thread may run.
 *
 * Threads are contexts of one host thread, and a seed decides which of them
 * runs next, so that a failure can be repeated.  Stores weaker than seq_cst
 * stay in a buffer of their thread for a while, as on x86.
 */
#ifndef LKL_TESTS_EXPLORE_H
#define LKL_TESTS_EXPLORE_H

#include <stdbool.h>
#include <stdint.h>

/* Let another thread run, if the seed says so. */
void explore_point(void);
/* Let another thread continue: this one waits for something. */
void explore_yield(void);
/* Make all stores of this thread visible. */
void explore_fence(void);
/* Store @val, which other threads may see late. */
void explore_store(void *p, unsigned int size, uint64_t val);
/* Find the newest store of this thread to @p that is not visible yet. */
bool explore_own(const void *p, uint64_t *val);

#ifndef EXPLORE_NO_ATOMICS
#define __atomic_load_n(p, order) ({					\
	__typeof__(p) p_ = (p);						\
	__typeof__(__atomic_load_n(p_, __ATOMIC_RELAXED)) v_;		\
	uint64_t own_;							\
									\
	explore_point();						\
	if (explore_own(p_, &own_))					\
		v_ = (__typeof__(v_))(uintptr_t)own_;			\
	else								\
		v_ = __atomic_load_n(p_, order);			\
	v_; })

#define __atomic_store_n(p, val, order) ({				\
	__typeof__(p) p_ = (p);						\
									\
	if ((order) == __ATOMIC_SEQ_CST) {				\
		explore_fence();					\
		explore_point();					\
		__atomic_store_n(p_, val, order);			\
	} else {							\
		explore_store(p_, sizeof(*p_), (uintptr_t)(val));	\
	} })

#define __atomic_exchange_n(...)					\
	(explore_fence(), explore_point(), __atomic_exchange_n(__VA_ARGS__))
#define __atomic_fetch_add(...)						\
	(explore_fence(), explore_point(), __atomic_fetch_add(__VA_ARGS__))
#define __atomic_fetch_sub(...)						\
	(explore_fence(), explore_point(), __atomic_fetch_sub(__VA_ARGS__))
#define __atomic_fetch_or(...)						\
	(explore_fence(), explore_point(), __atomic_fetch_or(__VA_ARGS__))
#define __atomic_add_fetch(...)						\
	(explore_fence(), explore_point(), __atomic_add_fetch(__VA_ARGS__))
#define __atomic_sub_fetch(...)						\
	(explore_fence(), explore_point(), __atomic_sub_fetch(__VA_ARGS__))
#define __atomic_compare_exchange_n(...)				\
	(explore_fence(), explore_point(),				\
	 __atomic_compare_exchange_n(__VA_ARGS__))
#define __builtin_ia32_pause()	explore_yield()
#endif

/*
 * Run @n threads of @fn (argument: 0 to @n - 1) to their ends in the order that
 * @seed decides.  Return NULL, or what went wrong.
 */
const char *explore_run(uint64_t seed, unsigned int n,
			void (*fn)(unsigned int nr));

/* Return the virtual time in ns, which stops while a thread can run. */
unsigned long long explore_time(void);

/* Let the virtual time pass while threads run, too, in the next explore_run(). */
void explore_spend_time(void);

/* Return how many times thread @nr has waited in the poller. */
unsigned int explore_waits(unsigned int nr);

/* Return a number below @n that the seed decides. */
unsigned int explore_random(unsigned int n);

/* Queue a disk request; return false while too many are on their way. */
bool explore_io(void (*done)(void *arg), void *arg);

/* Sleeping and waking of these threads */
struct lkl_host_wait_ops;
extern const struct lkl_host_wait_ops explore_wait_ops;

#endif /* LKL_TESTS_EXPLORE_H */
