/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The instances of this process.
 */
#ifndef LKL_CORE_PROCESS_H
#define LKL_CORE_PROCESS_H

#include "core/instance.h"

/*
 * Lock and unlock what all instances share, for a short time.  @host is the table
 * of any instance.
 */
void lkl_process_lock(const struct lkl_host_operations *host);
void lkl_process_unlock(const struct lkl_host_operations *host);

/* Add an instance to the list of lkl_process_forked(), and remove it. */
void lkl_process_add(struct lkl_instance *inst);
void lkl_process_remove(struct lkl_instance *inst);

/* Call @fn for each instance.  Context: the child of a fork(), at its begin. */
void lkl_process_forked(void (*fn)(struct lkl_instance *inst));

#endif /* LKL_CORE_PROCESS_H */
