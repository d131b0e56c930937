/* SPDX-License-Identifier: GPL-2.0 */
/*
 * SIGTSTP as the user's request to see what the kernel does.
 */
#ifndef LKL_POSIX_DEBUG_SIGNAL_H
#define LKL_POSIX_DEBUG_SIGNAL_H

/*
 * Call @fn on a thread of its own after each SIGTSTP.  NULL: stop that, wait
 * for the last call to end, and restore the previous signal handler.  Return 0
 * or a negative LKL error.
 */
int lkl_posix_debug_signal(void (*fn)(void));

#endif /* LKL_POSIX_DEBUG_SIGNAL_H */
