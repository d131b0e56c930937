// SPDX-License-Identifier: GPL-2.0
/*
 * epoll.  A descriptor is made by the host, and stays there as long as nothing
 * of LKL is added to it, so that programs and libraries that use it for other
 * things do not notice us.  With the first member of LKL it becomes an epoll
 * descriptor of LKL under the same number, with stand-ins for the members so
 * far, which the host lists in /proc/self/fdinfo.
 *
 * A thread may wait in the host's meanwhile: an event that is always there is
 * left in it, at which that thread goes on in LKL's.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "epoll.h"
#include "fds.h"
#include "host.h"
#include "lkl-call.h"
#include "wait.h"

_Static_assert(sizeof(struct epoll_event) == sizeof(struct lkl_epoll_event),
	       "layout");
_Static_assert(EPOLL_CTL_ADD == LKL_EPOLL_CTL_ADD &&
	       EPOLL_CTL_MOD == LKL_EPOLL_CTL_MOD &&
	       EPOLL_CTL_DEL == LKL_EPOLL_CTL_DEL, "numbers");

/**
 * struct epoll - an epoll descriptor of the host, and its duplicates
 * @refs:	their number
 */
struct epoll {
	unsigned int refs;
};

/* Held while anything here changes, but not while anybody waits. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
/* /proc/self/fdinfo; the program may change its root. */
static int fdinfo = -1;
/* An eventfd that is always readable, and what tells its event. */
static int always = -1;
#define MOVED_MARK	((uint64_t)(uintptr_t)&always)

static struct epoll *epoll_of(int fd)
{
	struct fd_slot *slot = fd_slot(fd);

	return slot ? __atomic_load_n(&slot->epoll, __ATOMIC_ACQUIRE) : NULL;
}

/* Descriptors come and go */

void epoll_init(void)
{
	fdinfo = fd_keep(HOST(open)("/proc/self/fdinfo",
				    O_DIRECTORY | O_RDONLY | O_CLOEXEC));
	always = fd_keep(HOST(eventfd)(1, EFD_CLOEXEC));
}

void epoll_closing(int fd)
{
	struct fd_slot *slot = fd_slot(fd);
	struct epoll *ep;

	if (!slot || !__atomic_load_n(&slot->epoll, __ATOMIC_RELAXED))
		return;
	pthread_mutex_lock(&lock);
	ep = slot->epoll;
	__atomic_store_n(&slot->epoll, NULL, __ATOMIC_RELEASE);
	if (ep && !--ep->refs)
		free(ep);
	pthread_mutex_unlock(&lock);
}

void epoll_copied(int fd, int copy)
{
	struct epoll *ep = epoll_of(fd);
	struct fd_slot *slot = fd_slot(copy);

	if (!ep || !slot)
		return;
	pthread_mutex_lock(&lock);
	ep->refs++;
	__atomic_store_n(&slot->epoll, ep, __ATOMIC_RELEASE);
	pthread_mutex_unlock(&lock);
}

static int created(int fd)
{
	struct fd_slot *slot;
	struct epoll *ep;

	if (fd < 0 || self.inside)
		return fd_keep(fd);
	fd_fresh(fd);
	slot = fd_slot(fd);
	if (!lkl_wanted() || !slot)
		return fd;
	ep = calloc(1, sizeof(*ep));
	if (!ep) {
		HOST(close)(fd);
		errno = ENOMEM;
		return -1;
	}
	ep->refs = 1;
	fd_note_end(fd);
	__atomic_store_n(&slot->epoll, ep, __ATOMIC_RELEASE);
	return fd;
}

EXPORT int epoll_create1(int flags)
{
	return created(HOST(epoll_create1)(flags));
}

EXPORT int epoll_create(int size)
{
	if (size <= 0) {
		errno = EINVAL;
		return -1;
	}
	return epoll_create1(0);
}

/* From the host to LKL */

/* Files are always ready: epoll has no use for them. */
static bool is_file(int fd)
{
	struct stat st;

	return !HOST(fstat)(fd, &st) &&
	       (S_ISREG(st.st_mode) || S_ISDIR(st.st_mode));
}

static int within(int fd)
{
	int k = fd_lkl(fd);

	if (k < 0)
		k = is_file(fd) ? -EPERM : fd_standin(fd);
	return k;
}

/* One line of fdinfo; others than those of members are not errors. */
static long move_member(const char *line, int k)
{
	struct epoll_event ev;
	unsigned long long data;
	unsigned int events;
	int fd, of;

	if (sscanf(line, "tfd: %d events: %x data: %llx", &fd, &events,
		   &data) != 3)
		return 0;
	ev.events = events;
	ev.data.u64 = data;
	of = within(fd);
	/* Closed meanwhile, but for a duplicate; that is not found. */
	if (of == -EBADF)
		return 0;
	return of < 0 ? of : LKL_CALL(epoll_ctl, k, EPOLL_CTL_ADD, of, &ev);
}

/* All at once: in pieces, lines could be lost. */
static char *read_info(int fd)
{
	size_t size = 4096, len = 0;
	char *text = NULL, *more;
	ssize_t n;

	for (;;) {
		more = realloc(text, size);
		if (!more)
			break;
		text = more;
		n = HOST(read)(fd, text + len, size - len - 1);
		if (n < 0)
			break;
		len += n;
		text[len] = '\0';
		if (!n)
			return text;
		if (len + 1 == size)
			size *= 2;
	}
	free(text);
	return NULL;
}

static long move_members(int epfd, int k)
{
	char name[16], *text, *line, *rest;
	long ret = 0;
	int fd;

	snprintf(name, sizeof(name), "%d", epfd);
	fd = HOST(openat)(fdinfo, name, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	text = read_info(fd);
	HOST(close)(fd);
	if (!text)
		return -ENOMEM;
	for (line = strtok_r(text, "\n", &rest); line && ret >= 0;
	     line = strtok_r(NULL, "\n", &rest))
		ret = move_member(line, k);
	free(text);
	return ret;
}

/* Wake whoever waits in @fd; the last of them ends the host's descriptor. */
static void wake_waiters(int fd)
{
	struct epoll_event ev = { .events = EPOLLIN };

	ev.data.u64 = MOVED_MARK;
	HOST(epoll_ctl)(fd, EPOLL_CTL_ADD, always, &ev);
	HOST(close)(fd);
}

/* @fd, a number of @ep, is to mean @k from now on. */
static int move_number(int fd, int k)
{
	int cloexec = HOST(fcntl)(fd, F_GETFD), copy;
	struct fd_slot *slot = fd_slot(fd);
	struct epoll *ep = slot->epoll;
	long ret;

	copy = LKL_CALL(dup, k);
	if (copy < 0)
		return copy;
	/* It stays what it is for us. */
	fd_forget(fd);
	slot->epoll = NULL;
	ret = fd_replace(fd, copy, cloexec & FD_CLOEXEC) < 0 ? -errno : 0;
	__atomic_store_n(&slot->epoll, ep, __ATOMIC_RELEASE);
	if (ret)
		LKL_CALL(close, copy);
	return ret;
}

static int move_numbers(struct epoll *ep, int k)
{
	unsigned int fd, end = fds_end();
	int ret = 0;

	for (fd = 0; fd < end && !ret; fd++)
		if (fd_slots[fd].epoll == ep)
			ret = move_number(fd, k);
	return ret;
}

/* Lock held. */
static int move(struct epoll *ep, int fd)
{
	int old = HOST(fcntl)(fd, F_DUPFD_CLOEXEC, 0);
	int k, ret;

	if (old < 0)
		return -errno;
	k = LKL_CALL(epoll_create1, 0);
	ret = k < 0 ? k : move_members(fd, k);
	if (ret >= 0)
		ret = move_numbers(ep, k);
	if (k >= 0)
		LKL_CALL(close, k);
	if (ret < 0)
		HOST(close)(old);
	else
		wake_waiters(old);
	return ret;
}

/* Control */

static long ctl_lkl(int k, int op, int fd, struct epoll_event *event)
{
	int of = within(fd);

	return of < 0 ? of : LKL_CALL(epoll_ctl, k, op, of, event);
}

static long ctl(struct epoll *ep, int epfd, int op, int fd,
		struct epoll_event *event)
{
	long ret = 0;

	if (fd_lkl(epfd) < 0) {
		if (fd_lkl(fd) < 0)
			return HOST(epoll_ctl)(epfd, op, fd, event) ? -errno :
			       0;
		if (op != EPOLL_CTL_ADD)
			return -ENOENT;
		ret = move(ep, epfd);
	}
	return ret < 0 ? ret : ctl_lkl(fd_lkl(epfd), op, fd, event);
}

EXPORT int epoll_ctl(int epfd, int op, int fd, struct epoll_event *event)
{
	struct epoll *ep = epoll_of(epfd);
	int k = fd_lkl(epfd);
	long ret;

	if (k >= 0)
		return to_errno(ctl_lkl(k, op, fd, event));
	if (!ep || !lkl_wanted())
		return HOST(epoll_ctl)(epfd, op, fd, event);
	pthread_mutex_lock(&lock);
	ret = ctl(ep, epfd, op, fd, event);
	pthread_mutex_unlock(&lock);
	return to_errno(ret);
}

/* Waiting */

static int wait_lkl(int k, struct epoll_event *events, int max,
		    struct timespec *timeout, const sigset_t *mask)
{
	long params[6] = { k, (long)events, max, (long)timeout };

	return to_errno(lkl_call_masked(__lkl__NR_epoll_pwait2, params, mask));
}

/* Is it the event that says that the descriptor moved?  It comes alone. */
static bool has_moved(int epfd, const struct epoll_event *events, int count)
{
	int i;

	if (count <= 0 || fd_lkl(epfd) < 0)
		return false;
	for (i = 0; i < count; i++)
		if (events[i].data.u64 == MOVED_MARK)
			return true;
	return false;
}

static struct timespec now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts;
}

/* @timeout less what has passed since @start. */
static void shorten(struct timespec *timeout, struct timespec start)
{
	struct timespec t = now();

	timeout->tv_sec -= t.tv_sec - start.tv_sec;
	timeout->tv_nsec -= t.tv_nsec - start.tv_nsec;
	while (timeout->tv_nsec < 0) {
		timeout->tv_nsec += 1000000000;
		timeout->tv_sec--;
	}
	while (timeout->tv_nsec >= 1000000000) {
		timeout->tv_nsec -= 1000000000;
		timeout->tv_sec++;
	}
	if (timeout->tv_sec < 0)
		*timeout = (struct timespec) { 0 };
}

/*
 * The host waited, and @count events are there: all members have moved with
 * their state, so what is ready is reported once more by LKL.
 */
static int go_on(int epfd, struct epoll_event *events, int count, int max,
		 struct timespec *timeout, struct timespec start,
		 const sigset_t *mask)
{
	if (!has_moved(epfd, events, count))
		return count;
	if (timeout)
		shorten(timeout, start);
	return wait_lkl(fd_lkl(epfd), events, max, timeout, mask);
}

/* Only one that may move while we wait needs to be watched. */
static bool may_move(int epfd, int timeout)
{
	return timeout && epoll_of(epfd);
}

EXPORT int epoll_pwait(int epfd, struct epoll_event *events, int max,
		       int timeout, const sigset_t *mask)
{
	int k = fd_lkl(epfd), ret;
	struct timespec ts, start;

	if (k >= 0)
		return wait_lkl(k, events, max, wait_ms(&ts, timeout), mask);
	if (!may_move(epfd, timeout))
		return HOST(epoll_pwait)(epfd, events, max, timeout, mask);
	start = timeout > 0 ? now() : (struct timespec) { 0 };
	ret = HOST(epoll_pwait)(epfd, events, max, timeout, mask);
	return go_on(epfd, events, ret, max, wait_ms(&ts, timeout), start, mask);
}

EXPORT int epoll_wait(int epfd, struct epoll_event *events, int max,
		      int timeout)
{
	int k = fd_lkl(epfd), ret;
	struct timespec ts, start;

	if (k >= 0)
		return wait_lkl(k, events, max, wait_ms(&ts, timeout), NULL);
	if (!may_move(epfd, timeout))
		return HOST(epoll_wait)(epfd, events, max, timeout);
	start = timeout > 0 ? now() : (struct timespec) { 0 };
	ret = HOST(epoll_wait)(epfd, events, max, timeout);
	return go_on(epfd, events, ret, max, wait_ms(&ts, timeout), start, NULL);
}

EXPORT int epoll_pwait2(int epfd, struct epoll_event *events, int max,
			const struct timespec *timeout, const sigset_t *mask)
{
	struct timespec start = now(), left;
	int k = fd_lkl(epfd), ret;

	if (timeout)
		left = *timeout;
	if (k >= 0)
		return wait_lkl(k, events, max, timeout ? &left : NULL, mask);
	ret = HOST(epoll_pwait2)(epfd, events, max, timeout, mask);
	return go_on(epfd, events, ret, max, timeout ? &left : NULL, start,
		     mask);
}
