/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Descriptors that the program does not see: see fd-hidden.c.
 */
#ifndef LKL_HIJACK_FD_HIDDEN_H
#define LKL_HIJACK_FD_HIDDEN_H

#include <stdbool.h>

int fd_hidden_init(void);

/* Hide @fd, which LKL has opened.  Return the new number. */
int fd_hide(int fd);
/* Hide @fd, which this library has opened and children use too. */
int fd_hide_ours(int fd);
/* Make @fd an ordinary descriptor, before it is closed. */
void fd_unhide(int fd);

bool fd_is_hidden(int fd);
/* Return the lowest hidden descriptor in a range, or -1. */
int fd_next_hidden(unsigned int first, unsigned int last);

#endif /* LKL_HIJACK_FD_HIDDEN_H */
