/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Confinement of a process that is about to read untrusted data.
 */
#ifndef PROCESS_CONFINE_H
#define PROCESS_CONFINE_H

/**
 * struct confine - what a confined process may still do
 * @user:	name of the user that the process becomes, NULL: no change
 * @directory:	the process may open and create files in this directory and
 *		below it; NULL: it may open no files
 * @socket:	the process may receive descriptors from this socket, 0: from none
 */
struct confine {
	const char *user;
	const char *directory;
	int socket;
};

/*
 * Confine the process: it keeps its open files, its memory and the ability to
 * start threads.  It can neither open nor execute other files than @c allows,
 * nor reach other processes.
 *
 * Context: the process has one thread.
 * Return: 0, or -1 after a message.
 */
int confine(const struct confine *c);

#endif /* PROCESS_CONFINE_H */
