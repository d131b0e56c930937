/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The space of descriptors: see fd-table.c.  Descriptors that the program sees are
 * called fd, those within LKL k.
 */
#ifndef LKL_HIJACK_FDS_H
#define LKL_HIJACK_FDS_H

#include <stdbool.h>
#include <stdint.h>

/* What a host's kernel would give at most without nr_open being raised. */
#define FDS_MAX		(1U << 20)

#define FD_LKL		1U	/* a placeholder: @k is what it stands for */
#define FD_RESERVED	2U	/* LKL's own: the program does not see it */
#define FD_OURS		3U	/* the same, of this library: children have it too */

/**
 * struct fd_slot - what we know of one descriptor
 * @what:	FD_* in the upper half, k in the lower; 0: the host's
 * @standin:	k + 1 of what stands for a host's descriptor within LKL, or 0
 * @member:	that is, or was, in an epoll set of either, by this number
 * @ring:	it is a packet socket with a ring (packet-ring.c)
 * @epoll:	which epoll descriptor it is, of the host or made there; duplicates
 *		have the same; 0: none
 */
struct fd_slot {
	uint64_t what;
	uint32_t standin;
	bool member;
	bool ring;
	uint64_t epoll;
};

extern struct fd_slot *fd_slots;

int fds_init(void);

static inline struct fd_slot *fd_slot(int fd)
{
	return fd_slots && (unsigned int)fd < FDS_MAX ? &fd_slots[fd] : NULL;
}

/* The descriptor within LKL, or -1 for one of the host. */
static inline int fd_lkl(int fd)
{
	uint64_t what;

	if (!fd_slots || (unsigned int)fd >= FDS_MAX)
		return -1;
	what = __atomic_load_n(&fd_slots[fd].what, __ATOMIC_ACQUIRE);
	return what >> 32 == FD_LKL ? (int)(uint32_t)what : -1;
}

bool fd_is_reserved(int fd);

/* One more than the largest descriptor of the program that is in the table ... */
unsigned int fds_end(void);
void fd_note_end(int fd);
/* ... and than the largest one that it ever got, as far as we saw. */
unsigned int fds_seen(void);
int fd_note_seen(int fd);

/* The lowest of FD_RESERVED in a range, or -1. */
int fd_next_reserved(unsigned int first, unsigned int last);

/*
 * Make a placeholder, the lowest number from @min.  -1 and errno when there is
 * none.
 */
int fd_reserve(int min, bool cloexec);
/* It stands for @k from now on. */
void fd_install(int fd, int k);
/* It was not needed. */
void fd_unreserve(int fd);
/* Put a placeholder for @k in the place of whatever @fd is; @fd or -1. */
int fd_replace(int fd, int k, bool cloexec);
/* @fd, which is open, becomes a placeholder for @k; -errno on failure. */
int fd_turn(int fd, int k);
/* The placeholder @fd is to be the same file as @file, which the host can map. */
int fd_back(int fd, int file);
/* A placeholder for the result of an LKL call, negative: sets errno. */
int fd_finish(int fd, long k);

/* It is the host's again: what it stood for, or -1.  Not closed yet. */
int fd_clear(int fd);

/* Descriptors that code below us opens: out of the program's way. */
int fd_keep(int fd);
/* This library's, which works in children too. */
int fd_keep_ours(int fd);
void fd_unkeep(int fd);
/* In the child of a fork(): the kernel is not there, so these are of no use. */
void fds_forked(void);

/*
 * What stands for @fd within LKL, made when there is none, or -errno.
 */
int fd_standin(int fd);
/* That is no longer needed. */
void fd_forget(int fd);
/* @fd is about to be closed, or replaced. */
void fd_closing(int fd);
/*
 * The host has just opened @fd, which may have been closed behind our back
 * before.  Returns @fd.
 */
int fd_fresh(int fd);

#endif /* LKL_HIJACK_FDS_H */
