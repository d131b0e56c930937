/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The user asks for debug information, by Ctrl-Break.
 */
#ifndef LKL_WIN32_DEBUG_KEY_H
#define LKL_WIN32_DEBUG_KEY_H

/* The member @on_debug of the host's table */
int lkl_host_win32_debug_key(void (*fn)(void));

#endif /* LKL_WIN32_DEBUG_KEY_H */
