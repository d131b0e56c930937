/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Streams on descriptors of LKL: see streams.c.
 */
#ifndef LKL_HIJACK_STREAMS_H
#define LKL_HIJACK_STREAMS_H

int streams_init(void);
/* Write out the streams on descriptors of LKL. */
void streams_flush(void);

#endif /* LKL_HIJACK_STREAMS_H */
