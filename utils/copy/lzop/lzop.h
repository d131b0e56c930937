/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Files of lzop, which libarchive does not decompress itself.
 */
#ifndef COPY_LZOP_H
#define COPY_LZOP_H

#include <stdbool.h>
#include <stddef.h>

#define LZOP_MAGIC_SIZE	9

struct lzop;

/* Return true if the @len bytes at @buf begin a file of lzop. */
bool lzop_is_magic(const void *buf, size_t len);

/*
 * Create a reader of a file of lzop.  @more(@arg, &buf) returns the number of
 * the next bytes of the file and stores their place, or returns 0 at the end, or
 * -1 after an error.
 */
struct lzop *lzop_new(long (*more)(void *arg, const void **buf), void *arg);
void lzop_free(struct lzop *l);

/*
 * Store the place of the next decompressed bytes and return their number, 0 at
 * the end, or -1.
 */
long lzop_next(struct lzop *l, const void **buf);
/* Return what is wrong, NULL: @more has failed. */
const char *lzop_error(const struct lzop *l);

#endif /* COPY_LZOP_H */
