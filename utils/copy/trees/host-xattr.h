/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Extended attributes of the host's files.
 */
#ifndef COPY_HOST_XATTR_H
#define COPY_HOST_XATTR_H

#include <stddef.h>

/*
 * As in struct tree_ops: file @name in directory @dir, or open file @dir if
 * @name is NULL.
 */
long host_list_xattr(int dir, const char *name, char *buf, size_t size);
long host_get_xattr(int dir, const char *name, const char *attr, void *value,
		    size_t size);
int host_set_xattr(int dir, const char *name, const char *attr,
		   const void *value, size_t size);
int host_remove_xattr(int dir, const char *name, const char *attr);

#endif /* COPY_HOST_XATTR_H */
