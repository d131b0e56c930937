// SPDX-License-Identifier: GPL-2.0
/*
 * Guest RAM is a section, so that its pages can be mapped a second time.  Pages
 * of the section are reserved at first.  Windows promises memory for a page
 * when the page is committed, and a system call that gets the address of a page
 * that is not committed fails; so @ram_commit comes before any use.
 */
#include <windows.h>
#include <stdlib.h>

#include <lkl.h>

#include "base/error.h"
#include "memory/guest-ram.h"
#include "memory/placeholder.h"

/**
 * struct lkl_ram - an arena of guest RAM
 * @base:	address
 * @len:	size in bytes
 * @section:	section of the pages
 */
struct lkl_ram {
	char *base;
	uint64_t len;
	HANDLE section;
};

/*
 * Half of the memory that the process may use: only a limit, as RAM grows with
 * use.
 */
uint64_t lkl_host_win32_ram_limit(void)
{
	MEMORYSTATUSEX status = { .dwLength = sizeof(status) };
	uint64_t most;

	if (!GlobalMemoryStatusEx(&status))
		return 0;
	most = status.ullTotalPhys;
	if (status.ullTotalPageFile < most)
		most = status.ullTotalPageFile;
	return most / 2;
}

int lkl_host_win32_ram_create(uint64_t len, struct lkl_ram **ramp, void **base)
{
	struct lkl_ram *ram = calloc(1, sizeof(*ram));
	int ret = -LKL_ENOMEM;

	if (!ram)
		return ret;
	ram->len = len;
	ram->section = CreateFileMappingW(INVALID_HANDLE_VALUE, NULL,
					  PAGE_READWRITE | SEC_RESERVE,
					  len >> 32, (DWORD)len, NULL);
	if (!ram->section) {
		ret = lkl_host_win32_last_error();
		goto out_ram;
	}
	ram->base = lkl_host_win32_placeholder_reserve(len, VM_HUGE_PAGE);
	if (!ram->base)
		goto out_section;
	ret = lkl_host_win32_placeholder_map(ram->base, len, ram->section, 0,
					     PAGE_READWRITE);
	if (ret)
		goto out_base;
	*ramp = ram;
	*base = ram->base;
	return 0;

out_base:
	lkl_host_win32_placeholder_release(ram->base, len);
out_section:
	CloseHandle(ram->section);
out_ram:
	free(ram);
	return ret;
}

int lkl_host_win32_ram_commit(struct lkl_ram *ram, uint64_t off, uint64_t len)
{
	return VirtualAlloc(ram->base + off, len, MEM_COMMIT,
			    PAGE_READWRITE) ? 0 : lkl_host_win32_last_error();
}

int lkl_host_win32_ram_alias(struct lkl_ram *ram, void *va, uint64_t off,
			     uint64_t len)
{
	return lkl_host_win32_placeholder_map(va, len, ram->section, off,
					      PAGE_READWRITE);
}

/*
 * Committed pages of a section cannot be given back.  But the system need not
 * write the contents to the page file, nor keep the pages in memory.
 */
void lkl_host_win32_ram_discard(struct lkl_ram *ram, uint64_t off,
				uint64_t len)
{
	if (VirtualAlloc(ram->base + off, len, MEM_RESET, PAGE_NOACCESS))
		/* Pages that are not locked leave the working set. */
		VirtualUnlock(ram->base + off, len);
}

void lkl_host_win32_ram_free(struct lkl_ram *ram)
{
	lkl_host_win32_placeholder_release(ram->base, ram->len);
	CloseHandle(ram->section);
	free(ram);
}
