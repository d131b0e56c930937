/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Where a copy comes from and where it goes: the host's files, or those of an
 * image inside LKL.  Both look the same to the engine.
 *
 * Results are 0 or positive, or a negative error number of that side, which
 * only its strerror() understands.
 */
#ifndef COPY_TREE_H
#define COPY_TREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct tree_time {
	int64_t sec;
	uint32_t nsec;
};

/**
 * struct tree_node - what is known of a file
 * @mode:	type and permissions, the values are the same on all sides
 * @uid:	owner
 * @gid:	group
 * @nlink:	number of links
 * @rdev_major:	of a device
 * @rdev_minor: ...
 * @dev:	identity, with @ino
 * @ino:	...
 * @size:	bytes
 * @blocks:	512-byte blocks that it occupies
 * @flags:	FS_*_FL of linux/fs.h, as far as TREE_FLAGS
 * @atime:	last access
 * @mtime:	last change of contents
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

/* Compressed, immutable, append only, not dumped: also those of statx(2). */
#define TREE_FLAGS	0x74U

/*
 * TREE_BENEATH: a directory, by a path relative to another that may have
 * symbolic links in it, as long as none leads out of that directory.
 */
enum tree_open { TREE_READ, TREE_DIR, TREE_BENEATH, TREE_CREATE };

/* Directory descriptor of the current directory, or the root. */
#define TREE_CWD	(-1)

struct tree_dir;

/**
 * struct tree_ops - one side
 * @name:	for messages
 * @strerror:	text of an error number
 * @is_fatal:	after this error there is no point in going on
 * @exists:	the error says that the name is taken
 * @cannot_hold: the error says that this type of file system, or this user,
 *		cannot have the attribute
 * @no_data:	the error of seek_data() says that only a hole is left
 * @too_many_links: the error of link() says that a copy could have more links
 *
 * Names are single components, or paths when @dir is TREE_CWD.  A symbolic
 * link is never followed, but by open() with TREE_DIR and a path.  Attributes
 * are those of the open file @dir itself when @name is NULL: a system call or
 * two less, and no way for it to become another file meanwhile.
 */
struct tree_ops {
	const char *name;
	const char *(*strerror)(int err);
	bool (*is_fatal)(int err);
	bool (*is_exists)(int err);
	bool (*is_unsupported)(int err);
	bool (*is_no_data)(int64_t err);
	bool (*is_too_many_links)(int err);
	int (*stat)(int dir, const char *name, struct tree_node *node);
	int (*open)(int dir, const char *name, enum tree_open how,
		    uint32_t mode);
	long (*read)(int fd, void *buf, size_t len, uint64_t off);
	long (*write)(int fd, const void *buf, size_t len, uint64_t off);
	/* Next data or hole at or behind @off, or an error at the end. */
	int64_t (*seek_data)(int fd, int64_t off);
	int64_t (*seek_hole)(int fd, int64_t off);
	int (*truncate)(int fd, int64_t size);
	/* Is what is written to the file system of @fd better sent early? */
	bool (*wants_early_writeback)(int fd);
	/* Send what was written to the disk, and do not wait for it. */
	int (*start_writeback)(int fd);
	int (*close)(int fd);
	long (*readlink)(int dir, const char *name, char *buf, size_t size);
	int (*symlink)(const char *target, int dir, const char *name);
	int (*mkdir)(int dir, const char *name, uint32_t mode);
	int (*mknod)(int dir, const char *name, const struct tree_node *node);
	int (*link)(int from, const char *old, int dir, const char *name);
	int (*unlink)(int dir, const char *name);
	int (*chown)(int dir, const char *name, uint32_t uid, uint32_t gid);
	int (*chmod)(int dir, const char *name, uint32_t mode);
	int (*set_times)(int dir, const char *name,
			 const struct tree_node *node);
	/* FS_*_FL flags; those of stat() are guesses of some types. */
	int (*get_flags)(int dir, const char *name, uint32_t *flags);
	/* Adds flags to those that are there. */
	int (*set_flags)(int dir, const char *name, uint32_t flags);
	long (*list_xattr)(int dir, const char *name, char *buf, size_t size);
	long (*get_xattr)(int dir, const char *name, const char *attr,
			  void *value, size_t size);
	int (*set_xattr)(int dir, const char *name, const char *attr,
			 const void *value, size_t size);
	int (*remove_xattr)(int dir, const char *name, const char *attr);
	/* Takes @fd over, and closes it also on an error. */
	struct tree_dir *(*dir_open)(int fd, int *err);
	/* The next name, NULL at the end (*@err is 0) or on an error. */
	const char *(*dir_next)(struct tree_dir *dir, int *err);
	void (*dir_close)(struct tree_dir *dir);
};

extern const struct tree_ops host_tree;
extern const struct tree_ops guest_tree;

#endif /* COPY_TREE_H */
