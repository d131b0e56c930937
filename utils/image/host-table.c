// SPDX-License-Identifier: GPL-2.0
/*
 * The tools' own table of host operations.
 */
#include <stdio.h>

#include "image/host-table.h"

/* Longest message that is printed in one piece. */
#define PIECE	512
#define ESCAPED	4

static struct lkl_host_operations table;
/* The function of the library, which writes to standard error in any context. */
static void (*table_print)(const char *str, int len);

/*
 * Print messages of the kernel.  Messages may contain names of an image, so all
 * but the printable characters of ASCII are escaped.
 */
static void host_table_print(const char *str, int len)
{
	char piece[PIECE + ESCAPED + 1];
	int i, n = 0;

	for (i = 0; i < len; i++) {
		unsigned char c = str[i];

		if (c == '\n' || c == '\t' || (c >= ' ' && c < 0x7f))
			piece[n++] = c;
		else
			n += sprintf(piece + n, "\\%03o", c);
		if (n >= PIECE || i == len - 1) {
			table_print(piece, n);
			n = 0;
		}
	}
}

struct lkl_host_operations *image_host(void)
{
	if (!table.size) {
		table = *lkl_default_host_ops();
		table_print = table.print;
		table.print = host_table_print;
		/* The kernel need not run between the calls of a tool. */
		table.flags |= LKL_HOST_NO_DRIVER;
	}
	return &table;
}
