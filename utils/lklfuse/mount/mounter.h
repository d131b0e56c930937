/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The mounter: a process outside the sandbox that mounts and unmounts.
 */
#ifndef LKLFUSE_MOUNTER_H
#define LKLFUSE_MOUNTER_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/ioctl.h>

/*
 * The PID of the process that serves, as an ioctl of the root directory, and as
 * an extended attribute, which needs no permission, but which the host no longer
 * asks for when a type without attributes has refused one.
 *
 * The ioctl gets the PID of the caller.  It fails with ESRCH if the caller and
 * the server use different PID namespaces, in which a PID means two processes.
 */
#define MOUNTER_PID_IOCTL	_IOWR('l', 1, int32_t)
#define MOUNTER_PID_XATTR	"system.lklfuse.pid"

enum mounter_result {
	MOUNTER_CLEAN = 'c',	/* unmounted, or unmounted by others before */
	MOUNTER_LAZY = 'l',	/* detached, but still in use */
	MOUNTER_FAILED = 'f',	/* still mounted */
};

/**
 * struct mounter - what the mounter needs to know
 * @mountpoint:	absolute path of the mount point
 * @source:	name of the mount for the table of libmount, or NULL
 * @mount:	mounts; returns a descriptor of /dev/fuse, or -1 after a message
 * @arg:	argument of @mount
 */
struct mounter {
	const char *mountpoint;
	const char *source;
	int (*mount)(void *arg, bool read_only);
	void *arg;
};

/*
 * Start the mounter.  The mounter also unmounts when the caller ends without a
 * request.  Return a descriptor, or -1 after a message.
 */
int mounter_start(const struct mounter *m);

/* Mount.  Return a descriptor of /dev/fuse, or -1 after a message. */
int mounter_mount(int fd, bool read_only);

/* Unmount now.  Other threads must serve requests until this returns. */
enum mounter_result mounter_umount(int fd);

/* Detach the mount, which no thread serves. */
void mounter_detach(int fd);

/* End the mounter without unmounting: the mount is gone. */
void mounter_release(int fd);

#endif /* LKLFUSE_MOUNTER_H */
