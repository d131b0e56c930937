/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The umounter: a process outside the sandbox that unmounts.
 */
#ifndef LKLFUSE_UMOUNTER_H
#define LKLFUSE_UMOUNTER_H

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
#define UMOUNTER_PID_IOCTL	_IOWR('l', 1, int32_t)
#define UMOUNTER_PID_XATTR	"system.lklfuse.pid"

enum umounter_result {
	UMOUNTER_CLEAN = 'c',	/* unmounted, or unmounted by others before */
	UMOUNTER_LAZY = 'l',	/* detached, but still in use */
	UMOUNTER_FAILED = 'f',	/* still mounted */
};

/*
 * Start the umounter for the mount at @mountpoint.  The umounter also unmounts
 * when the caller ends without a request.  Return a descriptor, or -1 after a
 * message.
 */
int umounter_start(const char *mountpoint);

/* Unmount now.  Other threads must serve requests until this returns. */
enum umounter_result umounter_umount(int fd);

/* Detach the mount, which no thread serves. */
void umounter_detach(int fd);

/* End the umounter without unmounting: the mount is gone. */
void umounter_release(int fd);

#endif /* LKLFUSE_UMOUNTER_H */
