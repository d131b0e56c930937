/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Disk requests on their way through the poller.
 */
#ifndef LKL_POSIX_REQUEST_H
#define LKL_POSIX_REQUEST_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <lkl_host.h>

#include "shared/list.h"

/**
 * struct lkl_request_target - an object that requests read and write
 * @fd:		descriptor of the object, for the ring
 * @run:	perform a request by system calls and return its result; the
 *		first @done bytes are done already
 * @suits_ring:	return true when the ring can perform the request
 * @ring_result: return the result of a request for which the ring reported
 *		@res, a number of bytes or a negative host errno; may perform
 *		the rest of the request
 */
struct lkl_request_target {
	int fd;
	int (*run)(struct lkl_blk_io *io, uint64_t done);
	bool (*suits_ring)(const struct lkl_blk_io *io);
	int (*ring_result)(struct lkl_blk_io *io, int res);
};

/* Value of @result while a thread performs the request in poller_work() */
#define REQUEST_UNFINISHED	INT64_MIN

/**
 * struct lkl_request - what this library keeps in struct lkl_blk_io.host
 * @link:	link of the queue that the request is on
 * @result:	result of a request that is done, or REQUEST_UNFINISHED
 * @target:	object that the request is for
 * @performed:	after poller_work(): the next request that is done
 */
struct lkl_request {
	struct list link;
	int64_t result;
	union {
		const struct lkl_request_target *target;
		struct lkl_blk_io *performed;
	};
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

static inline bool request_is_performed(const struct lkl_blk_io *io)
{
	return __atomic_load_n(&request_of(io)->result, __ATOMIC_ACQUIRE) !=
	       REQUEST_UNFINISHED;
}

/*
 * Perform @io from its beginning; return the result.  Many of the system calls that
 * this takes are cancellation points, but the thread must not end before it has
 * reported the result, and may hold the CPU lock.
 */
static inline int request_run(struct lkl_blk_io *io)
{
	int state, result;

	pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &state);
	result = request_of(io)->target->run(io, 0);
	pthread_setcancelstate(state, NULL);
	return result;
}

/* Return the result of @io, which the ring has performed with result @res. */
static inline int request_ring_result(struct lkl_blk_io *io, int res)
{
	int state, result;

	pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &state);
	result = request_of(io)->target->ring_result(io, res);
	pthread_setcancelstate(state, NULL);
	return result;
}

#endif /* LKL_POSIX_REQUEST_H */
