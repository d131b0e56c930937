// SPDX-License-Identifier: GPL-2.0
/*
 * A pair of named pipes to another process, usually another LKL.
 *
 * A pipe is a stream of bytes, so each packet is in a frame: a magic number,
 * the length, the packet.  One read or write transfers many frames.  A writer
 * that is killed in the middle of a frame leaves a torn one; the reader skips
 * bytes until the next magic number.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/host-report.h"
#include "base/nocancel.h"
#include "net/backend.h"
#include "net/packet.h"
#include "shared/macros.h"

#define PIPE_MAGIC	0x504b4c1bU
#define PIPE_CAPACITY	(1 << 20)
#define PIPE_FRAME_MAX	(sizeof(struct pipe_frame) + NET_PACKET_MAX)
#define PIPE_BUF_SIZE	(4 * PIPE_FRAME_MAX)
/* Packets and buffers of one write */
#define PIPE_BATCH	32
#define PIPE_PARTS	1024

/**
 * struct pipe_frame - what is in front of each packet in a pipe
 * @magic:	PIPE_MAGIC
 * @len:	bytes of the packet
 */
struct pipe_frame {
	uint32_t magic;
	uint32_t len;
};

/**
 * struct net_pipe - a back end
 * @net:	descriptor of the pipe to receive from; first
 * @tx_fd:	descriptor of the pipe to send to
 * @tx_watch:	watch of @tx_fd, while that pipe is full
 * @frames:	frames of a batch
 * @iov:	buffers of a batch
 * @rest_pos:	start of the unsent part in @rest
 * @rest_end:	end of the unsent part in @rest
 * @pos:	start of the next frame in @buf
 * @end:	end of the data in @buf
 * @rest:	frame and packet of which a part did not fit into the pipe
 * @buf:	data that was read
 */
struct net_pipe {
	struct lkl_net_fd net;
	int tx_fd;
	struct lkl_watch tx_watch;
	struct pipe_frame frames[PIPE_BATCH];
	struct iovec iov[PIPE_PARTS];
	size_t rest_pos;
	size_t rest_end;
	size_t pos;
	size_t end;
	char rest[PIPE_FRAME_MAX];
	char buf[PIPE_BUF_SIZE];
};

/*
 * Offer an offload only in both directions: both sides offer the same then, and
 * each can receive what the other may send.
 */
static uint64_t pipe_features(struct lkl_netdev *nd, uint64_t wanted)
{
	static const uint64_t pairs[] = {
		NET_F(CSUM) | NET_F(GUEST_CSUM),
		NET_F(HOST_TSO4) | NET_F(GUEST_TSO4),
		NET_F(HOST_TSO6) | NET_F(GUEST_TSO6),
		NET_F(HOST_ECN) | NET_F(GUEST_ECN),
		NET_F(HOST_USO) | NET_F(GUEST_USO4) | NET_F(GUEST_USO6),
		NET_F(MRG_RXBUF),
	};
	uint64_t features = 0;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(pairs); i++)
		if ((wanted & pairs[i]) == pairs[i])
			features |= pairs[i];
	return features;
}

static void pipe_tx_ready(struct lkl_watch *w, int revents)
{
	struct net_pipe *pipe = container_of(w, struct net_pipe, tx_watch);

	pipe->net.ready(pipe->net.data, LKL_NET_TX);
}

static void pipe_want_tx(struct net_pipe *pipe, bool want)
{
	lkl_poller_set_events(pipe->net.poller, &pipe->tx_watch,
			      want ? POLLOUT : 0);
}

static int pipe_open(struct lkl_netdev *nd, struct lkl_poller *poller,
		     uint64_t features,
		     void (*ready)(void *data, uint32_t events), void *data)
{
	struct net_pipe *pipe = (struct net_pipe *)nd;
	int ret = lkl_net_fd_open(nd, poller, features, ready, data);

	if (ret)
		return ret;
	pipe->tx_watch = (struct lkl_watch) {
		.fd = pipe->tx_fd,
		.ready = pipe_tx_ready,
	};
	ret = lkl_poller_watch(poller, &pipe->tx_watch);
	if (ret)
		lkl_net_fd_close(nd);
	return ret;
}

static void pipe_close(struct lkl_netdev *nd)
{
	struct net_pipe *pipe = (struct net_pipe *)nd;

	lkl_poller_unwatch(pipe->net.poller, &pipe->tx_watch);
	lkl_net_fd_close(nd);
}

static void pipe_forked(struct lkl_netdev *nd)
{
	struct net_pipe *pipe = (struct net_pipe *)nd;

	close(pipe->tx_fd);
	pipe->tx_fd = -1;
	lkl_net_fd_forked(nd);
}

static void pipe_free(struct lkl_netdev *nd)
{
	struct net_pipe *pipe = (struct net_pipe *)nd;

	if (pipe->tx_fd >= 0)
		close(pipe->tx_fd);
	lkl_net_fd_free(nd);
}

/* Sending */

static ssize_t pipe_write(int fd, const struct iovec *iov, unsigned int n)
{
	ssize_t ret;

	do {
		ret = nocancel_writev(fd, iov, n);
	} while (ret < 0 && errno == EINTR);
	return ret;
}

/* Send the rest of a packet that did not fit; true: nothing is left of it. */
static bool pipe_flush_rest(struct net_pipe *pipe)
{
	struct iovec iov = {
		.iov_base = pipe->rest + pipe->rest_pos,
		.iov_len = pipe->rest_end - pipe->rest_pos,
	};
	ssize_t n;

	if (!iov.iov_len)
		return true;
	n = pipe_write(pipe->tx_fd, &iov, 1);
	if (n > 0)
		pipe->rest_pos += n;
	return pipe->rest_pos == pipe->rest_end;
}

/*
 * Frame up to @n packets in @pipe->iov, of which *@parts are used.  Return the
 * number of packets.
 */
static uint32_t pipe_gather(struct net_pipe *pipe, struct lkl_packet *packets,
			    uint32_t n, uint32_t *parts)
{
	uint32_t i, used = 0;

	for (i = 0; i < n && i < PIPE_BATCH; i++) {
		struct lkl_packet *p = &packets[i];

		if (used + 1 + p->iov_count > PIPE_PARTS)
			break;
		p->len = lkl_packet_room(p);
		pipe->frames[i] = (struct pipe_frame) { PIPE_MAGIC, p->len };
		pipe->iov[used].iov_base = &pipe->frames[i];
		pipe->iov[used++].iov_len = sizeof(pipe->frames[i]);
		memcpy(&pipe->iov[used], p->iov,
		       p->iov_count * sizeof(*p->iov));
		used += p->iov_count;
	}
	*parts = used;
	return i;
}

/* Keep @frame and @p, of which @sent bytes are in the pipe already. */
static void pipe_keep_rest(struct net_pipe *pipe,
			   const struct pipe_frame *frame,
			   const struct lkl_packet *p, size_t sent)
{
	memcpy(pipe->rest, frame, sizeof(*frame));
	pipe->rest_pos = sent;
	pipe->rest_end = sizeof(*frame) +
			 lkl_packet_read(p, 0, pipe->rest + sizeof(*frame),
					 frame->len);
}

/*
 * Return how many of @n packets are finished when @written bytes of the batch
 * are in the pipe.  A packet whose rest is kept for later counts as finished.
 */
static uint32_t pipe_count_sent(struct net_pipe *pipe,
				struct lkl_packet *packets, uint32_t n,
				size_t written)
{
	uint32_t i;

	for (i = 0; i < n && written; i++) {
		size_t len = sizeof(struct pipe_frame) + packets[i].len;

		if (written < len) {
			pipe_keep_rest(pipe, &pipe->frames[i], &packets[i],
				       written);
			return i + 1;
		}
		written -= len;
	}
	return i;
}

static int pipe_send(struct lkl_netdev *nd, struct lkl_packet *packets,
		     uint32_t n)
{
	struct net_pipe *pipe = (struct net_pipe *)nd;
	uint32_t done = 0, batch, sent, parts;
	ssize_t written;

	while (pipe_flush_rest(pipe)) {
		if (done == n) {
			pipe_want_tx(pipe, false);
			return done;
		}
		batch = pipe_gather(pipe, packets + done, n - done, &parts);
		written = pipe_write(pipe->tx_fd, pipe->iov, parts);
		if (written < 0 && errno != EAGAIN)
			return n;
		sent = written < 0 ? 0 : pipe_count_sent(pipe,
							 packets + done, batch,
							 written);
		done += sent;
		if (sent < batch)
			break;
	}
	pipe_want_tx(pipe, true);
	return done;
}

/* Receiving */

/* Move the data in @pipe->buf to its front, and read more; false: no data. */
static bool pipe_fill(struct net_pipe *pipe)
{
	ssize_t n;

	memmove(pipe->buf, pipe->buf + pipe->pos, pipe->end - pipe->pos);
	pipe->end -= pipe->pos;
	pipe->pos = 0;
	do {
		n = nocancel_read(pipe->net.fd, pipe->buf + pipe->end,
				  sizeof(pipe->buf) - pipe->end);
	} while (n < 0 && errno == EINTR);
	if (n <= 0)
		return false;
	pipe->end += n;
	return true;
}

static bool pipe_is_frame(const struct pipe_frame *f)
{
	return f->magic == PIPE_MAGIC && f->len > NET_HDR_SIZE &&
	       f->len <= NET_PACKET_MAX;
}

/* Find the next complete frame, and skip bytes that are no frame. */
static bool pipe_next_frame(struct net_pipe *pipe, struct pipe_frame *f)
{
	while (pipe->end - pipe->pos >= sizeof(*f)) {
		memcpy(f, pipe->buf + pipe->pos, sizeof(*f));
		if (pipe_is_frame(f))
			return pipe->end - pipe->pos >= sizeof(*f) + f->len;
		pipe->pos++;
	}
	return false;
}

static int pipe_recv(struct lkl_netdev *nd, struct lkl_packet *packets,
		     uint32_t n)
{
	struct net_pipe *pipe = (struct net_pipe *)nd;
	struct pipe_frame f;
	uint32_t i;

	for (i = 0; i < n; i++) {
		while (!pipe_next_frame(pipe, &f))
			if (!pipe_fill(pipe))
				return i;
		pipe->pos += sizeof(f);
		lkl_packet_set(&packets[i], pipe->buf + pipe->pos, f.len);
		pipe->pos += f.len;
	}
	/* poll(2) does not see frames that were read already. */
	if (pipe_next_frame(pipe, &f))
		lkl_poller_raise(pipe->net.poller, &pipe->net.watch, POLLIN);
	return i;
}

static const struct lkl_host_net_ops pipe_ops = {
	.size = sizeof(pipe_ops),
	.features = pipe_features,
	.open = pipe_open,
	.want_rx = lkl_net_fd_want_rx,
	.send = pipe_send,
	.recv = pipe_recv,
	.close = pipe_close,
	.forked = pipe_forked,
};

/* Return false when @name exists and is no named pipe. */
static bool pipe_may_be_fifo(const char *name)
{
	struct stat st;

	return stat(name, &st) || S_ISFIFO(st.st_mode);
}

/*
 * Open named pipe @name for reading and writing, so that the order in which the
 * two sides start does not matter, and a side that leaves and comes back is no
 * end of file for the other.
 */
static int pipe_open_fifo(const char *name)
{
	int fd;

	if (!pipe_may_be_fifo(name)) {
		lkl_posix_report("lkl: cannot open the named pipe %s: a file that is not a named pipe exists there; use another name\n",
				 name);
		return -1;
	}
	if (mkfifo(name, 0600) && errno != EEXIST)
		goto out;
	fd = open(name, O_RDWR | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		goto out;
	/* More packets at once, where the host permits it. */
	fcntl(fd, F_SETPIPE_SZ, PIPE_CAPACITY);
	return fd;

out:
	lkl_posix_report_open_error("named pipe", name, errno);
	return -1;
}

static struct lkl_netdev *pipe_create(const char *rx, const char *tx)
{
	struct net_pipe *pipe = calloc(1, sizeof(*pipe));
	int fd = -1;

	if (!pipe) {
		lkl_posix_report_open_error("named pipe", rx, ENOMEM);
		return NULL;
	}
	fd = pipe_open_fifo(rx);
	if (fd < 0)
		goto out;
	pipe->tx_fd = pipe_open_fifo(tx);
	if (pipe->tx_fd < 0)
		goto out;
	lkl_net_fd_init(&pipe->net, fd, &pipe_ops, pipe_free);
	lkl_net_fd_set_name(&pipe->net, "named pipe", rx);
	pipe->net.nd.has_vnet_hdr = 1;
	return &pipe->net.nd;

out:
	if (fd >= 0)
		close(fd);
	free(pipe);
	return NULL;
}

__attribute__((visibility("default")))
struct lkl_netdev *lkl_netdev_pipe_create(const char *names, int offload)
{
	const char *bar = names ? strchr(names, '|') : NULL;
	struct lkl_netdev *nd;
	char *rx;

	if (!bar || bar == names || !bar[1]) {
		lkl_posix_report("lkl: cannot open the named pipes \"%s\": two paths are needed, \"RX|TX\"\n",
				 names ? names : "");
		return NULL;
	}
	rx = strndup(names, bar - names);
	if (!rx) {
		lkl_posix_report_open_error("named pipes", names, ENOMEM);
		return NULL;
	}
	nd = pipe_create(rx, bar + 1);
	free(rx);
	return nd;
}
