/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Confining a process that is about to look at bytes of strangers.
 */
#ifndef UTILS_CONFINE_H
#define UTILS_CONFINE_H

/**
 * struct confine - what the process keeps
 * @user:	become this user, NULL: stay
 * @below:	files may be created and opened below this directory only;
 *		NULL: none at all
 */
struct confine {
	const char *user;
	const char *directory;
};

/*
 * From here on, the process has what it has open, memory and threads, and
 * nothing else: it can neither open nor execute anything, nor reach another
 * process.  It must have one thread.  0, or -1 after a message.
 */
int confine(const struct confine *c);

#endif /* UTILS_CONFINE_H */
