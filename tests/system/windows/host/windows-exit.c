// SPDX-License-Identifier: GPL-2.0
/*
 * A process that ends while its kernel runs: other threads are in calls then, or
 * are gone already.  There is no crash, and no wait for such a thread.
 *
 * usage: windows-exit return | exit | thread | unload
 */
#include <windows.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <lkl_host.h>

#define THREADS	4

/* Functions of the libraries, which are loaded at run time */
static struct lkl_host_operations *(*default_ops)(void);
static int (*init)(struct lkl_host_operations *ops);
static int (*start_kernel)(const char *fmt, ...);
static lkl_long_t (*call)(lkl_long_t nr, lkl_long_t *params);

static HMODULE host, library;
static HANDLE called;
static int fds[2];

static void fail(const char *what)
{
	printf("cannot %s\n", what);
	fflush(stdout);
	/* A test of exit() must not end with exit(). */
	TerminateProcess(GetCurrentProcess(), 1);
}

static lkl_long_t call3(lkl_long_t nr, lkl_long_t a, lkl_long_t b,
			lkl_long_t c)
{
	lkl_long_t params[6] = { a, b, c };

	return call(nr, params);
}

static void load(void)
{
	host = LoadLibraryW(L"liblkl-host-win32-1.dll");
	library = LoadLibraryW(L"liblkl-1.dll");
	if (!host || !library)
		fail("load the libraries");
	default_ops = (void *)GetProcAddress(host, "lkl_default_host_ops");
	init = (void *)GetProcAddress(library, "lkl_init");
	start_kernel = (void *)GetProcAddress(library, "lkl_start_kernel");
	call = (void *)GetProcAddress(library, "lkl_syscall");
	if (!default_ops || !init || !start_kernel || !call)
		fail("find the functions");
}

static void unload(void)
{
	FreeLibrary(library);
	FreeLibrary(host);
}

static DWORD WINAPI read_pipe(void *arg)
{
	char c;

	/* A call that ends, so that the thread is known to the kernel */
	call3(__lkl__NR_getpid, 0, 0, 0);
	SetEvent(called);
	call3(__lkl__NR_read, fds[0], (intptr_t)&c, 1);
	return 0;
}

static DWORD WINAPI call_and_end(void *arg)
{
	call3(__lkl__NR_getpid, 0, 0, 0);
	if (!strcmp(arg, "thread"))
		exit(0);
	return 0;
}

static void start_threads(void)
{
	int i;

	called = CreateEventW(NULL, FALSE, FALSE, NULL);
	for (i = 0; i < THREADS; i++) {
		if (!CreateThread(NULL, 0, read_pipe, NULL, 0, NULL))
			fail("start a thread");
		WaitForSingleObject(called, INFINITE);
	}
}

int main(int argc, char **argv)
{
	HANDLE thread;

	if (argc != 2)
		return 2;
	load();
	default_ops()->print = NULL;
	if (init(default_ops()) || start_kernel("quiet"))
		fail("boot");
	if (call3(__lkl__NR_pipe2, (intptr_t)fds, 0, 0))
		fail("make a pipe");
	start_threads();
	thread = CreateThread(NULL, 0, call_and_end, argv[1], 0, NULL);
	WaitForSingleObject(thread, INFINITE);
	if (!strcmp(argv[1], "exit"))
		exit(0);
	if (!strcmp(argv[1], "unload")) {
		/* The threads in calls still run. */
		unload();
		thread = CreateThread(NULL, 0, call_and_end, argv[1], 0, NULL);
		WaitForSingleObject(thread, INFINITE);
	}
	return 0;
}
