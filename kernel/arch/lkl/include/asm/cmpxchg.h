/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ASM_LKL_CMPXCHG_H
#define _ASM_LKL_CMPXCHG_H

#include <linux/compiler.h>

/* Plain accesses are atomic, see asm/atomic.h. */
#define arch_xchg(ptr, x)						\
({									\
	__auto_type __xp = (ptr);					\
	__unqual_scalar_typeof(*__xp) __xold = READ_ONCE(*__xp);	\
									\
	WRITE_ONCE(*__xp, (__typeof__(*__xp))(x));			\
	__xold;								\
})

#define arch_cmpxchg(ptr, old, new)					\
({									\
	__auto_type __cp = (ptr);					\
	__unqual_scalar_typeof(*__cp) __ccur = READ_ONCE(*__cp);	\
	__unqual_scalar_typeof(*__cp) __cwant =				\
		(__unqual_scalar_typeof(*__cp))(old);			\
									\
	if (__ccur == __cwant) {						\
		WRITE_ONCE(*__cp, (__typeof__(*__cp))(new));		\
	}								\
	__ccur;								\
})

#define arch_cmpxchg_local		arch_cmpxchg
#define arch_cmpxchg64			arch_cmpxchg
#define arch_cmpxchg64_local		arch_cmpxchg

#endif /* _ASM_LKL_CMPXCHG_H */
