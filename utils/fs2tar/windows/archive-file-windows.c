// SPDX-License-Identifier: GPL-2.0
/*
 * The files of fs2tar on Windows.  A new file is marked as deleted from the beginning
 * on: Windows removes such a file when its last handle is closed, however the program
 * ends.  The mark is taken away when the archive is complete.
 */
#include "common/windows/windows-error.h"

#include <lkl.h>
#include <errno.h>
#include <io.h>
#include <stdlib.h>

#include "common/alloc.h"
#include "common/report.h"
#include "common/windows/windows-name.h"
#include "fs2tar/archive-host.h"

/* FILE_RENAME_INFO with flags, which mingw-w64 lacks */
#define RENAME_EX	((FILE_INFO_BY_HANDLE_CLASS)22)
#define RENAME_REPLACE	0x1
#define RENAME_POSIX	0x2

/* Access that archive_host_copy_attrs() needs to the new file */
#define ATTRS_ACCESS	(READ_CONTROL | WRITE_DAC | FILE_WRITE_ATTRIBUTES)
/* Other programs may do anything with the files. */
#define SHARE_ALL	(FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE)

static int archive_host_fail(void)
{
	errno = -windows_last_error();
	return -1;
}

bool archive_host_must_stay(int err)
{
	return err == LKL_EACCES || err == LKL_EPERM || err == LKL_EROFS;
}

/* Mark the file as deleted, or take the mark away. */
static int archive_host_mark(const struct archive_file *f, bool deleted)
{
	FILE_DISPOSITION_INFO info = { .DeleteFile = deleted };

	return SetFileInformationByHandle((HANDLE)f->guard, FileDispositionInfo,
					  &info, sizeof(info)) ?
		       0 : archive_host_fail();
}

int archive_host_begin(struct archive_file *f, int fd)
{
	/* Nobody can open the file again when it has the mark. */
	DWORD access = DELETE | (f->final ? ATTRS_ACCESS : 0);
	HANDLE h = ReOpenFile((HANDLE)_get_osfhandle(fd), access, SHARE_ALL, 0);
	int err;

	if (h == INVALID_HANDLE_VALUE)
		return archive_host_fail();
	f->guard = (intptr_t)h;
	if (!archive_host_mark(f, true))
		return 0;
	err = errno;
	CloseHandle(h);
	f->guard = -1;
	errno = err;
	return -1;
}

void archive_host_remove(struct archive_file *f)
{
	if (f->guard != -1)
		CloseHandle((HANDLE)f->guard);
	else if (f->written && f->in_place < 0)
		host_file_remove(f->written);
	f->guard = -1;
}

/* The files are guarded already. */
int archive_host_guard(struct archive_files *o)
{
	return 0;
}

static int archive_host_rename(const struct archive_file *f, const wchar_t *name)
{
	size_t len = wcslen(name), size = sizeof(FILE_RENAME_INFO) + len * sizeof(*name);
	FILE_RENAME_INFO *info = xzalloc(size);
	DWORD flags = RENAME_REPLACE | RENAME_POSIX;
	HANDLE h = (HANDLE)f->guard;
	bool done;

	info->FileNameLength = len * sizeof(*name);
	memcpy(info->FileName, name, info->FileNameLength);
	memcpy(info, &flags, sizeof(flags));
	done = SetFileInformationByHandle(h, RENAME_EX, info, size);
	if (!done) {
		/* Other file systems than NTFS */
		memset(info, 0, sizeof(flags));
		info->ReplaceIfExists = TRUE;
		done = SetFileInformationByHandle(h, FileRenameInfo, info, size);
	}
	if (!done)
		archive_host_fail();
	free(info);
	return done ? 0 : -1;
}

/* Give a complete file its name.  Return 0, or -1 with an error in errno. */
static int archive_host_complete(const struct archive_file *f)
{
	wchar_t *name = NULL;
	int ret = archive_host_mark(f, false), err;

	if (ret || !f->final)
		return ret;
	ret = windows_path(&name, f->final);
	if (ret >= 0) {
		name[1] = '\\';
		ret = archive_host_rename(f, name);
	} else {
		errno = -ret;
	}
	free(name);
	if (ret >= 0)
		return 0;
	err = errno;
	archive_host_mark(f, true);
	errno = err;
	return -1;
}

int archive_host_end(struct archive_files *o, bool complete)
{
	int i, ret = 0;

	for (i = 0; i < o->count; i++) {
		struct archive_file *f = &o->files[i];

		if (f->guard == -1)
			continue;
		if (complete && archive_host_complete(f) && !ret)
			ret = report_cannot("replace", f->path,
					    host_file_strerror(errno));
		CloseHandle((HANDLE)f->guard);
		f->guard = -1;
	}
	return ret;
}
