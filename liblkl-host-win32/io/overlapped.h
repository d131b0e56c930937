/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Disk requests that overlap: several are in flight at the same time.
 */
#ifndef LKL_WIN32_OVERLAPPED_H
#define LKL_WIN32_OVERLAPPED_H

#include <stdbool.h>

#include <lkl_host.h>

struct lkl_overlap;
struct lkl_request_target;

/* Return room for requests in flight; NULL when there is no memory. */
struct lkl_overlap *lkl_host_win32_overlap_create(void);

/* Wait for all requests in flight, and free @o. */
void lkl_host_win32_overlap_destroy(struct lkl_overlap *o);

/*
 * Start @io, which can overlap.  Return false when nothing can start before
 * another request completes.
 */
bool lkl_host_win32_overlap_start(struct lkl_overlap *o,
				  struct lkl_blk_io *io);

/* Return the number of requests in flight, including completed ones. */
unsigned int lkl_host_win32_overlap_flying(const struct lkl_overlap *o);

/* Return true if lkl_host_win32_overlap_completed() would return a request. */
bool lkl_host_win32_overlap_any_completed(const struct lkl_overlap *o);

/*
 * Return a request that has completed, with its result in *@result; NULL: there
 * is none.  Without a completed request, there is no system call.
 */
struct lkl_blk_io *lkl_host_win32_overlap_completed(struct lkl_overlap *o,
						    int *result);

/* Wait for all requests of @target, and forget the requests. */
void lkl_host_win32_overlap_drain(struct lkl_overlap *o,
				  const struct lkl_request_target *target);

/*
 * Return the event that is set when a request completes.  The start of another
 * request resets the event: look for completed requests after that.
 */
void *lkl_host_win32_overlap_event(const struct lkl_overlap *o);

/*
 * Return a handle for requests that overlap, for the file or drive @handle: the
 * same handle, another one, or NULL when the system refuses that.
 */
void *lkl_host_win32_overlap_open(void *handle, bool writable);

#endif /* LKL_WIN32_OVERLAPPED_H */
