// SPDX-License-Identifier: GPL-2.0
/*
 * What the host has mounted; see proc_pid_mountinfo(5).
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mount/mountinfo.h"

/* "\040" and the like */
static void unescape(char *s)
{
	char *to = s;

	while (*s) {
		if (*s == '\\' && s[1] && s[2] && s[3]) {
			*to++ = (s[1] - '0') << 6 | (s[2] - '0') << 3 |
				(s[3] - '0');
			s += 4;
		} else {
			*to++ = *s++;
		}
	}
	*to = 0;
}

static uint32_t number_option(const char *options, const char *name)
{
	const char *found = strstr(options, name);

	return found ? strtoul(found + strlen(name), NULL, 10) : 0;
}

/* Is this line about @path?  Then @m is filled in. */
static bool parse(char *line, const char *path, struct mount_entry *m)
{
	char *dash = strstr(line, " - "), *save, *field;
	struct mount_entry e = { };
	int i;

	if (!dash)
		return false;
	*dash = 0;
	if (sscanf(line, "%*s %*s %u:%u", &e.major, &e.minor) != 2)
		return false;
	/* id, parent, device, root, mount point */
	field = strtok_r(line, " ", &save);
	for (i = 0; i < 4 && field; i++)
		field = strtok_r(NULL, " ", &save);
	if (!field)
		return false;
	unescape(field);
	if (strcmp(field, path) || sscanf(dash + 3, "%63s", e.type) != 1)
		return false;
	e.user = number_option(dash + 3, "user_id=");
	e.group = number_option(dash + 3, "group_id=");
	*m = e;
	return true;
}

int mountinfo_find(const char *path, struct mount_entry *m)
{
	FILE *f = fopen("/proc/self/mountinfo", "re");
	char *line = NULL;
	size_t size = 0;
	bool found = false;

	if (!f)
		return -1;
	/* Later ones lie on top. */
	while (getline(&line, &size, f) >= 0)
		found |= parse(line, path, m);
	free(line);
	fclose(f);
	return found ? 0 : -1;
}
