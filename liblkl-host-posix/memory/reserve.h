/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Address space of the process: reservations, and memory in them.
 */
#ifndef LKL_POSIX_RESERVE_H
#define LKL_POSIX_RESERVE_H

#include <stdbool.h>
#include <stdint.h>

#define VM_PAGE		4096ULL
#define VM_HUGE_PAGE	0x200000ULL

/*
 * The members of struct lkl_host_vm_ops with these names.  Children of the
 * process have no reservations.
 */
void *lkl_posix_vm_reserve(uint64_t len, uint64_t align);
void lkl_posix_vm_release(void *addr, uint64_t len);
int lkl_posix_vm_commit(void *addr, uint64_t len);
void lkl_posix_vm_decommit(void *addr, uint64_t len);

/* Map @len bytes of zeros with protection @prot.  Return NULL on failure. */
void *lkl_posix_vm_map(uint64_t len, int prot);

/* Make reserved memory readable and writable.  Return 0 or an LKL error. */
int lkl_posix_vm_make_accessible(void *addr, uint64_t len);

/*
 * Return true when a page fault costs so little that small pages serve boot
 * best, as boot touches a little of everything.  On some virtual machines page
 * faults are expensive, and boot would take several times as long.
 */
bool lkl_posix_vm_faults_are_cheap(void);

#endif /* LKL_POSIX_RESERVE_H */
