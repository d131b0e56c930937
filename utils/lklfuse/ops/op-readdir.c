// SPDX-License-Identifier: GPL-2.0
/*
 * Requests about directories.
 *
 * What one getdents64() gives does not fit one request exactly; what is left
 * over waits for the next.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "ops/op-readdir.h"
#include "ops/ops.h"

#define DT_SHIFT	12

/* There is nothing to judge at opendir() that was not at the lookup. */
void op_opendir(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi)
{
	(void)ino;
	fi->cache_readdir = !the_fs.direct_io;
	fi->keep_cache = !the_fs.direct_io;
	if (the_fs.no_opendir)
		fuse_reply_err(req, ENOSYS);
	else
		fuse_reply_open(req, fi);
}

/* Makes the entries at @off those that come next. */
static long fetch(struct open_file *f, struct dir_entries *d, int64_t off)
{
	long n;

	/* From the start: what was created since is to be seen. */
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

static struct lkl_linux_dirent64 *entry_at(struct dir_entries *d)
{
	return (struct lkl_linux_dirent64 *)((char *)d->data + d->start);
}

/* Where the descriptor stands: behind the last entry that was read. */
static void note_position(struct dir_entries *d)
{
	size_t at = d->start;

	while (at < d->end) {
		struct lkl_linux_dirent64 *e;

		e = (struct lkl_linux_dirent64 *)((char *)d->data + at);
		d->file_off = e->d_off;
		at += e->d_reclen;
	}
}

static struct dir_entries *entries_of(struct open_file *f)
{
	if (!f->entries) {
		f->entries = malloc(sizeof(*f->entries));
		if (f->entries)
			*f->entries = (struct dir_entries) { .off = -1,
							     .file_off = -1 };
	}
	return f->entries;
}

static bool is_dot(const char *name)
{
	return !strcmp(name, ".") || !strcmp(name, "..");
}

/* The entry as the host wants it; 0: there is no room. */
static size_t add_entry(fuse_req_t req, char *buf, size_t room,
			const struct lkl_linux_dirent64 *e)
{
	struct stat st = {
		.st_ino = e->d_ino,
		.st_mode = (mode_t)e->d_type << DT_SHIFT,
	};
	size_t n = fuse_add_direntry(req, buf, room, e->d_name, &st, e->d_off);

	return n > room ? 0 : n;
}

/* The same with all that a lookup would tell. */
static size_t add_entry_plus(fuse_req_t req, char *buf, size_t room,
			     struct inode *dir,
			     const struct lkl_linux_dirent64 *e)
{
	struct fuse_entry_param p = {
		.attr.st_ino = e->d_ino,
		.attr.st_mode = (mode_t)e->d_type << DT_SHIFT,
	};
	struct lkl_stat st;
	struct inode *i;
	size_t n = fuse_add_direntry_plus(req, NULL, 0, e->d_name, NULL, 0);

	if (n > room)
		return 0;
	/* A name that cannot be looked up is listed all the same. */
	if (!is_dot(e->d_name) && !inode_lookup(dir, e->d_name, &i, &st))
		entry_fill(&p, i, &st);
	return fuse_add_direntry_plus(req, buf, room, e->d_name, &p, e->d_off);
}

/* Bytes that were filled in, or an error. */
static long fill(fuse_req_t req, struct open_file *f, char *buf, size_t size,
		 int64_t off, bool plus)
{
	struct dir_entries *d = entries_of(f);
	size_t n = 0, one;

	if (!d)
		return -LKL_ENOMEM;
	for (;;) {
		struct lkl_linux_dirent64 *e;

		if (d->off != off || d->start == d->end || (!off && !n)) {
			long ret = fetch(f, d, off);

			if (ret <= 0)
				return n ? (long)n : ret;
			note_position(d);
		}
		e = entry_at(d);
		one = plus ? add_entry_plus(req, buf + n, size - n, f->inode,
					    e) :
		      add_entry(req, buf + n, size - n, e);
		if (!one)
			return n;
		n += one;
		off = e->d_off;
		d->off = off;
		d->start += e->d_reclen;
	}
}

static void read_dir(fuse_req_t req, fuse_ino_t ino, size_t size, off_t off,
		     struct fuse_file_info *fi, bool plus)
{
	char *buf = malloc(size);
	struct open_file *f;
	long n = buf ? request_file(ino, fi, false, &f) : -LKL_ENOMEM;

	if (!n) {
		pthread_mutex_lock(&f->lock);
		n = fill(req, f, buf, size, off, plus);
		pthread_mutex_unlock(&f->lock);
		file_put(f);
	}
	if (n < 0)
		reply_status(req, n);
	else
		fuse_reply_buf(req, buf, n);
	free(buf);
}

void op_readdir(fuse_req_t req, fuse_ino_t ino, size_t size, off_t off,
		struct fuse_file_info *fi)
{
	read_dir(req, ino, size, off, fi, false);
}

void op_readdirplus(fuse_req_t req, fuse_ino_t ino, size_t size, off_t off,
		    struct fuse_file_info *fi)
{
	read_dir(req, ino, size, off, fi, true);
}
