/* SPDX-License-Identifier: GPL-2.0 */
/*
 * For sources whose files come in any order: where in the target they are.
 */
#ifndef COPY_PLACE_H
#define COPY_PLACE_H

#include "copy/core/engine.h"

/*
 * Leave and enter directories of the target until @dir, where it is now, is
 * the one that the first @len bytes of @path name.
 */
void copy_change_dir(struct copy *c, struct path_buf *dir, const char *path,
		     size_t len);

#endif /* COPY_PLACE_H */
