// SPDX-License-Identifier: GPL-2.0
/*
 * read(), write() and their relatives, for sockets and everything else.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "fd/fd-table.h"
#include "host/export.h"
#include "host/fortify.h"
#include "host/host-libc.h"
#include "io/read-write.h"
#include "state/kernel-call.h"

/*
 * The kernel raises SIGPIPE for streams only, and LKL's kernel has no process
 * that would receive it.
 */
static bool is_stream(int k)
{
	int type = 0, len = sizeof(type);

	return KCALL(getsockopt, k, LKL_SOL_SOCKET, LKL_SO_TYPE, &type,
		     &len) == 0 &&
	       (type == SOCK_STREAM || type == SOCK_SEQPACKET);
}

ssize_t io_sent(int k, long ret, int flags)
{
	if (ret == -EPIPE && !(flags & MSG_NOSIGNAL) && is_stream(k))
		raise(SIGPIPE);
	return to_errno(ret);
}

EXPORT ssize_t read(int fd, void *buf, size_t len)
{
	int k = fd_lkl(fd);

	return k < 0 ? HOST(read)(fd, buf, len) : KCALL_ERRNO(read, k, buf, len);
}
ALIAS(__read, read);

ssize_t __read_chk(int fd, void *buf, size_t len, size_t size);

EXPORT ssize_t __read_chk(int fd, void *buf, size_t len, size_t size)
{
	fortify_check(len, size);
	return read(fd, buf, len);
}

EXPORT ssize_t write(int fd, const void *buf, size_t len)
{
	int k = fd_lkl(fd);

	return k < 0 ? HOST(write)(fd, buf, len) :
	       io_sent(k, KCALL(write, k, buf, len), 0);
}
ALIAS(__write, write);

EXPORT ssize_t readv(int fd, const struct iovec *iov, int count)
{
	int k = fd_lkl(fd);

	return k < 0 ? HOST(readv)(fd, iov, count) :
	       KCALL_ERRNO(readv, k, iov, count);
}

EXPORT ssize_t writev(int fd, const struct iovec *iov, int count)
{
	int k = fd_lkl(fd);

	return k < 0 ? HOST(writev)(fd, iov, count) :
	       io_sent(k, KCALL(writev, k, iov, count), 0);
}

EXPORT ssize_t pread(int fd, void *buf, size_t len, off_t off)
{
	int k = fd_lkl(fd);

	return k < 0 ? HOST(pread)(fd, buf, len, off) :
	       KCALL_ERRNO(pread64, k, buf, len, off);
}
ALIAS(pread64, pread);
ALIAS(__pread64, pread);

ssize_t __pread_chk(int fd, void *buf, size_t len, off_t off, size_t size);
ssize_t __pread64_chk(int fd, void *buf, size_t len, off_t off, size_t size);

EXPORT ssize_t __pread_chk(int fd, void *buf, size_t len, off_t off,
			   size_t size)
{
	fortify_check(len, size);
	return pread(fd, buf, len, off);
}

EXPORT ssize_t __pread64_chk(int fd, void *buf, size_t len, off_t off,
			     size_t size)
{
	fortify_check(len, size);
	return pread(fd, buf, len, off);
}

EXPORT ssize_t pwrite(int fd, const void *buf, size_t len, off_t off)
{
	int k = fd_lkl(fd);

	return k < 0 ? HOST(pwrite)(fd, buf, len, off) :
	       KCALL_ERRNO(pwrite64, k, buf, len, off);
}
ALIAS(pwrite64, pwrite);
ALIAS(__pwrite64, pwrite);

EXPORT ssize_t preadv(int fd, const struct iovec *iov, int count, off_t off)
{
	int k = fd_lkl(fd);

	return k < 0 ? HOST(preadv)(fd, iov, count, off) :
	       KCALL_ERRNO(preadv, k, iov, count, off);
}
ALIAS(preadv64, preadv);

EXPORT ssize_t pwritev(int fd, const struct iovec *iov, int count, off_t off)
{
	int k = fd_lkl(fd);

	return k < 0 ? HOST(pwritev)(fd, iov, count, off) :
	       KCALL_ERRNO(pwritev, k, iov, count, off);
}
ALIAS(pwritev64, pwritev);

EXPORT ssize_t preadv2(int fd, const struct iovec *iov, int count, off_t off,
		       int flags)
{
	int k = fd_lkl(fd);

	return k < 0 ? HOST(preadv2)(fd, iov, count, off, flags) :
	       KCALL_ERRNO(preadv2, k, iov, count, off, 0, flags);
}
ALIAS(preadv64v2, preadv2);

EXPORT ssize_t pwritev2(int fd, const struct iovec *iov, int count, off_t off,
			int flags)
{
	int k = fd_lkl(fd);

	return k < 0 ? HOST(pwritev2)(fd, iov, count, off, flags) :
	       io_sent(k, KCALL(pwritev2, k, iov, count, off, 0, flags), 0);
}
ALIAS(pwritev64v2, pwritev2);

EXPORT off_t lseek(int fd, off_t off, int whence)
{
	int k = fd_lkl(fd);

	return k < 0 ? HOST(lseek)(fd, off, whence) :
	       KCALL_ERRNO(lseek, k, off, whence);
}
ALIAS(lseek64, lseek);
ALIAS(__lseek, lseek);

/*
 * Calls for files.  With a placeholder the host would fail with EBADF, as if the
 * descriptor was closed; LKL fails as sockets do.
 */

EXPORT int ftruncate(int fd, off_t len)
{
	int k = fd_lkl(fd);

	return k < 0 ? HOST(ftruncate)(fd, len) : KCALL_ERRNO(ftruncate, k, len);
}
ALIAS(ftruncate64, ftruncate);

EXPORT int fallocate(int fd, int mode, off_t off, off_t len)
{
	int k = fd_lkl(fd);

	return k < 0 ? HOST(fallocate)(fd, mode, off, len) :
	       KCALL_ERRNO(fallocate, k, mode, off, len);
}
ALIAS(fallocate64, fallocate);

/* Return the error itself, as posix_fallocate() does. */
EXPORT int posix_fallocate(int fd, off_t off, off_t len)
{
	int k = fd_lkl(fd);

	return k < 0 ? HOST(posix_fallocate)(fd, off, len) :
	       -KCALL(fallocate, k, 0, off, len);
}
ALIAS(posix_fallocate64, posix_fallocate);

EXPORT int fsync(int fd)
{
	int k = fd_lkl(fd);

	return k < 0 ? HOST(fsync)(fd) : KCALL_ERRNO(fsync, k);
}

EXPORT int fdatasync(int fd)
{
	int k = fd_lkl(fd);

	return k < 0 ? HOST(fdatasync)(fd) : KCALL_ERRNO(fdatasync, k);
}
