/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Calling the POSIX host as liblkl does: functions that its tests share.
 */
#ifndef LKL_TESTS_DRIVE_H
#define LKL_TESTS_DRIVE_H

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <lkl_host.h>

#include "shared/macros.h"

#define blk_ops		(lkl_default_host_ops()->blk)
#define wait_ops	(lkl_default_host_ops()->wait)
#define vm_ops		(lkl_default_host_ops()->vm)

/* Index of a loop test: how the poller performs requests */
enum poller_mode { WITH_RING, WITHOUT_RING, POLLER_MODES };

/**
 * struct rig - a poller with one disk
 * @poller:	the poller
 * @blk:	the disk, as the back end knows it
 * @info:	properties of the disk
 */
struct rig {
	struct lkl_poller *poller;
	void *blk;
	struct lkl_blk_info info;
};

/**
 * struct req - a request and its result
 * @io:		the request that the back end sees
 * @calls:	number of calls of done()
 * @result:	result that done() was called with
 */
struct req {
	struct lkl_blk_io io;
	int calls;
	int result;
};

static inline void skipped(const char *what)
{
	fprintf(stderr, "skipped a part: %s\n", what);
}

#ifndef SYS_cachestat
#define SYS_cachestat	451
#endif

/* Check that the first @len bytes of a file, or all with 0, are on the disk. */
static inline void expect_clean(int fd, uint64_t len)
{
	struct { uint64_t off, len; } range = { 0, len };
	struct { uint64_t cache, dirty, writeback, evicted, recent; } st = { };

	if (syscall(SYS_cachestat, fd, &range, &st, 0))
		skipped("this kernel does not report what is dirty");
	ck_assert_uint_eq(st.dirty, 0);
	ck_assert_uint_eq(st.writeback, 0);
}

static inline int count_fds(void)
{
	int fd, n = 0;

	for (fd = 0; fd < 1024; fd++)
		n += fcntl(fd, F_GETFD) >= 0;
	return n;
}

static inline int count_rings(void)
{
	char link[64], to[64];
	int fd, n = 0;

	for (fd = 0; fd < 256; fd++) {
		ssize_t len;

		snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
		len = readlink(link, to, sizeof(to) - 1);
		to[len < 0 ? 0 : len] = 0;
		n += !strcmp(to, "anon_inode:[io_uring]");
	}
	return n;
}

static inline struct lkl_poller *poller_open(enum poller_mode mode)
{
	struct lkl_poller *poller;
	int rings = count_rings();

	if (mode == WITHOUT_RING)
		setenv("LKL_IO_URING", "0", 1);
	else
		unsetenv("LKL_IO_URING");
	ck_assert_int_eq(wait_ops->poller_create(&poller), 0);
	rings = count_rings() - rings;
	if (mode == WITHOUT_RING)
		ck_assert_int_eq(rings, 0);
	else if (!rings)
		skipped("there is no io_uring here");
	return poller;
}

static inline void disk_open(struct rig *rig, int fd)
{
	struct lkl_disk disk = { .fd = fd };

	ck_assert_int_eq(blk_ops->open(rig->poller, &disk, &rig->info,
				       &rig->blk), 0);
}

static inline struct rig rig_open(int fd, enum poller_mode mode)
{
	struct rig rig = { .poller = poller_open(mode) };

	disk_open(&rig, fd);
	return rig;
}

static inline void rig_close(struct rig *rig)
{
	blk_ops->close(rig->blk);
	wait_ops->poller_destroy(rig->poller);
}

static inline void req_done(struct lkl_blk_io *io, int result)
{
	struct req *req = container_of(io, struct req, io);

	req->calls++;
	req->result = result;
}

/* Fill in @req, a request without buffers. */
static inline struct req *req_range(struct req *req, uint32_t op,
				    uint32_t flags, uint64_t off, uint64_t len)
{
	*req = (struct req) {
		.io = { .op = op, .flags = flags, .offset = off, .len = len,
			.done = req_done },
	};
	return req;
}

static inline struct req *req_vector(struct req *req, uint32_t op,
				     struct iovec *iov, uint32_t n,
				     uint64_t off)
{
	uint64_t len = 0;
	uint32_t i;

	for (i = 0; i < n; i++)
		len += iov[i].iov_len;
	req_range(req, op, 0, off, len);
	req->io.iov = iov;
	req->io.iov_count = n;
	return req;
}

static inline int count_done(const struct req *reqs, int n)
{
	int done = 0;

	while (n--)
		done += reqs++->calls;
	return done;
}

/* Do what a thread of liblkl does when the kernel is idle. */
static inline void idle(struct lkl_poller *poller)
{
	struct lkl_blk_io *io = wait_ops->poller_prepare(poller);

	if (io)
		wait_ops->poller_work(poller, io);
	else
		wait_ops->poller_wait(poller, INT64_MAX);
}

/* Wait until all @n requests @reqs, which are submitted, are done. */
static inline void finish(struct rig *rig, struct req *reqs, int n)
{
	int i, left = n - count_done(reqs, n);

	while (left) {
		int reaped = wait_ops->poller_reap(rig->poller);

		left -= reaped;
		ck_assert_int_eq(left, n - count_done(reqs, n));
		if (left && !reaped)
			idle(rig->poller);
	}
	ck_assert_int_eq(wait_ops->poller_reap(rig->poller), 0);
	for (i = 0; i < n; i++)
		ck_assert_int_eq(reqs[i].calls, 1);
}

static inline void run(struct rig *rig, struct req *reqs, int n)
{
	int i;

	for (i = 0; i < n; i++)
		blk_ops->submit(rig->blk, &reqs[i].io);
	finish(rig, reqs, n);
}

/* Perform a single request, which does not use the ring. */
static inline int run_one(struct rig *rig, struct req *req)
{
	run(rig, req, 1);
	return req->result;
}

/*
 * Perform the request together with an empty read, so that both go through the
 * ring, where there is one.
 */
static inline int run_pair(struct rig *rig, struct req *req)
{
	struct req reqs[2];

	reqs[0] = *req;
	req_range(&reqs[1], LKL_BLK_OP_READ, 0, 0, 0);
	run(rig, reqs, 2);
	ck_assert_int_eq(reqs[1].result, 0);
	*req = reqs[0];
	return req->result;
}

static inline int rw(struct rig *rig, uint32_t op, void *buf, size_t len,
		     uint64_t off)
{
	struct iovec iov = { buf, len };
	struct req req;

	return run_one(rig, req_vector(&req, op, &iov, 1, off));
}

/*
 * Return a file without a name in the current directory, that is, in the build
 * directory, whose file system supports more operations than a tmpfs at /tmp.
 */
static inline int temp_file(uint64_t size)
{
	char path[] = "./host-posix-XXXXXX";
	int fd = mkstemp(path);

	ck_assert_int_ge(fd, 0);
	unlink(path);
	ck_assert_int_eq(ftruncate(fd, size), 0);
	return fd;
}

/* Open the file of @fd again with @flags; -1 when that is refused. */
static inline int reopen(int fd, int flags)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	return open(path, flags | O_CLOEXEC);
}

static inline uint8_t pattern(uint64_t i)
{
	return (i * 0x9e3779b97f4a7c15ULL) >> 56 | 1;
}

/* Fill @buf with bytes that depend on their offset in a file, never with 0. */
static inline void fill(void *buf, size_t len, uint64_t off)
{
	uint8_t *p = buf;

	while (len--)
		*p++ = pattern(off++);
}

static inline bool is_filled(const void *buf, size_t len, uint64_t off)
{
	const uint8_t *p = buf;

	while (len--)
		if (*p++ != pattern(off++))
			return false;
	return true;
}

static inline bool is_zero(const void *buf, size_t len)
{
	const uint8_t *p = buf;

	while (len--)
		if (*p++)
			return false;
	return true;
}

static inline int filled_file(size_t len)
{
	char *buf = malloc(len + !len);
	int fd = temp_file(0);

	fill(buf, len, 0);
	ck_assert_int_eq(pwrite(fd, buf, len, 0), len);
	ck_assert_int_eq(fsync(fd), 0);
	free(buf);
	return fd;
}

/*
 * Apply @action of seccomp(2) to system call @nr of this thread and of threads
 * that it starts.  Return -1 on failure, or the listener if @flags ask for one.
 */
static inline int filter_call(int nr, uint32_t action, unsigned int flags)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
			 offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, nr, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, action),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog prog = { ARRAY_SIZE(code), code };

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		return -1;
	return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &prog);
}

/*
 * Let system call @nr fail with @host_errno.  Where that is not possible, say so
 * and return false.
 */
static inline bool calls_fail_with(int nr, int host_errno)
{
	if (!filter_call(nr, SECCOMP_RET_ERRNO | host_errno, 0))
		return true;
	skipped("system calls cannot be filtered here");
	return false;
}

#endif /* LKL_TESTS_DRIVE_H */
