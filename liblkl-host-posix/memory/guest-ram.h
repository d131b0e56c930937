/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Guest RAM: members ram_* and @booted of struct lkl_host_vm_ops.
 */
#ifndef LKL_POSIX_GUEST_RAM_H
#define LKL_POSIX_GUEST_RAM_H

#include <stdint.h>

struct lkl_ram;

uint64_t lkl_posix_ram_limit(void);

/*
 * Create an arena as @ram_create of the table does.  Before a page changes its
 * place, @settle is called with the page's range; it must wait until no disk
 * request writes there any more.
 */
int lkl_posix_ram_create(uint64_t len,
			 void (*settle)(const struct lkl_ram *ram,
					const void *addr, uint64_t len),
			 struct lkl_ram **ram, void **base);
int lkl_posix_ram_alias(struct lkl_ram *ram, void *va, uint64_t off,
			uint64_t len);
void lkl_posix_ram_discard(struct lkl_ram *ram, uint64_t off, uint64_t len);
void lkl_posix_ram_free(struct lkl_ram *ram);
void lkl_posix_ram_booted(struct lkl_ram *ram, uint64_t ram_len, void *text,
			  uint64_t len);

#endif /* LKL_POSIX_GUEST_RAM_H */
