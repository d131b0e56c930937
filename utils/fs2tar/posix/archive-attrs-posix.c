// SPDX-License-Identifier: GPL-2.0
/*
 * Attributes of an archive that takes the place of an existing file: a user does
 * not notice that the archive is another file.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "common/alloc.h"
#include "fs2tar/archive-host.h"
#include "shared/macros.h"

/* Largest value, and largest list of names, on Linux */
#define ATTR_MAX	65536

/* Access control lists: of most types, and of NFS */
static const char *const acl_names[] = {
	"system.posix_acl_access", "system.nfs4_acl",
};

/* An owner cannot give files away; the file is the owner's then. */
static bool attrs_copy_owner(const struct stat *old, int to)
{
	if (old->st_uid == geteuid() && old->st_gid == getegid())
		return true;
	return !fchown(to, old->st_uid, old->st_gid) ||
	       (errno == EPERM &&
		(!fchown(to, -1, old->st_gid) || errno == EPERM));
}

static bool attrs_is_missing(int err)
{
	return err == ENODATA || err == EOPNOTSUPP;
}

/* Copy attribute @name, or remove what a new file inherits from its directory. */
static bool attrs_copy_one(int from, int to, const char *name, char *value)
{
	ssize_t n = fgetxattr(from, name, value, ATTR_MAX);

	if (n >= 0)
		return !fsetxattr(to, name, value, n, 0);
	return attrs_is_missing(errno) &&
	       (!fremovexattr(to, name) || attrs_is_missing(errno));
}

static bool attrs_copy_acls(int from, int to, char *value)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(acl_names); i++)
		if (!attrs_copy_one(from, to, acl_names[i], value))
			return false;
	return true;
}

/* Copy what does not matter for access, as far as this is possible. */
static void attrs_copy_others(int from, int to, char *value)
{
	char *names = xrealloc(NULL, ATTR_MAX), *p;
	ssize_t n = flistxattr(from, names, ATTR_MAX);

	for (p = names; p - names < n; p += strlen(p) + 1)
		if (!strncmp(p, "user.", 5) || !strcmp(p, "security.selinux"))
			attrs_copy_one(from, to, p, value);
	free(names);
}

bool archive_host_copy_attrs(const struct archive_file *f, int from, int to)
{
	char *value = xrealloc(NULL, ATTR_MAX);
	struct stat old;
	bool done = !fstat(from, &old) && attrs_copy_owner(&old, to) &&
		    attrs_copy_acls(from, to, value) &&
		    !fchmod(to, old.st_mode & 0777);
	int err = errno;

	if (done)
		attrs_copy_others(from, to, value);
	free(value);
	errno = err;
	return done;
}
