/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ASM_LKL_XOR_H
#define _ASM_LKL_XOR_H

#include <asm-generic/xor.h>

/* Use one template without calibration, which would slow the boot. */
#define XOR_SELECT_TEMPLATE(x)	((void)(x), &xor_block_32regs)

#endif /* _ASM_LKL_XOR_H */
