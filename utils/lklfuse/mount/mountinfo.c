// SPDX-License-Identifier: GPL-2.0
/*
 * The mounts of the host; see proc_pid_mountinfo(5) for the format.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mount/mountinfo.h"

/* Replace octal escapes such as "\040" in place. */
static void mountinfo_unescape(char *s)
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

static uint32_t mountinfo_number(const char *options, const char *name)
{
	const char *found = strstr(options, name);

	return found ? strtoul(found + strlen(name), NULL, 10) : 0;
}

/* Fill in @m and return true if @line describes a mount at @path. */
static bool mountinfo_parse_line(char *line, const char *path,
				 struct mount_entry *m)
{
	char *dash = strstr(line, " - "), *save, *field;
	struct mount_entry e = { };
	int i;

	if (!dash)
		return false;
	*dash = 0;
	if (sscanf(line, "%*s %*s %u:%u", &e.major, &e.minor) != 2)
		return false;
	/* The fields are: ID, parent ID, device, root, mount point. */
	field = strtok_r(line, " ", &save);
	for (i = 0; i < 4 && field; i++)
		field = strtok_r(NULL, " ", &save);
	if (!field)
		return false;
	mountinfo_unescape(field);
	if (strcmp(field, path) || sscanf(dash + 3, "%63s", e.type) != 1)
		return false;
	e.user = mountinfo_number(dash + 3, "user_id=");
	e.group = mountinfo_number(dash + 3, "group_id=");
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
	/* The last of several mounts at one path is the topmost. */
	while (getline(&line, &size, f) >= 0)
		found |= mountinfo_parse_line(line, path, m);
	free(line);
	fclose(f);
	return found ? 0 : -1;
}
