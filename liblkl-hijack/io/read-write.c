// SPDX-License-Identifier: GPL-2.0
/*
 * Reading and writing, of sockets and of everything else.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "fd/fd-table.h"
#include "host/host-libc.h"
#include "io/read-write.h"
#include "state/kernel-call.h"
#include "state/signal-handlers.h"

/* The kernel raises it for streams only; in LKL nobody would receive it. */
static bool is_stream(int k)
{
	int type = 0, len = sizeof(type);

	return LKL_CALL(getsockopt, k, LKL_SOL_SOCKET, LKL_SO_TYPE, &type,
			&len) == 0 &&
	       (type == SOCK_STREAM || type == SOCK_SEQPACKET);
}

ssize_t io_sent(int k, long ret, int flags)
{
	if (ret == -EPIPE && !(flags & MSG_NOSIGNAL) && is_stream(k))
		signal_pipe();
	return to_errno(ret);
}

EXPORT ssize_t read(int fd, void *buf, size_t len)
{
	int k = fd_lkl(fd);

	return k < 0 ? HOST(read)(fd, buf, len) : LKL_ERRNO(read, k, buf, len);
}
ALIAS(__read, read);

EXPORT ssize_t write(int fd, const void *buf, size_t len)
{
	int k = fd_lkl(fd);

	return k < 0 ? HOST(write)(fd, buf, len) :
	       io_sent(k, LKL_CALL(write, k, buf, len), 0);
}
ALIAS(__write, write);

EXPORT ssize_t readv(int fd, const struct iovec *iov, int count)
{
	int k = fd_lkl(fd);

	return k < 0 ? HOST(readv)(fd, iov, count) :
	       LKL_ERRNO(readv, k, iov, count);
}

EXPORT ssize_t writev(int fd, const struct iovec *iov, int count)
{
	int k = fd_lkl(fd);

	return k < 0 ? HOST(writev)(fd, iov, count) :
	       io_sent(k, LKL_CALL(writev, k, iov, count), 0);
}

EXPORT ssize_t pread(int fd, void *buf, size_t len, off_t off)
{
	int k = fd_lkl(fd);

	return k < 0 ? HOST(pread)(fd, buf, len, off) :
	       LKL_ERRNO(pread64, k, buf, len, off);
}
ALIAS(pread64, pread);
ALIAS(__pread64, pread);

EXPORT ssize_t pwrite(int fd, const void *buf, size_t len, off_t off)
{
	int k = fd_lkl(fd);

	return k < 0 ? HOST(pwrite)(fd, buf, len, off) :
	       LKL_ERRNO(pwrite64, k, buf, len, off);
}
ALIAS(pwrite64, pwrite);
ALIAS(__pwrite64, pwrite);

EXPORT ssize_t preadv(int fd, const struct iovec *iov, int count, off_t off)
{
	int k = fd_lkl(fd);

	return k < 0 ? HOST(preadv)(fd, iov, count, off) :
	       LKL_ERRNO(preadv, k, iov, count, off);
}
ALIAS(preadv64, preadv);

EXPORT ssize_t pwritev(int fd, const struct iovec *iov, int count, off_t off)
{
	int k = fd_lkl(fd);

	return k < 0 ? HOST(pwritev)(fd, iov, count, off) :
	       LKL_ERRNO(pwritev, k, iov, count, off);
}
ALIAS(pwritev64, pwritev);

EXPORT ssize_t preadv2(int fd, const struct iovec *iov, int count, off_t off,
		       int flags)
{
	int k = fd_lkl(fd);

	return k < 0 ? HOST(preadv2)(fd, iov, count, off, flags) :
	       LKL_ERRNO(preadv2, k, iov, count, off, 0, flags);
}
ALIAS(preadv64v2, preadv2);

EXPORT ssize_t pwritev2(int fd, const struct iovec *iov, int count, off_t off,
			int flags)
{
	int k = fd_lkl(fd);

	return k < 0 ? HOST(pwritev2)(fd, iov, count, off, flags) :
	       io_sent(k, LKL_CALL(pwritev2, k, iov, count, off, 0, flags), 0);
}
ALIAS(pwritev64v2, pwritev2);

EXPORT off_t lseek(int fd, off_t off, int whence)
{
	int k = fd_lkl(fd);

	return k < 0 ? HOST(lseek)(fd, off, whence) :
	       LKL_ERRNO(lseek, k, off, whence);
}
ALIAS(lseek64, lseek);
ALIAS(__lseek, lseek);

/*
 * What is for files.  A placeholder would answer EBADF, as if it was closed;
 * LKL says what sockets say.
 */

EXPORT int ftruncate(int fd, off_t len)
{
	int k = fd_lkl(fd);

	return k < 0 ? HOST(ftruncate)(fd, len) : LKL_ERRNO(ftruncate, k, len);
}
ALIAS(ftruncate64, ftruncate);

EXPORT int fallocate(int fd, int mode, off_t off, off_t len)
{
	int k = fd_lkl(fd);

	return k < 0 ? HOST(fallocate)(fd, mode, off, len) :
	       LKL_ERRNO(fallocate, k, mode, off, len);
}
ALIAS(fallocate64, fallocate);

/* Its result is the error. */
EXPORT int posix_fallocate(int fd, off_t off, off_t len)
{
	int k = fd_lkl(fd);

	return k < 0 ? HOST(posix_fallocate)(fd, off, len) :
	       -LKL_CALL(fallocate, k, 0, off, len);
}
ALIAS(posix_fallocate64, posix_fallocate);

EXPORT int fsync(int fd)
{
	int k = fd_lkl(fd);

	return k < 0 ? HOST(fsync)(fd) : LKL_ERRNO(fsync, k);
}

EXPORT int fdatasync(int fd)
{
	int k = fd_lkl(fd);

	return k < 0 ? HOST(fdatasync)(fd) : LKL_ERRNO(fdatasync, k);
}
