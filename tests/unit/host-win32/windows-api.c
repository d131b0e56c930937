// SPDX-License-Identifier: GPL-2.0
/*
 * Checks that the system has the functions of Windows 10 1803 on which the
 * Windows host is built, and that they do what the host expects.  The program
 * uses nothing of LKL: if the program fails under wine, the wine is unfit, and
 * no other test of the host can tell anything.
 */
#include <windows.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Headers and import libraries of mingw-w64 10 lack the functions for placeholders. */
#ifndef MEM_RESERVE_PLACEHOLDER
#define MEM_REPLACE_PLACEHOLDER 0x00004000
#define MEM_RESERVE_PLACEHOLDER 0x00040000
#endif
#ifndef MEM_PRESERVE_PLACEHOLDER
#define MEM_COALESCE_PLACEHOLDERS 0x00000001
#define MEM_PRESERVE_PLACEHOLDER 0x00000002
#endif

#define PAGE 4096
#define SKIPPED 77
#define CHILD_STATUS 42

static void *(WINAPI *virtual_alloc2)(HANDLE process, void *base, size_t size,
				      ULONG type, ULONG protection,
				      void *parameters, ULONG count);
static void *(WINAPI *map_view_of_file3)(HANDLE section, HANDLE process,
					 void *base, ULONG64 offset, size_t size,
					 ULONG type, ULONG protection,
					 void *parameters, ULONG count);
static BOOL (WINAPI *unmap_view_of_file2)(HANDLE process, void *base, ULONG flags);
static BOOL (WINAPI *wait_on_address)(volatile void *address, void *compare,
				      size_t size, DWORD timeout_ms);
static void (WINAPI *wake_by_address_all)(void *address);

#define CHECK(condition) check_true(condition, #condition, __LINE__)

/* End the program if a check failed. */
static void check_true(bool condition, const char *text, int line)
{
	if (condition)
		return;
	printf("not ok: line %d: %s (error %lu)\n", line, text, GetLastError());
	exit(1);
}

/* Return a function of kernelbase.dll, where all functions of this test are. */
static FARPROC check_function(const char *name)
{
	FARPROC function = GetProcAddress(GetModuleHandleA("kernelbase.dll"), name);

	if (!function) {
		printf("skipped: the system has no function %s\n", name);
		exit(SKIPPED);
	}
	return function;
}

static void check_functions(void)
{
	virtual_alloc2 = (void *)check_function("VirtualAlloc2");
	map_view_of_file3 = (void *)check_function("MapViewOfFile3");
	unmap_view_of_file2 = (void *)check_function("UnmapViewOfFile2");
	wait_on_address = (void *)check_function("WaitOnAddress");
	wake_by_address_all = (void *)check_function("WakeByAddressAll");
}

/* Reserve address space that views can replace. */
static char *placeholder_reserve(size_t size)
{
	char *base = virtual_alloc2(NULL, NULL, size, MEM_RESERVE | MEM_RESERVE_PLACEHOLDER,
				    PAGE_NOACCESS, NULL, 0);

	if (!base) {
		printf("skipped: the system has no placeholders (error %lu);"
		       " wine must have version 10 (tests/support/windows/install-wine)\n",
		       GetLastError());
		exit(SKIPPED);
	}
	return base;
}

/* Make a placeholder of exactly these bytes. */
static bool placeholder_split(char *base, size_t size)
{
	return VirtualFree(base, size, MEM_RELEASE | MEM_PRESERVE_PLACEHOLDER);
}

/* Replace a placeholder of exactly these bytes by a view of a section. */
static bool placeholder_map(char *base, HANDLE section, ULONG64 offset, size_t size)
{
	return map_view_of_file3(section, GetCurrentProcess(), base, offset, size,
				 MEM_REPLACE_PLACEHOLDER, PAGE_READWRITE, NULL, 0) == base;
}

static DWORD memory_state(void *address)
{
	MEMORY_BASIC_INFORMATION info;

	CHECK(VirtualQuery(address, &info, sizeof(info)));
	return info.State;
}

/* Map single pages of RAM twice, in another order, as vmalloc() does. */
static void test_views_alias_pages(void)
{
	const size_t ram_size = 64 * PAGE, window_size = 1 << 20;
	HANDLE section = CreateFileMappingA(INVALID_HANDLE_VALUE, NULL,
					    PAGE_READWRITE | SEC_RESERVE, 0, ram_size, NULL);
	char *ram = placeholder_reserve(ram_size);
	char *window = placeholder_reserve(window_size);
	int i;

	CHECK(section);
	CHECK(placeholder_map(ram, section, 0, ram_size));
	CHECK(memory_state(ram) == MEM_RESERVE);
	CHECK(VirtualAlloc(ram, ram_size, MEM_COMMIT, PAGE_READWRITE) == ram);
	CHECK(memory_state(ram) == MEM_COMMIT);

	for (i = 0; i < 8; i++) {
		char *page = window + (2 * i + 1) * PAGE;

		CHECK(placeholder_split(page, PAGE));
		CHECK(placeholder_map(page, section, (20 - i) * PAGE, PAGE));
		sprintf(ram + (20 - i) * PAGE, "written to RAM %d", i);
		CHECK(!strcmp(page, ram + (20 - i) * PAGE));
		sprintf(page + 100, "written to the alias %d", i);
		CHECK(!strcmp(page + 100, ram + (20 - i) * PAGE + 100));
	}

	for (i = 0; i < 8; i++)
		CHECK(unmap_view_of_file2(GetCurrentProcess(), window + (2 * i + 1) * PAGE,
					  MEM_PRESERVE_PLACEHOLDER));
	/* Pages without a view are placeholders again, and join. */
	CHECK(VirtualFree(window, window_size, MEM_RELEASE | MEM_COALESCE_PLACEHOLDERS));
	CHECK(placeholder_split(window + PAGE, 2 * PAGE));
	CHECK(placeholder_map(window + PAGE, section, 19 * PAGE, 2 * PAGE));
	CHECK(!strcmp(window + PAGE, "written to RAM 1"));
	CHECK(!strcmp(window + 2 * PAGE, "written to RAM 0"));
	CloseHandle(section);
}

/* A placeholder that is split already is refused, so the host must ask first. */
static void test_exact_split_is_refused(void)
{
	char *base = placeholder_reserve(1 << 20);

	CHECK(placeholder_split(base + PAGE, PAGE));
	CHECK(!placeholder_split(base + PAGE, PAGE));
	CHECK(GetLastError() == ERROR_INVALID_ADDRESS);
	CHECK(memory_state(base + PAGE) == MEM_RESERVE);
}

/* Private memory in a placeholder, and its return to the system. */
static void test_private_memory_in_a_placeholder(void)
{
	char *base = placeholder_reserve(1 << 20);

	CHECK(placeholder_split(base + PAGE, 4 * PAGE));
	CHECK(virtual_alloc2(NULL, base + PAGE, 4 * PAGE,
			     MEM_RESERVE | MEM_COMMIT | MEM_REPLACE_PLACEHOLDER,
			     PAGE_READWRITE, NULL, 0) == base + PAGE);
	memset(base + PAGE, 1, 4 * PAGE);
	CHECK(VirtualFree(base + PAGE, 4 * PAGE, MEM_RELEASE | MEM_PRESERVE_PLACEHOLDER));
	CHECK(memory_state(base + PAGE) == MEM_RESERVE);
}

static volatile LONG wait_word, wait_seen;

static DWORD WINAPI wait_thread(void *unused)
{
	LONG before = 0;

	while (!wait_word)
		wait_on_address(&wait_word, &before, sizeof(before), INFINITE);
	InterlockedExchange(&wait_seen, wait_word);
	return 7;
}

static void test_wait_on_address(void)
{
	HANDLE thread = CreateThread(NULL, 0, wait_thread, NULL, 0, NULL);
	LONG before = 5;
	DWORD status;

	CHECK(thread);
	/* Another value: the function returns at once. */
	CHECK(wait_on_address(&wait_word, &before, sizeof(before), INFINITE));
	before = 0;
	CHECK(!wait_on_address(&wait_seen, &before, sizeof(before), 1));
	CHECK(GetLastError() == ERROR_TIMEOUT);

	InterlockedExchange(&wait_word, 3);
	wake_by_address_all((void *)&wait_word);
	CHECK(WaitForSingleObject(thread, INFINITE) == WAIT_OBJECT_0);
	CHECK(GetExitCodeThread(thread, &status) && status == 7);
	CHECK(wait_seen == 3);
	CloseHandle(thread);
}

static void test_clocks_advance(void)
{
	LARGE_INTEGER first, last, frequency;
	FILETIME coarse, precise;
	uint64_t coarse_100ns, precise_100ns;

	CHECK(QueryPerformanceFrequency(&frequency) && frequency.QuadPart > 0);
	CHECK(QueryPerformanceCounter(&first));
	do
		CHECK(QueryPerformanceCounter(&last));
	while (last.QuadPart == first.QuadPart);
	CHECK(last.QuadPart > first.QuadPart);

	GetSystemTimeAsFileTime(&coarse);
	GetSystemTimePreciseAsFileTime(&precise);
	coarse_100ns = (uint64_t)coarse.dwHighDateTime << 32 | coarse.dwLowDateTime;
	precise_100ns = (uint64_t)precise.dwHighDateTime << 32 | precise.dwLowDateTime;
	CHECK(precise_100ns >= coarse_100ns);
}

#ifdef __x86_64__
/* Read a byte; the handler makes the read fail at an address without memory. */
int fault_read(const void *address);
extern const char fault_read_begin[], fault_read_failed[];
asm(".text\n"
    ".globl fault_read\n"
    "fault_read:\n"
    "fault_read_begin:\n"
    "	movzbl (%rcx), %eax\n"
    "	ret\n"
    "fault_read_failed:\n"
    "	mov $-1, %eax\n"
    "	ret\n");

static volatile uintptr_t fault_address;

/* Continue behind a user copy, as the kernel's exception table says. */
static LONG CALLBACK fault_handler(EXCEPTION_POINTERS *e)
{
	if (e->ExceptionRecord->ExceptionCode != EXCEPTION_ACCESS_VIOLATION ||
	    e->ContextRecord->Rip != (DWORD64)fault_read_begin)
		return EXCEPTION_CONTINUE_SEARCH;
	fault_address = e->ExceptionRecord->ExceptionInformation[1];
	e->ContextRecord->Rip = (DWORD64)fault_read_failed;
	return EXCEPTION_CONTINUE_EXECUTION;
}

/* Call a function with another stack pointer, as a task of the kernel runs. */
static int fault_read_on_stack(const void *address, char *stack_top)
{
	int value;

	asm volatile("mov %%rsp, %%rbx\n"
		     "mov %[top], %%rsp\n"
		     "sub $32, %%rsp\n"
		     "call fault_read\n"
		     "mov %%rbx, %%rsp\n"
		     : "=a"(value), "+c"(address)
		     : [top] "r"(stack_top)
		     : "rbx", "rdx", "r8", "r9", "r10", "r11", "memory", "cc");
	return value;
}

static void test_handler_redirects_a_read(void)
{
	char *nothing = placeholder_reserve(1 << 16);
	char *stack = VirtualAlloc(NULL, 1 << 16, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
	void *handler = AddVectoredExceptionHandler(1, fault_handler);
	char byte = 9;

	CHECK(handler && stack);
	CHECK(fault_read(&byte) == 9);
	CHECK(fault_read(nothing + 5) == -1);
	CHECK(fault_address == (uintptr_t)nothing + 5);
	/* On a stack that the system does not know. */
	CHECK(fault_read_on_stack(&byte, stack + (1 << 16)) == 9);
	CHECK(fault_read_on_stack(nothing + 6, stack + (1 << 16)) == -1);
	CHECK(fault_address == (uintptr_t)nothing + 6);
	RemoveVectoredExceptionHandler(handler);
}
#else
static void test_handler_redirects_a_read(void)
{
}
#endif

static DWORD tls_index, fls_index;
static volatile LONG tls_ended;

static void WINAPI tls_thread_ends(void *value)
{
	InterlockedExchange(&tls_ended, *(char *)value);
}

static DWORD WINAPI tls_thread(void *value)
{
	if (TlsGetValue(tls_index) || !TlsSetValue(tls_index, value))
		return 1;
	FlsSetValue(fls_index, value);
	return TlsGetValue(tls_index) != value;
}

/* Each thread has its own value, and a callback runs when the thread ends. */
static void test_thread_local_values(void)
{
	char mine = 1, its = 2;
	HANDLE thread;
	DWORD status;

	tls_index = TlsAlloc();
	fls_index = FlsAlloc(tls_thread_ends);
	CHECK(tls_index != TLS_OUT_OF_INDEXES && fls_index != FLS_OUT_OF_INDEXES);
	CHECK(TlsSetValue(tls_index, &mine));
	thread = CreateThread(NULL, 0, tls_thread, &its, 0, NULL);
	CHECK(thread && WaitForSingleObject(thread, INFINITE) == WAIT_OBJECT_0);
	CHECK(GetExitCodeThread(thread, &status) && !status);
	CHECK(TlsGetValue(tls_index) == &mine);
	CHECK(tls_ended == its);
	CloseHandle(thread);
}

/* The status of a child arrives, and so does its output. */
static void test_exit_status_is_passed_on(const char *self)
{
	STARTUPINFOA startup = { .cb = sizeof(startup) };
	PROCESS_INFORMATION child;
	char command[2 * MAX_PATH];
	DWORD status;

	snprintf(command, sizeof(command), "\"%s\" fail", self);
	CHECK(CreateProcessA(NULL, command, NULL, NULL, FALSE, 0, NULL, NULL, &startup, &child));
	CHECK(WaitForSingleObject(child.hProcess, INFINITE) == WAIT_OBJECT_0);
	CHECK(GetExitCodeProcess(child.hProcess, &status) && status == CHILD_STATUS);
}

int main(int argc, char *argv[])
{
	char self[MAX_PATH];

	if (argc > 1 && !strcmp(argv[1], "fail"))
		return CHILD_STATUS;

	check_functions();
	CHECK(GetModuleFileNameA(NULL, self, sizeof(self)));
	test_views_alias_pages();
	test_exact_split_is_refused();
	test_private_memory_in_a_placeholder();
	test_wait_on_address();
	test_clocks_advance();
	test_handler_redirects_a_read();
	test_thread_local_values();
	test_exit_status_is_passed_on(self);
	printf("ok\n");
	return 0;
}
