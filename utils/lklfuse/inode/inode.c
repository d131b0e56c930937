// SPDX-License-Identifier: GPL-2.0
/*
 * The inodes that the host's kernel knows.
 *
 * The host names an inode by its node ID, a number that we choose: its address.
 * The host counts the lookups of each inode, and forgets inodes when it wants.
 * As long as the host knows an inode, we hold an O_PATH descriptor.  So no
 * request needs a path, whatever is renamed or unlinked meanwhile, and LKL does
 * not use the inode number again.
 *
 * Each inode takes memory inside LKL.  When there are too many, the host is
 * asked to forget the oldest ones; see session/helper-threads.c.
 */
#include <limits.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "inode/inode.h"
#include "inode/inode-number.h"
#include "inode/open-file.h"

#define FUSE_ROOT_NODEID	1
#define HASH_SIZE_MIN	1024
/* Number of inodes that the host is asked to forget for each one too many. */
#define SURPLUS		16

/* Protects the variables below, and the links and counts of all inodes. */
static pthread_mutex_t inode_mutex = PTHREAD_MUTEX_INITIALIZER;

static struct inode **inode_hash;
static size_t inode_hash_size;
static size_t inode_count;
static size_t inode_limit;
static uint64_t inode_last_generation;
static struct list inodes_by_age = LIST_INIT(inodes_by_age);

/* Number of inodes that the host has yet to be asked to forget. */
static size_t inode_surplus;
static bool inode_stop_waiting;
static pthread_cond_t inode_surplus_changed = PTHREAD_COND_INITIALIZER;

static struct inode *inode_root;

struct inode *inode_from_nodeid(uint64_t nodeid)
{
	return nodeid == FUSE_ROOT_NODEID ? inode_root :
	       (struct inode *)(uintptr_t)nodeid;
}

uint64_t inode_nodeid(const struct inode *i)
{
	return i == inode_root ? FUSE_ROOT_NODEID : (uintptr_t)i;
}

/* The hash table */

static size_t inode_hash_index(uint64_t dev, uint64_t ino, size_t size)
{
	return ((ino ^ dev << 20) * 0x9e3779b97f4a7c15ULL >> 32) & (size - 1);
}

/* Double the hash table; without memory, lookups only become slower. */
static void inode_hash_grow(void)
{
	size_t size = inode_hash_size * 2, b;
	struct inode **bigger = calloc(size, sizeof(*bigger)), *i;

	if (!bigger)
		return;
	for (b = 0; b < inode_hash_size; b++)
		while ((i = inode_hash[b])) {
			struct inode **to;

			to = &bigger[inode_hash_index(i->dev, i->ino, size)];
			inode_hash[b] = i->hash_next;
			i->hash_next = *to;
			*to = i;
		}
	free(inode_hash);
	inode_hash = bigger;
	inode_hash_size = size;
}

/* Return the link that points to the inode, or the NULL at its place. */
static struct inode **inode_hash_find(uint64_t dev, uint64_t ino)
{
	struct inode **link;

	link = &inode_hash[inode_hash_index(dev, ino, inode_hash_size)];
	while (*link && ((*link)->ino != ino || (*link)->dev != dev))
		link = &(*link)->hash_next;
	return link;
}

static void inode_insert(struct inode *i)
{
	struct inode **link;

	if (inode_count >= inode_hash_size)
		inode_hash_grow();
	link = inode_hash_find(i->dev, i->ino);
	i->generation = ++inode_last_generation;
	i->hash_next = *link;
	*link = i;
	list_add_tail(&inodes_by_age, &i->by_age);
	if (++inode_count <= inode_limit)
		return;
	inode_surplus = SURPLUS;
	pthread_cond_signal(&inode_surplus_changed);
}

static void inode_remove(struct inode *i)
{
	struct inode **link = inode_hash_find(i->dev, i->ino);

	*link = i->hash_next;
	list_remove(&i->by_age);
	inode_count--;
}

/* Lookups */

static struct inode *inode_create(int fd, const struct lkl_stat *st,
				  uint64_t subvolume,
				  const struct inode *parent, const char *name)
{
	struct inode *i = calloc(1, sizeof(*i));

	if (!i)
		return NULL;
	i->dev = st->st_dev;
	i->ino = st->st_ino;
	i->subvolume = subvolume;
	i->mode = st->st_mode & LKL_S_IFMT;
	i->fd = fd;
	i->name = name ? strdup(name) : NULL;
	i->parent = parent ? inode_nodeid(parent) : 0;
	inode_insert(i);
	return i;
}

/*
 * Count a lookup of the inode; if it is not in the table, create it with @fd.
 */
static struct inode *inode_find_or_create(int fd, const struct lkl_stat *st,
					  uint64_t subvolume,
					  const struct inode *parent,
					  const char *name)
{
	struct inode *i;

	pthread_mutex_lock(&inode_mutex);
	i = *inode_hash_find(st->st_dev, st->st_ino);
	if (!i)
		i = inode_create(fd, st, subvolume, parent, name);
	if (i)
		i->lookup_count++;
	pthread_mutex_unlock(&inode_mutex);
	return i;
}

/* Count a lookup of the file that @fd refers to; take over @fd. */
static int inode_count_lookup(int fd, const struct inode *parent,
			      const char *name, struct inode **ret_i,
			      struct lkl_stat *st)
{
	struct inode *i;
	long err;

	err = lkl_sys_fstat(fd, st);
	if (err)
		goto out_fd;
	i = inode_find_or_create(fd, st, inode_subvolume(fd, st, parent),
				 parent, name);
	err = i ? 0 : -LKL_ENOMEM;
	if (i)
		*ret_i = i;
	if (i && i->fd == fd)
		return 0;
out_fd:
	lkl_sys_close(fd);
	return err;
}

int inode_lookup_fd(int fd, struct inode **ret_i, struct lkl_stat *st)
{
	return inode_count_lookup(fd, NULL, NULL, ret_i, st);
}

int inode_lookup(struct inode *parent, const char *name, struct inode **ret_i,
		 struct lkl_stat *st)
{
	long fd = lkl_sys_openat(parent->fd, name, LKL_O_PATH | LKL_O_NOFOLLOW,
				 0);

	return fd < 0 ? fd : inode_count_lookup(fd, parent, name, ret_i, st);
}

void inode_forget(struct inode *i, uint64_t count)
{
	bool is_forgotten;

	pthread_mutex_lock(&inode_mutex);
	i->lookup_count -= count;
	is_forgotten = !i->lookup_count;
	if (is_forgotten)
		inode_remove(i);
	pthread_mutex_unlock(&inode_mutex);
	if (!is_forgotten)
		return;
	inode_invalidate_files(i);
	lkl_sys_close(i->fd);
	free(i->name);
	free(i);
}

/* Too many inodes */

bool inode_table_wait_for_surplus(uint64_t *ret_parent, char **ret_name)
{
	struct inode *i;

	*ret_name = NULL;
	pthread_mutex_lock(&inode_mutex);
	while (!*ret_name && !inode_stop_waiting) {
		if (!inode_surplus) {
			pthread_cond_wait(&inode_surplus_changed, &inode_mutex);
			continue;
		}
		inode_surplus--;
		i = list_entry(inodes_by_age.next, struct inode, by_age);
		/* The host may keep the inode, so ask for it last next time. */
		list_remove(&i->by_age);
		list_add_tail(&inodes_by_age, &i->by_age);
		*ret_parent = i->parent;
		*ret_name = i->name ? strdup(i->name) : NULL;
	}
	pthread_mutex_unlock(&inode_mutex);
	return *ret_name;
}

void inode_table_stop_waiting(void)
{
	pthread_mutex_lock(&inode_mutex);
	inode_stop_waiting = true;
	pthread_cond_signal(&inode_surplus_changed);
	pthread_mutex_unlock(&inode_mutex);
}

/* Start and end */

int inode_table_init(const char *root_path, size_t limit)
{
	struct lkl_stat st;
	long fd;

	inode_limit = limit;
	inode_hash_size = HASH_SIZE_MIN;
	inode_hash = calloc(inode_hash_size, sizeof(*inode_hash));
	if (!inode_hash)
		return -LKL_ENOMEM;
	fd = lkl_sys_open(root_path, LKL_O_PATH | LKL_O_DIRECTORY, 0);
	if (fd < 0)
		return fd;
	inode_numbers_init(fd, root_path);
	return inode_lookup_fd(fd, &inode_root, &st);
}

void inode_table_exit(void)
{
	size_t b;

	for (b = 0; b < inode_hash_size; b++)
		while (inode_hash[b])
			inode_forget(inode_hash[b],
				     inode_hash[b]->lookup_count);
	free(inode_hash);
	inode_hash = NULL;
	inode_hash_size = 0;
	/*
	 * When the host unmounts, it drops requests to release files that are
	 * still in its queue.  An open file would keep the image busy.
	 */
	lkl_sys_close_range(0, UINT_MAX, 0);
}
