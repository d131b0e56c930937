/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Trees of files: the host's files, or the files of an image in the guest.
 * Both look the same to sources and sinks.
 *
 * Results are 0 or positive, or a negative error number of the tree, which only
 * the functions of the tree understand.
 */
#ifndef COPY_TREE_H
#define COPY_TREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/utf8.h"

struct tree_time {
	int64_t sec;
	uint32_t nsec;
};

/**
 * struct tree_node - the attributes of a file
 * @mode:	type and permissions; the values are the same in all trees
 * @uid:	owner
 * @gid:	group
 * @nlink:	number of hard links
 * @rdev_major:	major number of a device
 * @rdev_minor: minor number of a device
 * @dev:	identity of the file, with @ino
 * @ino:	identity of the file, with @dev
 * @size:	size in bytes
 * @blocks:	number of 512-byte blocks that the file occupies
 * @flags:	flags in TREE_FLAGS
 * @atime:	time of the last access
 * @mtime:	time of the last change of contents
 */
struct tree_node {
	uint32_t mode;
	uint32_t uid;
	uint32_t gid;
	uint32_t nlink;
	uint32_t rdev_major;
	uint32_t rdev_minor;
	uint64_t dev;
	uint64_t ino;
	uint64_t size;
	uint64_t blocks;
	uint32_t flags;
	struct tree_time atime;
	struct tree_time mtime;
};

#define NODE_TYPE	0170000
#define NODE_SOCKET	0140000
#define NODE_SYMLINK	0120000
#define NODE_FILE	0100000
#define NODE_BLOCK	0060000
#define NODE_DIR	0040000
#define NODE_CHAR	0020000
#define NODE_FIFO	0010000

/*
 * Flags that are copied: compressed, immutable, append only, not dumped.
 * FS_*_FL and STATX_ATTR_* have the same values.
 */
#define TREE_FLAGS	0x74U

/*
 * How to open a file: for reading, as a directory, as a directory whose path
 * may contain symbolic links unless they lead out of @dir, or as a new file.
 */
enum tree_open { TREE_READ, TREE_DIR, TREE_BENEATH, TREE_CREATE };

/* The current directory, in the place of a directory's descriptor. */
#define TREE_CWD	(-1)

/* Types of file systems that sources and sinks have to know. */
enum tree_type {
	TREE_TYPE_OTHER,
	TREE_TYPE_BTRFS,
	TREE_TYPE_HFSPLUS,
	TREE_TYPE_ISO,
	TREE_TYPE_NTFS,
	TREE_TYPE_SQUASHFS,
	TREE_TYPE_UDF,
};

/* Return true if the driver of @type stores another name in place of @name. */
static inline bool tree_type_changes_name(enum tree_type type, const char *name)
{
	/* Both store a question mark in place of what they cannot convert. */
	return (type == TREE_TYPE_HFSPLUS && !utf8_is_ucs2(name)) ||
	       (type == TREE_TYPE_UDF && !utf8_is_valid(name));
}

struct tree_dir;

/**
 * struct tree_ops - the functions of a tree
 * @name:	name of the tree for messages
 * @strerror:	return the text of an error
 * @is_fatal:	return true if it is pointless to go on after the error
 * @is_exists:	return true if the error means that the name exists
 * @is_unsupported: return true if the error means that the type of the file
 *		system, or the user, cannot have the attribute
 * @guesses_sizes: the size that @stat reports may be wrong: files of the host's
 *		/proc and /sys are not known before they are read
 * @ahead_threads: number of threads that open files before a source needs the
 *		files, because opening takes long; any thread may call @stat,
 *		@stat_open and @read then
 * @is_no_data:	return true if the error of @seek_data means that there is only
 *		a hole up to the end
 * @is_too_many_links: return true if the error of @link means that the file
 *		cannot have more links, but a copy of the file can
 * @lacks_type:	return true if the error of @symlink or @mknod means that the tree
 *		can have no file of this type; may be NULL
 *
 * A name is a single component, or a path if @dir is TREE_CWD.  Symbolic links
 * are not followed, except by @open with TREE_DIR and a path.  If @name is
 * NULL, a function works on the open file @dir itself: this saves a system call
 * or two, and the file cannot be replaced meanwhile.
 */
struct tree_ops {
	const char *name;
	bool guesses_sizes;
	unsigned int ahead_threads;
	const char *(*strerror)(int err);
	bool (*is_fatal)(int err);
	bool (*is_exists)(int err);
	bool (*is_unsupported)(int err);
	bool (*is_no_data)(int64_t err);
	bool (*is_too_many_links)(int err);
	bool (*lacks_type)(int err);
	int (*stat)(int dir, const char *name, struct tree_node *node);
	/*
	 * As @stat, and store a descriptor that can read a regular file or a
	 * directory, or -1.
	 * NULL if nothing is gained from one function for both.
	 */
	int (*stat_open)(int dir, const char *name, struct tree_node *node,
			 int *fd);
	int (*open)(int dir, const char *name, enum tree_open how,
		    uint32_t mode);
	long (*read)(int fd, void *buf, size_t len, uint64_t off);
	long (*write)(int fd, const void *buf, size_t len, uint64_t off);
	/*
	 * Return the offset of data or of a hole at or after @off, or an error.
	 */
	int64_t (*seek_data)(int fd, int64_t off);
	int64_t (*seek_hole)(int fd, int64_t off);
	int (*truncate)(int fd, int64_t size);
	/* Return the type of the file system of @fd. */
	enum tree_type (*type_of)(int fd);
	/* Return the size of a block of the file system of @fd, or 0. */
	size_t (*block_size)(int fd);
	/* Start to write the data of the file to the disk, without waiting. */
	int (*start_writeback)(int fd);
	int (*close)(int fd);
	long (*readlink)(int dir, const char *name, char *buf, size_t size);
	int (*symlink)(const char *target, int dir, const char *name);
	int (*mkdir)(int dir, const char *name, uint32_t mode);
	int (*mknod)(int dir, const char *name, const struct tree_node *node);
	int (*link)(int from, const char *old, int dir, const char *name);
	int (*unlink)(int dir, const char *name);
	int (*rmdir)(int dir, const char *name);
	int (*chown)(int dir, const char *name, uint32_t uid, uint32_t gid);
	int (*chmod)(int dir, const char *name, uint32_t mode);
	int (*set_times)(int dir, const char *name,
			 const struct tree_node *node);
	/*
	 * Return the flags; for some types, the flags of @stat are not right.
	 */
	int (*get_flags)(int dir, const char *name, uint32_t *flags);
	/* Add flags to the flags of the file. */
	int (*set_flags)(int dir, const char *name, uint32_t flags);
	long (*list_xattr)(int dir, const char *name, char *buf, size_t size);
	long (*get_xattr)(int dir, const char *name, const char *attr,
			  void *value, size_t size);
	int (*set_xattr)(int dir, const char *name, const char *attr,
			 const void *value, size_t size);
	int (*remove_xattr)(int dir, const char *name, const char *attr);
	/* Read directory @fd, and close @fd at the end or on an error. */
	struct tree_dir *(*dir_open)(int fd, int *err);
	/* Return the next name; NULL with *@err 0 is the end. */
	const char *(*dir_next)(struct tree_dir *dir, int *err);
	void (*dir_close)(struct tree_dir *dir);
};

extern const struct tree_ops host_tree;
extern const struct tree_ops guest_tree;

#endif /* COPY_TREE_H */
