/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Names that the type of the file system cannot hold.
 */
#ifndef LKLFUSE_NAME_RULES_H
#define LKLFUSE_NAME_RULES_H

#include "request/lklfuse.h"

/* Find out which names the type of the image, which is mounted, can hold. */
void name_rules_init(struct lklfuse *fs);

/* Return true if no file can have this name. */
bool name_is_impossible(const struct lklfuse *fs, const char *name);

/*
 * Call this before @req makes a file with this name.  Return true, after a message
 * and an error reply, if no file can have this name.
 */
bool name_refuse(fuse_req_t req, const char *name);

#endif /* LKLFUSE_NAME_RULES_H */
