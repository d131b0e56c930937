/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Waiting for a 32-bit word to change, and waking the thread that waits.
 */
#ifndef LKL_WIN32_WAIT_WORD_H
#define LKL_WIN32_WAIT_WORD_H

#include <stdint.h>

/* The members of struct lkl_host_wait_ops with these names */
void lkl_host_win32_word_wait(uint32_t *word, uint32_t val);
void lkl_host_win32_word_wait_until(uint32_t *word, uint32_t val,
				    int64_t deadline);
void lkl_host_win32_word_wake(uint32_t *word);
uint32_t lkl_host_win32_spin(void);

#endif /* LKL_WIN32_WAIT_WORD_H */
