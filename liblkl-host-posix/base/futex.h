/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Sleeping by raw system calls: the ones of libc are cancellation points, and
 * a thread must not be cancelled in the middle of a call into the kernel.
 */
#ifndef LKL_POSIX_WAIT_H
#define LKL_POSIX_WAIT_H

#include <poll.h>
#include <stdint.h>
#include <sys/types.h>
#include <time.h>

void lkl_posix_word_wait(uint32_t *word, uint32_t val);
void lkl_posix_word_wait_until(uint32_t *word, uint32_t val, int64_t deadline);
void lkl_posix_word_wake(uint32_t *word);
uint32_t lkl_posix_spin(void);
int lkl_posix_ppoll(struct pollfd *fds, unsigned int nfds,
		    const struct timespec *timeout);
ssize_t lkl_posix_read(int fd, void *buf, size_t len);
ssize_t lkl_posix_write(int fd, const void *buf, size_t len);

#endif /* LKL_POSIX_WAIT_H */
