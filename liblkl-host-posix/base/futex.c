// SPDX-License-Identifier: GPL-2.0
/*
 * Sleeping and waking one thread: a futex.  See futex.h for why nothing here
 * is the libc function of the name.
 */
#define _GNU_SOURCE
#include <linux/futex.h>
#include <sched.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/host-posix.h"
#include "base/futex.h"

/* About as long as it takes the host to put a thread to sleep and wake it. */
#define SPIN_COUNT	2000

void lkl_posix_word_wait(uint32_t *word, uint32_t val)
{
	syscall(SYS_futex, word, FUTEX_WAIT_PRIVATE, val, NULL, NULL, 0);
}

void lkl_posix_word_wait_until(uint32_t *word, uint32_t val, int64_t deadline)
{
	struct timespec until = {
		.tv_sec = deadline / 1000000000,
		.tv_nsec = deadline % 1000000000,
	};

	/* Its time is absolute, of the monotonic clock. */
	syscall(SYS_futex, word, FUTEX_WAIT_BITSET_PRIVATE, val,
		deadline == INT64_MAX ? NULL : &until, NULL,
		FUTEX_BITSET_MATCH_ANY);
}

void lkl_posix_word_wake(uint32_t *word)
{
	syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
}

/* With one processor, whoever is waited for cannot run while we spin. */
uint32_t lkl_posix_spin(void)
{
	static int cpus;
	cpu_set_t set;
	int n = __atomic_load_n(&cpus, __ATOMIC_RELAXED);

	if (!n) {
		n = sched_getaffinity(0, sizeof(set), &set) ? 1 :
		    CPU_COUNT(&set);
		__atomic_store_n(&cpus, n, __ATOMIC_RELAXED);
	}
	return n > 1 ? SPIN_COUNT : 0;
}

int lkl_posix_ppoll(struct pollfd *fds, unsigned int nfds,
		    const struct timespec *timeout)
{
	return syscall(SYS_ppoll, fds, nfds, timeout, NULL, _NSIG / 8);
}

ssize_t lkl_posix_read(int fd, void *buf, size_t len)
{
	return syscall(SYS_read, fd, buf, len);
}

ssize_t lkl_posix_write(int fd, const void *buf, size_t len)
{
	return syscall(SYS_write, fd, buf, len);
}
