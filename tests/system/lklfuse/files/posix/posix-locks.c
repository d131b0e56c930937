// SPDX-License-Identifier: GPL-2.0
/* Locks: POSIX, of open file descriptions, and flock(). */
#include "posix.h"

#include <signal.h>
#include <sys/file.h>
#include <sys/time.h>

static int set_lock(int fd, int cmd, int type, off_t at, off_t len)
{
	struct flock l = {
		.l_type = type, .l_whence = SEEK_SET, .l_start = at,
		.l_len = len
	};

	return fcntl(fd, cmd, &l);
}

/* Return the lock that conflicts with the given lock. */
static struct flock get_blocker(int fd, int cmd, int type, off_t at, off_t len)
{
	struct flock l = {
		.l_type = type, .l_whence = SEEK_SET, .l_start = at,
		.l_len = len
	};

	ok(fcntl(fd, cmd, &l));
	return l;
}

/* Check that another process sees a write lock on just this range of "f". */
static void expect_locked(off_t at, off_t len)
{
	AS(NULL) {
		int fd = ok(open("f", O_RDWR));
		struct flock l = get_blocker(fd, F_GETLK, F_RDLCK, at, 1);

		ck_assert_int_eq(l.l_type, F_WRLCK);
		ck_assert_int_eq(l.l_start, at);
		ck_assert_int_eq(l.l_len, len);
		ck_assert_int_eq(l.l_pid, getppid());
	}
}

static void expect_unlocked(off_t at, off_t len)
{
	AS(NULL) {
		int fd = ok(open("f", O_RDWR));
		struct flock l = get_blocker(fd, F_GETLK, F_WRLCK, at, len);

		ck_assert_int_eq(l.l_type, F_UNLCK);
		ok(set_lock(fd, F_SETLK, F_WRLCK, at, len));
	}
}

TEST(posix_write_lock_keeps_other_processes_out)
{
	int fd = make("f", 0644);

	ok(set_lock(fd, F_SETLK, F_WRLCK, 0, 0));
	ok(set_lock(fd, F_SETLK, F_WRLCK, 0, 0));
	AS(NULL) {
		int other = ok(open("f", O_RDWR));

		fails(set_lock(other, F_SETLK, F_WRLCK, 0, 1), EAGAIN);
		fails(set_lock(other, F_SETLK, F_RDLCK, 1000, 1), EAGAIN);
		/* A child inherits the descriptor, but not the lock. */
		fails(set_lock(fd, F_SETLK, F_RDLCK, 5, 1), EAGAIN);
	}
	ok(set_lock(fd, F_SETLK, F_UNLCK, 0, 0));
	expect_unlocked(0, 0);
}

TEST(posix_read_locks_are_shared)
{
	int fd = make("f", 0644);

	ok(set_lock(fd, F_SETLK, F_RDLCK, 0, 10));
	AS(NULL) {
		int other = ok(open("f", O_RDWR));

		ok(set_lock(other, F_SETLK, F_RDLCK, 0, 20));
		fails(set_lock(other, F_SETLK, F_WRLCK, 0, 10), EAGAIN);
		ok(set_lock(other, F_SETLK, F_WRLCK, 10, 10));
	}
}

TEST(posix_lock_is_split_by_an_unlock_in_the_middle)
{
	int fd = make("f", 0644);

	ok(set_lock(fd, F_SETLK, F_WRLCK, 0, 30));
	ok(set_lock(fd, F_SETLK, F_UNLCK, 10, 10));
	expect_locked(0, 10);
	expect_unlocked(10, 10);
	expect_locked(20, 10);
}

TEST(posix_locks_that_touch_are_merged)
{
	int fd = make("f", 0644);

	ok(set_lock(fd, F_SETLK, F_WRLCK, 0, 10));
	ok(set_lock(fd, F_SETLK, F_WRLCK, 20, 10));
	ok(set_lock(fd, F_SETLK, F_WRLCK, 10, 10));
	expect_locked(0, 30);
	ok(set_lock(fd, F_SETLK, F_WRLCK, 25, 75));
	expect_locked(0, 100);
}

TEST(posix_lock_changes_between_read_and_write)
{
	int fd = make("f", 0644);

	ok(set_lock(fd, F_SETLK, F_WRLCK, 0, 30));
	ok(set_lock(fd, F_SETLK, F_RDLCK, 10, 10));
	AS(NULL) {
		int other = ok(open("f", O_RDWR));

		ok(set_lock(other, F_SETLK, F_RDLCK, 10, 10));
		fails(set_lock(other, F_SETLK, F_RDLCK, 9, 1), EAGAIN);
	}
	ok(set_lock(fd, F_SETLK, F_WRLCK, 10, 10));
	expect_locked(0, 30);
}

TEST(posix_lock_to_the_end_covers_what_is_appended)
{
	int fd = make("f", 0644);

	ok(set_lock(fd, F_SETLK, F_WRLCK, 100, 0));
	write_at(fd, "x", 1, 5000);
	expect_unlocked(0, 100);
	AS(NULL)
		fails(set_lock(ok(open("f", O_RDWR)), F_SETLK, F_WRLCK, 1LL << 40,
			       1), EAGAIN);
}

TEST(posix_lock_takes_negative_lengths_and_every_whence)
{
	struct flock l = { .l_type = F_WRLCK, .l_whence = SEEK_END,
			   .l_start = -10, .l_len = 5 };
	int fd = make("f", 0644);

	ok(ftruncate(fd, 100));
	ok(fcntl(fd, F_SETLK, &l));
	expect_locked(90, 5);
	ok(lseek(fd, 50, SEEK_SET));
	l.l_whence = SEEK_CUR;
	l.l_start = 0;
	l.l_len = -10;
	ok(fcntl(fd, F_SETLK, &l));
	expect_locked(40, 10);
	fails(set_lock(fd, F_SETLK, F_WRLCK, 5, -10), EINVAL);
	fails(set_lock(fd, F_SETLK, F_WRLCK, -1, 10), EINVAL);
	fails(set_lock(fd, F_SETLK, 77, 0, 10), EINVAL);
}

TEST(posix_lock_needs_an_fd_of_its_kind)
{
	int fd;

	put_text("f", "");
	fd = ok(open("f", O_RDONLY));
	fails(set_lock(fd, F_SETLK, F_WRLCK, 0, 0), EBADF);
	ok(set_lock(fd, F_SETLK, F_RDLCK, 0, 0));
	fd = ok(open("f", O_WRONLY));
	fails(set_lock(fd, F_SETLK, F_RDLCK, 0, 0), EBADF);
}

TEST(posix_locks_go_when_any_fd_of_the_file_is_closed)
{
	int fd = make("f", 0644), other = ok(open("f", O_RDONLY));

	ok(set_lock(fd, F_SETLK, F_WRLCK, 0, 0));
	ok(close(other));
	expect_unlocked(0, 0);
}

TEST(posix_locks_go_when_the_process_ends)
{
	int fd = make("f", 0644);

	AS(NULL)
		ok(set_lock(fd, F_SETLK, F_WRLCK, 0, 0));
	ok(set_lock(fd, F_SETLK, F_WRLCK, 0, 0));
}

/* Start a child that locks "f" until the other end of @hold is closed. */
static pid_t child_with_lock(int type, off_t at, off_t len, int *hold)
{
	int ready[2], end[2];
	char c;
	pid_t pid;

	ok(pipe(ready));
	ok(pipe(end));
	pid = ok(fork());
	if (!pid) {
		ok(close(end[1]));
		ok(set_lock(ok(open("f", O_RDWR)), F_SETLK, type, at, len));
		ok(write(ready[1], "r", 1));
		ok(read(end[0], &c, 1));
		_exit(0);
	}
	ok(close(ready[1]));
	ok(close(end[0]));
	ck_assert_int_eq(ok(read(ready[0], &c, 1)), 1);
	*hold = end[1];
	return pid;
}

TEST(posix_lock_that_waits_gets_it_when_it_is_free)
{
	int fd = make("f", 0644), hold;
	pid_t pid = child_with_lock(F_WRLCK, 0, 10, &hold), waiter;

	waiter = ok(fork());
	if (!waiter) {
		ok(close(hold));
		ok(set_lock(ok(open("f", O_RDWR)), F_SETLKW, F_WRLCK, 5, 10));
		write_at(fd, "got it", 6, 0);
		_exit(0);
	}
	ok(close(hold));
	reap(pid);
	reap(waiter);
	expect_text("f", "got it");
}

static void on_alarm(int sig)
{
}

TEST(posix_lock_that_waits_is_interrupted_by_a_signal)
{
	struct sigaction sa = { .sa_handler = on_alarm };
	/* Repeat the signal, as the first one may come before the wait. */
	struct itimerval soon = { { 0, 50000 }, { 0, 50000 } }, off = { 0 };
	int fd = make("f", 0644), hold;
	pid_t pid = child_with_lock(F_WRLCK, 0, 10, &hold);

	AS(NULL) {
		ok(close(hold));
		ok(sigaction(SIGALRM, &sa, NULL));
		ok(setitimer(ITIMER_REAL, &soon, NULL));
		fails(set_lock(fd, F_SETLKW, F_WRLCK, 0, 10), EINTR);
		ok(setitimer(ITIMER_REAL, &off, NULL));
	}
	ok(close(hold));
	reap(pid);
	ok(set_lock(fd, F_SETLK, F_WRLCK, 0, 10));
}

/* Wait for a lock on the byte at @at; return 1 on EDEADLK. */
static int lock_or_deadlock(int fd, off_t at)
{
	if (!set_lock(fd, F_SETLKW, F_WRLCK, at, 1))
		return 0;
	ck_assert_int_eq(errno, EDEADLK);
	return 1;
}

TEST(posix_locks_that_wait_for_each_other_are_edeadlk)
{
	int fd = make("f", 0644), ready[2], status, is_deadlock;
	char c;
	pid_t pid;

	ok(pipe(ready));
	ok(set_lock(fd, F_SETLK, F_WRLCK, 0, 1));
	pid = ok(fork());
	if (!pid) {
		fd = ok(open("f", O_RDWR));
		ok(set_lock(fd, F_SETLK, F_WRLCK, 1, 1));
		ok(write(ready[1], "r", 1));
		_exit(lock_or_deadlock(fd, 0));
	}
	ok(read(ready[0], &c, 1));
	/* The last process to wait gets EDEADLK, and releases its lock. */
	is_deadlock = lock_or_deadlock(fd, 1);
	ok(set_lock(fd, F_SETLK, F_UNLCK, 0, 0));
	ok(waitpid(pid, &status, 0));
	ck_assert(WIFEXITED(status));
	ck_assert_int_eq(WEXITSTATUS(status) + is_deadlock, 1);
}

TEST(posix_lock_of_thousands_of_ranges_works)
{
	int fd = make("f", 0644);

	for (int i = 0; i < 2000; i++)
		ok(set_lock(fd, F_SETLK, F_WRLCK, 2 * i, 1));
	expect_locked(1000, 1);
	expect_unlocked(1001, 1);
	ok(set_lock(fd, F_SETLK, F_UNLCK, 0, 0));
	expect_unlocked(0, 0);
}

TEST(posix_locks_guard_a_counter)
{
	int fd = make("f", 0644), value = 0;
	pid_t pids[4];

	write_at(fd, &value, sizeof(value), 0);
	for (int i = 0; i < 4; i++) {
		pids[i] = ok(fork());
		if (pids[i])
			continue;
		fd = ok(open("f", O_RDWR));
		for (int j = 0; j < 100; j++) {
			ok(set_lock(fd, F_SETLKW, F_WRLCK, 0, 4));
			ok(pread(fd, &value, sizeof(value), 0));
			value++;
			write_at(fd, &value, sizeof(value), 0);
			ok(set_lock(fd, F_SETLK, F_UNLCK, 0, 4));
		}
		_exit(0);
	}
	for (int i = 0; i < 4; i++)
		reap(pids[i]);
	ok(pread(fd, &value, sizeof(value), 0));
	ck_assert_int_eq(value, 400);
}

/* Locks of open file descriptions */

TEST(ofd_locks_conflict_within_a_process)
{
	int fd = make("f", 0644), other = ok(open("f", O_RDWR));

	ok(set_lock(fd, F_OFD_SETLK, F_WRLCK, 0, 10));
	fails(set_lock(other, F_OFD_SETLK, F_RDLCK, 5, 10), EAGAIN);
	ok(set_lock(other, F_OFD_SETLK, F_WRLCK, 10, 10));
	ok(set_lock(ok(dup(fd)), F_OFD_SETLK, F_RDLCK, 0, 10));
	ok(set_lock(other, F_OFD_SETLK, F_RDLCK, 0, 5));
}

TEST(ofd_lock_is_seen_by_getlk_without_a_pid)
{
	int fd = make("f", 0644), other = ok(open("f", O_RDWR));
	struct flock l;

	ok(set_lock(fd, F_OFD_SETLK, F_WRLCK, 3, 10));
	l = get_blocker(other, F_OFD_GETLK, F_RDLCK, 0, 0);
	ck_assert_int_eq(l.l_type, F_WRLCK);
	ck_assert_int_eq(l.l_start, 3);
	ck_assert_int_eq(l.l_len, 10);
	ck_assert_int_eq(l.l_pid, -1);
}

TEST(ofd_lock_stays_until_the_last_close)
{
	int fd = make("f", 0644), other = ok(open("f", O_RDWR)), copy;

	ok(set_lock(fd, F_OFD_SETLK, F_WRLCK, 0, 0));
	copy = ok(dup(fd));
	ok(close(fd));
	ok(close(ok(open("f", O_RDONLY))));
	fails(set_lock(other, F_OFD_SETLK, F_WRLCK, 0, 0), EAGAIN);
	ok(close(copy));
	ok(set_lock(other, F_OFD_SETLK, F_WRLCK, 0, 0));
}

TEST(ofd_and_posix_locks_conflict)
{
	int fd = make("f", 0644), other = ok(open("f", O_RDWR));

	ok(set_lock(fd, F_SETLK, F_WRLCK, 0, 10));
	fails(set_lock(other, F_OFD_SETLK, F_WRLCK, 0, 10), EAGAIN);
	ok(set_lock(other, F_OFD_SETLK, F_WRLCK, 10, 10));
	fails(set_lock(fd, F_SETLK, F_RDLCK, 10, 10), EAGAIN);
}

/* flock() */

TEST(flock_exclusive_keeps_others_out)
{
	int fd = make("f", 0644), other = ok(open("f", O_RDWR));

	ok(flock(fd, LOCK_EX));
	fails(flock(other, LOCK_EX | LOCK_NB), EWOULDBLOCK);
	fails(flock(other, LOCK_SH | LOCK_NB), EWOULDBLOCK);
	AS(NULL)
		fails(flock(ok(open("f", O_RDONLY)), LOCK_SH | LOCK_NB),
		      EWOULDBLOCK);
	ok(flock(fd, LOCK_UN));
	ok(flock(other, LOCK_EX | LOCK_NB));
}

TEST(flock_shared_is_shared)
{
	int fd = make("f", 0644), other = ok(open("f", O_RDONLY));

	ok(flock(fd, LOCK_SH));
	ok(flock(other, LOCK_SH | LOCK_NB));
	fails(flock(fd, LOCK_EX | LOCK_NB), EWOULDBLOCK);
	ok(close(other));
	ok(flock(fd, LOCK_EX | LOCK_NB));
}

TEST(flock_exclusive_becomes_shared)
{
	int fd = make("f", 0644), other = ok(open("f", O_RDONLY));

	ok(flock(fd, LOCK_EX));
	ok(flock(fd, LOCK_SH));
	ok(flock(other, LOCK_SH | LOCK_NB));
}

TEST(flock_is_of_the_open_file_across_dup_and_fork)
{
	int fd = make("f", 0644), other = ok(open("f", O_RDWR)), copy;

	ok(flock(fd, LOCK_EX));
	copy = ok(dup(fd));
	ok(flock(copy, LOCK_EX | LOCK_NB));
	AS(NULL)
		ok(flock(fd, LOCK_EX | LOCK_NB));
	fails(flock(other, LOCK_EX | LOCK_NB), EWOULDBLOCK);
	ok(close(fd));
	fails(flock(other, LOCK_EX | LOCK_NB), EWOULDBLOCK);
	AS(NULL)
		ok(flock(copy, LOCK_UN));
	ok(flock(other, LOCK_EX | LOCK_NB));
}

TEST(flock_goes_with_the_last_close)
{
	int fd = make("f", 0644), other = ok(open("f", O_RDWR));

	ok(flock(fd, LOCK_EX));
	ok(close(fd));
	ok(flock(other, LOCK_EX | LOCK_NB));
}

TEST(flock_waits_for_its_turn)
{
	int fd = make("f", 0644), ready[2];
	char c;
	pid_t pid;

	ok(pipe(ready));
	ok(flock(fd, LOCK_EX));
	pid = ok(fork());
	if (!pid) {
		int own = ok(open("f", O_RDWR));

		ok(close(fd));
		ok(write(ready[1], "r", 1));
		ok(flock(own, LOCK_EX));
		expect_at(own, "first", 5, 0);
		_exit(0);
	}
	ok(read(ready[0], &c, 1));
	write_at(fd, "first", 5, 0);
	ok(flock(fd, LOCK_UN));
	reap(pid);
}

TEST(flock_and_posix_locks_ignore_each_other)
{
	int fd = make("f", 0644), other = ok(open("f", O_RDWR));

	ok(flock(fd, LOCK_EX));
	ok(set_lock(other, F_SETLK, F_WRLCK, 0, 0));
	AS(NULL)
		fails(flock(ok(open("f", O_RDWR)), LOCK_SH | LOCK_NB),
		      EWOULDBLOCK);
}

TEST(flock_works_on_directories_and_read_only_files)
{
	int dir = ok(open(".", O_RDONLY)), again = ok(open(".", O_RDONLY)), fd;

	ok(flock(dir, LOCK_EX));
	fails(flock(again, LOCK_SH | LOCK_NB), EWOULDBLOCK);
	put_text("f", "");
	fd = ok(open("f", O_RDONLY));
	ok(flock(fd, LOCK_EX | LOCK_NB));
	fails(flock(fd, 77), EINVAL);
}

TEST(locks_do_not_keep_from_reading_and_writing)
{
	int fd = make("f", 0644);

	ok(flock(fd, LOCK_EX));
	ok(set_lock(fd, F_SETLK, F_WRLCK, 0, 0));
	AS(NULL)
		write_at(ok(open("f", O_RDWR)), "text", 4, 0);
	expect_text("f", "text");
}

TEST(lock_on_an_unlinked_file_is_not_on_the_new_one)
{
	int fd = make("f", 0644);

	ok(set_lock(fd, F_SETLK, F_WRLCK, 0, 0));
	ok(flock(fd, LOCK_EX));
	ok(unlink("f"));
	put_text("f", "");
	expect_unlocked(0, 0);
	ok(flock(ok(open("f", O_RDWR)), LOCK_EX | LOCK_NB));
}
