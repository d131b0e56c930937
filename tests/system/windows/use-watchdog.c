// SPDX-License-Identifier: GPL-2.0
/*
 * Starts the watchdog of the tools, and then hangs or makes progress.
 *
 * usage: use-watchdog loop|sleep|progress
 */
#include <windows.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "process/watchdog.h"

#define SECONDS	2
/* More than what ends a program that hangs */
#define PROGRESS_MS	(4 * SECONDS * 1000)

static volatile uint64_t steps;

int main(int argc, char **argv)
{
	ULONGLONG end = GetTickCount64() + PROGRESS_MS;

	if (argc != 2 || watchdog_start(&steps, SECONDS))
		return 99;
	if (!strcmp(argv[1], "sleep"))
		Sleep(INFINITE);
	while (!strcmp(argv[1], "loop"))
		;
	while (GetTickCount64() < end)
		steps++;
	return EXIT_SUCCESS;
}
