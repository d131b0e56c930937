/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Text for standard output and standard error.
 */
#ifndef COMMON_HOST_HOST_CONSOLE_H
#define COMMON_HOST_HOST_CONSOLE_H

#include <stdio.h>

/*
 * Write UTF-8 to @f, which is stdout or stderr, in one piece: another thread may
 * write, too.  A terminal shows the characters whatever its encoding is.
 */
void host_console_write(FILE *f, const char *text);

#endif /* COMMON_HOST_HOST_CONSOLE_H */
