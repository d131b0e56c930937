// SPDX-License-Identifier: GPL-2.0
/*
 * Files of the user that permit the user nothing, for instance of mode 0000.
 *
 * The owner of a user namespace may read all files of the users in there; every
 * user may make a namespace with the own user and group in it, where the host
 * allows this.  But in the namespace all other users are one, so that owners
 * could not be copied.  Therefore only the call that fails is made there, by a
 * process that shares memory and descriptors with this one, and ends after it.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "copy/trees/own-files.h"

#define OWN_STACK_SIZE	65536

/**
 * struct own_call - a call
 * @fd:		directory or file
 * @name:	name of a file, or of an attribute
 * @flags:	flags for openat(2)
 * @value:	value of the attribute, NULL: open a file
 * @size:	its size
 * @uid:	user of this process
 * @gid:	group of this process
 * @ready:	the namespace is complete
 * @result:	result of the call, or a negative errno
 */
struct own_call {
	int fd;
	const char *name;
	int flags;
	void *value;
	size_t size;
	unsigned int uid;
	unsigned int gid;
	bool ready;
	long result;
};

static bool own_write(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	ssize_t n;

	if (fd < 0)
		return false;
	n = write(fd, text, strlen(text));
	close(fd);
	return n == (ssize_t)strlen(text);
}

/* Let the user and the group be themselves in the new namespace. */
static bool own_map_ids(const struct own_call *c)
{
	char user[64], group[64];

	snprintf(user, sizeof(user), "%u %u 1", c->uid, c->uid);
	snprintf(group, sizeof(group), "%u %u 1", c->gid, c->gid);
	return own_write("/proc/self/uid_map", user) &&
	       own_write("/proc/self/setgroups", "deny") &&
	       own_write("/proc/self/gid_map", group);
}

/* The caller does not run meanwhile, as after vfork(2). */
static int own_child(void *arg)
{
	struct own_call *c = arg;

	c->ready = own_map_ids(c);
	if (c->ready) {
		c->result = c->value ? fgetxattr(c->fd, c->name, c->value,
						 c->size) :
				       openat(c->fd, c->name, c->flags);
		if (c->result < 0)
			c->result = -errno;
	}
	_exit(0);
}

static long own_do(struct own_call *c)
{
	static bool is_impossible;
	sigset_t all, mask;
	char *stack;
	pid_t pid;

	c->uid = geteuid();
	c->gid = getegid();
	c->result = -EACCES;
	if (is_impossible)
		return c->result;
	stack = mmap(NULL, OWN_STACK_SIZE, PROT_READ | PROT_WRITE,
		     MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
	if (stack == MAP_FAILED)
		return c->result;
	/* No handler may run in the other process. */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &mask);
	pid = clone(own_child, stack + OWN_STACK_SIZE,
		    CLONE_VM | CLONE_VFORK | CLONE_FILES | CLONE_NEWUSER, c);
	if (pid > 0)
		while (waitpid(pid, NULL, __WCLONE) < 0 && errno == EINTR)
			;
	pthread_sigmask(SIG_SETMASK, &mask, NULL);
	munmap(stack, OWN_STACK_SIZE);
	if (!c->ready)
		is_impossible = true;
	return c->result;
}

int own_files_open(int dir, const char *name, int flags)
{
	struct own_call c = { .fd = dir, .name = name, .flags = flags };

	return own_do(&c);
}

long own_files_get_xattr(int fd, const char *attr, void *value, size_t size)
{
	struct own_call c = {
		.fd = fd,
		.name = attr,
		.value = value,
		.size = size,
	};

	return own_do(&c);
}
