// SPDX-License-Identifier: GPL-2.0
/*
 * Calls with two descriptors.  Two of the host or two of LKL are given to
 * their kernel; between the two, data goes through a buffer.  Nothing that was
 * taken from one side may be lost when the other one does not take it.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include "fd/fd-table.h"
#include "host/host-libc.h"
#include "io/read-write.h"
#include "state/kernel-call.h"
#include "state/signal-handlers.h"

/* On the stack, which may be small in threads. */
#define BUFFER	32768
/* A pipe that can be written to takes so much at least. */
#define ONE_PAGE	4096

#define SPLICE_FLAGS	(SPLICE_F_MOVE | SPLICE_F_NONBLOCK | SPLICE_F_MORE | \
			 SPLICE_F_GIFT)

static size_t min_size(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* What was moved so far counts more than an error after it. */
static ssize_t moved(size_t done, long ret)
{
	return done ? (ssize_t)done : to_errno(ret);
}

/* May the program use @fd of the host in this way (O_RDONLY or O_WRONLY)? */
static bool can(int fd, int how)
{
	int flags = HOST(fcntl)(fd, F_GETFL);

	return flags >= 0 && !(flags & O_PATH) &&
	       ((flags & O_ACCMODE) == how || (flags & O_ACCMODE) == O_RDWR);
}

/* For what works with no socket: the error that the host would give. */
static int refuse(int in, int out)
{
	errno = (fd_lkl(in) >= 0 || can(in, O_RDONLY)) &&
		(fd_lkl(out) >= 0 || can(out, O_WRONLY)) ? EINVAL : EBADF;
	return -1;
}

/* sendfile() */

/* From @pos of a file of the host; where it got to is added to *@done. */
static long file_to_lkl(int k, int in, off_t pos, size_t count, size_t *done)
{
	char buf[BUFFER];
	ssize_t n;
	long ret;

	while (*done < count) {
		n = HOST(pread)(in, buf, min_size(count - *done, sizeof(buf)),
				pos + *done);
		if (n <= 0)
			return n ? -errno : 0;
		ret = LKL_CALL(write, k, buf, n);
		if (ret < 0)
			return ret;
		*done += ret;
		if (ret < n)
			return 0;
	}
	return 0;
}

static ssize_t sendfile_to_lkl(int k, int in, off_t *off, size_t count)
{
	size_t done = 0;
	off_t pos;
	long ret;

	if (!can(in, O_RDONLY)) {
		errno = EBADF;
		return -1;
	}
	pos = off ? *off : HOST(lseek)(in, 0, SEEK_CUR);
	/* As of a pipe, from which sendfile() does not read. */
	if (pos < 0) {
		errno = EINVAL;
		return -1;
	}
	ret = file_to_lkl(k, in, pos, count, &done);
	if (off)
		*off = pos + done;
	else
		HOST(lseek)(in, pos + done, SEEK_SET);
	if (!done && ret == -EPIPE)
		return io_sent(k, ret, 0);
	return moved(done, ret);
}

EXPORT ssize_t sendfile(int out, int in, off_t *off, size_t count)
{
	int k_out = fd_lkl(out), k_in = fd_lkl(in);

	if (k_out < 0 && k_in < 0)
		return HOST(sendfile)(out, in, off, count);
	if (k_out >= 0 && k_in >= 0)
		return LKL_ERRNO(sendfile, k_out, k_in, off, count);
	if (k_out >= 0)
		return sendfile_to_lkl(k_out, in, off, count);
	/* Sockets cannot be read like this by the host either. */
	return refuse(in, out);
}
ALIAS(sendfile64, sendfile);

/* splice() */

static bool is_pipe(int fd)
{
	struct stat st;

	return !HOST(fstat)(fd, &st) && S_ISFIFO(st.st_mode);
}

/* Wait until the pipe is ready for @events, if we may. */
static int wait_for_pipe(int fd, short events, unsigned int flags)
{
	struct pollfd p = { .fd = fd, .events = events };
	bool nonblock = (flags & SPLICE_F_NONBLOCK) ||
			(HOST(fcntl)(fd, F_GETFL) & O_NONBLOCK);
	int ret = HOST(poll)(&p, 1, nonblock ? 0 : -1);

	if (ret < 0)
		return -errno;
	/* Nobody will read it: that is known before anything is taken. */
	if (events == POLLOUT && (p.revents & POLLERR)) {
		signal_pipe();
		return -EPIPE;
	}
	return ret ? 0 : -EAGAIN;
}

/* How much the pipe takes for certain: all when it is empty. */
static size_t room_in_pipe(int fd)
{
	int used = 0, size = HOST(fcntl)(fd, F_GETPIPE_SZ);

	if (size > 0 && !HOST(ioctl)(fd, FIONREAD, &used) && !used)
		return size;
	return ONE_PAGE;
}

static ssize_t lkl_to_pipe(int k, int out, size_t len, unsigned int flags)
{
	char buf[BUFFER];
	long n;
	int ret;

	ret = wait_for_pipe(out, POLLOUT, flags);
	if (ret)
		return to_errno(ret);
	len = min_size(len, min_size(room_in_pipe(out), sizeof(buf)));
	n = LKL_CALL(read, k, buf, len);
	if (n <= 0)
		return to_errno(n);
	return HOST(write)(out, buf, n);
}

/* A copy of what is in the pipe, which stays there. */
static ssize_t peek_pipe(int in, char *buf, size_t len)
{
	int copy[2];
	ssize_t n;

	if (HOST(pipe2)(copy, O_CLOEXEC | O_NONBLOCK))
		return -errno;
	n = HOST(tee)(in, copy[1], len, SPLICE_F_NONBLOCK);
	if (n > 0)
		n = HOST(read)(copy[0], buf, n);
	if (n < 0)
		n = -errno;
	HOST(close)(copy[0]);
	HOST(close)(copy[1]);
	return n;
}

/*
 * Take @len bytes out of the pipe, that were there; another reader may have
 * been quicker.
 */
static void drop_from_pipe(int in, char *buf, size_t len)
{
	struct pollfd p = { .fd = in, .events = POLLIN };
	ssize_t n;

	while (len && HOST(poll)(&p, 1, 0) > 0 && (p.revents & POLLIN)) {
		n = HOST(read)(in, buf, len);
		if (n <= 0)
			return;
		len -= n;
	}
}

static ssize_t pipe_to_lkl(int in, int k, size_t len, unsigned int flags)
{
	char buf[BUFFER];
	ssize_t n;
	long ret;

	ret = wait_for_pipe(in, POLLIN, flags);
	if (ret)
		return to_errno(ret);
	n = peek_pipe(in, buf, min_size(len, sizeof(buf)));
	/* Empty, and nobody writes: its end. */
	if (n == -EAGAIN)
		n = 0;
	if (n <= 0)
		return to_errno(n);
	ret = LKL_CALL(write, k, buf, n);
	if (ret > 0)
		drop_from_pipe(in, buf, ret);
	return io_sent(k, ret, 0);
}

/* Between @fd, which is to be a pipe of the host, and a socket. */
static int check_splice(int fd, int how, const off64_t *pipe_off,
			const off64_t *socket_off, unsigned int flags)
{
	if (flags & ~SPLICE_FLAGS)
		return -EINVAL;
	if (!can(fd, how))
		return -EBADF;
	if (!is_pipe(fd))
		return -EINVAL;
	if (pipe_off)
		return -ESPIPE;
	return socket_off ? -EINVAL : 0;
}

EXPORT ssize_t splice(int in, off64_t *off_in, int out, off64_t *off_out,
		      size_t len, unsigned int flags)
{
	int k_in = fd_lkl(in), k_out = fd_lkl(out), ret;

	if (k_in < 0 && k_out < 0)
		return HOST(splice)(in, off_in, out, off_out, len, flags);
	if (k_in >= 0 && k_out >= 0)
		return LKL_ERRNO(splice, k_in, off_in, k_out, off_out, len,
				 flags);
	if (!len)
		return 0;
	ret = k_in >= 0 ?
	      check_splice(out, O_WRONLY, off_out, off_in, flags) :
	      check_splice(in, O_RDONLY, off_in, off_out, flags);
	if (ret)
		return to_errno(ret);
	return k_in >= 0 ? lkl_to_pipe(k_in, out, len, flags) :
	       pipe_to_lkl(in, k_out, len, flags);
}

/* The others take pipes or files only, which LKL gives nobody. */

EXPORT ssize_t tee(int in, int out, size_t len, unsigned int flags)
{
	int k_in = fd_lkl(in), k_out = fd_lkl(out);

	if (k_in < 0 && k_out < 0)
		return HOST(tee)(in, out, len, flags);
	return refuse(in, out);
}

EXPORT ssize_t vmsplice(int fd, const struct iovec *iov, size_t count,
			unsigned int flags)
{
	int k = fd_lkl(fd);

	return k < 0 ? HOST(vmsplice)(fd, iov, count, flags) :
	       LKL_ERRNO(vmsplice, k, iov, count, flags);
}

EXPORT ssize_t copy_file_range(int in, off64_t *off_in, int out,
			       off64_t *off_out, size_t len, unsigned int flags)
{
	if (fd_lkl(in) < 0 && fd_lkl(out) < 0)
		return HOST(copy_file_range)(in, off_in, out, off_out, len,
					     flags);
	return refuse(in, out);
}
