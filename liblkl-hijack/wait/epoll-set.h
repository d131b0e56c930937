/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Epoll sets, of the host or moved to LKL: see epoll-set.c.
 */
#ifndef LKL_HIJACK_EPOLL_SET_H
#define LKL_HIJACK_EPOLL_SET_H

#include <stdbool.h>
#include <stdint.h>

#include "host/masked-lock.h"

/*
 * Lock all sets against moving, and against getting another set as a member.
 * No thread waits for events with the lock held.  A child must not take the lock,
 * which a thread of the parent may hold.
 */
void epoll_set_lock(struct masked_state *saved);
void epoll_set_unlock(const struct masked_state *saved);
/* Wait until no set is being moved. */
void epoll_set_sync(void);

/* Make @fd, which epoll_create1() has returned, a new set.  Return @fd. */
int epoll_set_created(int fd);

/*
 * Return the number of the set @fd, or 0 if @fd is no set.  Duplicates of a
 * descriptor have the same number.
 */
uint64_t epoll_set_id(int fd);

/* Note that @fd is a member of a set. */
void epoll_set_note_member(int fd);
/* Return true if set @id, by any of its descriptors, is a member of a set. */
bool epoll_set_is_member(uint64_t id);

/*
 * Return the descriptor within LKL for member @fd, or -EPERM for a file: epoll
 * refuses files, which are always ready.
 */
int epoll_set_member_to_k(int fd);

#endif /* LKL_HIJACK_EPOLL_SET_H */
