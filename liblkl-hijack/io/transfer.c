// SPDX-License-Identifier: GPL-2.0
/*
 * Calls with two descriptors.  When both belong to one kernel, that kernel makes
 * the call; between the host and LKL, data goes through a buffer.  Data that was
 * taken from one side must not be lost when the other side does not take it.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include "fd/fd-table.h"
#include "host/export.h"
#include "host/host-libc.h"
#include "io/read-write.h"
#include "state/kernel-call.h"

/* The buffer is on the stack, which may be small in threads. */
#define BUFFER	32768
/* A pipe that can be written to takes at least one page. */
#define ONE_PAGE	4096

#define SPLICE_FLAGS	(SPLICE_F_MOVE | SPLICE_F_NONBLOCK | SPLICE_F_MORE | \
			 SPLICE_F_GIFT)

static size_t min_size(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Return the bytes that were moved, or the error when there are none. */
static ssize_t moved_or_error(size_t done, long ret)
{
	return done ? (ssize_t)done : to_errno(ret);
}

/* Return true if @fd of the host is open for @how, O_RDONLY or O_WRONLY. */
static bool is_open_for(int fd, int how)
{
	int flags = HOST(fcntl)(fd, F_GETFL);

	return flags >= 0 && !(flags & O_PATH) &&
	       ((flags & O_ACCMODE) == how || (flags & O_ACCMODE) == O_RDWR);
}

/* Fail a call that works with no socket as the host does. */
static int refuse_socket(int in, int out)
{
	errno = (fd_lkl(in) >= 0 || is_open_for(in, O_RDONLY)) &&
		(fd_lkl(out) >= 0 || is_open_for(out, O_WRONLY)) ? EINVAL : EBADF;
	return -1;
}

/* sendfile() */

/* Send @count bytes from @pos of a file of the host; add to *@done. */
static long file_to_socket(int k, int in, off_t pos, size_t count, size_t *done)
{
	char buf[BUFFER];
	ssize_t n;
	long ret;

	while (*done < count) {
		n = HOST(pread)(in, buf, min_size(count - *done, sizeof(buf)),
				pos + *done);
		if (n <= 0)
			return n ? -errno : 0;
		ret = KCALL(write, k, buf, n);
		if (ret < 0)
			return ret;
		*done += ret;
		if (ret < n)
			return 0;
	}
	return 0;
}

static ssize_t sendfile_to_socket(int k, int in, off_t *off, size_t count)
{
	size_t done = 0;
	off_t pos;
	long ret;

	if (!is_open_for(in, O_RDONLY)) {
		errno = EBADF;
		return -1;
	}
	pos = off ? *off : HOST(lseek)(in, 0, SEEK_CUR);
	/* sendfile() does not read from a pipe. */
	if (pos < 0) {
		errno = EINVAL;
		return -1;
	}
	ret = file_to_socket(k, in, pos, count, &done);
	if (off)
		*off = pos + done;
	else
		HOST(lseek)(in, pos + done, SEEK_SET);
	if (!done && ret == -EPIPE)
		return io_sent(k, ret, 0);
	return moved_or_error(done, ret);
}

EXPORT ssize_t sendfile(int out, int in, off_t *off, size_t count)
{
	int k_out = fd_lkl(out), k_in = fd_lkl(in);

	if (k_out < 0 && k_in < 0)
		return HOST(sendfile)(out, in, off, count);
	if (k_out >= 0 && k_in >= 0)
		return KCALL_ERRNO(sendfile, k_out, k_in, off, count);
	if (k_out >= 0)
		return sendfile_to_socket(k_out, in, off, count);
	/* The host cannot read from sockets in this way either. */
	return refuse_socket(in, out);
}
ALIAS(sendfile64, sendfile);

/* splice() */

static bool is_pipe(int fd)
{
	struct stat st;

	return !HOST(fstat)(fd, &st) && S_ISFIFO(st.st_mode);
}

/* Wait until the pipe is ready for @events, unless the call is non-blocking. */
static int wait_for_pipe(int fd, short events, unsigned int flags)
{
	struct pollfd p = { .fd = fd, .events = events };
	bool nonblock = (flags & SPLICE_F_NONBLOCK) ||
			(HOST(fcntl)(fd, F_GETFL) & O_NONBLOCK);
	int ret = HOST(poll)(&p, 1, nonblock ? 0 : -1);

	if (ret < 0)
		return -errno;
	/* Without a reader nothing may be taken from the socket. */
	if (events == POLLOUT && (p.revents & POLLERR)) {
		raise(SIGPIPE);
		return -EPIPE;
	}
	return ret ? 0 : -EAGAIN;
}

/* Return the number of bytes that the pipe certainly takes. */
static size_t room_in_pipe(int fd)
{
	int used = 0, size = HOST(fcntl)(fd, F_GETPIPE_SZ);

	if (size > 0 && !HOST(ioctl)(fd, FIONREAD, &used) && !used)
		return size;
	return ONE_PAGE;
}

static ssize_t socket_to_pipe(int k, int out, size_t len, unsigned int flags)
{
	char buf[BUFFER];
	long n;
	int ret;

	ret = wait_for_pipe(out, POLLOUT, flags);
	if (ret)
		return to_errno(ret);
	len = min_size(len, min_size(room_in_pipe(out), sizeof(buf)));
	n = KCALL(read, k, buf, len);
	if (n <= 0)
		return to_errno(n);
	return HOST(write)(out, buf, n);
}

/* Copy the data in the pipe, which stays there. */
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
 * Take @len bytes out of the pipe that peek_pipe() has copied.  Another reader may
 * have taken them already.
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

static ssize_t pipe_to_socket(int in, int k, size_t len, unsigned int flags)
{
	char buf[BUFFER];
	ssize_t n;
	long ret;

	ret = wait_for_pipe(in, POLLIN, flags);
	if (ret)
		return to_errno(ret);
	n = peek_pipe(in, buf, min_size(len, sizeof(buf)));
	/* Empty, and without a writer: the end of the data. */
	if (n == -EAGAIN)
		n = 0;
	if (n <= 0)
		return to_errno(n);
	ret = KCALL(write, k, buf, n);
	if (ret > 0)
		drop_from_pipe(in, buf, ret);
	return io_sent(k, ret, 0);
}

/* Check a splice() between @fd, which must be a pipe of the host, and a socket. */
static int check_splice(int fd, int how, const off64_t *pipe_off,
			const off64_t *socket_off, unsigned int flags)
{
	if (flags & ~SPLICE_FLAGS)
		return -EINVAL;
	if (!is_open_for(fd, how))
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
		return KCALL_ERRNO(splice, k_in, off_in, k_out, off_out, len,
				   flags);
	if (!len)
		return 0;
	ret = k_in >= 0 ?
	      check_splice(out, O_WRONLY, off_out, off_in, flags) :
	      check_splice(in, O_RDONLY, off_in, off_out, flags);
	if (ret)
		return to_errno(ret);
	return k_in >= 0 ? socket_to_pipe(k_in, out, len, flags) :
	       pipe_to_socket(in, k_out, len, flags);
}

/* Calls for pipes and files only, which programs cannot get from LKL */

EXPORT ssize_t tee(int in, int out, size_t len, unsigned int flags)
{
	int k_in = fd_lkl(in), k_out = fd_lkl(out);

	if (k_in < 0 && k_out < 0)
		return HOST(tee)(in, out, len, flags);
	return refuse_socket(in, out);
}

EXPORT ssize_t vmsplice(int fd, const struct iovec *iov, size_t count,
			unsigned int flags)
{
	int k = fd_lkl(fd);

	return k < 0 ? HOST(vmsplice)(fd, iov, count, flags) :
	       KCALL_ERRNO(vmsplice, k, iov, count, flags);
}

EXPORT ssize_t copy_file_range(int in, off64_t *off_in, int out,
			       off64_t *off_out, size_t len, unsigned int flags)
{
	if (fd_lkl(in) < 0 && fd_lkl(out) < 0)
		return HOST(copy_file_range)(in, off_in, out, off_out, len,
					     flags);
	return refuse_socket(in, out);
}
