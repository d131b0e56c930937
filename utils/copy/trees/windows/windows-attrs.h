/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Attributes of the host's files.
 */
#ifndef COPY_WINDOWS_ATTRS_H
#define COPY_WINDOWS_ATTRS_H

#include "copy/core/tree.h"

/*
 * Store the attributes of open file @fd, which is on the volume of open file @dir.
 * Return 0, 1 if the file is a reparse point, or an error of the tree.
 */
int windows_stat_open(int fd, int dir, struct tree_node *node);

/* As in struct tree_ops */
int windows_stat(int dir, const char *name, struct tree_node *node);
int windows_chown(int dir, const char *name, uint32_t uid, uint32_t gid);
int windows_chmod(int dir, const char *name, uint32_t mode);
int windows_set_times(int dir, const char *name, const struct tree_node *node);
int windows_get_flags(int dir, const char *name, uint32_t *flags);
int windows_set_flags(int dir, const char *name, uint32_t flags);

#endif /* COPY_WINDOWS_ATTRS_H */
