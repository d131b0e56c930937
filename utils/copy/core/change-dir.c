// SPDX-License-Identifier: GPL-2.0
/*
 * The current directory of a source whose files come in any order.
 */
#include <stdlib.h>
#include <string.h>

#include "common/alloc.h"
#include "copy/core/change-dir.h"

void copy_change_dir(struct copy *c, struct path_buf *dir, const char *path,
		     size_t len)
{
	char *to = xstrndup(path, len), *name, end;
	size_t at = path_common(dir->str, to);

	while (dir->len > at) {
		char *slash = strrchr(dir->str, '/');

		copy_emit(c, EVENT_LEAVE, 0, NULL);
		path_pop(dir, slash ? (size_t)(slash - dir->str) : 0);
	}
	while (to[at]) {
		name = to + at + (to[at] == '/');
		at = name - to + strcspn(name, "/");
		end = to[at];
		to[at] = 0;
		copy_emit(c, EVENT_ENTER, 0, name);
		path_push(dir, name);
		to[at] = end;
	}
	free(to);
}
