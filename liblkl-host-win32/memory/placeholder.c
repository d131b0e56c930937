// SPDX-License-Identifier: GPL-2.0
/*
 * Placeholders.  The system knows the state of each part of a reservation, so
 * the functions ask for the state instead of keeping a list.
 */
#include <stdbool.h>

#include <lkl.h>

#include "base/error.h"
#include "base/host-report.h"
#include "memory/placeholder.h"
#include "shared/macros.h"

/* Headers of mingw-w64 lack these in part. */
#ifndef MEM_REPLACE_PLACEHOLDER
#define MEM_REPLACE_PLACEHOLDER		0x00004000
#endif
#ifndef MEM_RESERVE_PLACEHOLDER
#define MEM_RESERVE_PLACEHOLDER		0x00040000
#endif
#ifndef MEM_COALESCE_PLACEHOLDERS
#define MEM_COALESCE_PLACEHOLDERS	0x00000001
#endif
#ifndef MEM_PRESERVE_PLACEHOLDER
#define MEM_PRESERVE_PLACEHOLDER	0x00000002
#endif

/* All reservations end below this address. */
#ifdef _WIN64
#define PLACEHOLDER_LIMIT	0x7ffe00000000ULL
#else
#define PLACEHOLDER_LIMIT	0x7fff0000UL
#endif

/* Functions since Windows 10 version 1803, which import libraries lack */
static void *(WINAPI *placeholder_alloc2)(HANDLE process, void *base,
					  SIZE_T size, ULONG type,
					  ULONG protect, void *params,
					  ULONG count);
static void *(WINAPI *placeholder_view3)(HANDLE section, HANDLE process,
					 void *base, ULONG64 offset,
					 SIZE_T size, ULONG type,
					 ULONG protect, void *params,
					 ULONG count);
static BOOL (WINAPI *placeholder_unview2)(HANDLE process, void *base,
					  ULONG flags);

static BOOL CALLBACK placeholder_init(INIT_ONCE *once, void *param,
				      void **context)
{
	HMODULE base = GetModuleHandleW(L"kernelbase.dll");

	placeholder_alloc2 = (void *)GetProcAddress(base, "VirtualAlloc2");
	placeholder_view3 = (void *)GetProcAddress(base, "MapViewOfFile3");
	placeholder_unview2 = (void *)GetProcAddress(base,
						     "UnmapViewOfFile2");
	if (!placeholder_alloc2 || !placeholder_view3 || !placeholder_unview2)
		lkl_host_win32_report("lkl: cannot boot: Windows is too old; version 1803 of Windows 10 or a later version is needed\n");
	return TRUE;
}

static bool placeholder_is_supported(void)
{
	static INIT_ONCE once = INIT_ONCE_STATIC_INIT;

	InitOnceExecuteOnce(&once, placeholder_init, NULL, NULL);
	return placeholder_alloc2 && placeholder_view3 && placeholder_unview2;
}

/* Return the state of the part that @p is in, whose rest has info.RegionSize. */
static MEMORY_BASIC_INFORMATION placeholder_query(const char *p)
{
	MEMORY_BASIC_INFORMATION info = { };

	VirtualQuery(p, &info, sizeof(info));
	return info;
}

/*
 * Reserve below the addresses at which wine looks first for memory of others:
 * wine 10 takes parts of a reservation there for free if the parts are no
 * multiples of 64 KiB.
 */
void *lkl_host_win32_placeholder_reserve(uint64_t len, uint64_t align)
{
	MEM_ADDRESS_REQUIREMENTS where = {
		.HighestEndingAddress = (void *)(uintptr_t)
			(PLACEHOLDER_LIMIT - 1),
		.Alignment = align,
	};
	MEM_EXTENDED_PARAMETER param = {
		.Type = MemExtendedParameterAddressRequirements,
		.Pointer = &where,
	};

	if (!placeholder_is_supported() || len != (SIZE_T)len)
		return NULL;
	return placeholder_alloc2(NULL, NULL, len,
				  MEM_RESERVE | MEM_RESERVE_PLACEHOLDER,
				  PAGE_NOACCESS, &param, 1);
}

/* Return the end of the allocation or view that begins at @p. */
static char *placeholder_end(char *p)
{
	void *base = placeholder_query(p).AllocationBase;
	MEMORY_BASIC_INFORMATION info;

	for (;;) {
		info = placeholder_query(p);
		if (!info.RegionSize || info.AllocationBase != base)
			return p;
		p += info.RegionSize;
	}
}

void lkl_host_win32_placeholder_release(void *addr, uint64_t len)
{
	char *p = addr, *end = p + len, *next;

	while (p < end) {
		next = placeholder_end(p);
		if (next == p)
			return;
		if (placeholder_query(p).Type == MEM_MAPPED)
			placeholder_unview2(GetCurrentProcess(), p, 0);
		else
			VirtualFree(p, 0, MEM_RELEASE);
		p = next;
	}
}

/*
 * Make exactly one placeholder of [@addr, @addr + @len).  To split what is one
 * already, or to join what is not split, would be an error.
 */
static int placeholder_isolate(char *addr, uint64_t len)
{
	char *p = addr, *end = addr + len;
	MEMORY_BASIC_INFORMATION info;
	int parts = 0;

	while (p < end) {
		uint64_t size = end - p;

		info = placeholder_query(p);
		if (info.State != MEM_RESERVE)
			return -LKL_EINVAL;
		if (info.RegionSize < size)
			size = info.RegionSize;
		if ((info.AllocationBase != p || info.RegionSize != size) &&
		    !VirtualFree(p, size,
				 MEM_RELEASE | MEM_PRESERVE_PLACEHOLDER))
			return lkl_host_win32_last_error();
		p += size;
		parts++;
	}
	if (parts > 1 && !VirtualFree(addr, len, MEM_RELEASE |
				      MEM_COALESCE_PLACEHOLDERS))
		return lkl_host_win32_last_error();
	return 0;
}

int lkl_host_win32_placeholder_fill(void *addr, uint64_t len)
{
	int ret = placeholder_isolate(addr, len);

	if (ret)
		return ret;
	if (!placeholder_alloc2(NULL, addr, len, MEM_RESERVE | MEM_COMMIT |
				MEM_REPLACE_PLACEHOLDER, PAGE_READWRITE,
				NULL, 0))
		return lkl_host_win32_last_error();
	return 0;
}

int lkl_host_win32_placeholder_map(void *addr, uint64_t len, HANDLE section,
				   uint64_t off, DWORD protect)
{
	int ret = placeholder_isolate(addr, len);

	if (ret)
		return ret;
	if (!placeholder_view3(section, GetCurrentProcess(), addr, off, len,
			       MEM_REPLACE_PLACEHOLDER, protect, NULL, 0))
		return lkl_host_win32_last_error();
	return 0;
}

void lkl_host_win32_placeholder_restore(void *addr, uint64_t len)
{
	char *p = addr, *end = p + len, *next;
	MEMORY_BASIC_INFORMATION info;

	while (p < end) {
		info = placeholder_query(p);
		next = placeholder_end(p);
		if (next == p)
			return;
		if (info.Type == MEM_MAPPED)
			placeholder_unview2(GetCurrentProcess(), p,
					    MEM_PRESERVE_PLACEHOLDER);
		else if (info.State == MEM_COMMIT)
			VirtualFree(p, next - p, MEM_RELEASE |
				    MEM_PRESERVE_PLACEHOLDER);
		p = next;
	}
}
