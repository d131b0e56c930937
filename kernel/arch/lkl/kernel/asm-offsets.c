// SPDX-License-Identifier: GPL-2.0
/*
 * Kbuild wants this file; our assembly uses no offsets.
 */
#define COMPILE_OFFSETS
