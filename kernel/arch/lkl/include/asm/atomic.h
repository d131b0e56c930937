/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ASM_LKL_ATOMIC_H
#define _ASM_LKL_ATOMIC_H

#include <linux/types.h>
#include <asm/cmpxchg.h>

/*
 * There is one CPU, and interrupts are taken only where the kernel enables
 * them: a plain read-modify-write is atomic.  Host threads do not use these
 * variables; see lkl_host_xchg() for words that are shared with them.
 */
#define ATOMIC64_INIT(i)		{ (i) }

#define arch_atomic_read(v)		READ_ONCE((v)->counter)
#define arch_atomic_set(v, i)		WRITE_ONCE((v)->counter, (i))
#define arch_atomic64_read(v)		READ_ONCE((v)->counter)
#define arch_atomic64_set(v, i)		WRITE_ONCE((v)->counter, (i))

#define ATOMIC_OP(pfx, type, op, c_op)					\
static __always_inline void						\
arch_##pfx##_##op(type i, pfx##_t *v)					\
{									\
	WRITE_ONCE(v->counter, READ_ONCE(v->counter) c_op i);		\
}

#define ATOMIC_FETCH_OP(pfx, type, op, c_op)				\
static __always_inline type						\
arch_##pfx##_fetch_##op(type i, pfx##_t *v)				\
{									\
	type old = READ_ONCE(v->counter);				\
									\
	WRITE_ONCE(v->counter, old c_op i);				\
	return old;							\
}

#define ATOMIC_OP_RETURN(pfx, type, op, c_op)				\
static __always_inline type						\
arch_##pfx##_##op##_return(type i, pfx##_t *v)				\
{									\
	type new = READ_ONCE(v->counter) c_op i;			\
									\
	WRITE_ONCE(v->counter, new);					\
	return new;							\
}

#define ATOMIC_OPS(pfx, type)						\
	ATOMIC_OP(pfx, type, add, +)					\
	ATOMIC_OP(pfx, type, sub, -)					\
	ATOMIC_OP(pfx, type, and, &)					\
	ATOMIC_OP(pfx, type, or, |)					\
	ATOMIC_OP(pfx, type, xor, ^)					\
	ATOMIC_OP(pfx, type, andnot, &~)				\
	ATOMIC_OP_RETURN(pfx, type, add, +)				\
	ATOMIC_OP_RETURN(pfx, type, sub, -)				\
	ATOMIC_FETCH_OP(pfx, type, add, +)				\
	ATOMIC_FETCH_OP(pfx, type, sub, -)				\
	ATOMIC_FETCH_OP(pfx, type, and, &)				\
	ATOMIC_FETCH_OP(pfx, type, or, |)				\
	ATOMIC_FETCH_OP(pfx, type, xor, ^)				\
	ATOMIC_FETCH_OP(pfx, type, andnot, &~)

ATOMIC_OPS(atomic, int)
ATOMIC_OPS(atomic64, s64)

#undef ATOMIC_OPS
#undef ATOMIC_OP
#undef ATOMIC_OP_RETURN
#undef ATOMIC_FETCH_OP

#define arch_atomic_add			arch_atomic_add
#define arch_atomic_sub			arch_atomic_sub
#define arch_atomic_and			arch_atomic_and
#define arch_atomic_or			arch_atomic_or
#define arch_atomic_xor			arch_atomic_xor
#define arch_atomic_andnot		arch_atomic_andnot
#define arch_atomic_add_return		arch_atomic_add_return
#define arch_atomic_sub_return		arch_atomic_sub_return
#define arch_atomic_fetch_add		arch_atomic_fetch_add
#define arch_atomic_fetch_sub		arch_atomic_fetch_sub
#define arch_atomic_fetch_and		arch_atomic_fetch_and
#define arch_atomic_fetch_or		arch_atomic_fetch_or
#define arch_atomic_fetch_xor		arch_atomic_fetch_xor
#define arch_atomic_fetch_andnot	arch_atomic_fetch_andnot

#define arch_atomic64_add		arch_atomic64_add
#define arch_atomic64_sub		arch_atomic64_sub
#define arch_atomic64_and		arch_atomic64_and
#define arch_atomic64_or		arch_atomic64_or
#define arch_atomic64_xor		arch_atomic64_xor
#define arch_atomic64_andnot		arch_atomic64_andnot
#define arch_atomic64_add_return	arch_atomic64_add_return
#define arch_atomic64_sub_return	arch_atomic64_sub_return
#define arch_atomic64_fetch_add		arch_atomic64_fetch_add
#define arch_atomic64_fetch_sub		arch_atomic64_fetch_sub
#define arch_atomic64_fetch_and		arch_atomic64_fetch_and
#define arch_atomic64_fetch_or		arch_atomic64_fetch_or
#define arch_atomic64_fetch_xor		arch_atomic64_fetch_xor
#define arch_atomic64_fetch_andnot	arch_atomic64_fetch_andnot

#endif /* _ASM_LKL_ATOMIC_H */
