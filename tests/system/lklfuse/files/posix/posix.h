/* SPDX-License-Identifier: GPL-2.0 */
/* Functions for the tests of the POSIX suite; see posix-main.c. */
#ifndef LKL_TESTS_POSIX_H
#define LKL_TESTS_POSIX_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define PAGE	4096

/*
 * Define and register a test.  The name of the test states the expected
 * behaviour.
 */
#define TEST(name)							\
	static const TTest *name;					\
	static void __attribute__((constructor)) name##_register(void)	\
	{								\
		posix_add(__FILE__, &name);				\
	}								\
	START_TEST(name)

void posix_add(const char *file, const TTest * const *test);

/* Return the result of a system call, which must succeed. */
#define ok(call) ({							\
	long ok_result = (long)(call);					\
									\
	if (ok_result < 0)						\
		ck_abort_msg("%s: %s", #call, strerror(errno));		\
	ok_result;							\
})

/* Check that a system call fails with errno @error. */
#define fails(call, error) do {						\
	long fails_result;						\
									\
	errno = 0;							\
	fails_result = (long)(call);					\
	if (fails_result != -1)						\
		ck_abort_msg("%s succeeds, expected %s", #call, #error);	\
	if (errno != (error))						\
		ck_abort_msg("%s: %s, not %s", #call, strerror(errno),	\
			     #error);					\
} while (0)

/* A user who runs a part of a test. */
struct user {
	uid_t uid;
	gid_t gid;
	int count;		/* number of supplementary groups */
	gid_t groups[2];
};

enum { ALICE = 20001, BOB = 20002, TEAM = 20100 };

extern const struct user alice, bob;
extern const struct user alice_of_team;		/* Alice, in the group TEAM */

/*
 * Run the following block in a child process, as @user, or as the same user if
 * @user is NULL.  A failure in the child fails the test; changes in memory are
 * lost.
 */
#define AS(user) \
	for (bool in_child = posix_fork(user); in_child; in_child = posix_leave())

bool posix_fork(const struct user *user);
bool posix_leave(void);
void become(const struct user *user);

/* Wait for a child, which must exit with status 0. */
void reap(pid_t pid);

void skip_part(const char *what);

/* Return true on FUSE, where the host's kernel decides some cases itself. */
bool on_fuse(void);

/* Create a file with @mode, and return a descriptor. */
int make(const char *path, mode_t mode);
void put(const char *path, const void *data, size_t len);
void put_text(const char *path, const char *text);
void expect(const char *path, const void *data, size_t len);
void expect_text(const char *path, const char *text);
void make_dir(const char *path, mode_t mode);
void make_for(const struct user *user, const char *path, mode_t mode);

struct stat stat_of(const char *path);		/* lstat() */
mode_t mode_of(const char *path);		/* permission bits */
bool exists(const char *path);

/* Wait until new time stamps are later than all old ones. */
void tick(void);
bool later(struct timespec a, struct timespec b);
bool same_time(struct timespec a, struct timespec b);

void fill(void *data, size_t len, unsigned int seed);
bool all_zero(const void *data, size_t len);
void write_at(int fd, const void *data, size_t len, off_t at);
void expect_at(int fd, const void *data, size_t len, off_t at);
void expect_zeros(int fd, size_t len, off_t at);
void *map_shared(int fd, size_t len, off_t at);

#endif /* LKL_TESTS_POSIX_H */
