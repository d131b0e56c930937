/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Text for a terminal.
 */
#ifndef COMMON_ESCAPE_H
#define COMMON_ESCAPE_H

/*
 * Return a copy of @text, allocated, that a terminal shows.  Control characters and
 * bytes that are no UTF-8, which a terminal may take for commands, become \ooo.
 */
char *escape_text(const char *text);

#endif /* COMMON_ESCAPE_H */
