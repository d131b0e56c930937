/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A list of the kernel's tasks, printed on request.
 */
#ifndef LKL_GUEST_TASK_LIST_H
#define LKL_GUEST_TASK_LIST_H

struct lkl_instance;

/* Undo lkl_register_dbg_handler(). */
void lkl_task_list_exit(struct lkl_instance *inst);

#endif /* LKL_GUEST_TASK_LIST_H */
