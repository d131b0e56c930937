/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ASM_LKL_PERCPU_H
#define _ASM_LKL_PERCPU_H

/*
 * There is one CPU, and its interrupts are synchronous: the raw operations are
 * safe against interrupts without disabling them.
 */
#define this_cpu_read_1(pcp)		raw_cpu_read_1(pcp)
#define this_cpu_read_2(pcp)		raw_cpu_read_2(pcp)
#define this_cpu_read_4(pcp)		raw_cpu_read_4(pcp)
#define this_cpu_read_8(pcp)		raw_cpu_read_8(pcp)
#define this_cpu_write_1(pcp, val)	raw_cpu_write_1(pcp, val)
#define this_cpu_write_2(pcp, val)	raw_cpu_write_2(pcp, val)
#define this_cpu_write_4(pcp, val)	raw_cpu_write_4(pcp, val)
#define this_cpu_write_8(pcp, val)	raw_cpu_write_8(pcp, val)
#define this_cpu_add_1(pcp, val)	raw_cpu_add_1(pcp, val)
#define this_cpu_add_2(pcp, val)	raw_cpu_add_2(pcp, val)
#define this_cpu_add_4(pcp, val)	raw_cpu_add_4(pcp, val)
#define this_cpu_add_8(pcp, val)	raw_cpu_add_8(pcp, val)
#define this_cpu_and_1(pcp, val)	raw_cpu_and_1(pcp, val)
#define this_cpu_and_2(pcp, val)	raw_cpu_and_2(pcp, val)
#define this_cpu_and_4(pcp, val)	raw_cpu_and_4(pcp, val)
#define this_cpu_and_8(pcp, val)	raw_cpu_and_8(pcp, val)
#define this_cpu_or_1(pcp, val)		raw_cpu_or_1(pcp, val)
#define this_cpu_or_2(pcp, val)		raw_cpu_or_2(pcp, val)
#define this_cpu_or_4(pcp, val)		raw_cpu_or_4(pcp, val)
#define this_cpu_or_8(pcp, val)		raw_cpu_or_8(pcp, val)
#define this_cpu_add_return_1(pcp, val)	raw_cpu_add_return_1(pcp, val)
#define this_cpu_add_return_2(pcp, val)	raw_cpu_add_return_2(pcp, val)
#define this_cpu_add_return_4(pcp, val)	raw_cpu_add_return_4(pcp, val)
#define this_cpu_add_return_8(pcp, val)	raw_cpu_add_return_8(pcp, val)
#define this_cpu_xchg_1(pcp, val)	raw_cpu_xchg_1(pcp, val)
#define this_cpu_xchg_2(pcp, val)	raw_cpu_xchg_2(pcp, val)
#define this_cpu_xchg_4(pcp, val)	raw_cpu_xchg_4(pcp, val)
#define this_cpu_xchg_8(pcp, val)	raw_cpu_xchg_8(pcp, val)
#define this_cpu_cmpxchg_1(pcp, o, n)	raw_cpu_cmpxchg_1(pcp, o, n)
#define this_cpu_cmpxchg_2(pcp, o, n)	raw_cpu_cmpxchg_2(pcp, o, n)
#define this_cpu_cmpxchg_4(pcp, o, n)	raw_cpu_cmpxchg_4(pcp, o, n)
#define this_cpu_cmpxchg_8(pcp, o, n)	raw_cpu_cmpxchg_8(pcp, o, n)

#include <asm-generic/percpu.h>

#endif /* _ASM_LKL_PERCPU_H */
