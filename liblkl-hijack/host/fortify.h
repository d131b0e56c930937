/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Programs that are built with _FORTIFY_SOURCE call __read_chk() and similar
 * functions, which also get the size of the buffer, and which end the program when
 * the buffer is too small.  Each of these functions is defined beside the function
 * that does the work.
 */
#ifndef LKL_HIJACK_FORTIFY_H
#define LKL_HIJACK_FORTIFY_H

#include <stddef.h>

void __chk_fail(void) __attribute__((noreturn));

/* End the program when @len does not fit into a buffer of @size. */
static inline void fortify_check(size_t len, size_t size)
{
	if (len > size)
		__chk_fail();
}

#endif /* LKL_HIJACK_FORTIFY_H */
