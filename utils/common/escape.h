/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Text for a terminal.
 */
#ifndef COMMON_ESCAPE_H
#define COMMON_ESCAPE_H

#include <stdio.h>

/*
 * Print @text.  Control characters and bytes that are no UTF-8, which a terminal
 * may take for commands, are printed as \ooo.
 */
void escape_print(FILE *f, const char *text);

#endif /* COMMON_ESCAPE_H */
