// SPDX-License-Identifier: GPL-2.0
/*
 * Confinement of a process that is about to read untrusted data: another user,
 * no new privileges, Landlock if the host has it, and a seccomp filter with a
 * list of allowed system calls.  Other calls fail with EPERM, so that a library
 * that only tries a call goes on.
 *
 * A seccomp filter does not see the operations of an io_uring.  The ring of
 * liblkl-host-posix is restricted to reading and writing when it is created,
 * and a confined process cannot create another one.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/fs.h>
#include <linux/landlock.h>
#include <pwd.h>
#include <sched.h>
#include <seccomp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/msg.h>
#include <sys/prctl.h>
#include <sys/sem.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "common/report.h"
#include "process/confine.h"
#include "shared/macros.h"

static int confine_error(const char *what, int err)
{
	report_error("cannot %s: %s", what, strerror(err));
	return -1;
}

/* Another user */

static int confine_user(const struct confine *c)
{
	struct passwd *pw;

	if (!c->user)
		return 0;
	errno = 0;
	pw = getpwnam(c->user);
	if (!pw) {
		report_error("cannot become user '%s': no such user", c->user);
		return -1;
	}
	if (setgroups(0, NULL) || setresgid(pw->pw_gid, pw->pw_gid, pw->pw_gid) ||
	    setresuid(pw->pw_uid, pw->pw_uid, pw->pw_uid))
		return confine_error("become another user", errno);
	return 0;
}

/* Landlock */

/*
 * The kernel's structure, as of version 6 of the interface.  An older kernel
 * takes a shorter one.
 */
struct landlock_rights {
	uint64_t fs;
	uint64_t net;
	uint64_t scoped;
};

#define FS_REFER	(1ULL << 13)
#define FS_TRUNCATE	(1ULL << 14)
#define FS_IOCTL_DEV	(1ULL << 15)
#define NET_ALL		3ULL
#define SCOPED_ALL	3ULL

static struct landlock_rights landlock_all_rights(long abi)
{
	struct landlock_rights r = { .fs = FS_REFER - 1 };

	if (abi >= 2)
		r.fs |= FS_REFER;
	if (abi >= 3)
		r.fs |= FS_TRUNCATE;
	if (abi >= 5)
		r.fs |= FS_IOCTL_DEV;
	if (abi >= 4)
		r.net = NET_ALL;
	if (abi >= 6)
		r.scoped = SCOPED_ALL;
	return r;
}

static int landlock_allow_below(int fd, const char *path, uint64_t rights)
{
	struct landlock_path_beneath_attr rule = {
		.allowed_access = rights & ~(LANDLOCK_ACCESS_FS_EXECUTE |
					     FS_IOCTL_DEV),
	};
	long ret;
	int err;

	rule.parent_fd = open(path, O_PATH | O_CLOEXEC);
	if (rule.parent_fd < 0)
		return -1;
	ret = syscall(SYS_landlock_add_rule, fd, LANDLOCK_RULE_PATH_BENEATH,
		      &rule, 0);
	err = errno;
	close(rule.parent_fd);
	errno = err;
	return ret;
}

static int landlock_restrict(const struct confine *c)
{
	long abi = syscall(SYS_landlock_create_ruleset, NULL, 0,
			   LANDLOCK_CREATE_RULESET_VERSION);
	struct landlock_rights rules;
	long ret = 0;
	int fd, err;

	/* Without Landlock, the seccomp filter has to be enough. */
	if (abi < 0)
		return 0;
	rules = landlock_all_rights(abi);
	fd = syscall(SYS_landlock_create_ruleset, &rules,
		     abi >= 6 ? 24 : abi >= 4 ? 16 : 8, 0);
	if (fd < 0)
		return confine_error("restrict file access with Landlock", errno);
	if (c->directory)
		ret = landlock_allow_below(fd, c->directory, rules.fs);
	if (!ret)
		ret = syscall(SYS_landlock_restrict_self, fd, 0);
	err = errno;
	close(fd);
	return ret ? confine_error("restrict file access with Landlock", err) : 0;
}

/* System calls */

/* System calls for threads, memory, and open files. */
static const char *const plain_calls[] = {
	/* memory */
	"brk", "madvise", "mincore", "mremap", "munmap", "membarrier",
	"memfd_create",
	/* threads and time */
	"clock_getres", "clock_gettime", "clock_nanosleep", "exit",
	"exit_group", "futex", "get_robust_list", "getitimer", "getpid",
	"gettid", "gettimeofday", "nanosleep", "restart_syscall", "rseq",
	"sched_getaffinity", "sched_yield", "set_robust_list", "setitimer",
	"sysinfo", "uname", "getuid", "geteuid", "getgid", "getegid",
	"getrandom",
	/* signals of the process itself */
	"rt_sigaction", "rt_sigpending", "rt_sigprocmask", "rt_sigreturn",
	"rt_sigsuspend", "rt_sigtimedwait", "sigaltstack",
	/* open files */
	"close", "close_range", "copy_file_range", "dup", "dup2", "dup3",
	"eventfd2", "epoll_create1", "epoll_ctl", "epoll_wait",
	"epoll_pwait", "fadvise64", "fallocate", "fdatasync", "flock",
	"fstat", "fstatfs", "fsync", "ftruncate", "getdents64", "lseek",
	"pipe", "pipe2", "poll", "ppoll", "pread64", "preadv", "preadv2",
	"pwrite64", "pwritev", "pwritev2", "read", "readv", "select",
	"pselect6", "sendfile", "splice", "sync_file_range", "tee",
	"vmsplice", "write", "writev",
	/* the existing ring */
	"io_uring_enter",
};

/* System calls on names; Landlock and permissions limit what they reach. */
static const char *const file_calls[] = {
	"access", "chmod", "chown", "creat", "faccessat", "faccessat2",
	"fchdir", "fchmod", "fchmodat", "fchown", "fchownat", "fgetxattr",
	"flistxattr", "fremovexattr", "fsetxattr", "futimesat", "getcwd",
	"getxattr", "lchown", "lgetxattr", "link", "linkat", "listxattr",
	"llistxattr", "lremovexattr", "lsetxattr", "lstat", "mkdir",
	"mkdirat", "mknod", "mknodat", "newfstatat", "open", "openat",
	"readlink", "readlinkat", "rename", "renameat", "renameat2", "rmdir",
	"setxattr", "stat", "statfs",
	"statx", "symlink", "symlinkat", "truncate", "umask", "unlink",
	"unlinkat", "utimensat",
};

static int seccomp_allow(scmp_filter_ctx ctx, const char *const *names,
			 size_t count)
{
	int nr, ret = 0;
	size_t i;

	for (i = 0; i < count && !ret; i++) {
		nr = seccomp_syscall_resolve_name(names[i]);
		/* The machine or the library may not know a call. */
		if (nr >= 0)
			ret = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, nr, 0);
	}
	return ret;
}

/* Allow system call @nr if argument @arg is one of @values. */
static int seccomp_allow_values(scmp_filter_ctx ctx, int nr, unsigned int arg,
				const uint64_t *values, size_t count)
{
	size_t i;
	int ret = 0;

	for (i = 0; i < count && !ret; i++)
		ret = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, nr, 1,
				       SCMP_CMP(arg, SCMP_CMP_EQ, values[i]));
	return ret;
}

/* Allow no executable memory, and no new tasks but threads. */
static int seccomp_allow_memory_and_threads(scmp_filter_ctx ctx)
{
	const uint64_t kinds = CLONE_THREAD | CLONE_NEWNS | CLONE_NEWUSER |
			       CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWIPC |
			       CLONE_NEWUTS | CLONE_NEWCGROUP;
	int ret;

	ret = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 1,
			       SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
	if (!ret)
		ret = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(mprotect),
				       1, SCMP_A2(SCMP_CMP_MASKED_EQ,
						  PROT_EXEC, 0));
	if (!ret)
		ret = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(clone), 1,
				       SCMP_A0(SCMP_CMP_MASKED_EQ, kinds,
					       CLONE_THREAD));
	/*
	 * A filter cannot check arguments of clone3(); libc uses clone() then.
	 */
	if (!ret)
		ret = seccomp_rule_add(ctx, SCMP_ACT_ERRNO(ENOSYS),
				       SCMP_SYS(clone3), 0);
	return ret;
}

static int seccomp_allow_with_values(scmp_filter_ctx ctx)
{
	static const uint64_t ioctls[] = {
		BLKGETSIZE64, BLKSSZGET, BLKPBSZGET, BLKROGET, TCGETS,
		TIOCGWINSZ, FS_IOC_GETFLAGS,
	};
	static const uint64_t fcntls[] = {
		F_GETFD, F_SETFD, F_GETFL, F_SETFL, F_DUPFD, F_DUPFD_CLOEXEC,
		F_SETPIPE_SZ, F_GETPIPE_SZ,
	};
	const uint64_t self = getpid(), name = PR_SET_NAME;
	int ret;

	ret = seccomp_allow_values(ctx, SCMP_SYS(ioctl), 1, ioctls,
				   ARRAY_SIZE(ioctls));
	if (!ret)
		ret = seccomp_allow_values(ctx, SCMP_SYS(fcntl), 1, fcntls,
					   ARRAY_SIZE(fcntls));
	if (!ret)
		ret = seccomp_allow_values(ctx, SCMP_SYS(tgkill), 0, &self, 1);
	if (!ret)
		ret = seccomp_allow_values(ctx, SCMP_SYS(prctl), 0, &name, 1);
	/* Allow reading resource limits, not changing them. */
	if (!ret)
		ret = seccomp_rule_add(ctx, SCMP_ACT_ALLOW,
				       SCMP_SYS(prlimit64), 2,
				       SCMP_A0(SCMP_CMP_EQ, 0),
				       SCMP_A2(SCMP_CMP_EQ, 0));
	return ret;
}

/* Allow fstat(), which libc implements by a call with an empty path. */
static int seccomp_allow_fstat(scmp_filter_ctx ctx)
{
	const uint64_t flags = AT_EMPTY_PATH;

	return seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(newfstatat), 1,
				SCMP_A3(SCMP_CMP_MASKED_EQ, flags, flags));
}

static int seccomp_allow_receiving(scmp_filter_ctx ctx, const struct confine *c)
{
	const uint64_t socket = c->socket;

	return socket ? seccomp_allow_values(ctx, SCMP_SYS(recvmsg), 0, &socket,
					     1) : 0;
}

/* Allow creating files, with all attributes. */
static int seccomp_allow_files(scmp_filter_ctx ctx)
{
	static const uint64_t ioctls[] = { FS_IOC_SETFLAGS };
	int nr, ret = seccomp_allow(ctx, file_calls, ARRAY_SIZE(file_calls));

	/*
	 * setxattrat() to removexattrat(): libseccomp may not know the names,
	 * but the numbers are the same on all machines.
	 */
	for (nr = 463; nr <= 466 && !ret; nr++)
		ret = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, nr, 0);
	return ret ? ret :
		     seccomp_allow_values(ctx, SCMP_SYS(ioctl), 1, ioctls, 1);
}

/* fakeroot(1) */

/*
 * fakeroot(1) wraps calls about owners and modes.  The wrappers ask a daemon, by
 * way of System V messages and a semaphore, or of a connection.  FAKEROOTKEY is
 * the key of the first queue; the other objects have the next keys.
 */
static const char *fakeroot_key(void)
{
	const char *preload = getenv("LD_PRELOAD");

	return preload && strstr(preload, "fakeroot") ? getenv("FAKEROOTKEY") :
							NULL;
}

/* Let the wrappers open what they use; in a confined process they cannot. */
static void fakeroot_connect(void)
{
	struct stat st;

	if (fakeroot_key() && lstat("/", &st))
		report_warning("cannot connect to fakeroot: %s; files may get wrong owners",
			       strerror(errno));
}

/* Allow what the wrappers do with the objects of this fakeroot only. */
static int seccomp_allow_fakeroot(scmp_filter_ctx ctx)
{
	const char *name = fakeroot_key();
	static const uint64_t locks[] = { F_SETLKW };
	uint64_t to, from, sem;
	key_t key;
	int ret;

	if (!name)
		return 0;
	key = atol(name);
	/* A connection is locked; there are no objects, whose numbers are -1. */
	ret = seccomp_allow_values(ctx, SCMP_SYS(fcntl), 1, locks, 1);
	to = msgget(key, 0);
	if (!ret)
		ret = seccomp_allow_values(ctx, SCMP_SYS(msgsnd), 0, &to, 1);
	from = msgget(key + 1, 0);
	if (!ret)
		ret = seccomp_allow_values(ctx, SCMP_SYS(msgrcv), 0, &from, 1);
	sem = semget(key + 2, 0, 0);
	if (!ret)
		ret = seccomp_allow_values(ctx, SCMP_SYS(semop), 0, &sem, 1);
	if (!ret)
		ret = seccomp_allow_values(ctx, SCMP_SYS(semtimedop), 0, &sem,
					   1);
	return ret;
}

static int seccomp_restrict(const struct confine *c)
{
	scmp_filter_ctx ctx = seccomp_init(SCMP_ACT_ERRNO(EPERM));
	int ret = -ENOMEM;

	if (!ctx)
		goto out;
	ret = seccomp_allow(ctx, plain_calls, ARRAY_SIZE(plain_calls));
	if (!ret)
		ret = seccomp_allow_memory_and_threads(ctx);
	if (!ret)
		ret = seccomp_allow_with_values(ctx);
	if (!ret)
		ret = seccomp_allow_fakeroot(ctx);
	if (!ret)
		ret = seccomp_allow_receiving(ctx, c);
	if (!ret)
		ret = c->directory ? seccomp_allow_files(ctx) :
				     seccomp_allow_fstat(ctx);
	/* A tree is faster than a list for calls that are not cached. */
	if (!ret)
		seccomp_attr_set(ctx, SCMP_FLTATR_CTL_OPTIMIZE, 2);
	if (!ret)
		ret = seccomp_load(ctx);
out:
	seccomp_release(ctx);
	return ret ? confine_error("restrict system calls", -ret) : 0;
}

int confine(const struct confine *c)
{
	if (confine_user(c))
		return -1;
	fakeroot_connect();
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		return confine_error("disable new privileges", errno);
	if (landlock_restrict(c))
		return -1;
	return seccomp_restrict(c);
}
