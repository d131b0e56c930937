// SPDX-License-Identifier: GPL-2.0
/*
 * Attributes of the host's files.
 *
 * Access control lists of Windows do not correspond to modes of Unix.  A file has
 * a fixed mode, of which only the permission to write is stored: the attribute
 * "read-only".  For a directory, this attribute means something else.
 */
#include "copy/trees/windows/windows-handle.h"

#include <lkl.h>
#include <stdbool.h>
#include <winioctl.h>

#include "copy/trees/windows/windows-attrs.h"
#include "copy/trees/windows/windows-reparse.h"

#define MODE_DIR	0755
#define MODE_FILE	0644
#define MODE_READ_ONLY	0444
#define MODE_SYMLINK	0777
#define MODE_SPECIAL	0666
#define MODE_WRITE	0222

/* FS_COMPR_FL */
#define FLAG_COMPRESSED	0x4U

/* Ticks of 100 ns since 1601 */
#define TICKS_PER_SEC	10000000
#define NSEC_PER_TICK	100
#define SEC_1601_TO_1970	11644473600LL
/* Zero means "unchanged", and negative numbers have other meanings. */
#define TICKS_MIN	1
#define TICKS_MAX	INT64_MAX

static struct tree_time attrs_time(int64_t ticks)
{
	/* Before 1601, which only a damaged file system has */
	if (ticks < 0)
		ticks = 0;
	return (struct tree_time) {
		ticks / TICKS_PER_SEC - SEC_1601_TO_1970,
		ticks % TICKS_PER_SEC * NSEC_PER_TICK,
	};
}

/* Return the nearest time that Windows can store at or before @t. */
static int64_t attrs_ticks(const struct tree_time *t)
{
	int64_t ticks;

	if (__builtin_add_overflow(t->sec, SEC_1601_TO_1970, &ticks) ||
	    __builtin_mul_overflow(ticks, TICKS_PER_SEC, &ticks) ||
	    __builtin_add_overflow(ticks, t->nsec / NSEC_PER_TICK, &ticks))
		return t->sec < 0 ? TICKS_MIN : TICKS_MAX;
	return ticks < TICKS_MIN ? TICKS_MIN : ticks;
}

/* Return the number of 512-byte blocks; only a marked file may have holes. */
static uint64_t attrs_blocks(HANDLE h, uint64_t size, DWORD attributes)
{
	FILE_COMPRESSION_INFO info;

	if (attributes & (FILE_ATTRIBUTE_SPARSE_FILE |
			  FILE_ATTRIBUTE_COMPRESSED) &&
	    GetFileInformationByHandleEx(h, FileCompressionInfo, &info,
					 sizeof(info)))
		size = info.CompressedFileSize.QuadPart;
	return (size + 511) / 512;
}

static uint32_t attrs_mode(uint32_t type, DWORD attributes)
{
	switch (type) {
	case NODE_DIR:
		return NODE_DIR | MODE_DIR;
	case NODE_FILE:
		return NODE_FILE | (attributes & FILE_ATTRIBUTE_READONLY ?
					    MODE_READ_ONLY : MODE_FILE);
	case NODE_SYMLINK:
		return NODE_SYMLINK | MODE_SYMLINK;
	}
	return type | MODE_SPECIAL;
}

/* Return the type of a file, a value of NODE_TYPE, or an error. */
static int attrs_type(int fd, DWORD attributes)
{
	int type = 0;

	if (attributes & FILE_ATTRIBUTE_REPARSE_POINT)
		type = windows_reparse_type(fd);
	if (type)
		return type;
	return attributes & FILE_ATTRIBUTE_DIRECTORY ? NODE_DIR : NODE_FILE;
}

/*
 * FILE_STAT_INFORMATION of Windows 10 version 1709, which mingw-w64 lacks: what
 * GetFileInformationByHandle() returns, but for the volume, which is slow.
 */
#define STAT_CLASS	((FILE_INFORMATION_CLASS)68)

struct attrs_info {
	LARGE_INTEGER id;
	LARGE_INTEGER created;
	LARGE_INTEGER accessed;
	LARGE_INTEGER written;
	LARGE_INTEGER changed;
	LARGE_INTEGER allocated;
	LARGE_INTEGER size;
	ULONG attributes;
	ULONG reparse_tag;
	ULONG links;
	ACCESS_MASK access;
};

/* Ask file systems that do not know STAT_CLASS. */
static int attrs_query_parts(HANDLE h, struct attrs_info *info)
{
	FILE_BASIC_INFO basic;
	FILE_STANDARD_INFO standard;
	FILE_INTERNAL_INFORMATION internal;
	IO_STATUS_BLOCK io;
	int ret;

	if (!GetFileInformationByHandleEx(h, FileBasicInfo, &basic,
					  sizeof(basic)) ||
	    !GetFileInformationByHandleEx(h, FileStandardInfo, &standard,
					  sizeof(standard)))
		return windows_last_error();
	ret = windows_status(NtQueryInformationFile(h, &io, &internal,
						    sizeof(internal),
						    FileInternalInformation));
	*info = (struct attrs_info) {
		.id = internal.IndexNumber,
		.accessed = basic.LastAccessTime,
		.written = basic.LastWriteTime,
		.size = standard.EndOfFile,
		.attributes = basic.FileAttributes,
		.links = standard.NumberOfLinks,
	};
	return ret;
}

static int attrs_query(HANDLE h, struct attrs_info *info)
{
	IO_STATUS_BLOCK io;

	return NtQueryInformationFile(h, &io, info, sizeof(*info), STAT_CLASS) ?
		       attrs_query_parts(h, info) : 0;
}

int windows_stat_open(int fd, int dir, struct tree_node *node)
{
	HANDLE h = windows_handle(fd);
	struct attrs_info info;
	DWORD attributes;
	int type, ret = attrs_query(h, &info);

	if (ret < 0)
		return ret;
	attributes = info.attributes;
	type = attrs_type(fd, attributes);
	if (type < 0)
		return type;
	*node = (struct tree_node) {
		.mode = attrs_mode(type, attributes),
		.nlink = info.links,
		.dev = windows_volume(dir),
		.ino = info.id.QuadPart,
		.atime = attrs_time(info.accessed.QuadPart),
		.mtime = attrs_time(info.written.QuadPart),
	};
	if (attributes & FILE_ATTRIBUTE_COMPRESSED)
		node->flags = FLAG_COMPRESSED;
	if (type == NODE_FILE) {
		node->size = info.size.QuadPart;
		node->blocks = attrs_blocks(h, node->size, attributes);
	}
	return !!(attributes & FILE_ATTRIBUTE_REPARSE_POINT);
}

/* Return an open file; with a @name, the caller closes the file. */
static int attrs_open(int dir, const char *name, ACCESS_MASK access)
{
	return name ? windows_open_node(dir, name, access) : dir;
}

int windows_stat(int dir, const char *name, struct tree_node *node)
{
	int ret, fd = attrs_open(dir, name, FILE_READ_ATTRIBUTES);

	if (fd < 0)
		return fd;
	ret = windows_stat_open(fd, dir == TREE_CWD ? fd : dir, node);
	if (name)
		windows_close(fd);
	return ret < 0 ? ret : 0;
}

int windows_chown(int dir, const char *name, uint32_t uid, uint32_t gid)
{
	return uid == UINT32_MAX && gid == UINT32_MAX ? 0 : -WINDOWS_EOWNER;
}

/* For wine, no attributes do not mean that the attributes stay as they are. */
static void attrs_keep_read_only(HANDLE h, FILE_BASIC_INFO *info)
{
	FILE_BASIC_INFO now;

	if (!info->FileAttributes &&
	    GetFileInformationByHandleEx(h, FileBasicInfo, &now, sizeof(now)) &&
	    now.FileAttributes & FILE_ATTRIBUTE_READONLY)
		info->FileAttributes = now.FileAttributes;
}

/* Change attributes of file @name, or of open file @dir. */
static int attrs_set(int dir, const char *name, FILE_BASIC_INFO *info)
{
	int ret, fd = attrs_open(dir, name, FILE_READ_ATTRIBUTES |
						    FILE_WRITE_ATTRIBUTES);

	if (fd < 0)
		return fd;
	attrs_keep_read_only(windows_handle(fd), info);
	ret = SetFileInformationByHandle(windows_handle(fd), FileBasicInfo, info,
					 sizeof(*info)) ?
		      0 :
		      windows_last_error();
	if (name)
		windows_close(fd);
	else if (ret == -LKL_EACCES)
		/* The file was opened for something else. */
		ret = attrs_set(dir, ".", info);
	return ret;
}

static int attrs_set_read_only(int dir, const char *name,
			       const struct tree_node *now, bool read_only)
{
	FILE_BASIC_INFO info = { };
	int fd, ret = 0;

	if (read_only == !(now->mode & MODE_WRITE))
		return 0;
	fd = attrs_open(dir, name, FILE_READ_ATTRIBUTES);
	if (fd < 0)
		return fd;
	if (!GetFileInformationByHandleEx(windows_handle(fd), FileBasicInfo,
					  &info, sizeof(info)))
		ret = windows_last_error();
	if (name)
		windows_close(fd);
	if (ret < 0)
		return ret;
	info.FileAttributes ^= FILE_ATTRIBUTE_READONLY;
	return attrs_set(dir, name, &(FILE_BASIC_INFO) {
		.FileAttributes = info.FileAttributes ? info.FileAttributes :
							FILE_ATTRIBUTE_NORMAL,
	});
}

int windows_chmod(int dir, const char *name, uint32_t mode)
{
	struct tree_node now;
	int ret = windows_stat(dir, name, &now);
	uint32_t type, stored;

	if (ret < 0)
		return ret;
	type = now.mode & NODE_TYPE;
	if (type == NODE_FILE)
		ret = attrs_set_read_only(dir, name, &now, !(mode & MODE_WRITE));
	if (ret < 0)
		return ret;
	stored = attrs_mode(type, mode & MODE_WRITE ? 0 :
						      FILE_ATTRIBUTE_READONLY);
	return (stored & ~NODE_TYPE) == mode ? 0 : -WINDOWS_EMODE;
}

int windows_set_times(int dir, const char *name, const struct tree_node *node)
{
	return attrs_set(dir, name, &(FILE_BASIC_INFO) {
		.LastAccessTime.QuadPart = attrs_ticks(&node->atime),
		.LastWriteTime.QuadPart = attrs_ticks(&node->mtime),
	});
}

int windows_get_flags(int dir, const char *name, uint32_t *flags)
{
	struct tree_node node;
	int ret = windows_stat(dir, name, &node);

	*flags = ret < 0 ? 0 : node.flags;
	return ret;
}

static int attrs_compress(int dir, const char *name)
{
	USHORT format = COMPRESSION_FORMAT_DEFAULT;
	int ret = 0, fd = windows_open_node(dir, name ? name : ".",
					    FILE_GENERIC_READ |
						    FILE_GENERIC_WRITE);
	DWORD n;

	if (fd < 0)
		return fd;
	if (!DeviceIoControl(windows_handle(fd), FSCTL_SET_COMPRESSION, &format,
			     sizeof(format), NULL, 0, &n, NULL))
		ret = windows_last_error();
	windows_close(fd);
	return ret;
}

int windows_set_flags(int dir, const char *name, uint32_t flags)
{
	int ret = flags & FLAG_COMPRESSED ? attrs_compress(dir, name) : 0;

	return ret < 0 || flags == FLAG_COMPRESSED ? ret : -WINDOWS_EFLAGS;
}
