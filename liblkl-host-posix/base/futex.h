/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Waiting for a 32-bit word to change, and waking the thread that waits.
 */
#ifndef LKL_POSIX_FUTEX_H
#define LKL_POSIX_FUTEX_H

#include <stdint.h>

/* Wait while *@word == @val; may return early. */
void lkl_posix_futex_wait(uint32_t *word, uint32_t val);

/* The same, at most until @deadline, INT64_MAX: no limit. */
void lkl_posix_futex_wait_until(uint32_t *word, uint32_t val,
				int64_t deadline);

/* Wake one thread that waits on @word. */
void lkl_posix_futex_wake(uint32_t *word);

/*
 * Return the number of times that a caller looks at a word before waiting pays
 * off; 0 when this process has one processor only.
 */
uint32_t lkl_posix_futex_spin(void);

#endif /* LKL_POSIX_FUTEX_H */
