// SPDX-License-Identifier: GPL-2.0
/*
 * Reparse points.
 */
#include "copy/trees/windows/windows-handle.h"

#include <lkl.h>
#include <stdlib.h>
#include <string.h>
#include <winioctl.h>

#include "common/alloc.h"
#include "common/path.h"
#include "common/windows/windows-name.h"
#include "copy/trees/windows/windows-reparse.h"

/* mingw-w64 lacks it. */
#define MAY_BE_UNPRIVILEGED	2

/* A string in the data; @is_nt: the system's prefix was before it */
struct reparse_name {
	const wchar_t *str;
	size_t len;
	bool is_nt;
};

/* "Volume{", 36 characters, and "}" */
#define VOLUME_LENGTH	44
#define HEADER_SIZE	offsetof(struct reparse_data, all)

static int reparse_read(int fd, struct reparse_data *data)
{
	DWORD n;

	memset(data, 0, sizeof(*data));
	if (!DeviceIoControl(windows_handle(fd), FSCTL_GET_REPARSE_POINT, NULL,
			     0, data, sizeof(*data), &n, NULL))
		return windows_last_error();
	/* The file system of the host may be damaged. */
	return n >= HEADER_SIZE + data->size ? 0 : -LKL_EIO;
}

/*
 * Find the target of a link or junction, without the prefix that the system has
 * written before an absolute target.
 */
static int reparse_target(const struct reparse_data *data,
			  struct reparse_name *target)
{
	/* The data of a link has flags before the strings. */
	size_t before = offsetof(struct reparse_data, link.rest) +
			(data->tag == IO_REPARSE_TAG_SYMLINK ? sizeof(ULONG) : 0);
	size_t at = before + data->link.name_at, size = data->link.name_size;

	if (at + size > HEADER_SIZE + data->size)
		return -LKL_EIO;
	target->str = (const wchar_t *)((const char *)data + at);
	target->len = size / sizeof(wchar_t);
	target->is_nt = false;
	if (target->len < 4 || wcsncmp(target->str, L"\\??\\", 4))
		return 0;
	target->str += 4;
	target->len -= 4;
	target->is_nt = true;
	return 0;
}

bool windows_reparse_is_mount(const struct reparse_data *data)
{
	struct reparse_name target;

	if (data->tag != IO_REPARSE_TAG_MOUNT_POINT ||
	    reparse_target(data, &target) || !target.is_nt)
		return false;
	if (target.len == VOLUME_LENGTH + 1 && target.str[VOLUME_LENGTH] == '\\')
		target.len--;
	return target.len == VOLUME_LENGTH && !_wcsnicmp(target.str, L"Volume{", 7);
}

int windows_reparse_type(int fd)
{
	FILE_ATTRIBUTE_TAG_INFO info;
	struct reparse_data data;
	int ret;

	if (!GetFileInformationByHandleEx(windows_handle(fd),
					  FileAttributeTagInfo, &info,
					  sizeof(info)))
		return windows_last_error();
	switch (info.ReparseTag) {
	case IO_REPARSE_TAG_SYMLINK:
	case TAG_LX_SYMLINK:
		return NODE_SYMLINK;
	case IO_REPARSE_TAG_MOUNT_POINT:
		ret = reparse_read(fd, &data);
		if (ret < 0)
			return ret;
		return windows_reparse_is_mount(&data) ? 0 : NODE_SYMLINK;
	case TAG_AF_UNIX:
		return NODE_SOCKET;
	case TAG_LX_FIFO:
		return NODE_FIFO;
	case TAG_LX_CHR:
	case TAG_LX_BLK:
		return -LKL_EOPNOTSUPP;
	}
	return 0;
}

static long reparse_store(char *buf, size_t size, const char *target,
			  size_t len)
{
	len = len < size ? len : size;
	memcpy(buf, target, len);
	return len;
}

/*
 * Store the target as other trees write paths.  Below "UNC\", the system keeps
 * servers, whose names follow two slashes elsewhere.
 */
static long reparse_store_target(char *buf, size_t size,
				 const struct reparse_name *target)
{
	char *text = xrealloc(NULL, 3 * target->len + 1), *p;
	size_t len = windows_utf8(text, target->str, target->len);

	if (target->is_nt && len >= 4 && !strncasecmp(text, "UNC\\", 4)) {
		/* "UNC\server" becomes "\\server". */
		len -= 2;
		memmove(text, text + 2, len + 1);
		text[0] = '\\';
	}
	for (p = text; (p = strchr(p, '\\'));)
		*p = '/';
	len = reparse_store(buf, size, text, len);
	free(text);
	return len;
}

long windows_reparse_link(const struct reparse_data *data, char *buf, size_t size)
{
	struct reparse_name target;
	int ret;

	if (data->tag == TAG_LX_SYMLINK) {
		if (data->size < sizeof(data->wsl.version))
			return -LKL_EIO;
		return reparse_store(buf, size, data->wsl.target,
				     data->size - sizeof(data->wsl.version));
	}
	if (data->tag != IO_REPARSE_TAG_SYMLINK &&
	    data->tag != IO_REPARSE_TAG_MOUNT_POINT)
		return -LKL_EINVAL;
	ret = reparse_target(data, &target);
	return ret < 0 ? ret : reparse_store_target(buf, size, &target);
}

long windows_readlink(int dir, const char *name, char *buf, size_t size)
{
	int fd = windows_open_node(dir, name, FILE_READ_ATTRIBUTES);
	struct reparse_data data;
	long ret;

	if (fd < 0)
		return fd;
	ret = reparse_read(fd, &data);
	if (ret >= 0)
		ret = windows_reparse_link(&data, buf, size);
	windows_close(fd);
	return ret;
}

/* Creating links: only a function that takes a path may do this unprivileged. */

/*
 * Return the path of directory @dir, allocated, with room for @room more units, or
 * NULL with the error in *@err.  There is no backslash at the end: the system
 * removes no second one from such a path.
 */
static wchar_t *reparse_dir_path(int dir, size_t room, int *err)
{
	HANDLE h = windows_handle(dir);
	DWORD n = GetFinalPathNameByHandleW(h, NULL, 0, 0), len;
	wchar_t *path = xrealloc(NULL, (n + room + 1) * sizeof(*path));

	len = n ? GetFinalPathNameByHandleW(h, path, n + 1, 0) : 0;
	if (!len || len > n) {
		/* Another program has moved the directory. */
		*err = len ? -LKL_EBUSY : windows_last_error();
		free(path);
		return NULL;
	}
	if (path[len - 1] == '\\')
		path[len - 1] = 0;
	return path;
}

/* Append @target to @path, and resolve "." and "..". */
static void reparse_resolve(wchar_t *path, const wchar_t *target)
{
	while (*target) {
		size_t n = wcscspn(target, L"\\");
		wchar_t *last = wcsrchr(path, '\\');

		if (n == 2 && target[0] == '.' && target[1] == '.') {
			if (last)
				*last = 0;
		} else if (n && !(n == 1 && target[0] == '.')) {
			wcscat(path, L"\\");
			wcsncat(path, target, n);
		}
		target += n + (target[n] == '\\');
	}
}

/* Return true if @target is a directory; a link has to say so. */
static bool reparse_is_dir(const wchar_t *dir_path, const wchar_t *target)
{
	size_t size = wcslen(dir_path) + wcslen(target) + 2;
	wchar_t *path = xrealloc(NULL, size * sizeof(*path));
	DWORD attributes = INVALID_FILE_ATTRIBUTES;

	wcscpy(path, dir_path);
	if (*target != '\\') {
		reparse_resolve(path, target);
		attributes = GetFileAttributesW(path);
	}
	free(path);
	return attributes != INVALID_FILE_ATTRIBUTES &&
	       attributes & FILE_ATTRIBUTE_DIRECTORY;
}

static int reparse_symlink_error(void)
{
	return GetLastError() == ERROR_PRIVILEGE_NOT_HELD ? -WINDOWS_ESYMLINK :
							    windows_last_error();
}

static int reparse_create(const wchar_t *path, const wchar_t *target, bool is_dir)
{
	DWORD flags = is_dir ? SYMBOLIC_LINK_FLAG_DIRECTORY : 0;
	DWORD attributes;

	if (!CreateSymbolicLinkW(path, target, flags | MAY_BE_UNPRIVILEGED) &&
	    /* Windows before 10 1703 does not know the flag. */
	    (GetLastError() != ERROR_INVALID_PARAMETER ||
	     !CreateSymbolicLinkW(path, target, flags)))
		return reparse_symlink_error();
	/* Wine before 10.16 reports success without a link. */
	attributes = GetFileAttributesW(path);
	if (attributes == INVALID_FILE_ATTRIBUTES)
		return -LKL_EOPNOTSUPP;
	return attributes & FILE_ATTRIBUTE_REPARSE_POINT ? 0 : -LKL_EEXIST;
}

/* Store @target as Windows writes paths.  Return 0, or an error of the tree. */
static int reparse_make_target(wchar_t *out, size_t size, const char *target)
{
	int ret = windows_utf16(out, size, target);

	/* A drive or a stream, and what would be read back as a slash */
	if (ret == 0 || ret == -WINDOWS_EUTF8 ||
	    (ret > 0 && wcspbrk(out, L":\\")))
		return -WINDOWS_ETARGET;
	for (; ret > 0 && *out; out++)
		if (*out == '/')
			*out = '\\';
	return ret < 0 ? ret : 0;
}

int windows_symlink(const char *target, int dir, const char *name)
{
	size_t size = strlen(target) + 3;
	wchar_t *to = xrealloc(NULL, size * sizeof(*to)), *path = NULL;
	wchar_t units[WINDOWS_NAME_MAX + 1];
	int err = windows_name(units, name, true);
	bool is_dir;

	if (err >= 0)
		err = reparse_make_target(to, size, target);
	if (err >= 0)
		path = reparse_dir_path(dir, WINDOWS_NAME_MAX + 1, &err);
	if (path) {
		is_dir = reparse_is_dir(path, to);
		wcscat(path, L"\\");
		wcscat(path, units);
		err = reparse_create(path, to, is_dir);
	}
	free(path);
	free(to);
	return err;
}
