/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Messages by way of the host.
 */
#ifndef LKL_CORE_MESSAGE_H
#define LKL_CORE_MESSAGE_H

#include <lkl_host.h>

/* Levels of the kernel's log */
#define LKL_LEVEL_ALERT		1
#define LKL_LEVEL_CRITICAL	2
#define LKL_LEVEL_ERROR		3

/* Hand a message of the kernel, or about its boot, to the host. */
void lkl_log(const struct lkl_host_operations *host, int level,
	     const char *text, int len);
/* Print @text of the program's, if lkl_init() was called. */
void lkl_print(const char *text, int len);

#endif /* LKL_CORE_MESSAGE_H */
