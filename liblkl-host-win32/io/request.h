/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Disk requests on their way through the poller.
 */
#ifndef LKL_WIN32_REQUEST_H
#define LKL_WIN32_REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <lkl_host.h>

#include "shared/list.h"

/**
 * struct lkl_request_target - an object that requests read and write
 * @overlapped:	handle for requests that overlap, or NULL
 * @run:	perform a request, and return its result
 * @suits_overlap: return true if the request can overlap with others
 * @result:	return the result of an overlapped request for which the system
 *		reported @error, or 0 and @len bytes; may perform the request
 *		again
 */
struct lkl_request_target {
	void *overlapped;
	int (*run)(struct lkl_blk_io *io);
	bool (*suits_overlap)(const struct lkl_blk_io *io);
	int (*result)(struct lkl_blk_io *io, uint32_t error, uint32_t len);
};

/**
 * struct lkl_request - what this library keeps in struct lkl_blk_io.host
 * @link:	link of the queue that the request is on
 * @target:	object that the request is for
 * @result:	result of a request that is done
 */
struct lkl_request {
	struct list link;
	const struct lkl_request_target *target;
	int64_t result;
} __attribute__((may_alias));

_Static_assert(sizeof(struct lkl_request) <=
	       sizeof(((struct lkl_blk_io *)0)->host),
	       "struct lkl_request must fit into struct lkl_blk_io.host");

static inline struct lkl_request *request_of(const struct lkl_blk_io *io)
{
	return (struct lkl_request *)(uintptr_t)io->host;
}

/* Return the request whose link is @link. */
static inline struct lkl_blk_io *request_io(const struct list *link)
{
	return container_of(container_of(link, struct lkl_request, link),
			    struct lkl_blk_io, host);
}

/* Return the first request of @queue, or NULL. */
static inline struct lkl_blk_io *request_first(const struct list *queue)
{
	return list_is_empty(queue) ? NULL : request_io(queue->next);
}

static inline void request_add(struct list *queue, struct lkl_blk_io *io)
{
	list_add_tail(queue, &request_of(io)->link);
}

static inline void request_add_first(struct list *queue, struct lkl_blk_io *io)
{
	list_add_head(queue, &request_of(io)->link);
}

static inline void request_remove(struct lkl_blk_io *io)
{
	list_remove(&request_of(io)->link);
}

/* Perform @io, and keep the result. */
static inline void request_run(struct lkl_blk_io *io)
{
	request_of(io)->result = request_of(io)->target->run(io);
}

/* Return true if @io can overlap with other requests. */
static inline bool request_can_overlap(const struct lkl_blk_io *io)
{
	const struct lkl_request_target *target = request_of(io)->target;

	return target->overlapped && target->suits_overlap(io);
}

#endif /* LKL_WIN32_REQUEST_H */
