// SPDX-License-Identifier: GPL-2.0
/*
 * Lists in one string, such as "name=value;name=value": of sysctls, neighbours
 * and queueing disciplines.
 */
#include <stdlib.h>
#include <string.h>

#include <lkl/asm/errno.h>

#include "guest/string-list.h"

static char *list_trim(char *s)
{
	size_t len;

	s += strspn(s, " \t\n");
	for (len = strlen(s); len && strchr(" \t\n", s[len - 1]); len--)
		s[len - 1] = '\0';
	return s;
}

static int list_one_entry(char *text, char between,
			  int (*each)(const struct lkl_list_entry *entry,
				      void *arg),
			  void *arg)
{
	struct lkl_list_entry entry = { };
	char *p = between ? strchr(text, between) : NULL;

	if (p) {
		*p = '\0';
		entry.value = list_trim(p + 1);
	}
	entry.name = list_trim(text);
	if (!*entry.name && !entry.value)
		return 0;
	return each(&entry, arg);
}

/* The copy lies in libc's memory, as lists are checked before there is a host. */
int lkl_list_each(const char *list, char end, char between,
		  int (*each)(const struct lkl_list_entry *entry, void *arg),
		  void *arg)
{
	char *copy = malloc(strlen(list) + 1), *p, *next;
	int ret = 0;

	if (!copy)
		return -LKL_ENOMEM;
	strcpy(copy, list);
	for (p = copy; p && !ret; p = next) {
		next = strchr(p, end);
		if (next)
			*next++ = '\0';
		ret = list_one_entry(p, between, each, arg);
	}
	free(copy);
	return ret;
}
