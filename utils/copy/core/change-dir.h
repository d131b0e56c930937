/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The current directory of a source whose files come in any order.
 */
#ifndef COPY_CHANGE_DIR_H
#define COPY_CHANGE_DIR_H

#include "copy/core/engine.h"

/*
 * Change the current directory of the target from @dir to the directory that
 * the first @len bytes of @path name, and update @dir.  Emit LEAVE and ENTER
 * events for the directories between.
 */
void copy_change_dir(struct copy *c, struct path_buf *dir, const char *path,
		     size_t len);

#endif /* COPY_CHANGE_DIR_H */
