// SPDX-License-Identifier: GPL-2.0
/*
 * Before a halt, nothing may stay mounted: a file system that is not unmounted
 * leaves its journal for the next mount to replay.
 *
 * The kernel lists the mounts itself (listmount, statmount), so that /proc
 * need not be there.
 */
#include <string.h>

#include <lkl/linux/mount.h>

#include "instance.h"

#define BATCH		64
#define NAME_SIZE	4096

static long list_mounts(__lkl__u64 *ids)
{
	struct lkl_mnt_id_req req = {
		.size = LKL_MNT_ID_REQ_SIZE_VER0,
		.mnt_id = LKL_LSMT_ROOT,
		/* Newest first: what is mounted on top goes first. */
	};

	return lkl_sys_listmount(&req, ids, BATCH, LKL_LISTMOUNT_REVERSE);
}

static long mount_point(uint64_t id, char *buf, size_t size, const char **path)
{
	struct lkl_mnt_id_req req = {
		.size = LKL_MNT_ID_REQ_SIZE_VER0,
		.mnt_id = id,
		.param = LKL_STATMOUNT_MNT_POINT,
	};
	struct lkl_statmount *st = (void *)buf;
	long ret = lkl_sys_statmount(&req, st, size, 0);

	if (ret)
		return ret;
	*path = st->str + st->mnt_point;
	return 0;
}

/* A mount in use is written out and made read-only instead. */
static long umount_one(uint64_t id)
{
	uint64_t aligned[(sizeof(struct lkl_statmount) + NAME_SIZE) / 8 + 1];
	const char *path;
	long ret;

	ret = mount_point(id, (char *)aligned, sizeof(aligned), &path);
	if (ret || !strcmp(path, "/"))
		return ret;
	ret = lkl_sys_umount2((char *)path, 0);
	if (ret != -LKL_EBUSY)
		return ret;
	ret = lkl_sys_mount(NULL, (char *)path, NULL,
			    LKL_MS_REMOUNT | LKL_MS_RDONLY, NULL);
	lkl_sys_umount2((char *)path, LKL_MNT_DETACH);
	return ret;
}

int lkl_umount_all(void)
{
	__lkl__u64 ids[BATCH], last = 0;
	long i, n, err, ret;

	/* Open files keep a file system busy. */
	lkl_sys_close_range(0, ~0U, 0);
	lkl_sys_chdir("/");
	ret = lkl_sys_sync();
	do {
		n = list_mounts(ids);
		if (n < 0)
			return ret ? ret : n;
		/* The same again: the rest cannot be unmounted. */
		if (n == 0 || (n == BATCH && ids[0] == last))
			break;
		last = ids[0];
		for (i = 0; i < n; i++) {
			err = umount_one(ids[i]);
			if (!ret)
				ret = err;
		}
	} while (n == BATCH);
	return ret;
}
