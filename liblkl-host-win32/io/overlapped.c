// SPDX-License-Identifier: GPL-2.0
/*
 * Disk requests that overlap: several are in flight at the same time.
 *
 * All requests share one event.  Memory tells which of them have completed, so
 * looking for them is no system call, as it would be with an I/O completion
 * port.  Also, a handle can belong to one port only, but a handle of the program
 * is used for each boot, and perhaps by the program, too.
 */
#include <windows.h>
#include <stdlib.h>
#include <string.h>

#include "base/host-report.h"
#include "disk/control.h"
#include "disk/handle-mode.h"
#include "disk/vector.h"
#include "io/overlapped.h"
#include "io/request.h"
#include "shared/list.h"
#include "shared/macros.h"

#define OVERLAP_MAX	128
/* The leader may take the event of a completion that another thread waits for. */
#define OVERLAP_WAIT_MS	1

/**
 * struct overlap_flight - a request in flight, or room for one
 * @at:		offset, state and event, for the system
 * @io:		the request
 * @target:	the target of @io
 * @bounce:	copy of the data in one piece, or NULL
 * @error:	error of a request that has not started, 0 for others
 * @link:	link of @flying or @idle of struct lkl_overlap
 */
struct overlap_flight {
	OVERLAPPED at;
	struct lkl_blk_io *io;
	const struct lkl_request_target *target;
	void *bounce;
	DWORD error;
	struct list link;
};

/**
 * struct lkl_overlap - requests in flight
 * @event:	set when a request completes
 * @flying:	requests that are started, oldest first
 * @flying_count: number of them
 * @idle:	unused elements of @flights
 * @flights:	room for requests
 */
struct lkl_overlap {
	HANDLE event;
	struct list flying;
	unsigned int flying_count;
	struct list idle;
	struct overlap_flight flights[OVERLAP_MAX];
};

struct lkl_overlap *lkl_host_win32_overlap_create(void)
{
	struct lkl_overlap *o = calloc(1, sizeof(*o));
	int i;

	if (!o)
		return NULL;
	o->event = CreateEventW(NULL, FALSE, FALSE, NULL);
	if (!o->event) {
		free(o);
		return NULL;
	}
	list_init(&o->flying);
	list_init(&o->idle);
	for (i = 0; i < OVERLAP_MAX; i++)
		list_add_tail(&o->idle, &o->flights[i].link);
	return o;
}

static struct overlap_flight *overlap_flight_of(const struct list *link)
{
	return container_of(link, struct overlap_flight, link);
}

/* Read the state that the system writes at any time. */
static bool overlap_is_completed(const struct overlap_flight *f)
{
	return f->error || __atomic_load_n(&f->at.Internal, __ATOMIC_ACQUIRE) !=
			   STATUS_PENDING;
}

static void overlap_call(struct overlap_flight *f, HANDLE event)
{
	struct lkl_blk_io *io = f->io;
	void *buf = f->bounce ? f->bounce : io->iov[0].iov_base;
	BOOL ok;

	f->at = (OVERLAPPED) {
		.Offset = io->offset,
		.OffsetHigh = io->offset >> 32,
		.hEvent = lkl_host_win32_event_only(event),
	};
	ok = io->op == LKL_BLK_OP_WRITE ?
	     WriteFile(f->target->overlapped, buf, io->len, NULL, &f->at) :
	     ReadFile(f->target->overlapped, buf, io->len, NULL, &f->at);
	f->error = ok || GetLastError() == ERROR_IO_PENDING ?
		   0 : GetLastError();
}

bool lkl_host_win32_overlap_start(struct lkl_overlap *o, struct lkl_blk_io *io)
{
	struct overlap_flight *f;

	if (list_is_empty(&o->idle))
		return false;
	f = overlap_flight_of(o->idle.next);
	f->io = io;
	f->target = request_of(io)->target;
	f->bounce = NULL;
	f->error = ERROR_NOT_ENOUGH_MEMORY;
	if (lkl_host_win32_vector_pieces(io) > 1)
		f->bounce = lkl_host_win32_vector_bounce(io);
	if (f->bounce || lkl_host_win32_vector_pieces(io) == 1)
		overlap_call(f, o->event);
	list_remove(&f->link);
	list_add_tail(&o->flying, &f->link);
	o->flying_count++;
	return true;
}

unsigned int lkl_host_win32_overlap_flying(const struct lkl_overlap *o)
{
	return o->flying_count;
}

static struct overlap_flight *overlap_first_completed(const struct lkl_overlap *o)
{
	struct overlap_flight *f;

	list_for_each(f, &o->flying, link)
		if (overlap_is_completed(f))
			return f;
	return NULL;
}

bool lkl_host_win32_overlap_any_completed(const struct lkl_overlap *o)
{
	return overlap_first_completed(o);
}

static void overlap_release(struct lkl_overlap *o, struct overlap_flight *f)
{
	lkl_host_win32_vector_free(f->bounce);
	list_remove(&f->link);
	/* The next request finds the same memory in the cache. */
	list_add_head(&o->idle, &f->link);
	o->flying_count--;
}

struct lkl_blk_io *lkl_host_win32_overlap_completed(struct lkl_overlap *o,
						    int *result)
{
	struct overlap_flight *f = overlap_first_completed(o);
	struct lkl_blk_io *io;
	DWORD error, len = 0;

	if (!f)
		return NULL;
	io = f->io;
	error = f->error;
	if (!error && !GetOverlappedResult(f->target->overlapped, &f->at, &len,
					   FALSE))
		error = GetLastError();
	if (f->bounce && !error && io->op == LKL_BLK_OP_READ)
		lkl_host_win32_vector_scatter(io, f->bounce);
	overlap_release(o, f);
	*result = request_of(io)->target->result(io, error, len);
	return io;
}

void lkl_host_win32_overlap_drain(struct lkl_overlap *o,
				  const struct lkl_request_target *target)
{
	struct overlap_flight *f, *next;

	list_for_each_safe(f, next, &o->flying, link) {
		if (target && f->target != target)
			continue;
		while (!overlap_is_completed(f))
			WaitForSingleObject(o->event, OVERLAP_WAIT_MS);
		overlap_release(o, f);
	}
	/* The leader looks at the requests that are left. */
	SetEvent(o->event);
}

void lkl_host_win32_overlap_destroy(struct lkl_overlap *o)
{
	/* Requests of a kernel that died must not write to memory later. */
	lkl_host_win32_overlap_drain(o, NULL);
	CloseHandle(o->event);
	free(o);
}

void *lkl_host_win32_overlap_event(const struct lkl_overlap *o)
{
	return o->event;
}

/*
 * Return true if overlapped requests are of use.  Wine performs them one after
 * the other, and needs ten times longer than for other requests.
 */
static bool overlap_is_wanted(void)
{
	const char *env = getenv("LKL_OVERLAPPED");

	if (env && *env)
		return strcmp(env, "0");
	return !GetProcAddress(GetModuleHandleW(L"ntdll.dll"),
			       "wine_get_version");
}

void *lkl_host_win32_overlap_open(void *handle, bool writable)
{
	struct lkl_handle_mode mode = lkl_host_win32_handle_mode(handle);
	HANDLE other;

	if (!overlap_is_wanted()) {
		lkl_host_win32_report_debug("lkl: disk requests do not overlap: wine is slower with overlapped requests, or LKL_OVERLAPPED=0 is set\n");
		return NULL;
	}
	if (mode.overlapped)
		return handle;
	other = ReOpenFile(handle, GENERIC_READ |
			   (writable ? GENERIC_WRITE : 0),
			   FILE_SHARE_READ | FILE_SHARE_WRITE |
			   FILE_SHARE_DELETE, FILE_FLAG_OVERLAPPED |
			   (mode.write_through ? FILE_FLAG_WRITE_THROUGH : 0));
	if (other != INVALID_HANDLE_VALUE) {
		lkl_host_win32_control_allow_end(other);
		/* Nothing waits for the handle itself. */
		SetFileCompletionNotificationModes(other,
				FILE_SKIP_SET_EVENT_ON_HANDLE);
		return other;
	}
	lkl_host_win32_report_debug("lkl: disk requests do not overlap: cannot open the file again: error %lu; open the file with FILE_FLAG_OVERLAPPED, or share the access\n",
				    GetLastError());
	return NULL;
}
