/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Errors that the kernel reports in its log only.
 */
#ifndef IMAGE_KERNEL_LOG_H
#define IMAGE_KERNEL_LOG_H

#include <stdbool.h>
#include <stddef.h>

/* Forget what is in the log. */
void kernel_log_clear(void);

/*
 * Store the first error in the log, without level and time.  Return false if the
 * log has no error.
 */
bool kernel_log_find_error(char *text, size_t size);
/* The same for the first error or warning. */
bool kernel_log_find_warning(char *text, size_t size);

/*
 * Store the first line of the log that has both texts, of any level.  Return
 * false if there is no such line.
 */
bool kernel_log_find(const char *first, const char *second, char *text,
		     size_t size);

#endif /* IMAGE_KERNEL_LOG_H */
