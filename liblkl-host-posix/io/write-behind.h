/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Start to write data to the disk of the host early, where memory is limited.
 */
#ifndef LKL_POSIX_WRITE_BEHIND_H
#define LKL_POSIX_WRITE_BEHIND_H

#include <stdint.h>

/**
 * struct lkl_write_behind - state of a file
 * @fd:		descriptor
 * @step:	bytes after which the host starts to write, 0: the host decides
 * @written:	bytes written so far
 */
struct lkl_write_behind {
	int fd;
	uint64_t step;
	uint64_t written;
};

void lkl_write_behind_init(struct lkl_write_behind *w, int fd);

/* Note that @len bytes were written; any thread. */
void lkl_write_behind_add(struct lkl_write_behind *w, uint64_t len);

#endif /* LKL_POSIX_WRITE_BEHIND_H */
