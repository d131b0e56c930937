// SPDX-License-Identifier: GPL-2.0
/*
 * Preparing LKL to serve requests: messages, limits, and the inode table.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <lkl/linux/resource.h>

#include "common/report.h"
#include "image/host-table.h"
#include "inode/inode.h"
#include "request/name-rules.h"
#include "start/guest.h"

/*
 * Memory of LKL for each inode, of which most is left for other things: an
 * inode takes about 2 KiB.
 */
#define BYTES_PER_INODE	16384

static int guest_log_fd = -1;

static void guest_print(const char *str, int len)
{
	ssize_t n = write(guest_log_fd, str, len);

	(void)n;
}

int guest_open_log(const char *path)
{
	if (!path)
		return 0;
	guest_log_fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC,
			    0666);
	if (guest_log_fd < 0)
		return report_cannot("open log file", path, strerror(errno));
	image_host()->print = guest_print;
	return 0;
}

int guest_log(void)
{
	return guest_log_fd;
}

/* Raise the limits for descriptors, as each inode has one. */
static long guest_raise_limits(void)
{
	static const char number[] = "1073741816";
	struct lkl_rlimit64 limit;
	int err = lkl_sysctl("fs.nr_open", number);

	if (err)
		return err;
	limit.rlim_cur = strtoul(number, NULL, 10);
	limit.rlim_max = limit.rlim_cur;
	return lkl_sys_prlimit64(0, LKL_RLIMIT_NOFILE, &limit, NULL);
}

static size_t guest_inode_limit(const struct lklfuse *fs)
{
	uint64_t ram = fs->image.mem_mb ? (uint64_t)fs->image.mem_mb << 20 :
		       image_host()->vm->ram_limit();

	return ram / BYTES_PER_INODE;
}

/* Find out whether the file system type has attributes and access lists. */
static void guest_probe_type(struct lklfuse *fs)
{
	const char *root = fs->image.mount_point;

	name_rules_init(fs);
	fs->has_acl = lkl_sys_getxattr(root, "system.posix_acl_access", NULL,
				       0) != -LKL_EOPNOTSUPP;
	fs->has_xattr = fs->has_acl ||
			lkl_sys_getxattr(root, "user.lklfuse", NULL, 0) !=
			-LKL_EOPNOTSUPP;
}

int guest_prepare(struct lklfuse *fs)
{
	long err;

	err = lkl_mount_fs("proc");
	if (err >= 0)
		err = guest_raise_limits();
	if (!err) {
		guest_probe_type(fs);
		err = inode_table_init(fs->image.mount_point,
				       guest_inode_limit(fs));
	}
	if (!err)
		return 0;
	return report_cannot("serve", fs->image.path, lkl_strerror(err));
}
