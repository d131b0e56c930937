// SPDX-License-Identifier: GPL-2.0
/*
 * Operations on names: lookup, forget, and all that create, rename and remove.
 */
#include <limits.h>
#include <sys/sysmacros.h>

#include "ops/ops.h"
#include "request/damage.h"
#include "request/name-rules.h"
#include "request/reply.h"
#include "request/serving-thread.h"

static void names_reply_entry(fuse_req_t req, struct inode *i,
			      const struct lkl_stat *st)
{
	struct fuse_entry_param e;

	reply_fill_entry(request_fs(req), i, st, &e);
	/* The host got no reply, so the host will not forget the inode. */
	if (fuse_reply_entry(req, &e))
		inode_forget(i, 1);
}

/* Reply that the name does not exist, which the host caches as well. */
static void names_reply_negative(fuse_req_t req)
{
	struct fuse_entry_param e = {
		.entry_timeout = request_fs(req)->timeout,
	};

	fuse_reply_entry(req, &e);
}

void op_lookup(fuse_req_t req, fuse_ino_t parent, const char *name)
{
	struct lkl_stat st;
	struct inode *i;
	int err = inode_lookup(inode_from_nodeid(parent), name, &i, &st);

	if (!err)
		names_reply_entry(req, i, &st);
	else if (err == -LKL_ENOENT || name_is_impossible(request_fs(req), name))
		names_reply_negative(req);
	else
		reply_status(req, err);
}

void op_forget(fuse_req_t req, fuse_ino_t ino, uint64_t nlookup)
{
	inode_forget(inode_from_nodeid(ino), nlookup);
	fuse_reply_none(req);
}

void op_forget_multi(fuse_req_t req, size_t count,
		     struct fuse_forget_data *forgets)
{
	size_t i;

	for (i = 0; i < count; i++)
		inode_forget(inode_from_nodeid(forgets[i].ino), forgets[i].nlookup);
	fuse_reply_none(req);
}

/* Reply the inode that was just created, or the error @ret of LKL. */
static void names_reply_created(fuse_req_t req, struct inode *parent,
				const char *name, long ret)
{
	struct lkl_stat st;
	struct inode *i;

	if (!ret)
		ret = inode_lookup(parent, name, &i, &st);
	if (ret < 0)
		reply_status(req, ret);
	else
		names_reply_entry(req, i, &st);
}

/* Encode a device number as the kernel's new_encode_dev() does. */
static uint32_t names_encode_dev(dev_t rdev)
{
	return (minor(rdev) & 0xff) | major(rdev) << 8 |
	       (minor(rdev) & ~0xffU) << 12;
}

void op_mknod(fuse_req_t req, fuse_ino_t parent, const char *name, mode_t mode,
	      dev_t rdev)
{
	struct inode *dir = inode_from_nodeid(parent);

	if (damage_refuse_change(req) || name_refuse(req, name))
		return;
	serving_thread_act_for(req);
	names_reply_created(req, dir, name,
			    lkl_sys_mknodat(dir->fd, name, mode,
					    names_encode_dev(rdev)));
}

void op_mkdir(fuse_req_t req, fuse_ino_t parent, const char *name, mode_t mode)
{
	struct inode *dir = inode_from_nodeid(parent);

	if (damage_refuse_change(req) || name_refuse(req, name))
		return;
	serving_thread_act_for(req);
	names_reply_created(req, dir, name,
			    lkl_sys_mkdirat(dir->fd, name, mode));
}

void op_symlink(fuse_req_t req, const char *target, fuse_ino_t parent,
		const char *name)
{
	struct inode *dir = inode_from_nodeid(parent);

	if (damage_refuse_change(req) || name_refuse(req, name))
		return;
	serving_thread_act_for(req);
	names_reply_created(req, dir, name,
			    lkl_sys_symlinkat(target, dir->fd, name));
}

void op_link(fuse_req_t req, fuse_ino_t ino, fuse_ino_t parent,
	     const char *name)
{
	struct inode *dir = inode_from_nodeid(parent);

	if (damage_refuse_change(req) || name_refuse(req, name))
		return;
	names_reply_created(req, dir, name,
			    lkl_sys_linkat(inode_from_nodeid(ino)->fd, "",
					   dir->fd, name, LKL_AT_EMPTY_PATH));
}

void op_unlink(fuse_req_t req, fuse_ino_t parent, const char *name)
{
	if (damage_refuse_change(req))
		return;
	reply_status(req, lkl_sys_unlinkat(inode_from_nodeid(parent)->fd, name,
					   0));
}

void op_rmdir(fuse_req_t req, fuse_ino_t parent, const char *name)
{
	if (damage_refuse_change(req))
		return;
	reply_status(req, lkl_sys_unlinkat(inode_from_nodeid(parent)->fd, name,
					   LKL_AT_REMOVEDIR));
}

void op_rename(fuse_req_t req, fuse_ino_t parent, const char *name,
	       fuse_ino_t newparent, const char *newname, unsigned int flags)
{
	if (damage_refuse_change(req) || name_refuse(req, newname))
		return;
	/* RENAME_WHITEOUT creates a file. */
	serving_thread_act_for(req);
	reply_status(req, lkl_sys_renameat2(inode_from_nodeid(parent)->fd, name,
					    inode_from_nodeid(newparent)->fd,
					    newname, flags));
}

void op_readlink(fuse_req_t req, fuse_ino_t ino)
{
	char target[PATH_MAX + 1];
	long n = lkl_sys_readlinkat(inode_from_nodeid(ino)->fd, "", target, PATH_MAX);

	if (n < 0) {
		reply_status(req, n);
		return;
	}
	target[n] = 0;
	fuse_reply_readlink(req, target);
}
