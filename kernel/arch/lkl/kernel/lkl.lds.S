/* SPDX-License-Identifier: GPL-2.0 */
/* The linker script of vmlinux.rel. */
#define LKL_RELOCATABLE
#include "vmlinux.lds.S"
