/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Guest RAM: members ram_* of struct lkl_host_vm_ops.
 */
#ifndef LKL_WIN32_GUEST_RAM_H
#define LKL_WIN32_GUEST_RAM_H

#include <stdint.h>

struct lkl_ram;

uint64_t lkl_host_win32_ram_limit(void);
int lkl_host_win32_ram_create(uint64_t len, struct lkl_ram **ram, void **base);
int lkl_host_win32_ram_commit(struct lkl_ram *ram, uint64_t off, uint64_t len);
int lkl_host_win32_ram_alias(struct lkl_ram *ram, void *va, uint64_t off,
			     uint64_t len);
void lkl_host_win32_ram_discard(struct lkl_ram *ram, uint64_t off,
				uint64_t len);
void lkl_host_win32_ram_free(struct lkl_ram *ram);

#endif /* LKL_WIN32_GUEST_RAM_H */
