/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The table of descriptors: see fd-table.c.  Descriptors that the program sees
 * are called fd, descriptors within LKL k.
 */
#ifndef LKL_HIJACK_FD_TABLE_H
#define LKL_HIJACK_FD_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The largest number of descriptors of a process, unless nr_open was raised. */
#define FDS_MAX		(1U << 20)

#define FD_LKL		1U	/* a placeholder for k */
#define FD_HIDDEN	2U	/* opened by LKL, and hidden from the program */
#define FD_HIDDEN_OURS	3U	/* opened by this library; children use it, too */

/**
 * struct fd_slot - what is known of one descriptor
 * @what:	FD_* in the upper half, k in the lower; 0: a descriptor of the host
 * @standin:	k + 1 of the stand-in of a host's descriptor within LKL, or 0
 * @member:	the descriptor is, or was, in an epoll set, by this number
 * @ring:	the descriptor is a packet socket with a ring (packet-ring.c)
 * @epoll:	number of the epoll set, of the host or moved to LKL, that the
 *		descriptor is; duplicates have the same number; 0: no epoll set
 */
struct fd_slot {
	uint64_t what;
	uint32_t standin;
	bool member;
	bool ring;
	uint64_t epoll;
};

extern struct fd_slot *fd_slots __attribute__((visibility("hidden")));

int fd_table_init(void);

static inline struct fd_slot *fd_slot(int fd)
{
	return fd_slots && (unsigned int)fd < FDS_MAX ? &fd_slots[fd] : NULL;
}

/* Return the k in @what, or -1 if @what is no placeholder. */
static inline int fd_what_to_k(uint64_t what)
{
	return what >> 32 == FD_LKL ? (int)(uint32_t)what : -1;
}

/* Return the descriptor within LKL, or -1 for a descriptor of the host. */
static inline int fd_lkl(int fd)
{
	if (!fd_slots || (unsigned int)fd >= FDS_MAX)
		return -1;
	return fd_what_to_k(__atomic_load_n(&fd_slots[fd].what,
					    __ATOMIC_ACQUIRE));
}

/* Set what @fd is (FD_* or 0), and return what it was. */
uint64_t fd_set_what(int fd, uint32_t kind, uint32_t k);

/*
 * Make @fd a descriptor of the host.  Return the k of the placeholder, which is
 * not closed yet, or -1.
 */
int fd_clear(int fd);

/* Return one more than the largest descriptor of the program in the table. */
unsigned int fds_end(void);
void fd_note_end(int fd);
/* Return one more than the largest descriptor that was ever seen. */
unsigned int fds_seen(void);
/* Note that @fd was seen.  Return @fd. */
int fd_note_seen(int fd);

#endif /* LKL_HIJACK_FD_TABLE_H */
