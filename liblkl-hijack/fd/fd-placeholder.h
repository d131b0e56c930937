/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Placeholders for descriptors of LKL: see fd-placeholder.c.
 */
#ifndef LKL_HIJACK_FD_PLACEHOLDER_H
#define LKL_HIJACK_FD_PLACEHOLDER_H

#include <stdbool.h>

int fd_placeholder_init(void);

/* Let @fn be called each time a number has become a descriptor of LKL. */
void fd_set_observer(void (*fn)(int fd));

/*
 * Make a placeholder, with the lowest free number from @min on.  Return -1 and
 * errno when there is none.
 */
int fd_reserve(int min, bool cloexec);
/* Let the placeholder @fd stand for @k. */
void fd_install(int fd, int k);
/* Remove a placeholder that was not needed. */
void fd_unreserve(int fd);
/*
 * Let the placeholder @fd stand for @k, the result of a call.  On failure remove
 * the placeholder; return -1 and errno.
 */
int fd_finish(int fd, long k);

/* Replace @fd, whatever it is, by a placeholder for @k.  Return @fd or -1. */
int fd_replace(int fd, int k, bool cloexec);
/* Turn the open descriptor @fd into a placeholder for @k; -errno on failure. */
int fd_turn_into(int fd, int k);
/* Make the placeholder @fd the same file as @file, for mmap() by the host. */
int fd_set_file(int fd, int file);

/* Note that @fd is about to be closed, or replaced. */
void fd_closing(int fd);
/*
 * Note that the host has just opened @fd.  The number may have been closed before
 * by a call that bypassed this library.  Return the descriptor: the program's own,
 * or a hidden one when LKL has opened it.
 */
int fd_opened(int fd);
/* Note that @copy is a duplicate of @fd.  Return @copy. */
int fd_copied(int fd, int copy);

#endif /* LKL_HIJACK_FD_PLACEHOLDER_H */
