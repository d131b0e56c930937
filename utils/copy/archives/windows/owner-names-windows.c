// SPDX-License-Identifier: GPL-2.0
/*
 * Names of users and groups on Windows, whose users have no numbers.
 */
#include "copy/archives/tar-host.h"

bool owner_find_user(const char *name, uint32_t *uid)
{
	return false;
}

bool owner_find_group(const char *name, uint32_t *gid)
{
	return false;
}

void owner_files_open(struct owner_files *f)
{
	*f = (struct owner_files) { };
}

void owner_files_close(struct owner_files *f)
{
}

bool owner_files_find_user(const struct owner_files *f, const char *name,
			   uint32_t *uid)
{
	return false;
}

bool owner_files_find_group(const struct owner_files *f, const char *name,
			    uint32_t *gid)
{
	return false;
}

const char *owner_files_why_unknown(void)
{
	return "Windows does not know the numbers of users and groups that the list names; make an archive with numbers, as tar --numeric-owner does";
}
