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

/*
 * Write out what is left of the text for stdout.  Return NULL, or why some of the text
 * is lost: stdout may have failed earlier, as it does not always have a buffer.
 */
const char *host_console_finish(void);

#endif /* COMMON_HOST_HOST_CONSOLE_H */
