/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Errors of the file system: damage that the kernel finds in the image.  Some images
 * and users ask to write nothing more after such an error.
 */
#ifndef LKLFUSE_DAMAGE_H
#define LKLFUSE_DAMAGE_H

#include "request/lklfuse.h"

/* Begins the kernel's messages about errors of an ext2, ext3 or ext4. */
#define DAMAGE_MESSAGE	"EXT4-fs error"

/* Stop to write if the image or the user asks for this. */
void damage_stop_writing(const struct lklfuse *fs);

/* Do the same if the error @err of LKL means an error of the file system. */
void damage_note_error(const struct lklfuse *fs, int err);

/*
 * Call this before @req changes something.  Return true after an error reply if
 * nothing more is written.
 */
bool damage_refuse_change(fuse_req_t req);

#endif /* LKLFUSE_DAMAGE_H */
