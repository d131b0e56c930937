// SPDX-License-Identifier: GPL-2.0
/*
 * Agreeing with the host on the options of the connection.
 *
 * libfuse negotiates the options that it knows.  Older versions do not know
 * FUSE_HANDLE_KILLPRIV_V2, so this file adds this option to libfuse's reply; see
 * request/killpriv.c.
 */
#include <errno.h>
#include <stdlib.h>
#include <sys/uio.h>
#include <unistd.h>

#include <linux/fuse.h>

#include "common/report.h"
#include "session/negotiate.h"

/* Flags to add to the next reply. */
static uint32_t negotiate_more_flags;

static ssize_t negotiate_read(int fd, void *buf, size_t size, void *userdata)
{
	(void)userdata;
	return read(fd, buf, size);
}

static ssize_t negotiate_writev(int fd, struct iovec *iov, int count,
				void *userdata)
{
	(void)userdata;
	if (negotiate_more_flags && count > 1) {
		struct fuse_init_out *out = iov[1].iov_base;

		out->flags |= negotiate_more_flags;
		negotiate_more_flags = 0;
	}
	return writev(fd, iov, count);
}

/* Choose flags for the reply to the request of the host in @buf. */
static void negotiate_choose(const struct fuse_buf *buf)
{
	const struct fuse_in_header *in = buf->mem;
	const struct fuse_init_in *init = (const void *)(in + 1);

	if (in->opcode == FUSE_INIT && init->major == FUSE_KERNEL_VERSION)
		negotiate_more_flags = init->flags & FUSE_HANDLE_KILLPRIV_V2;
}

int negotiate(struct lklfuse *fs)
{
	static const struct fuse_custom_io io = {
		.read = negotiate_read,
		.writev = negotiate_writev,
	};
	struct fuse_buf buf = { };
	int n = fuse_session_custom_io(fs->se, &io, fuse_session_fd(fs->se));

	/* Mounting has queued the request, so this does not wait. */
	if (!n)
		do {
			n = fuse_session_receive_buf(fs->se, &buf);
		} while (n == -EINTR);
	if (n > 0) {
		negotiate_choose(&buf);
		fuse_session_process_buf(fs->se, &buf);
		negotiate_more_flags = 0;
	}
	free(buf.mem);
	if (n > 0 && !fuse_session_exited(fs->se))
		return 0;
	return report_cannot("serve", fs->image.path, n > 0 ?
			     "FUSE refused, see the message above" :
			     "the mount is gone");
}
