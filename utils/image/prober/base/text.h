/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Names in images, as UTF-8.
 */
#ifndef PROBER_TEXT_H
#define PROBER_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Each of these functions stores a name, without trailing white space, in @text of
 * @size bytes.  The name ends at a NUL character, or after @len bytes of @from.
 */

/* Bytes of any encoding */
void prober_text_bytes(char *text, size_t size, const uint8_t *from, size_t len);
void prober_text_latin1(char *text, size_t size, const uint8_t *from, size_t len);
void prober_text_utf16(char *text, size_t size, const uint8_t *from, size_t len,
		       bool big_endian);

#endif /* PROBER_TEXT_H */
