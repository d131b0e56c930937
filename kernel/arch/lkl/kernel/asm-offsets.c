// SPDX-License-Identifier: GPL-2.0
/*
 * Kbuild requires this file.  No assembly of arch/lkl uses offsets.
 */
#define COMPILE_OFFSETS
