/* SPDX-License-Identifier: GPL-2.0 */
/*
 * lklfuse: a file system image, mounted with FUSE and served by LKL.
 *
 * main.c starts it, session.c has the threads that serve requests, umounter.c
 * the process that unmounts, inode.c what the kernel of the host knows of, and
 * ops-*.c the requests.
 */
#ifndef LKLFUSE_H
#define LKLFUSE_H

#define FUSE_USE_VERSION 314

#include <fuse_lowlevel.h>
#include <stdbool.h>
#include <stdint.h>

#include "image/image.h"
#include "request/idmap.h"

/**
 * struct lklfuse - the file system that is served
 * @program:	for messages
 * @image:	where it comes from
 * @idmap:	owners of the image and of the host
 * @se:		the FUSE session
 * @direct_io:	nothing is cached by the host
 * @no_open:	the host is told not to tell of opens
 * @no_opendir:	... of directories
 * @writeback:	the host caches writes
 * @has_xattr:	the type has extended attributes
 * @has_acl:	it has access lists
 * @mount_uid:	who has mounted it
 * @timeout:	how long the host may believe what it was told, in seconds
 */
struct lklfuse {
	const char *program;
	struct image image;
	struct idmap idmap;
	struct fuse_session *se;
	bool direct_io;
	bool no_open;
	bool no_opendir;
	bool writeback;
	bool has_xattr;
	bool has_acl;
	uint32_t mount_uid;
	double timeout;
};

/* There is one; FUSE hands it to every request as well. */
extern struct lklfuse the_fs;

/* Errors of LKL become the host's here and nowhere else. */
int host_errno(long lkl_err);
void reply_status(fuse_req_t req, long ret);

/*
 * Each thread before its first request.  0 or an error of LKL.
 */
int thread_begin(void);
/* What a request creates belongs to who asks. */
void act_for(fuse_req_t req);

extern const struct fuse_lowlevel_ops lklfuse_ops;

/* ops-names.c */
void op_lookup(fuse_req_t req, fuse_ino_t parent, const char *name);
void op_mknod(fuse_req_t req, fuse_ino_t parent, const char *name, mode_t mode,
	      dev_t rdev);
void op_mkdir(fuse_req_t req, fuse_ino_t parent, const char *name, mode_t mode);
void op_symlink(fuse_req_t req, const char *target, fuse_ino_t parent,
		const char *name);
void op_link(fuse_req_t req, fuse_ino_t ino, fuse_ino_t parent,
	     const char *name);
void op_unlink(fuse_req_t req, fuse_ino_t parent, const char *name);
void op_rmdir(fuse_req_t req, fuse_ino_t parent, const char *name);
void op_rename(fuse_req_t req, fuse_ino_t parent, const char *name,
	       fuse_ino_t newparent, const char *newname, unsigned int flags);
void op_readlink(fuse_req_t req, fuse_ino_t ino);
void op_create(fuse_req_t req, fuse_ino_t parent, const char *name,
	       mode_t mode, struct fuse_file_info *fi);
void op_tmpfile(fuse_req_t req, fuse_ino_t parent, mode_t mode,
		struct fuse_file_info *fi);
void op_forget(fuse_req_t req, fuse_ino_t ino, uint64_t nlookup);
void op_forget_multi(fuse_req_t req, size_t count,
		     struct fuse_forget_data *forgets);

/* ops-attr.c */
void op_getattr(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi);
void op_setattr(fuse_req_t req, fuse_ino_t ino, struct stat *attr, int which,
		struct fuse_file_info *fi);
void op_statfs(fuse_req_t req, fuse_ino_t ino);
void op_setxattr(fuse_req_t req, fuse_ino_t ino, const char *name,
		 const char *value, size_t size, int flags);
void op_getxattr(fuse_req_t req, fuse_ino_t ino, const char *name, size_t size);
void op_listxattr(fuse_req_t req, fuse_ino_t ino, size_t size);
void op_removexattr(fuse_req_t req, fuse_ino_t ino, const char *name);
void op_ioctl(fuse_req_t req, fuse_ino_t ino, unsigned int cmd, void *arg,
	      struct fuse_file_info *fi, unsigned int flags,
	      const void *in_buf, size_t in_size, size_t out_size);

/* ops-data.c */
void op_open(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi);
void op_release(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi);
void op_read(fuse_req_t req, fuse_ino_t ino, size_t size, off_t off,
	     struct fuse_file_info *fi);
void op_write(fuse_req_t req, fuse_ino_t ino, const char *buf, size_t size,
	      off_t off, struct fuse_file_info *fi);
void op_flush(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi);
void op_fsync(fuse_req_t req, fuse_ino_t ino, int datasync,
	      struct fuse_file_info *fi);
void op_fallocate(fuse_req_t req, fuse_ino_t ino, int mode, off_t off,
		  off_t len, struct fuse_file_info *fi);
void op_copy_file_range(fuse_req_t req, fuse_ino_t in, off_t off_in,
			struct fuse_file_info *fi_in, fuse_ino_t out,
			off_t off_out, struct fuse_file_info *fi_out,
			size_t len, int flags);
void op_lseek(fuse_req_t req, fuse_ino_t ino, off_t off, int whence,
	      struct fuse_file_info *fi);
void op_syncfs(fuse_req_t req, fuse_ino_t ino);

/* ops-dir.c */
void op_opendir(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi);
void op_readdir(fuse_req_t req, fuse_ino_t ino, size_t size, off_t off,
		struct fuse_file_info *fi);
void op_readdirplus(fuse_req_t req, fuse_ino_t ino, size_t size, off_t off,
		    struct fuse_file_info *fi);

#endif /* LKLFUSE_H */
