/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A copy from a source to a sink: trees of the host, trees of an image,
 * archives.
 */
#ifndef COPY_ENGINE_H
#define COPY_ENGINE_H

#include <signal.h>
#include <stdatomic.h>

#include "common/path.h"
#include "copy/core/queue.h"
#include "copy/core/tree.h"

/* Owner or group that is not to be changed, as in chown(2). */
#define OWNER_UNCHANGED UINT32_MAX

/**
 * struct copy_options - how to copy
 * @owner:	owner of all created files, or OWNER_UNCHANGED
 * @group:	group of all created files, or OWNER_UNCHANGED
 * @keep_owner:	if @owner or @group is OWNER_UNCHANGED, files keep the one that
 *		they have in the source
 * @guarded:	drop set-user-ID, set-group-ID and capabilities of files whose
 *		owner in the source is not @uid or @gid
 * @uid:	see @guarded
 * @gid:	see @guarded
 * @label:	SELinux label of all created files, or NULL
 * @strict:	fail if the target does not support a feature
 * @verbose:	print the name of each file
 * @mtime_max:	latest time of change that is written, INT64_MAX: any
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

/*
 * Features that a target, or the kernel's driver of the source, may not support;
 * each is reported once.
 */
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
	FEATURE_KEYWORDS,
	FEATURE_SYMLINKS,
	FEATURE_SPECIAL,
	FEATURE_FOREIGN_LINKS,
	FEATURE_FOREIGN_SPECIAL,
	FEATURE_FOREIGN_OWNERS,
	FEATURE_FOREIGN_ZISOFS,
};

/**
 * struct file_id - identity of a file
 * @dev:	device number of its file system
 * @ino:	inode number
 */
struct file_id {
	uint64_t dev;
	uint64_t ino;
};

/**
 * struct copy - a copy
 * @opt:	how to copy
 * @adjust:	changes the node that the source emits for the file at @path,
 *		relative to the root of the target; may be NULL
 * @adjust_arg:	argument of @adjust
 * @images:	identities of the image and its further devices, as far as these
 *		are files of the host, or loop devices of such files
 * @image_count: number of @images
 * @interrupted: number of the signal that stops the copy, or 0
 * @progress:	called by the sink's thread after each event; may be NULL
 * @steps:	counter of progress, which a watchdog reads
 * @failed:	some files were not copied completely
 * @stop:	it is pointless to go on
 * @files:	number of copied files
 * @bytes:	number of copied bytes
 * @reported:	bits of enum copy_feature that were reported as unsupported
 * @target_path: path in the target of the file that the source copies, for
 *		messages and links
 * @queue:	queue from the source to the sink
 * @names:	names that the copies of the run have made, or NULL if there is only
 *		one copy
 */
struct copy {
	struct copy_options opt;
	void (*adjust)(void *arg, const char *path, struct tree_node *node);
	void *adjust_arg;
	const struct file_id *images;
	int image_count;
	const volatile sig_atomic_t *interrupted;
	void (*progress)(const struct copy *c);
	volatile uint64_t *steps;
	_Atomic bool failed;
	_Atomic bool stop;
	uint64_t files;
	uint64_t bytes;
	_Atomic uint32_t reported;
	struct path_buf target_path;
	struct copy_queue *queue;
	struct run_names *names;
};

/**
 * struct copy_source - a source
 * @run:	emit events for all files until copy_stopped(), and report what
 *		cannot be read
 */
struct copy_source {
	void (*run)(struct copy_source *source, struct copy *c);
};

/**
 * struct copy_sink - a sink
 * @consume:	execute an event, and report what cannot be written
 * @finish:	do what can only be done at the end; called also after an error
 */
struct copy_sink {
	void (*consume)(struct copy_sink *sink, struct copy *c,
			const struct copy_event *ev);
	void (*finish)(struct copy_sink *sink, struct copy *c);
};

/* The side that runs in the caller's thread; the other gets a new thread. */
enum copy_caller { CALLER_READS, CALLER_WRITES };

/*
 * Copy everything from @source to @sink.  Several runs may follow each other;
 * @c->failed is true if one of them has failed.
 */
void copy_run(struct copy *c, struct copy_source *source,
	      struct copy_sink *sink, enum copy_caller caller);
void copy_exit(struct copy *c);

/* For sources: these functions return false when it is pointless to go on. */

/* Emit a file; the options change the source's @node to the target's. */
bool copy_emit_node(struct copy *c, enum copy_event_type type, uint16_t flags,
		    const char *name, const struct tree_node *node,
		    const char *target);
/* Emit an extended attribute of the file, if it is to be copied. */
bool copy_emit_xattr(struct copy *c, const char *name, const void *value,
		     size_t len);
/* Emit the SELinux label that all files get, if there is one. */
bool copy_emit_label(struct copy *c);
/* Emit the extents of a sparse file that hold data. */
bool copy_emit_map(struct copy *c, const struct copy_extent *map, size_t n);
/* Emit ENTER, LEAVE or END. */
bool copy_emit(struct copy *c, enum copy_event_type type, uint16_t flags,
	       const char *name);

#define COPY_DATA_MAX	(256U << 10)

/*
 * Begin a DATA event: the caller writes at most @want bytes to the @body of the
 * event, and ends the event.  Return NULL when it is pointless to go on.
 */
struct copy_event *copy_data_begin(struct copy *c, size_t want);
void copy_data_end(struct copy *c, struct copy_event *ev, size_t len,
		   uint64_t off);

/* Return true if extended attribute @attr is to be copied. */
bool copy_xattr_wanted(const struct copy *c, const char *attr);
bool copy_xattr_is_acl(const char *attr);
/* Print the name of the file that is copied, if the user wants this. */
void copy_print_name(const struct copy *c, const char *path);

/* For sources and sinks */

/* Return true if @node, a file of the host, is the image. */
bool copy_is_image(const struct copy *c, const struct tree_node *node);
/* Return true if the copy has to end before all is copied. */
bool copy_stopped(struct copy *c);
/* Count progress. */
void copy_step(struct copy *c);
/* Report "cannot WHAT 'PATH': WHY", and remember that the copy has failed. */
void copy_error(struct copy *c, const char *what, const char *path,
		const char *why);
/* Return true if there is no more to report about @feature. */
bool copy_has_reported(const struct copy *c, enum copy_feature feature);
/*
 * Report that the target does not support @feature, with the first file that
 * needs it; fail if the user wants this.
 */
void copy_unsupported(struct copy *c, enum copy_feature feature,
		      const char *what, const char *path, const char *why);
/*
 * Fail because the target cannot have the file at all, and report the first such
 * file of @feature.
 */
void copy_missing(struct copy *c, enum copy_feature feature, const char *what,
		  const char *path, const char *why);

#endif /* COPY_ENGINE_H */
