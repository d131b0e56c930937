// SPDX-License-Identifier: GPL-2.0
/*
 * The virtio block device model.
 *
 * Requests go to the host's asynchronous back end, or to a program's own
 * lkl_dev_blk_ops, which are synchronous.  The request slots of all entries of
 * the queue are allocated with the device, none on the way.
 */
#include <stdio.h>
#include <string.h>

#include <lkl/linux/virtio_blk.h>
#include <lkl/linux/virtio_ids.h>

#include "core/instance.h"
#include "virtio/virtio-blk.h"

#define SECTOR		512
#define QUEUE_MAX	256
#define MAX_DISCARD	(1U << 22)	/* sectors */
#define OPTIMAL_IO	(4U << 20)	/* bytes; read-ahead is twice as long */
#define HEADER_SIZE	sizeof(struct lkl_virtio_blk_outhdr)

/**
 * struct blk_req - a request in flight
 * @io:		the part for the back end
 * @blk:	its device
 * @chain:	its buffers
 * @status:	status byte of the request
 * @in_len:	number of bytes that the device writes, without @status
 * @epoch:	value of @blk->epoch at the start; a reset makes the request
 *		void
 * @next:	link of the free requests
 */
struct blk_req {
	struct lkl_blk_io io;
	struct virtio_blk *blk;
	struct virtq_chain chain;
	uint8_t *status;
	uint32_t in_len;
	uint32_t epoch;
	struct blk_req *next;
};

/**
 * struct virtio_blk - a block device
 * @dev:	its virtio side
 * @config:	its configuration space
 * @disk:	the program's disk
 * @info:	its properties
 * @backend:	back end of the host, NULL for the program's own
 * @id:		id of the disk
 * @batching:	interrupt the driver at the end, for all completions together
 * @epoch:	counts resets
 * @free:	requests that are not in flight
 * @req:	all requests; as many as a driver that keeps the rules needs
 */
struct virtio_blk {
	struct virtio_dev dev;
	struct lkl_virtio_blk_config config;
	struct lkl_disk disk;
	struct lkl_blk_info info;
	void *backend;
	int id;
	bool batching;
	uint32_t epoch;
	struct blk_req *free;
	struct blk_req req[QUEUE_MAX];
};

static uint8_t blk_status(int result)
{
	switch (result) {
	case 0:
		return LKL_VIRTIO_BLK_S_OK;
	case -LKL_EOPNOTSUPP:
		return LKL_VIRTIO_BLK_S_UNSUPP;
	}
	return LKL_VIRTIO_BLK_S_IOERR;
}

/* Return whether data is lost when the request fails. */
static bool blk_is_write(const struct lkl_blk_io *io)
{
	return io->op == LKL_BLK_OP_WRITE || io->op == LKL_BLK_OP_FLUSH;
}

static void blk_complete(struct lkl_blk_io *io, int result)
{
	struct blk_req *req = container_of(io, struct blk_req, io);
	struct virtio_blk *b = req->blk;
	struct virtq *vq = &b->dev.queue[0];

	req->next = b->free;
	b->free = req;
	if (req->epoch != b->epoch)
		return;
	if (result && blk_is_write(io))
		lkl_count_lost_write(b->dev.inst);
	*req->status = blk_status(result);
	lkl_virtq_push(&b->dev, vq, req->chain.head, req->in_len + 1);
	if (!b->batching)
		lkl_virtq_signal(&b->dev, vq);
}

/* Let a program's back end perform a request; it knows no discard. */
static int blk_custom_request(struct virtio_blk *b, struct lkl_blk_io *io)
{
	struct lkl_blk_req req = {
		.sector = io->offset / SECTOR,
		.buf = io->iov,
		.count = io->iov_count,
	};

	switch (io->op) {
	case LKL_BLK_OP_READ:
		req.type = LKL_DEV_BLK_TYPE_READ;
		break;
	case LKL_BLK_OP_WRITE:
		req.type = LKL_DEV_BLK_TYPE_WRITE;
		break;
	case LKL_BLK_OP_FLUSH:
		req.type = LKL_DEV_BLK_TYPE_FLUSH;
		break;
	default:
		return -LKL_EOPNOTSUPP;
	}
	switch (b->disk.ops->request(b->disk, &req)) {
	case LKL_DEV_BLK_STATUS_OK:
		return 0;
	case LKL_DEV_BLK_STATUS_UNSUP:
		return -LKL_EOPNOTSUPP;
	}
	return -LKL_EIO;
}

static void blk_submit(struct virtio_blk *b, struct lkl_blk_io *io)
{
	if (b->backend)
		b->dev.inst->host->blk->submit(b->backend, io);
	else
		blk_complete(io, blk_custom_request(b, io));
}

static bool blk_in_range(const struct virtio_blk *b, uint64_t offset,
			 uint64_t len)
{
	return offset <= b->info.size_bytes &&
	       len <= b->info.size_bytes - offset;
}

static uint64_t blk_iov_length(const struct iovec *iov, unsigned int n)
{
	uint64_t len = 0;

	while (n--)
		len += iov++->iov_len;
	return len;
}

/* Fill in @req->io: return 0, or the result of a request that is invalid. */
static int blk_prepare_rw(struct virtio_blk *b, struct blk_req *req, bool write)
{
	struct lkl_blk_io *io = &req->io;

	io->op = write ? LKL_BLK_OP_WRITE : LKL_BLK_OP_READ;
	io->iov = &req->chain.iov[1];
	io->iov_count = req->chain.out + req->chain.in - 2;
	io->len = blk_iov_length(io->iov, io->iov_count);
	req->in_len = write ? 0 : io->len;
	if (!blk_in_range(b, io->offset, io->len) || io->len % SECTOR ||
	    (write ? req->chain.in : req->chain.out) != 1)
		return -LKL_EIO;
	if (write && (b->info.flags & LKL_BLK_READ_ONLY))
		return -LKL_EIO;
	return 0;
}

static int blk_prepare_discard(struct virtio_blk *b, struct blk_req *req,
			       bool zeroes)
{
	struct lkl_virtio_blk_discard_write_zeroes range;
	struct lkl_blk_io *io = &req->io;

	if (req->chain.out != 2 || req->chain.iov[1].iov_len != sizeof(range))
		return -LKL_EOPNOTSUPP;
	memcpy(&range, req->chain.iov[1].iov_base, sizeof(range));
	if (range.flags & ~(zeroes ? LKL_VIRTIO_BLK_WRITE_ZEROES_FLAG_UNMAP : 0))
		return -LKL_EOPNOTSUPP;
	io->op = zeroes ? LKL_BLK_OP_WRITE_ZEROES : LKL_BLK_OP_DISCARD;
	io->flags = range.flags & LKL_VIRTIO_BLK_WRITE_ZEROES_FLAG_UNMAP ?
		    LKL_BLK_UNMAP : 0;
	io->offset = range.sector * SECTOR;
	io->len = (uint64_t)range.num_sectors * SECTOR;
	io->iov_count = 0;
	if (range.sector > UINT64_MAX / SECTOR ||
	    !blk_in_range(b, io->offset, io->len) ||
	    (b->info.flags & LKL_BLK_READ_ONLY))
		return -LKL_EIO;
	return 0;
}

static int blk_get_id(struct virtio_blk *b, struct blk_req *req)
{
	char id[LKL_VIRTIO_BLK_ID_BYTES + 1];
	struct iovec *v = &req->chain.iov[1];

	if (req->chain.in != 2)
		return -LKL_EIO;
	memset(id, 0, sizeof(id));
	snprintf(id, sizeof(id), "lkl%d", b->id);
	req->in_len = v->iov_len < LKL_VIRTIO_BLK_ID_BYTES ? v->iov_len :
		      LKL_VIRTIO_BLK_ID_BYTES;
	memcpy(v->iov_base, id, req->in_len);
	return 0;
}

/* Fill in @req->io and return true, or set the final *@result. */
static bool blk_prepare(struct virtio_blk *b, struct blk_req *req, int *result)
{
	struct lkl_virtio_blk_outhdr hdr;

	memcpy(&hdr, req->chain.iov[0].iov_base, sizeof(hdr));
	req->io = (struct lkl_blk_io){
		.offset = hdr.sector * SECTOR,
		.done = blk_complete,
	};
	req->in_len = 0;
	switch (hdr.type) {
	case LKL_VIRTIO_BLK_T_IN:
	case LKL_VIRTIO_BLK_T_OUT:
		*result = blk_prepare_rw(b, req,
					 hdr.type == LKL_VIRTIO_BLK_T_OUT);
		if (hdr.sector > UINT64_MAX / SECTOR)
			*result = -LKL_EIO;
		break;
	case LKL_VIRTIO_BLK_T_FLUSH:
		req->io.op = LKL_BLK_OP_FLUSH;
		*result = 0;
		break;
	case LKL_VIRTIO_BLK_T_DISCARD:
	case LKL_VIRTIO_BLK_T_WRITE_ZEROES:
		*result = blk_prepare_discard(b, req, hdr.type ==
					      LKL_VIRTIO_BLK_T_WRITE_ZEROES);
		break;
	case LKL_VIRTIO_BLK_T_GET_ID:
		*result = blk_get_id(b, req);
		return false;
	default:
		*result = -LKL_EOPNOTSUPP;
	}
	return !*result;
}

/* Check for a header to read and, last, a status byte to write. */
static bool blk_is_request(const struct virtq_chain *c)
{
	return c->out >= 1 && c->in >= 1 && c->iov[0].iov_len == HEADER_SIZE &&
	       c->iov[c->out + c->in - 1].iov_len >= 1;
}

/*
 * Start a request; return false when too many are in flight.  Requests are not
 * tied to heads: a chain that the driver makes available twice, or again after
 * a reset, may still be with the back end.
 */
static bool blk_start(struct virtio_blk *b, const struct virtq_chain *chain)
{
	struct blk_req *req = b->free;
	const struct iovec *last = &chain->iov[chain->out + chain->in - 1];
	int result;

	if (!req)
		return false;
	b->free = req->next;
	req->chain.head = chain->head;
	req->chain.out = chain->out;
	req->chain.in = chain->in;
	memcpy(req->chain.iov, chain->iov,
	       (chain->out + chain->in) * sizeof(chain->iov[0]));
	req->blk = b;
	req->epoch = b->epoch;
	req->status = (uint8_t *)last->iov_base + last->iov_len - 1;
	if (blk_prepare(b, req, &result))
		blk_submit(b, &req->io);
	else
		blk_complete(&req->io, result);
	return true;
}

static void blk_notify(struct virtio_dev *dev, unsigned int q)
{
	struct virtio_blk *b = container_of(dev, struct virtio_blk, dev);
	struct virtq_chain chain;

	b->batching = true;
	while (lkl_virtq_pop(dev, &dev->queue[q], &chain)) {
		if (!blk_is_request(&chain) || !blk_start(b, &chain)) {
			lkl_virtio_broken(dev);
			break;
		}
	}
	b->batching = false;
	lkl_virtq_signal(dev, &dev->queue[q]);
}

static void blk_reset(struct virtio_dev *dev)
{
	struct virtio_blk *b = container_of(dev, struct virtio_blk, dev);

	b->epoch++;
}

static const struct virtio_dev_ops blk_ops = {
	.notify = blk_notify,
	.reset = blk_reset,
};

static void blk_fill_config(struct virtio_blk *b)
{
	struct lkl_virtio_blk_config *c = &b->config;
	uint32_t ratio = b->info.physical_block_size /
			 b->info.logical_block_size;

	b->dev.features = 1ULL << LKL_VIRTIO_BLK_F_SEG_MAX |
			  1ULL << LKL_VIRTIO_BLK_F_BLK_SIZE |
			  1ULL << LKL_VIRTIO_BLK_F_FLUSH |
			  1ULL << LKL_VIRTIO_BLK_F_TOPOLOGY;
	c->capacity = b->info.size_bytes / SECTOR;
	c->seg_max = VIRTIO_SEGS - 2;
	c->blk_size = b->info.logical_block_size;
	while (ratio > 1U << c->physical_block_exp)
		c->physical_block_exp++;
	c->min_io_size = 1;
	c->opt_io_size = OPTIMAL_IO / b->info.logical_block_size;
	if (b->info.flags & LKL_BLK_READ_ONLY)
		b->dev.features |= 1ULL << LKL_VIRTIO_BLK_F_RO;
	if (b->info.flags & LKL_BLK_DISCARD) {
		b->dev.features |= 1ULL << LKL_VIRTIO_BLK_F_DISCARD;
		c->max_discard_sectors = MAX_DISCARD;
		c->max_discard_seg = 1;
		c->discard_sector_alignment = b->info.physical_block_size /
					      SECTOR;
	}
	if (b->info.flags & LKL_BLK_WRITE_ZEROES) {
		b->dev.features |= 1ULL << LKL_VIRTIO_BLK_F_WRITE_ZEROES;
		c->max_write_zeroes_sectors = MAX_DISCARD;
		c->max_write_zeroes_seg = 1;
		c->write_zeroes_may_unmap = 1;
	}
}

static int blk_open_custom(struct virtio_blk *b)
{
	unsigned long long size;

	if (b->disk.ops->get_capacity(b->disk, &size) < 0)
		return -LKL_EIO;
	b->info = (struct lkl_blk_info) {
		.size_bytes = size,
		.logical_block_size = SECTOR,
		.physical_block_size = SECTOR,
	};
	return 0;
}

int lkl_virtio_blk_create(struct lkl_instance *inst, struct lkl_disk *disk,
			  int id, struct virtio_blk **blk)
{
	const struct lkl_host_operations *host = inst->host;
	struct virtio_blk *b = host->mem_alloc(sizeof(*b));
	unsigned int i;
	int ret;

	if (!b)
		return -LKL_ENOMEM;
	memset(b, 0, sizeof(*b));
	b->disk = *disk;
	b->id = id;
	if (disk->ops)
		ret = blk_open_custom(b);
	else
		ret = host->blk->open(inst->vcpu.poller, disk, &b->info,
				      &b->backend);
	if (ret) {
		host->mem_free(b);
		return ret;
	}
	b->dev.inst = inst;
	b->dev.ops = &blk_ops;
	b->dev.id = LKL_VIRTIO_ID_BLOCK;
	b->dev.config = &b->config;
	b->dev.config_len = sizeof(b->config);
	b->dev.queues = 1;
	b->dev.queue_max = QUEUE_MAX;
	for (i = 0; i < QUEUE_MAX; i++) {
		b->req[i].next = b->free;
		b->free = &b->req[i];
	}
	blk_fill_config(b);
	*blk = b;
	return 0;
}

void lkl_virtio_blk_destroy(struct virtio_blk *b)
{
	const struct lkl_host_operations *host = b->dev.inst->host;

	if (b->backend)
		host->blk->close(b->backend);
	host->mem_free(b);
}

struct virtio_dev *lkl_virtio_blk_dev(struct virtio_blk *b)
{
	return &b->dev;
}
