// SPDX-License-Identifier: GPL-2.0
/*
 * Placeholders for descriptors of LKL.
 *
 * The host's table of descriptors is the number space: for each descriptor of
 * LKL (k) the program sees a placeholder, a duplicate of one O_PATH descriptor.
 * With placeholders, the lowest free number, limits, close-on-exec and dup2() are
 * the same as without this library, host descriptors keep their numbers, and a
 * call that bypasses this library fails with EBADF at a placeholder.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "fd/fd-hidden.h"
#include "fd/fd-placeholder.h"
#include "fd/fd-standin.h"
#include "fd/fd-table.h"
#include "host/host-libc.h"
#include "state/kernel-call.h"
#include "state/kernel-state.h"
#include "state/thread-state.h"

/* Placeholders are duplicates of this descriptor. */
static int original = -1;
static void (*became_lkl)(int fd);

/*
 * Open a memfd as O_PATH.  A directory would not do, as openat() and fchdir()
 * work with it.
 */
static int open_original(void)
{
	char path[64];
	int fd, path_fd;

	fd = HOST(memfd_create)("lkl", MFD_CLOEXEC);
	if (fd < 0)
		return HOST(open)("/dev/null", O_PATH | O_CLOEXEC);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	path_fd = HOST(open)(path, O_PATH | O_CLOEXEC);
	if (path_fd < 0)
		path_fd = HOST(open)("/dev/null", O_PATH | O_CLOEXEC);
	HOST(close)(fd);
	return path_fd;
}

int fd_placeholder_init(void)
{
	original = fd_hide_ours(open_original());
	return original < 0 ? -errno : 0;
}

void fd_set_observer(void (*fn)(int fd))
{
	became_lkl = fn;
}

/* Tell the observer of @fd, which is a descriptor of LKL now. */
static void fd_notify(int fd)
{
	if (became_lkl)
		became_lkl(fd);
}

int fd_reserve(int min, bool cloexec)
{
	int fd = HOST(fcntl)(original, cloexec ? F_DUPFD_CLOEXEC : F_DUPFD,
			     min);

	if (fd >= 0 && (unsigned int)fd >= FDS_MAX) {
		HOST(close)(fd);
		errno = EMFILE;
		return -1;
	}
	return fd;
}

void fd_install(int fd, int k)
{
	fd_set_what(fd, FD_LKL, k);
	fd_notify(fd);
}

void fd_unreserve(int fd)
{
	HOST(close)(fd);
}

int fd_finish(int fd, long k)
{
	if (k < 0) {
		fd_unreserve(fd);
		return to_errno(k);
	}
	fd_install(fd, k);
	return fd;
}

int fd_replace(int fd, int k, bool cloexec)
{
	uint64_t old;

	if ((unsigned int)fd >= FDS_MAX) {
		errno = EBADF;
		return -1;
	}
	fd_closing(fd);
	if (HOST(dup3)(original, fd, cloexec ? O_CLOEXEC : 0) < 0)
		return -1;
	old = fd_set_what(fd, FD_LKL, k);
	if (fd_what_to_k(old) >= 0)
		KCALL(close, fd_what_to_k(old));
	fd_notify(fd);
	return fd;
}

int fd_turn_into(int fd, int k)
{
	int cloexec = HOST(fcntl)(fd, F_GETFD) & FD_CLOEXEC;

	/* First: no thread may see the placeholder without its meaning. */
	fd_set_what(fd, FD_LKL, k);
	if (HOST(dup3)(original, fd, cloexec ? O_CLOEXEC : 0) < 0) {
		fd_clear(fd);
		return -errno;
	}
	fd_notify(fd);
	return 0;
}

int fd_set_file(int fd, int file)
{
	int cloexec = HOST(fcntl)(fd, F_GETFD) & FD_CLOEXEC;

	return HOST(dup3)(file, fd, cloexec ? O_CLOEXEC : 0) < 0 ? -errno : 0;
}

void fd_closing(int fd)
{
	struct fd_slot *slot = fd_slot(fd);

	fd_standin_close(fd);
	if (!slot || !__atomic_load_n(&slot->epoll, __ATOMIC_RELAXED))
		return;
	__atomic_store_n(&slot->member, false, __ATOMIC_RELAXED);
	__atomic_store_n(&slot->epoll, 0, __ATOMIC_RELEASE);
}

int fd_opened(int fd)
{
	int k;

	if (fd < 0 || !fd_slots)
		return fd;
	if (self.inside)
		return fd_hide(fd);
	fd_note_seen(fd);
	fd_closing(fd);
	k = fd_clear(fd);
	if (k >= 0 && kernel_is_usable())
		KCALL(close, k);
	return fd;
}

int fd_copied(int fd, int copy)
{
	struct fd_slot *from = fd_slot(fd), *to = fd_slot(copy);
	uint64_t epoll;

	if (copy < 0 || copy == fd || !from || !to)
		return copy;
	epoll = __atomic_load_n(&from->epoll, __ATOMIC_ACQUIRE);
	if (epoll) {
		fd_note_end(copy);
		__atomic_store_n(&to->epoll, epoll, __ATOMIC_RELEASE);
	}
	return copy;
}
