/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A queue from the source of a copy to its sink: a ring of events, with one
 * thread at each end.
 */
#ifndef COPY_QUEUE_H
#define COPY_QUEUE_H

#include "copy/core/tree.h"

/*
 * A directory is DIR, its attributes, the files in it, and LEAVE; a directory
 * that only has to exist is ENTER, the files in it, and LEAVE.  Any other file
 * is its node, its attributes, a MAP if the file is sparse, DATA, and END.  An
 * event does not refer to earlier events, except LINK, which names an earlier
 * file by its path from the root of the target.  WHITEOUT removes a file that
 * was there before the copy, OPAQUE all of them in the current directory.
 */
enum copy_event_type {
	EVENT_PAD,
	EVENT_ENTER,
	EVENT_DIR,
	EVENT_LEAVE,
	EVENT_WHITEOUT,
	EVENT_OPAQUE,
	EVENT_FILE,
	EVENT_SYMLINK,
	EVENT_SPECIAL,
	EVENT_LINK,
	EVENT_XATTR,
	EVENT_MAP,
	EVENT_DATA,
	EVENT_END,
};

/* In END: the file is incomplete, and the source has reported the reason. */
#define EVENT_FAILED	1
/* In END: the file ends where its data ends, whatever the size of its node. */
#define EVENT_UNSIZED	4
/* In DIR: more files of the directory may follow after LEAVE. */
#define EVENT_AGAIN	2

/* An extent of a file that holds data; MAP is an array of extents. */
struct copy_extent {
	uint64_t off;
	uint64_t len;
};

/**
 * struct copy_event - an event
 * @size:	bytes of the event in the ring, a multiple of 16
 * @type:	enum copy_event_type
 * @flags:	EVENT_*
 * @name_len:	length of the name at the start of @body, without its zero
 * @len:	bytes of the payload behind the name: the target of a link and a
 *		zero, the value of an attribute, extents, or data
 * @off:	offset of DATA in the file
 * @node:	attributes that the file gets
 * @body:	name and payload
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

/* Largest event: the ring always has room for one at each end. */
#define QUEUE_EVENT_MAX	(1 << 20)

struct copy_queue;

/* Create a queue; a thread that waits in it calls @is_stopped now and then. */
struct copy_queue *queue_new(bool (*is_stopped)(void *arg), void *arg);
void queue_free(struct copy_queue *q);

/* For the source */

/* Return room for an event, or NULL when no more events are wanted. */
struct copy_event *queue_reserve(struct copy_queue *q, size_t size);
/* Hand the event to the sink; @ev->size is at most the reserved size. */
void queue_commit(struct copy_queue *q, const struct copy_event *ev);
/* Wake a sink that waits for more events than there are. */
void queue_flush(struct copy_queue *q);
/* Mark the end of the events. */
void queue_end(struct copy_queue *q);

/* For the sink */

/* Return the next event, or NULL at the end. */
struct copy_event *queue_next(struct copy_queue *q);
void queue_release(struct copy_queue *q, const struct copy_event *ev);
/* Take no more events; the source stops waiting for room. */
void queue_close(struct copy_queue *q);

#endif /* COPY_QUEUE_H */
