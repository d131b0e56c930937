// SPDX-License-Identifier: GPL-2.0
/*
 * Operations on directories.
 *
 * The entries that one getdents64() returns do not fit one request exactly; the
 * rest is kept for the next request.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "inode/inode-number.h"
#include "ops/ops.h"
#include "request/fuse-request.h"
#include "request/reply.h"

/* Bits between a directory entry's type and the type in a file mode. */
#define DT_SHIFT	12
/* Size of the buffer for one getdents64(). */
#define DIR_STREAM_SIZE	32768

/**
 * struct dir_stream - read position of a directory, and buffered entries
 * @off:	offset of the first buffered entry, as the host knows the offset
 * @file_off:	position of the descriptor
 * @start:	position in @data of the first buffered entry
 * @end:	position in @data behind the last buffered entry
 * @data:	result of getdents64()
 */
struct dir_stream {
	int64_t off;
	int64_t file_off;
	size_t start;
	size_t end;
	uint64_t data[DIR_STREAM_SIZE / sizeof(uint64_t)];
};

/* The lookup has checked the permissions already. */
void op_opendir(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi)
{
	const struct lklfuse *fs = request_fs(req);

	(void)ino;
	fi->cache_readdir = !fs->direct_io;
	fi->keep_cache = !fs->direct_io;
	if (fs->no_opendir)
		fuse_reply_err(req, ENOSYS);
	else
		fuse_reply_open(req, fi);
}

/* Fill the buffer with the entries at @off; return 0 at the end. */
static long dir_fetch(struct open_file *f, struct dir_stream *d, int64_t off)
{
	long n;

	/* Seek to the start even from there: new entries must be seen. */
	if (off != d->file_off || !off) {
		n = lkl_sys_lseek(f->fd, off, LKL_SEEK_SET);
		if (n < 0)
			return n;
	}
	n = lkl_sys_getdents64(f->fd, (void *)d->data, sizeof(d->data));
	d->off = off;
	d->file_off = off;
	d->start = 0;
	d->end = n < 0 ? 0 : n;
	return n;
}

static struct lkl_linux_dirent64 *dir_entry_at(struct dir_stream *d, size_t pos)
{
	return (struct lkl_linux_dirent64 *)((char *)d->data + pos);
}

/* Record the position of the descriptor: behind the last buffered entry. */
static void dir_note_position(struct dir_stream *d)
{
	size_t pos = d->start;

	while (pos < d->end) {
		const struct lkl_linux_dirent64 *e = dir_entry_at(d, pos);

		d->file_off = e->d_off;
		pos += e->d_reclen;
	}
}

/* Return the stream of @f, created on first use, or NULL without memory. */
static struct dir_stream *dir_stream_of(struct open_file *f)
{
	if (!f->dir) {
		f->dir = malloc(sizeof(*f->dir));
		if (f->dir)
			*f->dir = (struct dir_stream) { .off = -1,
							.file_off = -1 };
	}
	return f->dir;
}

static bool dir_is_dot(const char *name)
{
	return !strcmp(name, ".") || !strcmp(name, "..");
}

/* Add an entry for readdir; return its size, or 0 if there is no room. */
static size_t dir_add_entry(fuse_req_t req, char *buf, size_t room,
			    const struct inode *dir,
			    const struct lkl_linux_dirent64 *e)
{
	struct stat st = {
		.st_ino = inode_number_of_entry(dir, e),
		.st_mode = (mode_t)e->d_type << DT_SHIFT,
	};
	size_t n = fuse_add_direntry(req, buf, room, e->d_name, &st, e->d_off);

	return n > room ? 0 : n;
}

/* Add an entry for readdirplus, with the result of its lookup. */
static size_t dir_add_entry_plus(fuse_req_t req, char *buf, size_t room,
				 struct inode *dir,
				 const struct lkl_linux_dirent64 *e)
{
	struct fuse_entry_param p = {
		.attr.st_mode = (mode_t)e->d_type << DT_SHIFT,
	};
	struct lkl_stat st;
	struct inode *i;
	size_t n = fuse_add_direntry_plus(req, NULL, 0, e->d_name, NULL, 0);

	if (n > room)
		return 0;
	/* List the name even if the lookup fails. */
	if (!dir_is_dot(e->d_name) && !inode_lookup(dir, e->d_name, &i, &st))
		reply_fill_entry(request_fs(req), i, &st, &p);
	else
		p.attr.st_ino = inode_number_of_entry(dir, e);
	return fuse_add_direntry_plus(req, buf, room, e->d_name, &p, e->d_off);
}

/* Fill in @buf; return the number of bytes, or an error of LKL. */
static long dir_fill(fuse_req_t req, struct open_file *f, char *buf,
		     size_t size, int64_t off, bool plus)
{
	struct dir_stream *d = dir_stream_of(f);
	size_t n = 0, one;

	if (!d)
		return -LKL_ENOMEM;
	for (;;) {
		const struct lkl_linux_dirent64 *e;

		if (d->off != off || d->start == d->end || (!off && !n)) {
			long ret = dir_fetch(f, d, off);

			if (ret <= 0)
				return n ? (long)n : ret;
			dir_note_position(d);
		}
		e = dir_entry_at(d, d->start);
		one = plus ? dir_add_entry_plus(req, buf + n, size - n,
						f->inode, e) :
		      dir_add_entry(req, buf + n, size - n, f->inode, e);
		if (!one)
			return n;
		n += one;
		off = e->d_off;
		d->off = off;
		d->start += e->d_reclen;
	}
}

static void dir_read(fuse_req_t req, fuse_ino_t ino, size_t size, off_t off,
		     struct fuse_file_info *fi, bool plus)
{
	char *buf = malloc(size);
	struct open_file *f;
	long n = buf ? request_file(req, ino, fi, false, &f) : -LKL_ENOMEM;

	if (!n) {
		pthread_mutex_lock(&f->lock);
		n = dir_fill(req, f, buf, size, off, plus);
		pthread_mutex_unlock(&f->lock);
		open_file_put(f);
	}
	reply_data(req, buf, n);
	free(buf);
}

void op_readdir(fuse_req_t req, fuse_ino_t ino, size_t size, off_t off,
		struct fuse_file_info *fi)
{
	dir_read(req, ino, size, off, fi, false);
}

void op_readdirplus(fuse_req_t req, fuse_ino_t ino, size_t size, off_t off,
		    struct fuse_file_info *fi)
{
	dir_read(req, ino, size, off, fi, true);
}
