/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Placeholders: reserved address space of which parts can be replaced by
 * memory or by views of a section, and become placeholders again.  A part is
 * replaced as a whole only, so placeholders are split and joined as needed.
 */
#ifndef LKL_WIN32_PLACEHOLDER_H
#define LKL_WIN32_PLACEHOLDER_H

#include <windows.h>
#include <stdint.h>

#define VM_PAGE		4096ULL
#define VM_HUGE_PAGE	0x200000ULL

/*
 * Reserve @len bytes at a multiple of @align, which is a power of two.  Return
 * NULL on failure.
 */
void *lkl_host_win32_placeholder_reserve(uint64_t len, uint64_t align);

/* Give back a whole reservation, whatever replaced its parts. */
void lkl_host_win32_placeholder_release(void *addr, uint64_t len);

/* Replace [@addr, @addr + @len) by memory.  Return 0 or a negative LKL error. */
int lkl_host_win32_placeholder_fill(void *addr, uint64_t len);

/*
 * Replace [@addr, @addr + @len) by a view of @section from offset @off, with
 * protection @protect.  Return 0 or a negative LKL error.
 */
int lkl_host_win32_placeholder_map(void *addr, uint64_t len, HANDLE section,
				   uint64_t off, DWORD protect);

/* Make placeholders of the memory and the views in [@addr, @addr + @len). */
void lkl_host_win32_placeholder_restore(void *addr, uint64_t len);

#endif /* LKL_WIN32_PLACEHOLDER_H */
