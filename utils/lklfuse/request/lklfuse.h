/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The file system that is served.
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
 * @image:	image that holds the file system
 * @idmap:	owners of the host and of the image
 * @se:		FUSE session
 * @direct_io:	the host caches nothing
 * @writeback:	the host caches writes
 * @no_open:	the host sends no open requests for files
 * @no_opendir:	the host sends no open requests for directories
 * @has_xattr:	the file system type has extended attributes
 * @has_acl:	the file system type has access control lists
 * @name_rules:	what names the file system type can hold; see name-rules.c
 * @mount_uid:	user who mounted the file system
 * @max_read:	largest read request in bytes, 0: no limit
 * @timeout:	how long the host may cache attributes and names, in seconds
 */
struct lklfuse {
	struct image image;
	struct idmap idmap;
	struct fuse_session *se;
	bool direct_io;
	bool writeback;
	bool no_open;
	bool no_opendir;
	bool has_xattr;
	bool has_acl;
	unsigned int name_rules;
	uint32_t mount_uid;
	uint32_t max_read;
	double timeout;
};

/* Return the file system that @req is for. */
static inline struct lklfuse *request_fs(fuse_req_t req)
{
	return fuse_req_userdata(req);
}

#endif /* LKLFUSE_H */
