// SPDX-License-Identifier: GPL-2.0
/*
 * The tree of the host: its files, on Windows.
 */
#include "copy/trees/windows/windows-handle.h"

#include <lkl.h>
#include <stdlib.h>
#include <string.h>

#include "common/alloc.h"
#include "copy/core/tree.h"
#include "copy/trees/windows/windows-attrs.h"
#include "copy/trees/windows/windows-data.h"
#include "common/windows/windows-name.h"
#include "copy/trees/windows/windows-reparse.h"

#define ENTRIES_SIZE	65536

/* Errors */

static bool tree_is_fatal(int err)
{
	return err == -LKL_ENOSPC || err == -LKL_EDQUOT || err == -LKL_EIO ||
	       err == -LKL_EROFS;
}

static bool tree_is_exists(int err)
{
	return err == -LKL_EEXIST;
}

static bool tree_is_unsupported(int err)
{
	return err == -LKL_EOPNOTSUPP || err == -LKL_EPERM ||
	       err == -LKL_EMLINK || err == -WINDOWS_EOWNER ||
	       err == -WINDOWS_EMODE || err == -WINDOWS_EXATTR ||
	       err == -WINDOWS_EFLAGS;
}

static bool tree_is_no_data(int64_t err)
{
	return err == -LKL_ENXIO;
}

static bool tree_is_too_many_links(int err)
{
	return err == -LKL_EMLINK;
}

static bool tree_lacks_type(int err)
{
	return err == -WINDOWS_ETYPE || err == -WINDOWS_ESYMLINK ||
	       err == -LKL_EOPNOTSUPP;
}

/* Files */

/*
 * Close @fd, and open the file as the system shows it to programs, unless the file
 * is a link: some reparse points stand for data that is elsewhere.
 */
static int tree_open_data(int fd, int dir, const char *name, ACCESS_MASK access,
			  ULONG options)
{
	FILE_ATTRIBUTE_TAG_INFO info;
	int type;

	if (!GetFileInformationByHandleEx(windows_handle(fd),
					  FileAttributeTagInfo, &info,
					  sizeof(info)))
		return fd;
	if (!(info.FileAttributes & FILE_ATTRIBUTE_REPARSE_POINT)) {
		if (info.FileAttributes & FILE_ATTRIBUTE_DIRECTORY)
			windows_volume_inherit(fd, dir);
		return fd;
	}
	type = windows_reparse_type(fd);
	windows_close(fd);
	if (type)
		return type < 0 ? type : -LKL_ELOOP;
	fd = windows_open(dir, name, access, FILE_OPEN, options);
	if (fd >= 0 && info.ReparseTag == IO_REPARSE_TAG_MOUNT_POINT &&
	    windows_volume(fd) && windows_volume(fd) == windows_volume(dir)) {
		/* The volume would contain itself without end. */
		windows_close(fd);
		return -LKL_ELOOP;
	}
	return fd;
}

static int tree_open(int dir, const char *name, enum tree_open how,
		     uint32_t mode)
{
	ACCESS_MASK access = FILE_GENERIC_READ;
	ULONG options = FILE_OPEN_FOR_BACKUP_INTENT;
	int fd;

	switch (how) {
	case TREE_READ:
		options |= FILE_NON_DIRECTORY_FILE;
		break;
	case TREE_DIR:
		access |= FILE_TRAVERSE;
		options |= FILE_DIRECTORY_FILE;
		if (dir == TREE_CWD)
			return windows_open(dir, name, access, FILE_OPEN,
					    options);
		break;
	case TREE_BENEATH:
		/* Only sinks in images follow links. */
		return -LKL_ELOOP;
	case TREE_CREATE:
		return windows_open(dir, name,
				    FILE_GENERIC_WRITE | FILE_READ_ATTRIBUTES,
				    FILE_CREATE, FILE_NON_DIRECTORY_FILE);
	}
	fd = windows_open(dir, name, access, FILE_OPEN,
			  options | FILE_OPEN_REPARSE_POINT);
	return fd < 0 ? fd : tree_open_data(fd, dir, name, access, options);
}

/*
 * Open each file once only: Windows opens a file for its attributes, too.  A file
 * that cannot be read has attributes nevertheless.
 */
static int tree_stat_open(int dir, const char *name, struct tree_node *node,
			  int *fd)
{
	ULONG options = FILE_OPEN_FOR_BACKUP_INTENT;
	int ret, file = windows_open(dir, name, FILE_GENERIC_READ, FILE_OPEN,
				     options | FILE_OPEN_REPARSE_POINT);
	uint32_t type;

	*fd = -1;
	if (file < 0)
		return windows_stat(dir, name, node);
	ret = windows_stat_open(file, dir == TREE_CWD ? file : dir, node);
	type = ret < 0 ? 0 : node->mode & NODE_TYPE;
	/* A directory that is a reparse point is opened again, with its checks. */
	if (type != NODE_FILE && (type != NODE_DIR || ret)) {
		windows_close(file);
		return ret < 0 ? ret : 0;
	}
	if (ret)
		file = tree_open_data(file, dir, name, FILE_GENERIC_READ,
				      options | FILE_NON_DIRECTORY_FILE);
	else if (type == NODE_DIR)
		windows_volume_inherit(file, dir);
	*fd = file < 0 ? -1 : file;
	return 0;
}

/* The type does not matter: the host reports what its file system cannot do. */
static enum tree_type tree_type_of(int fd)
{
	return TREE_TYPE_OTHER;
}

static size_t tree_block_size(int fd)
{
	return 0;
}

static int tree_start_writeback(int fd)
{
	return 0;
}

/* Names */

static int tree_mkdir(int dir, const char *name, uint32_t mode)
{
	int fd = windows_open(dir, name, FILE_READ_ATTRIBUTES, FILE_CREATE,
			      FILE_DIRECTORY_FILE);

	return fd < 0 ? fd : windows_close(fd);
}

static int tree_mknod(int dir, const char *name, const struct tree_node *node)
{
	return -WINDOWS_ETYPE;
}

/* FILE_LINK_INFORMATION, with room for a name */
struct tree_link {
	BOOLEAN replaces;
	HANDLE dir;
	ULONG size;
	wchar_t name[WINDOWS_NAME_MAX + 1];
};

static int tree_link(int from, const char *old, int dir, const char *name)
{
	struct tree_link link = { .dir = windows_handle(dir) };
	int fd, ret = windows_name(link.name, name, true);
	IO_STATUS_BLOCK io;

	if (ret < 0)
		return ret;
	link.size = ret * sizeof(wchar_t);
	fd = windows_open_node(from, old, FILE_WRITE_ATTRIBUTES);
	if (fd < 0)
		return fd;
	ret = windows_status(NtSetInformationFile(windows_handle(fd), &io, &link,
						  sizeof(link),
						  FileLinkInformation));
	windows_close(fd);
	return ret;
}

/* FILE_DISPOSITION_INFO_EX, which mingw-w64 lacks */
#define DISPOSITION_EX	((FILE_INFO_BY_HANDLE_CLASS)21)
#define DISPOSITION_DELETE	0x1
#define DISPOSITION_POSIX	0x2
#define DISPOSITION_READ_ONLY	0x10

/* Remove the name of open file @fd, even if another program uses the file. */
static int tree_remove_open(int fd)
{
	ULONG how = DISPOSITION_DELETE | DISPOSITION_POSIX |
		    DISPOSITION_READ_ONLY;
	FILE_DISPOSITION_INFO info = { .DeleteFile = TRUE };
	FILE_BASIC_INFO basic = { .FileAttributes = FILE_ATTRIBUTE_NORMAL };
	HANDLE h = windows_handle(fd);

	if (SetFileInformationByHandle(h, DISPOSITION_EX, &how, sizeof(how)))
		return 0;
	/* Other file systems than NTFS; the file must not be read-only. */
	if (GetLastError() == ERROR_DIR_NOT_EMPTY)
		return windows_last_error();
	SetFileInformationByHandle(h, FileBasicInfo, &basic, sizeof(basic));
	return SetFileInformationByHandle(h, FileDispositionInfo, &info,
					  sizeof(info)) ?
		       0 :
		       windows_last_error();
}

static int tree_remove(int dir, const char *name, bool is_dir)
{
	int ret, err, fd = windows_open_node(dir, name,
					     DELETE | FILE_READ_ATTRIBUTES |
						     FILE_WRITE_ATTRIBUTES);
	struct tree_node node;

	if (fd < 0)
		return fd;
	ret = windows_stat_open(fd, dir == TREE_CWD ? fd : dir, &node);
	if (ret >= 0 && is_dir != ((node.mode & NODE_TYPE) == NODE_DIR))
		ret = is_dir ? -LKL_ENOTDIR : -LKL_EISDIR;
	if (ret >= 0)
		ret = tree_remove_open(fd);
	err = windows_close(fd);
	return ret < 0 ? ret : err;
}

static int tree_unlink(int dir, const char *name)
{
	return tree_remove(dir, name, false);
}

static int tree_rmdir(int dir, const char *name)
{
	return tree_remove(dir, name, true);
}

/* Extended attributes, which no file has */

static long tree_list_xattr(int dir, const char *name, char *buf, size_t size)
{
	return 0;
}

static long tree_get_xattr(int dir, const char *name, const char *attr,
			   void *value, size_t size)
{
	return -WINDOWS_EXATTR;
}

static int tree_set_xattr(int dir, const char *name, const char *attr,
			  const void *value, size_t size)
{
	return -WINDOWS_EXATTR;
}

static int tree_remove_xattr(int dir, const char *name, const char *attr)
{
	return 0;
}

/* Directories */

struct tree_dir {
	int fd;
	bool started;
	/* The next entry, or NULL: read more */
	const FILE_FULL_DIR_INFO *next;
	char name[WINDOWS_NAME_SIZE];
	char entries[ENTRIES_SIZE] __attribute__((aligned(8)));
};

static struct tree_dir *tree_dir_open(int fd, int *err)
{
	struct tree_dir *d = xrealloc(NULL, sizeof(*d));

	d->fd = fd;
	d->started = false;
	d->next = NULL;
	return d;
}

/* Read entries.  Return 0, 1 at the end, or an error. */
static int tree_dir_read(struct tree_dir *d)
{
	FILE_INFO_BY_HANDLE_CLASS class = d->started ? FileFullDirectoryInfo :
					  FileFullDirectoryRestartInfo;
	bool first = !d->started;

	d->started = true;
	if (GetFileInformationByHandleEx(windows_handle(d->fd), class, d->entries,
					 sizeof(d->entries))) {
		d->next = (const FILE_FULL_DIR_INFO *)d->entries;
		return 0;
	}
	/* The root directory of FAT has no "." and may be empty. */
	if (GetLastError() == ERROR_NO_MORE_FILES ||
	    (first && GetLastError() == ERROR_FILE_NOT_FOUND))
		return 1;
	return windows_last_error();
}

static const char *tree_dir_next(struct tree_dir *d, int *err)
{
	const FILE_FULL_DIR_INFO *entry;
	int ret = d->next ? 0 : tree_dir_read(d);
	size_t len;

	*err = ret < 0 ? ret : 0;
	if (ret)
		return NULL;
	entry = d->next;
	d->next = entry->NextEntryOffset ?
			  (const void *)((const char *)entry +
					 entry->NextEntryOffset) :
			  NULL;
	len = entry->FileNameLength / sizeof(wchar_t);
	if (len > WINDOWS_NAME_MAX) {
		*err = -LKL_ENAMETOOLONG;
		return NULL;
	}
	windows_utf8(d->name, entry->FileName, len);
	return d->name;
}

static void tree_dir_close(struct tree_dir *d)
{
	windows_close(d->fd);
	free(d);
}

const struct tree_ops host_tree = {
	.name = "host",
	.guesses_sizes = true,
	.ahead_threads = 3,
	.strerror = windows_strerror,
	.is_fatal = tree_is_fatal,
	.is_exists = tree_is_exists,
	.is_unsupported = tree_is_unsupported,
	.is_no_data = tree_is_no_data,
	.is_too_many_links = tree_is_too_many_links,
	.lacks_type = tree_lacks_type,
	.stat = windows_stat,
	.stat_open = tree_stat_open,
	.open = tree_open,
	.read = windows_read,
	.write = windows_write,
	.seek_data = windows_seek_data,
	.seek_hole = windows_seek_hole,
	.truncate = windows_truncate,
	.type_of = tree_type_of,
	.block_size = tree_block_size,
	.start_writeback = tree_start_writeback,
	.close = windows_close,
	.readlink = windows_readlink,
	.symlink = windows_symlink,
	.mkdir = tree_mkdir,
	.mknod = tree_mknod,
	.link = tree_link,
	.unlink = tree_unlink,
	.rmdir = tree_rmdir,
	.chown = windows_chown,
	.chmod = windows_chmod,
	.set_times = windows_set_times,
	.get_flags = windows_get_flags,
	.set_flags = windows_set_flags,
	.list_xattr = tree_list_xattr,
	.get_xattr = tree_get_xattr,
	.set_xattr = tree_set_xattr,
	.remove_xattr = tree_remove_xattr,
	.dir_open = tree_dir_open,
	.dir_next = tree_dir_next,
	.dir_close = tree_dir_close,
};
