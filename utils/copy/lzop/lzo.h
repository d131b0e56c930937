/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Decompression of LZO1X, the method of lzop.
 */
#ifndef COPY_LZO_H
#define COPY_LZO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Decompress @in_len bytes at @in to exactly @out_len bytes at @out.  Return
 * false if the data are damaged; no byte outside of the buffers is touched.
 */
bool lzo_decompress(const uint8_t *in, size_t in_len, uint8_t *out,
		    size_t out_len);

#endif /* COPY_LZO_H */
