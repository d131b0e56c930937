// SPDX-License-Identifier: GPL-2.0
/*
 * epoll.  A descriptor is made by the host, and stays there as long as nothing
 * of LKL is added to it, so that programs and libraries that use it for other
 * things do not notice us.  With the first member of LKL it becomes an epoll
 * descriptor of LKL under the same number, with stand-ins for the members so
 * far, which the host lists in /proc/self/fdinfo.
 *
 * A thread may wait in the host's meanwhile: an event that is always there is
 * left in it, at which that thread goes on in LKL's.  What it is a member of
 * moves first, and in that it takes the place of its stand-in.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "wait/epoll.h"
#include "fd/fd-table.h"
#include "host/host-libc.h"
#include "state/kernel-call.h"
#include "fd/packet-ring.h"
#include "host/masked-lock.h"
#include "wait/poll-mixed.h"

#include <lkl/linux/mount.h>

_Static_assert(sizeof(struct epoll_event) == sizeof(struct lkl_epoll_event),
	       "layout");
_Static_assert(EPOLL_CTL_ADD == LKL_EPOLL_CTL_ADD &&
	       EPOLL_CTL_MOD == LKL_EPOLL_CTL_MOD &&
	       EPOLL_CTL_DEL == LKL_EPOLL_CTL_DEL, "numbers");

/*
 * Held while one moves, or gets another one as a member, but not while anybody
 * waits; nor in a child, which would wait for a thread that it has not got.
 */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static bool locked;
/* /proc/self/fdinfo; the program may change its root. */
static int fdinfo = -1;
/* /proc of LKL, when there was a need. */
static int lkl_proc = -1;
/* An eventfd that is always readable, and what tells its event. */
static int always = -1;
#define MOVED_MARK	((uint64_t)(uintptr_t)&always)

static uint64_t epoll_of(int fd)
{
	struct fd_slot *slot = fd_slot(fd);

	return slot ? __atomic_load_n(&slot->epoll, __ATOMIC_ACQUIRE) : 0;
}

static void set_epoll(int fd, uint64_t id)
{
	fd_note_end(fd);
	__atomic_store_n(&fd_slots[fd].epoll, id, __ATOMIC_RELEASE);
}

static void begin(struct section *s)
{
	section_begin(s, &lock, true);
	__atomic_store_n(&locked, true, __ATOMIC_SEQ_CST);
}

static void end(const struct section *s)
{
	__atomic_store_n(&locked, false, __ATOMIC_SEQ_CST);
	section_end(s, &lock);
}

/* Descriptors come and go */

void epoll_init(void)
{
	fdinfo = fd_keep_ours(HOST(open)("/proc/self/fdinfo",
					 O_DIRECTORY | O_RDONLY | O_CLOEXEC));
	always = fd_keep_ours(HOST(eventfd)(1, EFD_CLOEXEC));
}

void epoll_closing(int fd)
{
	struct fd_slot *slot = fd_slot(fd);

	if (!slot || !__atomic_load_n(&slot->epoll, __ATOMIC_RELAXED))
		return;
	__atomic_store_n(&slot->member, false, __ATOMIC_RELAXED);
	__atomic_store_n(&slot->epoll, 0, __ATOMIC_RELEASE);
}

void epoll_copied(int fd, int copy)
{
	uint64_t id = epoll_of(fd);

	if (id && fd_slot(copy))
		set_epoll(copy, id);
}

static int created(int fd)
{
	static uint64_t last;

	if (fd < 0 || self.inside)
		return fd_keep(fd);
	fd_fresh(fd);
	if (lkl_wanted() && fd_slot(fd))
		set_epoll(fd, __atomic_add_fetch(&last, 1, __ATOMIC_RELAXED));
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

/* Members, as fdinfo lists them */

struct member {
	int fd;
	struct epoll_event ev;
};

static long read_host(int fd, void *buf, size_t len)
{
	ssize_t n = HOST(read)(fd, buf, len);

	return n < 0 ? -errno : n;
}

static long read_lkl(int fd, void *buf, size_t len)
{
	return LKL_CALL(read, fd, buf, len);
}

/* All at once: in pieces, lines could be lost. */
static char *read_info(int fd, long (*read_some)(int, void *, size_t))
{
	size_t size = 4096, len = 0;
	char *text = NULL, *more;
	long n;

	for (;;) {
		more = realloc(text, size);
		if (!more)
			break;
		text = more;
		n = read_some(fd, text + len, size - len - 1);
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

/* Until @fn says other than 0; lines of others than members are no errors. */
static long each_member(char *text, long (*fn)(struct member *m, void *arg),
			void *arg)
{
	unsigned long long data;
	struct member m;
	char *line, *rest;
	long ret = 0;

	if (!text)
		return -ENOMEM;
	for (line = strtok_r(text, "\n", &rest); line && !ret;
	     line = strtok_r(NULL, "\n", &rest)) {
		if (sscanf(line, "tfd: %d events: %x data: %llx", &m.fd,
			   &m.ev.events, &data) != 3)
			continue;
		m.ev.data.u64 = data;
		ret = fn(&m, arg);
	}
	free(text);
	return ret;
}

static long each_host_member(int epfd, long (*fn)(struct member *m, void *arg),
			     void *arg)
{
	char name[16], *text;
	int fd;

	snprintf(name, sizeof(name), "%d", epfd);
	fd = HOST(openat)(fdinfo, name, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	text = read_info(fd, read_host);
	HOST(close)(fd);
	return each_member(text, fn, arg);
}

/* Mounted nowhere: the program does not see it. */
static int mount_lkl_proc(void)
{
	int fs = LKL_CALL(fsopen, "proc", LKL_FSOPEN_CLOEXEC), ret;

	if (fs < 0)
		return fs;
	ret = LKL_CALL(fsconfig, fs, LKL_FSCONFIG_CMD_CREATE, NULL, NULL, 0);
	if (!ret)
		ret = LKL_CALL(fsmount, fs, LKL_FSMOUNT_CLOEXEC, 0);
	LKL_CALL(close, fs);
	return ret;
}

static long each_lkl_member(int k, long (*fn)(struct member *m, void *arg),
			    void *arg)
{
	char name[40], *text;
	int fd;

	if (lkl_proc < 0)
		lkl_proc = mount_lkl_proc();
	if (lkl_proc < 0)
		return lkl_proc;
	snprintf(name, sizeof(name), "thread-self/fdinfo/%d", k);
	fd = LKL_CALL(openat, lkl_proc, name, LKL_O_CLOEXEC);
	if (fd < 0)
		return fd;
	text = read_info(fd, read_lkl);
	LKL_CALL(close, fd);
	return each_member(text, fn, arg);
}

/* One epoll descriptor in another one */

static long is_number_of(struct member *m, void *arg)
{
	return epoll_of(m->fd) == *(uint64_t *)arg;
}

static int move(int fd);

static bool is_member(uint64_t id)
{
	unsigned int fd, last = fds_end();

	for (fd = 0; fd < last; fd++)
		if (epoll_of(fd) == id && fd_slots[fd].member)
			return true;
	return false;
}

/* What it is a member of is to have a member of LKL. */
static long move_outer(uint64_t id)
{
	unsigned int fd, last = fds_end();
	long ret = 0;

	if (!is_member(id))
		return 0;
	for (fd = 0; fd < last && ret >= 0; fd++) {
		if (!epoll_of(fd) || epoll_of(fd) == id || fd_lkl(fd) >= 0)
			continue;
		ret = each_host_member(fd, is_number_of, &id);
		if (ret > 0)
			ret = move(fd);
	}
	return ret;
}

/**
 * struct heir - who takes the place of a stand-in
 * @outer:	in this epoll descriptor of LKL
 * @standin:	its place
 * @k:		the heir
 */
struct heir {
	int outer;
	int standin;
	int k;
};

static long inherit_from(struct member *m, void *arg)
{
	struct heir *h = arg;
	long ret;

	if (m->fd != h->standin)
		return 0;
	LKL_CALL(epoll_ctl, h->outer, EPOLL_CTL_DEL, h->standin, NULL);
	ret = LKL_CALL(epoll_ctl, h->outer, EPOLL_CTL_ADD, h->k, &m->ev);
	return ret < 0 ? ret : 1;
}

/* Wherever @fd is a member, @k is to be from now on. */
static long inherit(int fd, int k)
{
	struct heir h = { .standin = (int)fd_slots[fd].standin - 1, .k = k };
	unsigned int outer, last = fds_end();
	long ret = 0;

	if (h.standin < 0 || !fd_slots[fd].member)
		return 0;
	for (outer = 0; outer < last && ret >= 0; outer++) {
		h.outer = fd_lkl(outer);
		if (h.outer >= 0 && epoll_of(outer))
			ret = each_lkl_member(h.outer, inherit_from, &h);
	}
	return ret;
}

/* From the host to LKL, all of it with the lock held */

static long move_member(struct member *m, void *arg)
{
	int of = within(m->fd);

	/* Closed meanwhile, but for a duplicate; that is not found. */
	if (of == -EBADF)
		return 0;
	return of < 0 ? of : LKL_CALL(epoll_ctl, *(int *)arg, EPOLL_CTL_ADD,
				      of, &m->ev);
}

/*
 * Who waits for it with poll() within LKL: the host tells nothing of what is
 * closed, so LKL has to take notice of the event before, as it does with each
 * stand-in that is new.
 */
static void wake_pollers(int fd)
{
	struct lkl_pollfd p = { .fd = fd_standin(fd), .events = LKL_POLLIN };
	struct timespec none = { 0 };

	if (p.fd >= 0)
		LKL_CALL(ppoll, &p, 1, &none, NULL, 0);
	fd_forget(fd);
}

/* Wake whoever waits in @fd; the last of them ends the host's descriptor. */
static void wake_waiters(int fd, bool polled)
{
	struct epoll_event ev = { .events = EPOLLIN };

	ev.data.u64 = MOVED_MARK;
	HOST(epoll_ctl)(fd, EPOLL_CTL_ADD, always, &ev);
	if (polled)
		wake_pollers(fd);
	HOST(close)(fd);
}

/* @fd is to mean @k from now on. */
static long move_number(int fd, int k)
{
	int copy = LKL_CALL(dup, k);
	long ret;

	if (copy < 0)
		return copy;
	ret = inherit(fd, copy);
	if (ret >= 0)
		ret = fd_turn(fd, copy);
	if (ret < 0)
		LKL_CALL(close, copy);
	return ret;
}

static long move_numbers(uint64_t id, int k)
{
	unsigned int fd, last = fds_end();
	long ret = 0;

	for (fd = 0; fd < last && ret >= 0; fd++)
		if (epoll_of(fd) == id)
			ret = move_number(fd, k);
	return ret;
}

/* Had any number of it a stand-in?  They go when their waiters are woken. */
static bool was_polled(uint64_t id, bool forget)
{
	unsigned int fd, last = fds_end();
	bool polled = false;

	for (fd = 0; fd < last; fd++) {
		if (epoll_of(fd) != id || !fd_slots[fd].standin)
			continue;
		polled = true;
		if (forget)
			fd_forget(fd);
	}
	return polled;
}

static int move(int fd)
{
	uint64_t id = epoll_of(fd);
	long ret;
	int old, k;

	ret = move_outer(id);
	if (ret < 0)
		return ret;
	old = HOST(fcntl)(fd, F_DUPFD_CLOEXEC, 0);
	if (old < 0)
		return -errno;
	k = LKL_CALL(epoll_create1, 0);
	ret = k < 0 ? k : each_host_member(fd, move_member, &k);
	if (ret >= 0)
		ret = move_numbers(id, k);
	if (k >= 0)
		LKL_CALL(close, k);
	if (ret < 0) {
		HOST(close)(old);
		return ret;
	}
	wake_waiters(old, was_polled(id, false));
	was_polled(id, true);
	return 0;
}

/* Control */

static long ctl_lkl(int k, int op, int fd, struct epoll_event *event)
{
	int of = within(fd);

	return of < 0 ? of : LKL_CALL(epoll_ctl, k, op, of, event);
}

/* A member of LKL, or another epoll descriptor, which may become one. */
static long ctl(int epfd, int op, int fd, struct epoll_event *event)
{
	long ret;

	if (op == EPOLL_CTL_ADD && epoll_of(fd))
		__atomic_store_n(&fd_slots[fd].member, true, __ATOMIC_RELAXED);
	if (fd_lkl(epfd) < 0) {
		if (fd_lkl(fd) < 0)
			return HOST(epoll_ctl)(epfd, op, fd, event) ? -errno :
			       0;
		if (op != EPOLL_CTL_ADD)
			return -ENOENT;
		ret = move(epfd);
		if (ret < 0)
			return ret;
	}
	return ctl_lkl(fd_lkl(epfd), op, fd, event);
}

static long ctl_locked(int epfd, int op, int fd, struct epoll_event *event)
{
	struct section s;
	long ret;

	begin(&s);
	ret = ctl(epfd, op, fd, event);
	end(&s);
	return ret;
}

/*
 * No lock for what is the host's only.  If it moved meanwhile, it did with or
 * without this change, which is made again.
 */
static long ctl_host(int epfd, int op, int fd, struct epoll_event *event)
{
	long ret = HOST(epoll_ctl)(epfd, op, fd, event) ? -errno : 0, again;
	struct section s;

	if (__atomic_load_n(&locked, __ATOMIC_SEQ_CST)) {
		begin(&s);
		end(&s);
	}
	if (fd_lkl(epfd) < 0 || (ret && ret != -EBADF))
		return ret;
	again = ctl_lkl(fd_lkl(epfd), op, fd, event);
	return !ret && (again == -EEXIST || again == -ENOENT) ? 0 : again;
}

EXPORT int epoll_ctl(int epfd, int op, int fd, struct epoll_event *event)
{
	int k = fd_lkl(epfd), saved = errno;
	bool known = epoll_of(epfd) && lkl_wanted();
	long ret;

	if (known && (epoll_of(fd) || (k < 0 && fd_lkl(fd) >= 0)))
		ret = ctl_locked(epfd, op, fd, event);
	else if (k >= 0)
		ret = ctl_lkl(k, op, fd, event);
	else if (known)
		ret = ctl_host(epfd, op, fd, event);
	else if (fd_lkl(fd) >= 0 && !lkl_usable())
		/* In a child: any call says what is wrong. */
		ret = LKL_CALL(dup, fd_lkl(fd));
	else
		return HOST(epoll_ctl)(epfd, op, fd, event);
	errno = saved;
	return to_errno(ret);
}

/* Waiting */

static int wait_lkl(int k, struct epoll_event *events, int max,
		    struct timespec *timeout, const sigset_t *mask)
{
	long params[6] = { k, (long)events, max, (long)timeout };

	long ret = lkl_call_masked(__lkl__NR_epoll_pwait2, params, mask);

	packet_rings_fill();
	return to_errno(ret);
}

/*
 * Is it the event that says that the descriptor moved, or did it just before
 * the wait?
 */
static bool has_moved(int epfd, const struct epoll_event *events, int count)
{
	int i;

	if (!count || fd_lkl(epfd) < 0)
		return false;
	if (count < 0)
		return errno == EBADF;
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
	struct timespec start, left;
	int k = fd_lkl(epfd), ret;

	if (timeout)
		left = *timeout;
	if (k >= 0)
		return wait_lkl(k, events, max, timeout ? &left : NULL, mask);
	start = timeout ? now() : (struct timespec) { 0 };
	ret = HOST(epoll_pwait2)(epfd, events, max, timeout, mask);
	return go_on(epfd, events, ret, max, timeout ? &left : NULL, start,
		     mask);
}
