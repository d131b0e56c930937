// SPDX-License-Identifier: GPL-2.0
/*
 * select() and pselect().  Sets with descriptors of LKL become a list for poll():
 * descriptors within LKL may be larger than a set.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/select.h>

#include "fd/fd-table.h"
#include "host/export.h"
#include "host/host-libc.h"
#include "state/kernel-call.h"
#include "wait/poll-mixed.h"

#define WORD_BITS	(8 * (int)sizeof(unsigned long))

/* Events of poll() that make a descriptor ready for select(), as in the kernel. */
#define READABLE	(POLLRDNORM | POLLRDBAND | POLLIN | POLLHUP | POLLERR)
#define WRITABLE	(POLLWRBAND | POLLWRNORM | POLLOUT | POLLERR)
#define EXCEPTIONAL	POLLPRI

struct sets {
	int count;
	unsigned long *in;
	unsigned long *out;
	unsigned long *ex;
};

static unsigned long set_word(const unsigned long *set, int i)
{
	return set ? set[i] : 0;
}

static bool set_has(const unsigned long *set, int fd)
{
	return set && (set[fd / WORD_BITS] >> (fd % WORD_BITS) & 1);
}

/* Return word @i of the union of the sets. */
static unsigned long union_word(const struct sets *s, int i)
{
	unsigned long all = set_word(s->in, i) | set_word(s->out, i) |
			    set_word(s->ex, i);
	int left = s->count - i * WORD_BITS;

	return left < WORD_BITS ? all & ((1UL << left) - 1) : all;
}

static int count_words(const struct sets *s)
{
	return (s->count + WORD_BITS - 1) / WORD_BITS;
}

/* Look no farther than the table. */
static bool select_has_lkl(const struct sets *s)
{
	int i, end = fds_end() / WORD_BITS + 1;
	unsigned long bits;

	if (!fd_slots)
		return false;
	for (i = 0; i < count_words(s) && i < end; i++)
		for (bits = union_word(s, i); bits; bits &= bits - 1)
			if (fd_lkl(i * WORD_BITS + __builtin_ctzl(bits)) >= 0)
				return true;
	return false;
}

static int count_members(const struct sets *s)
{
	int i, count = 0;

	for (i = 0; i < count_words(s); i++)
		count += __builtin_popcountl(union_word(s, i));
	return count;
}

static void list_members(const struct sets *s, struct pollfd *list)
{
	unsigned long bits;
	int i, fd;

	for (i = 0; i < count_words(s); i++) {
		for (bits = union_word(s, i); bits; bits &= bits - 1) {
			fd = i * WORD_BITS + __builtin_ctzl(bits);
			list->fd = fd;
			list->revents = 0;
			list->events = (set_has(s->in, fd) ? POLLIN | POLLRDNORM |
					POLLRDBAND : 0) |
				       (set_has(s->out, fd) ? POLLOUT |
					POLLWRNORM | POLLWRBAND : 0) |
				       (set_has(s->ex, fd) ? POLLPRI : 0);
			list++;
		}
	}
}

/* Remove @fd from the set unless it is ready.  Return 1 if it is. */
static int keep_if(unsigned long *set, int fd, bool ready)
{
	if (!set_has(set, fd))
		return 0;
	if (!ready)
		set[fd / WORD_BITS] &= ~(1UL << (fd % WORD_BITS));
	return ready;
}

static long keep_ready(const struct sets *s, const struct pollfd *list,
		       int count)
{
	long ready = 0;
	int i;

	for (i = 0; i < count; i++)
		if (list[i].revents & POLLNVAL)
			return -EBADF;
	for (i = 0; i < count; i++) {
		short r = list[i].revents;

		ready += keep_if(s->in, list[i].fd, r & READABLE);
		ready += keep_if(s->out, list[i].fd, r & WRITABLE);
		ready += keep_if(s->ex, list[i].fd, r & EXCEPTIONAL);
	}
	return ready;
}

static long select_listed(const struct sets *s, struct pollfd *list, int count,
			  struct timespec *timeout, const sigset_t *mask)
{
	long ret;

	list_members(s, list);
	ret = poll_mixed(list, count, timeout, mask);
	return ret < 0 ? ret : keep_ready(s, list, count);
}

static long select_mixed(const struct sets *s, struct timespec *timeout,
			 const sigset_t *mask)
{
	struct pollfd few[POLL_FEW], *many;
	int count = count_members(s);
	long ret;

	if (count <= POLL_FEW)
		return select_listed(s, few, count, timeout, mask);
	many = malloc(count * sizeof(*many));
	if (!many)
		return -ENOMEM;
	ret = select_listed(s, many, count, timeout, mask);
	free(many);
	return ret;
}

/*
 * Limit a count, which may be larger than the sets: Linux looks no farther than
 * its table of descriptors, which is somewhat larger than needed.
 */
static int limit_count(int count)
{
	unsigned int size = FD_SETSIZE;

	while (size < fds_seen())
		size *= 2;
	return count < 0 ? 0 : count > (int)size ? (int)size : count;
}

static struct sets make_sets(int count, fd_set *in, fd_set *out, fd_set *ex)
{
	return (struct sets) {
		.count = limit_count(count),
		.in = (unsigned long *)in,
		.out = (unsigned long *)out,
		.ex = (unsigned long *)ex,
	};
}

EXPORT int select(int count, fd_set *restrict in, fd_set *restrict out,
		  fd_set *restrict ex, struct timeval *restrict timeout)
{
	struct sets s = make_sets(count, in, out, ex);
	struct timespec ts;
	long ret;

	if (!select_has_lkl(&s))
		return HOST(select)(count, in, out, ex, timeout);
	if (timeout && (timeout->tv_sec < 0 || timeout->tv_usec < 0)) {
		errno = EINVAL;
		return -1;
	}
	if (timeout) {
		ts.tv_sec = timeout->tv_sec + timeout->tv_usec / 1000000;
		ts.tv_nsec = timeout->tv_usec % 1000000 * 1000;
	}
	ret = select_mixed(&s, timeout ? &ts : NULL, NULL);
	/* Linux returns the time that is left. */
	if (timeout) {
		timeout->tv_sec = ts.tv_sec;
		timeout->tv_usec = ts.tv_nsec / 1000;
	}
	return to_errno(ret);
}
ALIAS(__select, select);

EXPORT int pselect(int count, fd_set *restrict in, fd_set *restrict out,
		   fd_set *restrict ex, const struct timespec *restrict timeout,
		   const sigset_t *restrict mask)
{
	struct sets s = make_sets(count, in, out, ex);
	struct timespec ts;

	if (!select_has_lkl(&s))
		return HOST(pselect)(count, in, out, ex, timeout, mask);
	if (timeout)
		ts = *timeout;
	return to_errno(select_mixed(&s, timeout ? &ts : NULL, mask));
}
