/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Functions of the host for archives: streams, and names of users and groups.
 */
#ifndef COPY_TAR_HOST_H
#define COPY_TAR_HOST_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

struct copy;

/* Return true for a file, which never lets its user wait for another program. */
bool tar_host_is_regular(int fd);
/* Return true if there is something to read, or the end, without waiting. */
bool tar_host_is_ready(int fd);
/*
 * Read or write, as read(2) and write(2) do, and count time that another program
 * takes as progress.  Return -1 with EINTR in errno if the copy was stopped
 * meanwhile.
 */
ssize_t tar_host_read(struct copy *c, int fd, void *buf, size_t len);
ssize_t tar_host_write(struct copy *c, int fd, const void *buf, size_t len);

/* Find a user or a group.  Return false if the host does not know the name. */
bool owner_find_user(const char *name, uint32_t *uid);
bool owner_find_group(const char *name, uint32_t *gid);

/**
 * struct owner_files - the files in which the host keeps names
 * @users:	the file of users, or NULL
 * @groups:	the file of groups, or NULL
 */
struct owner_files {
	FILE *users;
	FILE *groups;
};

/* Open the files, before the process is confined. */
void owner_files_open(struct owner_files *f);
void owner_files_close(struct owner_files *f);
/* Find a user or a group in the files. */
bool owner_files_find_user(const struct owner_files *f, const char *name,
			   uint32_t *uid);
bool owner_files_find_group(const struct owner_files *f, const char *name,
			    uint32_t *gid);
/* Return why the files do not have a name, and what to do. */
const char *owner_files_why_unknown(void);

#endif /* COPY_TAR_HOST_H */
