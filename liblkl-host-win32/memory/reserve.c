// SPDX-License-Identifier: GPL-2.0
/*
 * Address space of the process: reservations, and memory in them.
 */
#include "base/error.h"
#include "memory/placeholder.h"
#include "memory/reserve.h"

/*
 * The system writes the frame of an exception to the stack that overflowed, and
 * ends the process without a message if there is no room.  So a guard page
 * above spare pages catches an overflow early.
 */
#define STACK_SPARE	(3 * VM_PAGE)

void *lkl_host_win32_vm_reserve(uint64_t len, uint64_t align)
{
	return lkl_host_win32_placeholder_reserve(len, align);
}

void lkl_host_win32_vm_release(void *addr, uint64_t len)
{
	lkl_host_win32_placeholder_release(addr, len);
}

int lkl_host_win32_vm_commit(void *addr, uint64_t len)
{
	return lkl_host_win32_placeholder_fill(addr, len);
}

void lkl_host_win32_vm_decommit(void *addr, uint64_t len)
{
	lkl_host_win32_placeholder_restore(addr, len);
}

int lkl_host_win32_stack_commit(void *addr, uint64_t len)
{
	int ret = lkl_host_win32_placeholder_fill(addr, len);
	DWORD old;

	if (ret || len < 4 * (STACK_SPARE + VM_PAGE) - VM_PAGE)
		return ret;
	if (!VirtualProtect((char *)addr + STACK_SPARE, VM_PAGE,
			    PAGE_READWRITE | PAGE_GUARD, &old))
		return lkl_host_win32_last_error();
	return 0;
}
