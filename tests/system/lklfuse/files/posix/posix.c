// SPDX-License-Identifier: GPL-2.0
/* Functions for the tests of the POSIX suite: users, files, time. */
#include "posix.h"

#include <grp.h>
#include <linux/magic.h>
#include <sys/vfs.h>

const struct user alice = { .uid = ALICE, .gid = ALICE };
const struct user bob = { .uid = BOB, .gid = BOB };
const struct user alice_of_team = {
	.uid = ALICE, .gid = ALICE, .count = 1, .groups = { TEAM }
};

void become(const struct user *user)
{
	ok(setgroups(user->count, user->groups));
	ok(setresgid(user->gid, user->gid, user->gid));
	ok(setresuid(user->uid, user->uid, user->uid));
}

void reap(pid_t pid)
{
	int status;

	ok(waitpid(pid, &status, 0));
	/* A child has reported its failed check already. */
	if (WIFEXITED(status) && WEXITSTATUS(status))
		_exit(WEXITSTATUS(status));
	ck_assert_msg(WIFEXITED(status), "a child ended by signal %d",
		      WTERMSIG(status));
}

bool posix_fork(const struct user *user)
{
	pid_t pid = ok(fork());

	if (pid) {
		reap(pid);
		return false;
	}
	if (user)
		become(user);
	return true;
}

bool posix_leave(void)
{
	_exit(0);
	return false;
}

bool on_fuse(void)
{
	struct statfs st;

	ok(statfs(".", &st));
	return st.f_type == FUSE_SUPER_MAGIC;
}

void skip_part(const char *what)
{
	fprintf(stderr, "skipped a part: %s\n", what);
}

int make(const char *path, mode_t mode)
{
	int fd = ok(open(path, O_RDWR | O_CREAT | O_EXCL, 0600));

	ok(fchmod(fd, mode));
	return fd;
}

void put(const char *path, const void *data, size_t len)
{
	int fd = ok(open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644));

	write_at(fd, data, len, 0);
	ok(close(fd));
}

void put_text(const char *path, const char *text)
{
	put(path, text, strlen(text));
}

void expect(const char *path, const void *data, size_t len)
{
	int fd = ok(open(path, O_RDONLY));
	struct stat st;

	ok(fstat(fd, &st));
	ck_assert_int_eq(st.st_size, len);
	expect_at(fd, data, len, 0);
	ok(close(fd));
}

void expect_text(const char *path, const char *text)
{
	expect(path, text, strlen(text));
}

void make_dir(const char *path, mode_t mode)
{
	ok(mkdir(path, 0700));
	ok(chmod(path, mode));
}

void make_for(const struct user *user, const char *path, mode_t mode)
{
	int fd = make(path, 0600);

	ok(fchown(fd, user->uid, user->gid));
	ok(fchmod(fd, mode));
	ok(close(fd));
}

struct stat stat_of(const char *path)
{
	struct stat st;

	ok(lstat(path, &st));
	return st;
}

mode_t mode_of(const char *path)
{
	return stat_of(path).st_mode & 07777;
}

bool exists(const char *path)
{
	struct stat st;

	if (!lstat(path, &st))
		return true;
	ck_assert_int_eq(errno, ENOENT);
	return false;
}

bool later(struct timespec a, struct timespec b)
{
	return a.tv_sec > b.tv_sec ||
	       (a.tv_sec == b.tv_sec && a.tv_nsec > b.tv_nsec);
}

bool same_time(struct timespec a, struct timespec b)
{
	return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec;
}

/*
 * Two clocks may stamp a file, the clock of the file system's server and ours,
 * and both advance in jiffies.  Wait until both have advanced by several
 * jiffies.  Only a directory always shows the clock of the server: if the host
 * caches writes, the host's kernel stamps regular files.
 */
void tick(void)
{
	const struct timespec pause = { .tv_nsec = 2000000 };
	struct timespec ours, until, theirs;

	ok(mkdir(".tick", 0700));
	ok(chmod(".tick", 0700));
	theirs = stat_of(".tick").st_ctim;
	clock_gettime(CLOCK_REALTIME_COARSE, &ours);
	for (int i = 0; i < 2; i++) {
		struct timespec *t = i ? &theirs : &ours;

		t->tv_nsec += 25000000;
		t->tv_sec += t->tv_nsec / 1000000000;
		t->tv_nsec %= 1000000000;
	}
	do {
		nanosleep(&pause, NULL);
		ok(chmod(".tick", 0700));
		clock_gettime(CLOCK_REALTIME_COARSE, &until);
	} while (!later(until, ours) ||
		 !later(stat_of(".tick").st_ctim, theirs));
	ok(rmdir(".tick"));
}

/* Fill @data with bytes that depend on their position and on @seed. */
void fill(void *data, size_t len, unsigned int seed)
{
	uint8_t *p = data;
	uint32_t x = seed * 2654435761u + 12345;

	for (size_t i = 0; i < len; i++) {
		x = x * 1664525 + 1013904223;
		p[i] = (x >> 24) | 1;	/* never 0, as in a hole */
	}
}

bool all_zero(const void *data, size_t len)
{
	const uint8_t *p = data;

	for (size_t i = 0; i < len; i++)
		if (p[i])
			return false;
	return true;
}

void write_at(int fd, const void *data, size_t len, off_t at)
{
	const uint8_t *p = data;

	while (len) {
		ssize_t n = ok(pwrite(fd, p, len, at));

		ck_assert_int_gt(n, 0);
		p += n;
		at += n;
		len -= n;
	}
}

static void report_difference(const uint8_t *got, const uint8_t *want, off_t at)
{
	size_t i = 0;

	while (got[i] == want[i])
		i++;
	ck_abort_msg("byte %lld is %#x, not %#x", (long long)at + i, got[i],
		     want[i]);
}

void expect_at(int fd, const void *data, size_t len, off_t at)
{
	const uint8_t *want = data;
	uint8_t got[16 * PAGE];
	size_t done = 0;

	while (done < len) {
		size_t n = len - done < sizeof(got) ? len - done : sizeof(got);

		n = ok(pread(fd, got, n, at + done));
		ck_assert_msg(n, "the file ends at %zu of %zu", done, len);
		if (memcmp(got, want + done, n))
			report_difference(got, want + done, at + done);
		done += n;
	}
}

void expect_zeros(int fd, size_t len, off_t at)
{
	uint8_t *zeros = calloc(1, len + 1);

	expect_at(fd, zeros, len, at);
	free(zeros);
}

void *map_shared(int fd, size_t len, off_t at)
{
	void *p = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_SHARED, fd, at);

	ck_assert_msg(p != MAP_FAILED, "mmap: %s", strerror(errno));
	return p;
}
