/* SPDX-License-Identifier: GPL-2.0 */
#define LKL_RELOCATABLE
#include "vmlinux.lds.S"
