/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ASM_LKL_FUTEX_H
#define _ASM_LKL_FUTEX_H

#include <linux/errno.h>
#include <linux/futex.h>
#include <linux/uaccess.h>
#include <asm/cpu_futex.h>

static inline int futex_atomic_cmpxchg_inatomic(u32 *uval, u32 __user *uaddr,
						u32 oldval, u32 newval)
{
	return cpu_futex_cmpxchg(uval, uaddr, oldval, newval);
}

/*
 * Not <asm-generic/futex.h>: host threads, which do not hold the virtual CPU,
 * change the same words with atomic instructions.
 */
static inline int futex_op_result(int op, u32 old, u32 arg, u32 *new)
{
	switch (op) {
	case FUTEX_OP_SET:
		*new = arg;
		return 0;
	case FUTEX_OP_ADD:
		*new = old + arg;
		return 0;
	case FUTEX_OP_OR:
		*new = old | arg;
		return 0;
	case FUTEX_OP_ANDN:
		*new = old & ~arg;
		return 0;
	case FUTEX_OP_XOR:
		*new = old ^ arg;
		return 0;
	}
	return -ENOSYS;
}

static inline int arch_futex_atomic_op_inuser(int op, u32 oparg, int *oval,
					      u32 __user *uaddr)
{
	u32 old, cur, new;
	int ret;

	if (__get_user(cur, uaddr))
		return -EFAULT;
	do {
		old = cur;
		ret = futex_op_result(op, old, oparg, &new);
		if (ret)
			return ret;
		ret = cpu_futex_cmpxchg(&cur, uaddr, old, new);
		if (ret)
			return ret;
	} while (cur != old);
	*oval = old;
	return 0;
}

#endif /* _ASM_LKL_FUTEX_H */
