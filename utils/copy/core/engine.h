/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Copying from a source to a sink: trees of the host, of an image, archives.
 */
#ifndef COPY_ENGINE_H
#define COPY_ENGINE_H

#include <signal.h>
#include <stdatomic.h>

#include "common/path.h"
#include "copy/core/queue.h"
#include "copy/core/tree.h"

/* As chown(2) has it: do not change this one. */
#define OWNER_UNCHANGED UINT32_MAX

/**
 * struct copy_options - how to copy
 * @owner:	owner of everything that is created, or OWNER_LEAVE
 * @group:	its group, or OWNER_LEAVE
 * @keep_owner:	what is OWNER_LEAVE keeps the owner that it has in the source
 * @guarded:	set-user-ID, set-group-ID and capabilities are not given to
 *		files that get another owner than @uid or @gid
 * @uid:	...
 * @gid:	...
 * @label:	SELinux label of everything, or NULL
 * @strict:	what the target cannot hold is an error
 * @verbose:	name what is copied
 * @mtime_max:	no later time of change is written; INT64_MAX for any
 */
struct copy_options {
	uint32_t owner;
	uint32_t group;
	bool keep_owner;
	bool guarded;
	uint32_t uid;
	uint32_t gid;
	const char *label;
	bool strict;
	bool verbose;
	int64_t mtime_max;
};

/* What a target may be unable to hold; reported once for each. */
enum copy_feature {
	FEATURE_OWNER,
	FEATURE_MODE,
	FEATURE_TIMES,
	FEATURE_XATTR,
	FEATURE_ACL,
	FEATURE_FLAGS,
	FEATURE_LINKS,
	FEATURE_SOCKETS,
	FEATURE_HOLES,
};

/**
 * struct copy - a run
 * @opt:	how
 * @adjust:	changes what the source says of the file at @path, relative to
 *		the start of the target; may be NULL
 * @adjust_arg:	for @adjust
 * @interrupted: a signal number: stop
 * @progress:	called now and then by the target's thread, may be NULL
 * @steps:	grows with each thing done; a watchdog looks at it
 * @failed:	something was not copied
 * @stop:	there is no point in going on
 * @files:	how many were copied
 * @bytes:	how much
 * @lost:	bits of enum copy_loss
 * @target_path: where in the target the source is, for messages and links
 * @queue:	between both
 */
struct copy {
	struct copy_options opt;
	void (*adjust)(void *arg, const char *path, struct tree_node *node);
	void *adjust_arg;
	const volatile sig_atomic_t *interrupted;
	void (*progress)(const struct copy *c);
	volatile uint64_t *steps;
	_Atomic bool failed;
	_Atomic bool stop;
	uint64_t files;
	uint64_t bytes;
	uint32_t lost;
	struct path_buf target_path;
	struct copy_queue *queue;
};

/*
 * run() emits all there is; it looks at copy_stopped() and reports what it
 * cannot read.
 */
struct copy_source {
	void (*run)(struct copy_source *source, struct copy *c);
};

/*
 * consume() does what an event says, and reports what it cannot do; finish()
 * what can only be done at the end, it is called whatever happened.
 */
struct copy_sink {
	void (*consume)(struct copy_sink *sink, struct copy *c,
			const struct copy_event *ev);
	void (*finish)(struct copy_sink *sink, struct copy *c);
};

/* Which of both runs in the thread of the caller, the other gets a new one. */
enum copy_caller { CALLER_READS, CALLER_WRITES };

/*
 * Copy everything.  Several runs may follow each other; what went wrong is in
 * @c->failed.
 */
void copy_run(struct copy *c, struct copy_source *source,
	      struct copy_sink *sink, enum copy_caller caller);
void copy_exit(struct copy *c);

/* For sources.  Each returns false when there is no point in going on. */

/* A file, ...: @node is that of the source, the options decide what comes of it. */
bool copy_emit_node(struct copy *c, enum copy_event_type type, uint16_t flags,
		    const char *name, const struct tree_node *node,
		    const char *target);
/* An attribute of it, unless it is not wanted. */
bool copy_emit_xattr(struct copy *c, const char *name, const void *value,
		     size_t len);
/* The label that everything is to have, if there is one. */
bool copy_emit_label(struct copy *c);
bool copy_emit_map(struct copy *c, const struct copy_extent *map, size_t n);
/* ENTER, LEAVE, END */
bool copy_emit(struct copy *c, enum copy_event_type type, uint16_t flags,
	       const char *name);

#define COPY_DATA_MAX	(256U << 10)

/* Data is put into @ev->body of what begin() returns, no more than @want. */
struct copy_event *copy_data_begin(struct copy *c, size_t want);
void copy_data_end(struct copy *c, struct copy_event *ev, size_t len,
		   uint64_t off);

bool copy_xattr_wanted(const struct copy *c, const char *attr);
bool copy_xattr_is_acl(const char *attr);
/* -v: the source names what it copies. */
void copy_print_name(const struct copy *c, const char *path);

/* For both */
bool copy_stopped(struct copy *c);
void copy_step(struct copy *c);
/* "program: cannot WHAT 'PATH': WHY" */
void copy_error(struct copy *c, const char *what, const char *path,
		const char *why);
/* The target cannot hold something: say so once, or fail if that is wished. */
void copy_unsupported(struct copy *c, enum copy_feature loss, const char *what,
		      const char *path, const char *why);

#endif /* COPY_ENGINE_H */
