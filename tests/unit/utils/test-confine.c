// SPDX-License-Identifier: GPL-2.0
/*
 * confine(): operations that a confined process can still do, and operations
 * that are refused.
 *
 * A confined process stays confined, so each test confines a child.  Check's
 * own process must stay free: it picks its clock with timer_create(), which is
 * refused to the child, before and after a test.
 */
#define _GNU_SOURCE
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/io_uring.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "process/confine.h"
#include "support/check-main.h"

static char dir[] = "/tmp/lkl-confine-XXXXXX";

static void confine_self(const char *below)
{
	const struct confine c = { .directory = below };

	ck_assert_int_eq(confine(&c), 0);
}

static void confine_run(void (*body)(void))
{
	pid_t child = fork();
	int status;

	ck_assert_int_ge(child, 0);
	if (!child) {
		body();
		_exit(0);
	}
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert_msg(status == 0, "status %#x of the confined process", status);
}

/* A test whose body runs in a child. */
#define CONFINED_TEST(name)						\
	static void name##_body(void);					\
	START_TEST(name)						\
	{								\
		confine_run(name##_body);				\
	}								\
	END_TEST							\
	static void name##_body(void)

#define refused(call)							\
	do {								\
		errno = 0;						\
		ck_assert_msg((long)(call) == -1, #call " succeeds");	\
		ck_assert_msg(errno == EPERM || errno == EACCES,	\
			      #call ": %s", strerror(errno));		\
	} while (0)

CONFINED_TEST(nothing_is_opened)
{
	confine_self(NULL);
	refused(open("/etc/passwd", O_RDONLY));
	refused(open("/dev/null", O_RDWR));
	refused(openat(AT_FDCWD, "/", O_RDONLY | O_DIRECTORY));
	refused(open("/tmp/new", O_WRONLY | O_CREAT, 0600));
	refused(syscall(SYS_openat2, AT_FDCWD, "/etc/passwd", NULL, 0));
	refused(syscall(SYS_open_by_handle_at, AT_FDCWD, NULL, 0));
	refused(mkdir("/tmp/new", 0700));
	refused(unlink("/etc/passwd"));
	refused(rename("/etc/passwd", "/etc/other"));
	refused(chmod("/etc/passwd", 0666));
	refused(truncate("/etc/passwd", 0));
	refused(chroot("/"));
	refused(syscall(SYS_mount, "none", "/", "tmpfs", 0, NULL));
	refused(syscall(SYS_umount2, "/", 0));
}

CONFINED_TEST(nothing_is_executed)
{
	char *argv[] = { "true", NULL };

	confine_self(NULL);
	refused(execve("/bin/true", argv, NULL));
	refused(syscall(SYS_execveat, AT_FDCWD, "/bin/true", argv, NULL, 0));
	refused(fork());
	refused(syscall(SYS_vfork));
	refused(unshare(CLONE_NEWUSER));
}

CONFINED_TEST(other_processes_are_not_reached)
{
	pid_t other = getppid();

	confine_self(NULL);
	refused(kill(other, 0));
	refused(kill(-1, 0));
	refused(syscall(SYS_tgkill, other, other, 0));
	refused(syscall(SYS_pidfd_open, other, 0));
	refused(ptrace(PTRACE_ATTACH, other, 0, 0));
	refused(syscall(SYS_process_vm_readv, other, NULL, 0, NULL, 0, 0));
	refused(socket(AF_UNIX, SOCK_STREAM, 0));
	refused(socket(AF_INET, SOCK_STREAM, 0));
	refused(socket(AF_NETLINK, SOCK_RAW, 0));
	refused(syscall(SYS_bpf, 0, NULL, 0));
	refused(syscall(SYS_perf_event_open, NULL, 0, -1, -1, 0));
	refused(syscall(SYS_keyctl, 0, 0, 0, 0, 0));
	refused(syscall(SYS_userfaultfd, 0));
	refused(syscall(SYS_shmget, 0, 4096, 0600));
}

CONFINED_TEST(descriptors_come_from_one_socket)
{
	struct confine c = { };
	struct msghdr m = { };
	int one[2], other[2];

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, one), 0);
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, other), 0);
	ck_assert_int_eq(write(one[1], "x", 1), 1);
	ck_assert_int_eq(write(other[1], "x", 1), 1);
	c.socket = one[0];
	ck_assert_int_eq(confine(&c), 0);
	ck_assert_int_eq(recvmsg(one[0], &m, 0), 0);
	refused(recvmsg(other[0], &m, 0));
	refused(sendmsg(one[0], &m, 0));
}

CONFINED_TEST(no_other_ring_is_made)
{
	struct io_uring_params params = { };

	confine_self(NULL);
	refused(syscall(SYS_io_uring_setup, 8, &params));
	refused(syscall(SYS_io_uring_register, 0, 0, NULL, 0));
}

CONFINED_TEST(memory_does_not_become_executable)
{
	void *p;

	confine_self(NULL);
	refused(mmap(NULL, 4096, PROT_READ | PROT_EXEC,
		     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
	p = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
		 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ck_assert_ptr_ne(p, MAP_FAILED);
	refused(mprotect(p, 4096, PROT_READ | PROT_EXEC));
	refused(syscall(SYS_pkey_mprotect, p, 4096, PROT_EXEC, -1));
	refused(syscall(SYS_personality, 0x0400000));
}

static void *thread_main(void *arg)
{
	return open("/etc/passwd", O_RDONLY) < 0 ? arg : NULL;
}

CONFINED_TEST(threads_start_and_are_confined_too)
{
	pthread_t thread;
	void *ret;

	confine_self(NULL);
	ck_assert_int_eq(pthread_create(&thread, NULL, thread_main, dir), 0);
	ck_assert_int_eq(pthread_join(thread, &ret), 0);
	ck_assert_ptr_eq(ret, dir);
}

CONFINED_TEST(open_files_stay_usable)
{
	char buf[4] = "";
	struct stat st;
	int fd = memfd_create("test", 0);

	confine_self(NULL);
	ck_assert_int_eq(pwrite(fd, "abc", 3, 0), 3);
	ck_assert_int_eq(pread(fd, buf, 3, 0), 3);
	ck_assert_str_eq(buf, "abc");
	ck_assert_int_eq(fstat(fd, &st), 0);
	ck_assert_int_eq(fdatasync(fd), 0);
	ck_assert_ptr_ne(malloc(1 << 24), NULL);
	ck_assert_int_eq(raise(0), 0);
}

CONFINED_TEST(privileges_do_not_come_back)
{
	confine_self(NULL);
	refused(setuid(0));
	refused(syscall(SYS_capset, NULL, NULL));
	refused(prctl(PR_SET_NO_NEW_PRIVS, 0, 0, 0, 0));
	refused(prctl(PR_SET_DUMPABLE, 1));
}

CONFINED_TEST(files_are_made_below_a_directory_only)
{
	char *argv[] = { "true", NULL };
	char path[64];
	int fd;

	ck_assert_ptr_ne(mkdtemp(dir), NULL);
	confine_self(dir);
	snprintf(path, sizeof(path), "%s/file", dir);
	fd = open(path, O_RDWR | O_CREAT | O_EXCL, 0600);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, "x", 1), 1);
	ck_assert_int_eq(fchmod(fd, 0644), 0);
	ck_assert_int_eq(unlink(path), 0);
	refused(open("/etc/passwd", O_RDONLY));
	refused(open("/etc/new", O_WRONLY | O_CREAT, 0600));
	refused(mkdir("/tmp/lkl-elsewhere", 0700));
	snprintf(path, sizeof(path), "%s/../lkl-elsewhere", dir);
	refused(mkdir(path, 0700));
	refused(execve("/bin/true", argv, NULL));
	ck_assert_int_eq(rmdir(dir) == 0 || errno == EACCES, 1);
}

int main(void)
{
	TCase *tc = tcase_create("confine");

	tcase_add_test(tc, nothing_is_opened);
	tcase_add_test(tc, nothing_is_executed);
	tcase_add_test(tc, other_processes_are_not_reached);
	tcase_add_test(tc, descriptors_come_from_one_socket);
	tcase_add_test(tc, no_other_ring_is_made);
	tcase_add_test(tc, memory_does_not_become_executable);
	tcase_add_test(tc, threads_start_and_are_confined_too);
	tcase_add_test(tc, open_files_stay_usable);
	tcase_add_test(tc, privileges_do_not_come_back);
	tcase_add_test(tc, files_are_made_below_a_directory_only);
	return run_case(tc, CK_FORK);
}
