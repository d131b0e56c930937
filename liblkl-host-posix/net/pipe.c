// SPDX-License-Identifier: GPL-2.0
/*
 * A pair of named pipes to another process, usually another LKL.
 *
 * A pipe knows no packets, so each has a frame: a mark, its length, itself.
 * One read takes many packets, one write gives many.  Who is killed in the
 * middle of a packet leaves a torn one; the next reader looks for the mark.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "net/backend.h"

#define MARK		0x504b4c1bU
#define PIPE_SIZE	(1 << 20)
#define FRAME_MAX	(sizeof(struct frame) + NET_PACKET_MAX)
#define BUF_SIZE	(4 * FRAME_MAX)
#define BATCH		32
#define PARTS		1024

struct frame {
	uint32_t mark;
	uint32_t len;
};

/**
 * struct net_pipe - a back end
 * @net:	what it shares with others, for receiving; first
 * @tx_fd:	the pipe to send to
 * @tx_watch:	of it, when it is full
 * @frames:	of a batch
 * @iov:	of a batch
 * @rest:	the part of a packet that did not fit into the pipe
 * @rest_pos:	where it begins in @rest
 * @rest_end:	and ends
 * @buf:	what was read
 * @pos:	where the next frame begins in @buf
 * @end:	where it ends
 */
struct net_pipe {
	struct net_fd net;
	int tx_fd;
	struct lkl_watch tx_watch;
	struct frame frames[BATCH];
	struct iovec iov[PARTS];
	size_t rest_pos;
	size_t rest_end;
	size_t pos;
	size_t end;
	char rest[FRAME_MAX];
	char buf[BUF_SIZE];
};

/* Both sides are given the same, so what one may send the other can take. */
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

	(void)nd;
	for (i = 0; i < ARRAY_SIZE(pairs); i++)
		if ((wanted & pairs[i]) == pairs[i])
			features |= pairs[i];
	return features;
}

static void tx_ready(struct lkl_watch *w, int revents)
{
	struct net_pipe *pipe = (struct net_pipe *)
		((char *)w - offsetof(struct net_pipe, tx_watch));

	(void)revents;
	pipe->net.ready(pipe->net.data, LKL_NET_TX);
}

static void want_tx(struct net_pipe *pipe, bool want)
{
	lkl_poller_rewatch(pipe->net.poller, &pipe->tx_watch,
			   want ? POLLOUT : 0);
}

static int pipe_open(struct lkl_netdev *nd, struct lkl_poller *poller,
		     uint64_t features,
		     void (*ready)(void *data, uint32_t events), void *data)
{
	struct net_pipe *pipe = (struct net_pipe *)nd;
	int ret = net_fd_open(nd, poller, features, ready, data);

	if (ret)
		return ret;
	pipe->tx_watch = (struct lkl_watch) {
		.fd = pipe->tx_fd,
		.ready = tx_ready,
	};
	ret = lkl_poller_watch(poller, &pipe->tx_watch);
	if (ret)
		net_fd_close(nd);
	return ret;
}

static void pipe_close(struct lkl_netdev *nd)
{
	struct net_pipe *pipe = (struct net_pipe *)nd;

	lkl_poller_unwatch(pipe->net.poller, &pipe->tx_watch);
	net_fd_close(nd);
}

static void pipe_free(struct lkl_netdev *nd)
{
	struct net_pipe *pipe = (struct net_pipe *)nd;

	close(pipe->tx_fd);
	net_fd_free(nd);
}

/* Sending */

static ssize_t put(int fd, const struct iovec *iov, unsigned int n)
{
	ssize_t ret;

	do {
		ret = syscall(SYS_writev, fd, iov, n);
	} while (ret < 0 && errno == EINTR);
	return ret;
}

/* True: nothing is left of the packet that did not fit. */
static bool flush_rest(struct net_pipe *pipe)
{
	struct iovec iov = {
		.iov_base = pipe->rest + pipe->rest_pos,
		.iov_len = pipe->rest_end - pipe->rest_pos,
	};
	ssize_t n;

	if (!iov.iov_len)
		return true;
	n = put(pipe->tx_fd, &iov, 1);
	if (n > 0)
		pipe->rest_pos += n;
	return pipe->rest_pos == pipe->rest_end;
}

static uint32_t length(const struct lkl_packet *p)
{
	uint32_t i, len = 0;

	for (i = 0; i < p->iov_count; i++)
		len += p->iov[i].iov_len;
	return len;
}

/* How many packets fit into a batch; *@parts of @pipe->iov are used. */
static uint32_t gather(struct net_pipe *pipe, struct lkl_packet *packets,
		       uint32_t n, uint32_t *parts)
{
	uint32_t i, used = 0;

	for (i = 0; i < n && i < BATCH; i++) {
		struct lkl_packet *p = &packets[i];

		if (used + 1 + p->iov_count > PARTS)
			break;
		p->len = length(p);
		pipe->frames[i] = (struct frame) { MARK, p->len };
		pipe->iov[used].iov_base = &pipe->frames[i];
		pipe->iov[used++].iov_len = sizeof(pipe->frames[i]);
		memcpy(&pipe->iov[used], p->iov,
		       p->iov_count * sizeof(*p->iov));
		used += p->iov_count;
	}
	*parts = used;
	return i;
}

/* Keep what comes after the first @skip bytes of frame and packet. */
static void keep_rest(struct net_pipe *pipe, const struct frame *frame,
		      const struct lkl_packet *p, size_t skip)
{
	size_t pos = 0;
	uint32_t i;

	memcpy(pipe->rest, frame, sizeof(*frame));
	pos = sizeof(*frame);
	for (i = 0; i < p->iov_count; i++) {
		memcpy(pipe->rest + pos, p->iov[i].iov_base,
		       p->iov[i].iov_len);
		pos += p->iov[i].iov_len;
	}
	pipe->rest_pos = skip;
	pipe->rest_end = pos;
}

/* Of @n packets, @written bytes are in the pipe: how many are done with. */
static uint32_t count_sent(struct net_pipe *pipe, struct lkl_packet *packets,
			   uint32_t n, size_t written)
{
	uint32_t i;

	for (i = 0; i < n && written; i++) {
		size_t len = sizeof(struct frame) + packets[i].len;

		if (written < len) {
			keep_rest(pipe, &pipe->frames[i], &packets[i],
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

	while (flush_rest(pipe)) {
		if (done == n) {
			want_tx(pipe, false);
			return done;
		}
		batch = gather(pipe, packets + done, n - done, &parts);
		written = put(pipe->tx_fd, pipe->iov, parts);
		if (written < 0 && errno != EAGAIN)
			return n;
		sent = written < 0 ? 0 : count_sent(pipe, packets + done,
						    batch, written);
		done += sent;
		if (sent < batch)
			break;
	}
	want_tx(pipe, true);
	return done;
}

/* Receiving */

/* Move what is there to the front, and read more; false: there is none. */
static bool fill(struct net_pipe *pipe)
{
	ssize_t n;

	memmove(pipe->buf, pipe->buf + pipe->pos, pipe->end - pipe->pos);
	pipe->end -= pipe->pos;
	pipe->pos = 0;
	do {
		n = syscall(SYS_read, pipe->net.fd, pipe->buf + pipe->end,
			    sizeof(pipe->buf) - pipe->end);
	} while (n < 0 && errno == EINTR);
	if (n <= 0)
		return false;
	pipe->end += n;
	return true;
}

static bool is_frame(const struct frame *f)
{
	return f->mark == MARK && f->len > NET_HDR_SIZE &&
	       f->len <= NET_PACKET_MAX;
}

/* The next frame that is complete; what is none is left out. */
static bool next_frame(struct net_pipe *pipe, struct frame *f)
{
	while (pipe->end - pipe->pos >= sizeof(*f)) {
		memcpy(f, pipe->buf + pipe->pos, sizeof(*f));
		if (is_frame(f))
			return pipe->end - pipe->pos >= sizeof(*f) + f->len;
		pipe->pos++;
	}
	return false;
}

/* What is too long for the buffers is cut, and dropped further up. */
static void scatter(struct lkl_packet *p, const char *data, uint32_t len)
{
	uint32_t i, n;

	p->len = 0;
	for (i = 0; i < p->iov_count && len; i++) {
		n = p->iov[i].iov_len < len ? p->iov[i].iov_len : len;
		memcpy(p->iov[i].iov_base, data + p->len, n);
		p->len += n;
		len -= n;
	}
}

static int pipe_recv(struct lkl_netdev *nd, struct lkl_packet *packets,
		     uint32_t n)
{
	struct net_pipe *pipe = (struct net_pipe *)nd;
	struct frame f;
	uint32_t i;

	for (i = 0; i < n; i++) {
		while (!next_frame(pipe, &f))
			if (!fill(pipe))
				return i;
		pipe->pos += sizeof(f);
		scatter(&packets[i], pipe->buf + pipe->pos, f.len);
		pipe->pos += f.len;
	}
	/* What was read already does not show in the pipe. */
	if (next_frame(pipe, &f))
		lkl_poller_again(pipe->net.poller, &pipe->net.watch, POLLIN);
	return i;
}

static const struct lkl_host_net_ops pipe_ops = {
	.size = sizeof(pipe_ops),
	.features = pipe_features,
	.open = pipe_open,
	.want_rx = net_fd_want_rx,
	.send = pipe_send,
	.recv = pipe_recv,
	.close = pipe_close,
};

/* Whatever else has that name is not ours to write to. */
static bool may_be_fifo(const char *name)
{
	struct stat st;

	return stat(name, &st) || S_ISFIFO(st.st_mode);
}

/*
 * For reading and writing: so it does not matter who comes first, and nobody
 * sees an end when the other side goes away and comes again.
 */
static int open_fifo(const char *name)
{
	int fd;

	if (!may_be_fifo(name)) {
		lkl_posix_log("lkl: pipe %s: not a named pipe\n", name);
		return -1;
	}
	if (mkfifo(name, 0600) && errno != EEXIST)
		goto out;
	fd = open(name, O_RDWR | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		goto out;
	/* More packets at once, where the host lets us. */
	fcntl(fd, F_SETPIPE_SZ, PIPE_SIZE);
	return fd;

out:
	net_complain("pipe", name, errno);
	return -1;
}

static struct lkl_netdev *pipe_create(const char *rx, const char *tx)
{
	struct net_pipe *pipe = calloc(1, sizeof(*pipe));
	int fd = -1;

	if (!pipe) {
		net_complain("pipe", rx, ENOMEM);
		return NULL;
	}
	fd = open_fifo(rx);
	if (fd < 0)
		goto out;
	pipe->tx_fd = open_fifo(tx);
	if (pipe->tx_fd < 0)
		goto out;
	net_fd_init(&pipe->net, fd, &pipe_ops, pipe_free);
	net_fd_name(&pipe->net, "pipe", rx);
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

	(void)offload;
	if (!bar || bar == names || !bar[1]) {
		net_complain("pipe", names, EINVAL);
		return NULL;
	}
	rx = strndup(names, bar - names);
	if (!rx) {
		net_complain("pipe", names, ENOMEM);
		return NULL;
	}
	nd = pipe_create(rx, bar + 1);
	free(rx);
	return nd;
}
