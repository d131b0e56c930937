// SPDX-License-Identifier: GPL-2.0
/*
 * Attributes of an archive that takes the place of an existing file: a user does
 * not notice that the archive is another file.
 */
#include "common/windows/windows-error.h"

#include <lkl.h>
#include <errno.h>
#include <io.h>
#include <stdlib.h>

#include "common/alloc.h"
#include "fs2tar/archive-host.h"

#define ATTRS_COPIED	(FILE_ATTRIBUTE_ARCHIVE | FILE_ATTRIBUTE_HIDDEN | \
			 FILE_ATTRIBUTE_NOT_CONTENT_INDEXED | FILE_ATTRIBUTE_SYSTEM)

static bool attrs_fail(void)
{
	errno = -windows_last_error();
	return false;
}

static bool attrs_volume_has_lists(HANDLE h)
{
	DWORD flags;

	return GetVolumeInformationByHandleW(h, NULL, 0, NULL, NULL, &flags,
					     NULL, 0) &&
	       flags & FILE_PERSISTENT_ACLS;
}

/* Return the access control list of @h, allocated, or NULL. */
static PSECURITY_DESCRIPTOR attrs_get_list(HANDLE h)
{
	PSECURITY_DESCRIPTOR security = NULL;
	DWORD size = 0, want = 256;

	do {
		size = want;
		security = xrealloc(security, size);
		if (GetKernelObjectSecurity(h, DACL_SECURITY_INFORMATION,
					    security, size, &want))
			return security;
	} while (want > size);
	free(security);
	return NULL;
}

/* Copy the access control list, and from where its entries come. */
static bool attrs_copy_list(HANDLE from, HANDLE to)
{
	PSECURITY_DESCRIPTOR security;
	SECURITY_DESCRIPTOR_CONTROL control;
	DWORD revision;
	bool done;

	if (!attrs_volume_has_lists(from))
		return true;
	security = attrs_get_list(from);
	if (!security)
		return attrs_fail();
	/* Otherwise, inherited entries would become entries of the file itself. */
	if (GetSecurityDescriptorControl(security, &control, &revision) &&
	    control & SE_DACL_AUTO_INHERITED)
		SetSecurityDescriptorControl(security, SE_DACL_AUTO_INHERIT_REQ,
					     SE_DACL_AUTO_INHERIT_REQ);
	done = SetKernelObjectSecurity(to, DACL_SECURITY_INFORMATION, security);
	if (!done)
		attrs_fail();
	free(security);
	return done;
}

static bool attrs_copy_flags(HANDLE from, HANDLE to)
{
	FILE_BASIC_INFO old, new = { };

	if (!GetFileInformationByHandleEx(from, FileBasicInfo, &old, sizeof(old)))
		return attrs_fail();
	/* A new file would be readable for others who have the disk. */
	if (old.FileAttributes & FILE_ATTRIBUTE_ENCRYPTED) {
		errno = LKL_EPERM;
		return false;
	}
	new.FileAttributes = old.FileAttributes & ATTRS_COPIED;
	return !new.FileAttributes ||
	       SetFileInformationByHandle(to, FileBasicInfo, &new, sizeof(new)) ||
	       attrs_fail();
}

bool archive_host_copy_attrs(const struct archive_file *f, int from, int to)
{
	HANDLE old = (HANDLE)_get_osfhandle(from), new = (HANDLE)f->guard;

	return attrs_copy_flags(old, new) && attrs_copy_list(old, new);
}
