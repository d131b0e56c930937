/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What goes from the source of a copy to its target: a ring of events, with a
 * thread at either end.
 */
#ifndef COPY_QUEUE_H
#define COPY_QUEUE_H

#include "copy/core/tree.h"

/*
 * The stream of a directory: DIR, its attributes, what is in it, LEAVE; or
 * ENTER, ..., LEAVE for one that needs only be there.  That of anything else:
 * its node, attributes, for a file with holes a MAP, DATA, and END.  Nothing
 * refers to an earlier event, but LINK, which has a path from the start.
 */
enum copy_event_type {
	EVENT_PAD,
	EVENT_ENTER,
	EVENT_DIR,
	EVENT_LEAVE,
	EVENT_FILE,
	EVENT_SYMLINK,
	EVENT_SPECIAL,
	EVENT_LINK,
	EVENT_XATTR,
	EVENT_MAP,
	EVENT_DATA,
	EVENT_END,
};

/* END: the file is not complete, the source has told why. */
#define EVENT_FAILED	1
/* DIR: more may come into it when it was left. */
#define EVENT_AGAIN	2

/* One of those in a MAP. */
struct copy_extent {
	uint64_t off;
	uint64_t len;
};

/**
 * struct copy_event - one thing to do
 * @size:	of all of it, a multiple of 16
 * @type:	enum copy_event_type
 * @flags:	EVENT_*
 * @name_len:	bytes of the name, which @body starts with, and a zero
 * @len:	bytes of what follows: the target of a link and a zero, the
 *		value of an attribute, extents, data
 * @off:	where DATA goes
 * @node:	of a file; owner and permissions are those to give it, an owner
 *		of UINT32_MAX is left as it is
 * @body:	...
 */
struct copy_event {
	uint32_t size;
	uint16_t type;
	uint16_t flags;
	uint32_t name_len;
	uint32_t len;
	uint64_t off;
	struct tree_node node;
	char body[];
};

static inline const char *event_name(const struct copy_event *ev)
{
	return ev->body;
}

static inline const char *event_payload(const struct copy_event *ev)
{
	return ev->body + ev->name_len + (ev->name_len ? 1 : 0);
}

/* No event is larger, so that there is always one being made and one used. */
#define QUEUE_EVENT_MAX	(1 << 20)

struct copy_queue;

/* @is_stopped is asked now and then by those who wait. */
struct copy_queue *queue_new(bool (*is_stopped)(void *arg), void *arg);
void queue_free(struct copy_queue *q);

/* For the source.  Room for an event, or NULL: nobody wants any more. */
struct copy_event *queue_reserve(struct copy_queue *q, size_t size);
/* The event is complete; it takes @ev->size bytes, no more than reserved. */
void queue_commit(struct copy_queue *q, const struct copy_event *ev);
/* Do not wait for more before the target gets what there is. */
void queue_flush(struct copy_queue *q);
void queue_end(struct copy_queue *q);

/* For the target.  The next event, NULL at the end. */
struct copy_event *queue_next(struct copy_queue *q);
void queue_release(struct copy_queue *q, const struct copy_event *ev);
/* Nothing more is taken: the source is not to wait. */
void queue_close(struct copy_queue *q);

#endif /* COPY_QUEUE_H */
