// SPDX-License-Identifier: GPL-2.0
/*
 * One space of descriptors.
 *
 * The host's table of descriptors is the number space: for each descriptor of
 * LKL (k) the program sees a placeholder, a duplicate of one O_PATH descriptor.
 * So the lowest free number, limits, close-on-exec and dup2() are what they are
 * without us, host descriptors keep their numbers, and whatever goes past this
 * library to a placeholder fails with EBADF at once.
 *
 * What code below us opens (LKL's poller, a tap) must not be in the program's
 * way, nor may the program close it: it gets numbers from the soft limit on,
 * where the program can have none, and close() says that it is not open.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "wait/epoll.h"
#include "fd/fd-table.h"
#include "host/host-libc.h"
#include "io/read-write.h"
#include "state/kernel-call.h"

struct fd_slot *fd_slots;

/* What placeholders are duplicates of. */
static int original = -1;
static unsigned int end, seen;
/*
 * fd + 1 of each that is reserved, or 0.  Their slots are far from those of the
 * program, and there are some dozens.
 */
static int kept[1024];

static void raise_to(unsigned int *max, unsigned int value)
{
	unsigned int old = __atomic_load_n(max, __ATOMIC_RELAXED);

	while (old < value &&
	       !__atomic_compare_exchange_n(max, &old, value, true,
					    __ATOMIC_RELEASE,
					    __ATOMIC_RELAXED))
		;
}

void fd_note_end(int fd)
{
	raise_to(&end, fd + 1);
}

unsigned int fds_end(void)
{
	return __atomic_load_n(&end, __ATOMIC_ACQUIRE);
}

int fd_note_seen(int fd)
{
	if (fd >= 0)
		raise_to(&seen, fd + 1);
	return fd;
}

unsigned int fds_seen(void)
{
	unsigned int table = fds_end();
	unsigned int all = __atomic_load_n(&seen, __ATOMIC_RELAXED);

	return all > table ? all : table;
}

/* Change an entry of the list. */
static bool change_kept(int from, int to)
{
	size_t i;
	int old;

	for (i = 0; i < sizeof(kept) / sizeof(*kept); i++) {
		old = from;
		if (__atomic_compare_exchange_n(&kept[i], &old, to, false,
						__ATOMIC_ACQ_REL,
						__ATOMIC_RELAXED))
			return true;
	}
	return false;
}

int fd_next_reserved(unsigned int first, unsigned int last)
{
	unsigned int fd, lowest = FDS_MAX;
	size_t i;

	for (i = 0; i < sizeof(kept) / sizeof(*kept); i++) {
		fd = __atomic_load_n(&kept[i], __ATOMIC_ACQUIRE) - 1;
		if (fd >= first && fd <= last && fd < lowest)
			lowest = fd;
	}
	return lowest < FDS_MAX ? (int)lowest : -1;
}

static uint64_t set_what(int fd, uint32_t kind, uint32_t k)
{
	if (kind == FD_LKL)
		fd_note_end(fd);
	fd_slots[fd].ring = false;
	return __atomic_exchange_n(&fd_slots[fd].what,
				   (uint64_t)kind << 32 | k, __ATOMIC_ACQ_REL);
}

static int what_to_k(uint64_t what)
{
	return what >> 32 == FD_LKL ? (int)(uint32_t)what : -1;
}

/* Of a memfd: with that of a folder, openat() and fchdir() would work. */
static int open_original(void)
{
	char path[64];
	int fd, path_fd;

	fd = HOST(memfd_create)("lkl", MFD_CLOEXEC);
	if (fd < 0)
		return HOST(open)("/dev/null", O_PATH | O_CLOEXEC);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	path_fd = HOST(open)(path, O_PATH | O_CLOEXEC);
	if (path_fd < 0)
		path_fd = HOST(open)("/dev/null", O_PATH | O_CLOEXEC);
	HOST(close)(fd);
	return path_fd;
}

int fds_init(void)
{
	void *p = mmap(NULL, FDS_MAX * sizeof(*fd_slots),
		       PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (p == MAP_FAILED)
		return -errno;
	fd_slots = p;
	original = fd_keep_ours(open_original());
	return original < 0 ? -errno : 0;
}

bool fd_is_reserved(int fd)
{
	struct fd_slot *slot = fd_slot(fd);

	return slot && __atomic_load_n(&slot->what, __ATOMIC_ACQUIRE) >> 32 >=
	       FD_RESERVED;
}

int fd_reserve(int min, bool cloexec)
{
	int fd = HOST(fcntl)(original, cloexec ? F_DUPFD_CLOEXEC : F_DUPFD,
			     min);

	if (fd >= 0 && (unsigned int)fd >= FDS_MAX) {
		HOST(close)(fd);
		errno = EMFILE;
		return -1;
	}
	return fd;
}

void fd_install(int fd, int k)
{
	set_what(fd, FD_LKL, k);
	stdio_follow(fd);
}

void fd_unreserve(int fd)
{
	HOST(close)(fd);
}

int fd_replace(int fd, int k, bool cloexec)
{
	uint64_t old;

	if ((unsigned int)fd >= FDS_MAX) {
		errno = EBADF;
		return -1;
	}
	fd_closing(fd);
	if (HOST(dup3)(original, fd, cloexec ? O_CLOEXEC : 0) < 0)
		return -1;
	old = set_what(fd, FD_LKL, k);
	if (what_to_k(old) >= 0)
		LKL_CALL(close, what_to_k(old));
	stdio_follow(fd);
	return fd;
}

int fd_turn(int fd, int k)
{
	int cloexec = HOST(fcntl)(fd, F_GETFD) & FD_CLOEXEC;

	/* First: the placeholder is never seen without what it stands for. */
	set_what(fd, FD_LKL, k);
	if (HOST(dup3)(original, fd, cloexec ? O_CLOEXEC : 0) < 0) {
		fd_clear(fd);
		return -errno;
	}
	stdio_follow(fd);
	return 0;
}

int fd_back(int fd, int file)
{
	int cloexec = HOST(fcntl)(fd, F_GETFD) & FD_CLOEXEC;

	return HOST(dup3)(file, fd, cloexec ? O_CLOEXEC : 0) < 0 ? -errno : 0;
}

int fd_finish(int fd, long k)
{
	if (k < 0) {
		fd_unreserve(fd);
		return to_errno(k);
	}
	fd_install(fd, k);
	return fd;
}

int fd_clear(int fd)
{
	struct fd_slot *slot = fd_slot(fd);

	if (!slot || !__atomic_load_n(&slot->what, __ATOMIC_RELAXED))
		return -1;
	return what_to_k(set_what(fd, 0, 0));
}

/* A duplicate from the soft limit on, which is out of the program's reach. */
static int dup_high(int fd)
{
	const unsigned int room = 256;
	struct rlimit old, more;
	int high;

	if (getrlimit(RLIMIT_NOFILE, &old))
		return -1;
	more = old;
	more.rlim_cur = old.rlim_cur + room;
	if (more.rlim_cur > old.rlim_max)
		more.rlim_cur = old.rlim_max;
	if (more.rlim_cur > FDS_MAX)
		more.rlim_cur = FDS_MAX;
	if (more.rlim_cur > old.rlim_cur &&
	    !setrlimit(RLIMIT_NOFILE, &more)) {
		high = HOST(fcntl)(fd, F_DUPFD_CLOEXEC, (int)old.rlim_cur);
		setrlimit(RLIMIT_NOFILE, &old);
		if (high >= 0)
			return high;
	}
	/* There is nothing beyond the limit; as near to it as there is room. */
	if (old.rlim_cur > FDS_MAX)
		old.rlim_cur = FDS_MAX;
	return HOST(fcntl)(fd, F_DUPFD_CLOEXEC, old.rlim_cur > 2 * room ?
			   (int)(old.rlim_cur - room) : 0);
}

static int keep(int fd, uint32_t kind)
{
	static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
	int saved = errno, high;

	if (fd < 0 || !fd_slots)
		return fd;
	/* The limit is the process's: one at a time. */
	pthread_mutex_lock(&lock);
	high = dup_high(fd);
	pthread_mutex_unlock(&lock);
	errno = saved;
	if (high < 0)
		return fd;
	if ((unsigned int)high >= FDS_MAX || !change_kept(0, high + 1)) {
		HOST(close)(high);
		return fd;
	}
	HOST(close)(fd);
	set_what(high, kind, 0);
	return high;
}

int fd_keep(int fd)
{
	return keep(fd, FD_RESERVED);
}

int fd_keep_ours(int fd)
{
	return keep(fd, FD_OURS);
}

void fds_forked(void)
{
	size_t i;
	int fd;

	for (i = 0; i < sizeof(kept) / sizeof(*kept); i++) {
		fd = kept[i] - 1;
		if (fd < 0 || fd_slots[fd].what >> 32 != FD_RESERVED)
			continue;
		host_syscall(SYS_close, fd, 0, 0, 0, 0, 0);
		fd_unkeep(fd);
	}
}

void fd_unkeep(int fd)
{
	if (!fd_is_reserved(fd))
		return;
	set_what(fd, 0, 0);
	change_kept(fd + 1, 0);
}

/* There can be one of each descriptor only. */
static int make_standin(int fd, struct fd_slot *slot)
{
	static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
	int saved = errno, k;
	bool was;

	/* A child has not got the thread that may hold the lock. */
	if (!lkl_usable())
		return -ENODEV;
	was = lkl_enter();
	pthread_mutex_lock(&lock);
	k = (int)__atomic_load_n(&slot->standin, __ATOMIC_RELAXED) - 1;
	if (k < 0) {
		k = lkl_hostfd_create(fd);
		if (k >= 0) {
			fd_note_end(fd);
			__atomic_store_n(&slot->standin, k + 1,
					 __ATOMIC_RELEASE);
		}
	}
	pthread_mutex_unlock(&lock);
	lkl_leave(was);
	errno = saved;
	return k;
}

int fd_standin(int fd)
{
	struct fd_slot *slot = fd_slot(fd);
	uint32_t have;

	if (!slot)
		return -EBADF;
	have = __atomic_load_n(&slot->standin, __ATOMIC_ACQUIRE);
	return have ? (int)have - 1 : make_standin(fd, slot);
}

void fd_forget(int fd)
{
	struct fd_slot *slot = fd_slot(fd);
	uint32_t have;

	if (!slot || !__atomic_load_n(&slot->standin, __ATOMIC_RELAXED))
		return;
	have = __atomic_exchange_n(&slot->standin, 0, __ATOMIC_ACQ_REL);
	if (have && lkl_usable())
		LKL_CALL(close, have - 1);
}

void fd_closing(int fd)
{
	fd_forget(fd);
	epoll_closing(fd);
}

int fd_fresh(int fd)
{
	int k;

	if (fd < 0 || !fd_slots)
		return fd;
	fd_note_seen(fd);
	fd_closing(fd);
	k = fd_clear(fd);
	if (k >= 0 && lkl_usable())
		LKL_CALL(close, k);
	return fd;
}
