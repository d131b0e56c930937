// SPDX-License-Identifier: GPL-2.0
/*
 * Names of users and groups on POSIX hosts.
 */
#define _GNU_SOURCE
#include <grp.h>
#include <pwd.h>
#include <string.h>

#include "copy/archives/tar-host.h"

bool owner_find_user(const char *name, uint32_t *uid)
{
	struct passwd *pw = getpwnam(name);

	if (pw)
		*uid = pw->pw_uid;
	return pw;
}

bool owner_find_group(const char *name, uint32_t *gid)
{
	struct group *gr = getgrnam(name);

	if (gr)
		*gid = gr->gr_gid;
	return gr;
}

void owner_files_open(struct owner_files *f)
{
	f->users = fopen("/etc/passwd", "re");
	f->groups = fopen("/etc/group", "re");
}

void owner_files_close(struct owner_files *f)
{
	if (f->users)
		fclose(f->users);
	if (f->groups)
		fclose(f->groups);
}

bool owner_files_find_user(const struct owner_files *f, const char *name,
			   uint32_t *uid)
{
	struct passwd *pw;

	if (!f->users)
		return false;
	rewind(f->users);
	while ((pw = fgetpwent(f->users)))
		if (!strcmp(pw->pw_name, name)) {
			*uid = pw->pw_uid;
			return true;
		}
	return false;
}

bool owner_files_find_group(const struct owner_files *f, const char *name,
			    uint32_t *gid)
{
	struct group *gr;

	if (!f->groups)
		return false;
	rewind(f->groups);
	while ((gr = fgetgrent(f->groups)))
		if (!strcmp(gr->gr_name, name)) {
			*gid = gr->gr_gid;
			return true;
		}
	return false;
}

const char *owner_files_why_unknown(void)
{
	return "/etc/passwd or /etc/group of this host lacks a name in the list; add it";
}
