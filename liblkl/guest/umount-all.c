// SPDX-License-Identifier: GPL-2.0
/*
 * Unmounting everything before a halt: the journal of a file system that stays
 * mounted has to be replayed by the next mount.
 *
 * Mounts are listed by listmount() and statmount(), which need no /proc.
 */
#include <stdbool.h>
#include <string.h>

#include <lkl/linux/dm-ioctl.h>
#include <lkl/linux/loop.h>
#include <lkl/linux/major.h>
#include <lkl/linux/mount.h>
#include <lkl/linux/raid/md_u.h>

#include <lkl.h>

#include "guest/umount.h"

#define BATCH		64
#define NAME_SIZE	4096
/* Levels of file systems that lie in files of file systems */
#define DEPTH		8

static long umount_list_mounts(__lkl__u64 *ids)
{
	struct lkl_mnt_id_req req = {
		.size = LKL_MNT_ID_REQ_SIZE_VER0,
		.mnt_id = LKL_LSMT_ROOT,
		/* Newest first, as mounts may lie on earlier mounts. */
	};

	return lkl_sys_listmount(&req, ids, BATCH, LKL_LISTMOUNT_REVERSE);
}

static long umount_mount_point(uint64_t id, char *buf, size_t size,
			       const char **path)
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

/*
 * Unmount one mount.  A mount in use stays, or, with @force, is written out and
 * made read-only.
 */
static long umount_one(uint64_t id, bool force, bool *busy)
{
	uint64_t aligned[(sizeof(struct lkl_statmount) + NAME_SIZE) / 8 + 1];
	const char *path;
	long ret, err;

	ret = umount_mount_point(id, (char *)aligned, sizeof(aligned), &path);
	if (ret || !strcmp(path, "/"))
		return ret;
	err = lkl_sync_mount(path);
	ret = lkl_sys_umount2((char *)path, 0);
	if (ret == -LKL_EBUSY && !force) {
		*busy = true;
		return err;
	}
	if (ret != -LKL_EBUSY)
		return err ? err : ret;
	ret = lkl_sys_mount(NULL, (char *)path, NULL,
			    LKL_MS_REMOUNT | LKL_MS_RDONLY, NULL);
	lkl_sys_umount2((char *)path, LKL_MNT_DETACH);
	return err ? err : ret;
}

/* Unmount all: return the first error; set @busy if a mount in use stays. */
static long umount_pass(bool force, bool *busy)
{
	__lkl__u64 ids[BATCH], last = 0;
	long i, n, err, ret = 0;

	*busy = false;
	do {
		n = umount_list_mounts(ids);
		if (n < 0)
			return ret ? ret : n;
		/* The same mounts again: they cannot be unmounted. */
		if (n == 0 || (n == BATCH && ids[0] == last))
			break;
		last = ids[0];
		for (i = 0; i < n; i++) {
			err = umount_one(ids[i], force, busy);
			if (!ret)
				ret = err;
		}
	} while (n == BATCH);
	return ret;
}

/* Open a directory of device nodes, in a mount that is attached nowhere. */
static long umount_open_nodes(void)
{
	long fs, mnt, dir;

	fs = lkl_sys_fsopen("devtmpfs", 0);
	if (fs < 0)
		return fs;
	lkl_sys_fsconfig(fs, LKL_FSCONFIG_CMD_CREATE, NULL, NULL, 0);
	mnt = lkl_sys_fsmount(fs, 0, 0);
	lkl_sys_close(fs);
	if (mnt < 0)
		return mnt;
	dir = lkl_sys_openat(mnt, ".", LKL_O_RDONLY, 0);
	lkl_sys_close(mnt);
	return dir;
}

static void umount_node_ioctl(int nodes, const char *name, unsigned int cmd,
			      void *arg)
{
	long fd = lkl_sys_openat(nodes, name, LKL_O_RDONLY, 0);

	if (fd < 0)
		return;
	lkl_sys_ioctl(fd, cmd, (uintptr_t)arg);
	lkl_sys_close(fd);
}

/*
 * Stop mapped devices, arrays and loop devices: a loop device keeps the file
 * system of its file busy, and devices on it keep the loop device busy.
 * Devices in use stay.
 */
static void umount_stop_devices(void)
{
	struct lkl_dm_ioctl dm = {
		.version = { LKL_DM_VERSION_MAJOR },
		.data_size = sizeof(dm),
	};
	struct lkl_linux_dirent64 *e;
	struct lkl_dir *dir;
	long nodes;
	int err;

	nodes = umount_open_nodes();
	dir = nodes < 0 ? NULL : lkl_fdopendir(nodes, &err);
	if (!dir) {
		if (nodes >= 0)
			lkl_sys_close(nodes);
		return;
	}
	umount_node_ioctl(nodes, "mapper/control", LKL_DM_REMOVE_ALL, &dm);
	while ((e = lkl_readdir(dir)))
		if (!strncmp(e->d_name, "md", 2))
			umount_node_ioctl(nodes, e->d_name, LKL_STOP_ARRAY,
					  NULL);
	lkl_rewinddir(dir);
	while ((e = lkl_readdir(dir)))
		if (!strncmp(e->d_name, "loop", 4))
			umount_node_ioctl(nodes, e->d_name, LKL_LOOP_CLR_FD,
					  NULL);
	lkl_closedir(dir);
}

int lkl_umount_all(void)
{
	bool busy = true;
	long ret, err;
	int i;

	/* Open files keep a file system busy. */
	lkl_sys_close_range(0, ~0U, 0);
	lkl_sys_chdir("/");
	ret = lkl_sys_sync();
	for (i = 0; i < DEPTH && busy; i++) {
		err = umount_pass(false, &busy);
		if (!ret)
			ret = err;
		/* Arrays and pools write here that they are clean. */
		umount_stop_devices();
	}
	if (busy) {
		err = umount_pass(true, &busy);
		if (!ret)
			ret = err;
	}
	return ret;
}
