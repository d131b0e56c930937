/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Copying trees from one side to the other.
 */
#ifndef COPY_ENGINE_H
#define COPY_ENGINE_H

#include <signal.h>

#include "tree.h"

/**
 * struct copy_options - how to copy
 * @owner:	owner of everything that is created
 * @group:	its group
 * @keep_owner:	keep the real ones instead
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

struct copy_link;
struct copy_flags;

/* What a target may be unable to hold; reported once for each. */
enum copy_loss {
	LOST_OWNER,
	LOST_MODE,
	LOST_TIMES,
	LOST_XATTR,
	LOST_ACL,
	LOST_FLAGS,
	LOST_LINKS,
};

/**
 * struct copy - a run
 * @program:	for messages
 * @from:	where it comes from
 * @to:		where it goes
 * @opt:	how
 * @image_root:	beginning of paths that messages leave out, or NULL
 * @interrupted: a signal number: stop
 * @progress:	called now and then, may be NULL
 * @failed:	something was not copied
 * @stop:	there is no point in going on
 * @files:	how many were copied
 * @bytes:	how much
 * @steps:	grows with each thing done; a watchdog looks at it
 * @buf:	for data
 * @src:	path in the source, for messages
 * @dst:	path in the target
 * @links:	what has more than one name
 * @names:	of extended attributes
 * @flags:	inode flags that are set at the end
 * @lost:	bits of enum copy_loss
 */
struct copy {
	const char *program;
	const struct tree_ops *from;
	const struct tree_ops *to;
	struct copy_options opt;
	const char *image_root;
	const volatile sig_atomic_t *interrupted;
	void (*progress)(const struct copy *c);
	bool failed;
	bool stop;
	uint64_t files;
	uint64_t bytes;
	volatile uint64_t *steps;
	char *buf;
	struct copy_path *src;
	struct copy_path *dst;
	struct copy_link **links;
	char *names;
	struct copy_flags *flags;
	uint32_t lost;
};

int copy_init(struct copy *c);
void copy_exit(struct copy *c);

/* Copy @src to the new name @dst; failures are reported and remembered. */
void copy_path(struct copy *c, const char *src, const char *dst);
/* What can only be done when all is there; before the target is closed. */
void copy_finish(struct copy *c);

/* Copy what is in directory @src into directory @dst. */
void copy_contents(struct copy *c, const char *src, const char *dst);

#endif /* COPY_ENGINE_H */
