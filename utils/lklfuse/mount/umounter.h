/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The process that unmounts.
 */
#ifndef LKLFUSE_UMOUNTER_H
#define LKLFUSE_UMOUNTER_H

/* Extended attribute of the root directory that tells who serves the mount. */
#define UMOUNTER_PID_XATTR	"system.lklfuse.pid"

enum umounter_result {
	UMOUNTER_CLEAN = 'c',	/* nothing is mounted there any more */
	UMOUNTER_LAZY = 'l',	/* it is in use, but found by nobody else */
	UMOUNTER_FAILED = 'f',	/* it is still there */
};

/*
 * Start it for what is mounted at @mountpoint; when the caller ends without a
 * word, it unmounts as well.  A descriptor, or -1 after a message.
 */
int umounter_start(const char *program, const char *mountpoint);
/* Unmount now; the caller goes on serving requests meanwhile. */
enum umounter_result umounter_umount(int fd);

/* The same for what nobody has served yet. */
void umounter_detach(int fd);
/* Somebody else has unmounted it: there is nothing left to do. */
void umounter_release(int fd);

/* Tell umount(8) of umount.fuse.lklfuse; before the process is confined. */
void umounter_register(const char *source, const char *mountpoint);

/* Unmount @path, with @lazily also when it is in use; 0 or -1 with errno. */
int umounter_umount_path(const char *path, int lazily);

#endif /* LKLFUSE_UMOUNTER_H */
