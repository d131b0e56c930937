// SPDX-License-Identifier: GPL-2.0
/*
 * The beginning of a program, on POSIX hosts.
 */
#define _GNU_SOURCE
#include "common/host/host-main.h"
#include "shared/standard-fds.h"

void host_main_begin(int *argc, char ***argv)
{
	/* The arguments are bytes, as are the names of files. */
	(void)argc;
	(void)argv;
	standard_fds_fill();
}
