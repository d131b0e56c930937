/* SPDX-License-Identifier: GPL-2.0 */
/* Resources of the host that the process has. */
#ifndef LKL_TESTS_RESOURCES_H
#define LKL_TESTS_RESOURCES_H

#include <stdbool.h>

/* Return the number of open descriptors or, on Windows, of handles. */
int count_resources(void);

/*
 * Return the kilobytes of memory that the process uses now; 0 where memory that
 * is given back stays until the system needs it, as on Windows.
 */
unsigned long resident_kilobytes(void);

#endif /* LKL_TESTS_RESOURCES_H */
