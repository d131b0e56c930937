// SPDX-License-Identifier: GPL-2.0
/*
 * A kernel from boot to halt, and actions of the host process meanwhile.
 */
#define _GNU_SOURCE
#include <check.h>
#include <dirent.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <lkl_host.h>
#include <lkl/linux/if.h>
#include <lkl/linux/sockios.h>
#include <lkl/linux/sysinfo.h>

#include "support/check-main.h"

static void life_boot(void)
{
	lkl_host_ops.print = NULL;
	ck_assert_int_eq(lkl_init(&lkl_host_ops), 0);
	ck_assert_int_eq(lkl_start_kernel("quiet"), 0);
}

static void life_halt(void)
{
	ck_assert_int_eq(lkl_sys_halt(), 0);
	lkl_cleanup();
}

static int life_count_entries(const char *path)
{
	DIR *d = opendir(path);
	int n = 0;

	while (readdir(d))
		n++;
	closedir(d);
	return n;
}

static int count_lines(const char *path)
{
	FILE *f = fopen(path, "r");
	int c, n = 0;

	while ((c = getc(f)) != EOF)
		n += c == '\n';
	fclose(f);
	return n;
}

START_TEST(calls_before_boot_and_after_halt_fail)
{
	ck_assert_int_eq(lkl_is_running(), 0);
	ck_assert_int_eq(lkl_sys_getpid(), -LKL_ENODEV);
	ck_assert_int_eq(lkl_sys_halt(), -LKL_ENODEV);
	ck_assert_int_eq(lkl_start_kernel("quiet"), -LKL_EINVAL);
	life_boot();
	ck_assert_int_eq(lkl_is_running(), 1);
	ck_assert_int_eq(lkl_start_kernel("quiet"), -LKL_EBUSY);
	ck_assert_int_eq(lkl_init(&lkl_host_ops), -LKL_EBUSY);
	life_halt();
	ck_assert_int_eq(lkl_is_running(), 0);
	ck_assert_int_eq(lkl_sys_getpid(), -LKL_ENODEV);
}
END_TEST

static void life_loopback_up(void)
{
	struct lkl_ifreq ifr = { };
	long fd = lkl_sys_socket(LKL_AF_INET, LKL_SOCK_DGRAM, 0);

	strcpy(ifr.lkl_ifr_name, "lo");
	ck_assert_int_eq(lkl_sys_ioctl(fd, LKL_SIOCGIFFLAGS, (uintptr_t)&ifr),
			 0);
	ifr.lkl_ifr_flags |= LKL_IFF_UP;
	ck_assert_int_eq(lkl_sys_ioctl(fd, LKL_SIOCSIFFLAGS, (uintptr_t)&ifr),
			 0);
	lkl_sys_close(fd);
}

/* A connection to ourselves, over an address without a port. */
static void life_talk(int family, void *addr, int len)
{
	char word[6] = "";
	long server, client, conn;

	server = lkl_sys_socket(family, LKL_SOCK_STREAM, 0);
	ck_assert_int_ge(server, 0);
	ck_assert_int_eq(lkl_sys_bind(server, addr, len), 0);
	ck_assert_int_eq(lkl_sys_listen(server, 1), 0);
	ck_assert_int_eq(lkl_sys_getsockname(server, addr, &len), 0);
	client = lkl_sys_socket(family, LKL_SOCK_STREAM, 0);
	ck_assert_int_eq(lkl_sys_connect(client, addr, len), 0);
	conn = lkl_sys_accept(server, NULL, NULL);
	ck_assert_int_ge(conn, 0);
	ck_assert_int_eq(lkl_sys_write(client, "hello", 5), 5);
	ck_assert_int_eq(lkl_sys_read(conn, word, 5), 5);
	ck_assert_str_eq(word, "hello");
}

START_TEST(ipv4_and_ipv6_work_over_loopback)
{
	struct lkl_sockaddr_in in = { .sin_family = LKL_AF_INET };
	struct lkl_sockaddr_in6 in6 = { .sin6_family = LKL_AF_INET6 };

	life_boot();
	life_loopback_up();
	memcpy(&in.sin_addr, "\x7f\0\0\1", 4);
	life_talk(LKL_AF_INET, &in, sizeof(in));
	((char *)&in6.sin6_addr)[15] = 1;
	life_talk(LKL_AF_INET6, &in6, sizeof(in6));
	life_halt();
}
END_TEST

START_TEST(the_end_of_a_directory_is_no_error_however_often_it_is_read)
{
	struct lkl_dir *dir;
	int i, err;

	life_boot();
	ck_assert_int_eq(lkl_sys_mkdir("/d", 0755), 0);
	dir = lkl_opendir("/d", &err);
	ck_assert_ptr_nonnull(dir);
	for (i = 0; i < 2; i++)
		ck_assert_ptr_nonnull(lkl_readdir(dir));
	for (i = 0; i < 5; i++) {
		ck_assert_ptr_null(lkl_readdir(dir));
		ck_assert_int_eq(lkl_errdir(dir), 0);
	}
	ck_assert_int_eq(lkl_closedir(dir), 0);
	life_halt();
}
END_TEST

static int levels[8];
static bool version_was_notice;

static void log_level(int level, const char *str, int len)
{
	ck_assert(level >= 0 && level <= 7);
	levels[level]++;
	if (memmem(str, len, "Linux version", 13))
		version_was_notice = level == 5;
}

START_TEST(messages_come_with_their_levels)
{
	lkl_host_ops.log = log_level;
	ck_assert_int_eq(lkl_init(&lkl_host_ops), 0);
	ck_assert_int_eq(lkl_start_kernel("loglevel=8"), 0);
	ck_assert(version_was_notice);
	ck_assert_int_gt(levels[6], 10);
	ck_assert_int_gt(levels[7], 0);
	life_halt();
	lkl_host_ops.log = NULL;
}
END_TEST

START_TEST(a_fresh_instance_has_pid_1_and_descriptor_0)
{
	life_boot();
	ck_assert_int_eq(lkl_sys_getpid(), 1);
	ck_assert_int_eq(lkl_sys_open("/x", LKL_O_CREAT | LKL_O_RDWR, 0600), 0);
	ck_assert_int_eq(lkl_sys_open("/nope", LKL_O_RDONLY, 0), -LKL_ENOENT);
	life_halt();
}
END_TEST

static unsigned long long total_ram(void)
{
	struct lkl_sysinfo info;

	ck_assert_int_eq(lkl_sys_sysinfo(&info), 0);
	return info.totalram * info.mem_unit;
}

/* The table of a host that was compiled before the last members existed */
START_TEST(a_host_with_an_older_table_is_accepted)
{
	size_t size = offsetof(struct lkl_host_vm_ops, ram_commit);
	struct lkl_host_operations ops = lkl_host_ops;
	struct lkl_host_vm_ops vm;

	/* The bytes behind the table are no function. */
	memset(&vm, 1, sizeof(vm));
	memcpy(&vm, ops.vm, size);
	vm.size = size;
	ops.vm = &vm;
	ops.print = NULL;
	ck_assert_int_eq(lkl_init(&ops), 0);
	ck_assert_int_eq(lkl_start_kernel("quiet"), 0);
	life_halt();
}
END_TEST

#define ELF_MACHINE_OFFSET	18
#define ELF_MACHINE_386		3
#define HALF_OF_IMAGE		6000000

/* Read the image as if the image were for 32-bit programs. */
static int read_for_32_bits(void *image, uint64_t off, void *buf, uint64_t len)
{
	int ret = lkl_default_host_ops()->vm->image_read(image, off, buf, len);

	if (!ret && !off)
		((char *)buf)[ELF_MACHINE_OFFSET] = ELF_MACHINE_386;
	return ret;
}

/* Read the image as if its second half were missing. */
static int read_first_half(void *image, uint64_t off, void *buf, uint64_t len)
{
	return off + len > HALF_OF_IMAGE ? -LKL_EIO :
	       lkl_default_host_ops()->vm->image_read(image, off, buf, len);
}

static char refusal[256];

static void keep_refusal(const char *str, int len)
{
	snprintf(refusal, sizeof(refusal), "%.*s", len, str);
}

START_TEST(half_an_image_is_refused)
{
	struct lkl_host_operations ops = lkl_host_ops;
	struct lkl_host_vm_ops vm = *ops.vm;

	vm.image_read = read_first_half;
	ops.vm = &vm;
	ck_assert_int_eq(lkl_init(&ops), 0);
	ck_assert_int_eq(lkl_start_kernel("quiet"), -LKL_ENOEXEC);
	vm = *lkl_host_ops.vm;
	ck_assert_int_eq(lkl_start_kernel("quiet"), 0);
	life_halt();
}
END_TEST

START_TEST(an_image_for_another_machine_is_refused)
{
	struct lkl_host_operations ops = lkl_host_ops;
	struct lkl_host_vm_ops vm = *ops.vm;

	vm.image_read = read_for_32_bits;
	ops.vm = &vm;
	ops.print = keep_refusal;
	ck_assert_int_eq(lkl_init(&ops), 0);
	ck_assert_int_eq(lkl_start_kernel("quiet"), -LKL_ELIBBAD);
	ck_assert(strstr(refusal, "or for 32-bit programs"));
	/* The right image still boots. */
	vm = *lkl_host_ops.vm;
	ck_assert_int_eq(lkl_start_kernel("quiet"), 0);
	life_halt();
}
END_TEST

static uint64_t committed_ram, committed_stacks;

static int count_ram(struct lkl_ram *ram, uint64_t off, uint64_t len)
{
	(void)ram;
	ck_assert_uint_eq(off, committed_ram);
	committed_ram += len;
	return 0;
}

static int count_stack(void *addr, uint64_t len)
{
	committed_stacks += len;
	return lkl_default_host_ops()->vm->commit(addr, len);
}

START_TEST(a_host_learns_which_ram_and_stacks_are_used)
{
	struct lkl_host_operations ops = lkl_host_ops;
	struct lkl_host_vm_ops vm = *ops.vm;

	vm.ram_commit = count_ram;
	vm.stack_commit = count_stack;
	ops.vm = &vm;
	ops.print = NULL;
	ck_assert_int_eq(lkl_init(&ops), 0);
	ck_assert_int_eq(lkl_start_kernel("quiet"), 0);
	ck_assert_uint_ge(committed_ram, total_ram());
	ck_assert_uint_gt(committed_stacks, 0);
	life_halt();
}
END_TEST

START_TEST(a_hundred_boots_leave_nothing_behind)
{
	int i, fds = 0, threads = 0, maps = 0;

	for (i = 0; i < 100; i++) {
		life_boot();
		ck_assert_int_eq(lkl_sys_mkdir("/d", 0755), 0);
		life_halt();
		if (i == 4) {
			fds = life_count_entries("/proc/self/fd");
			threads = life_count_entries("/proc/self/task");
			maps = count_lines("/proc/self/maps");
		}
	}
	ck_assert_int_eq(life_count_entries("/proc/self/fd"), fds);
	ck_assert_int_eq(life_count_entries("/proc/self/task"), threads);
	/* The allocator of libc may grow; a leak would grow a hundredfold. */
	ck_assert_int_le(count_lines("/proc/self/maps"), maps + 4);
}
END_TEST

/* A pointer into nothing, and one to the last byte before it. */
static char *life_edge(void)
{
	static char *p;

	if (!p) {
		p = mmap(NULL, 8192, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		mprotect(p + 4096, 4096, PROT_NONE);
	}
	return p + 4096;
}

START_TEST(bad_pointers_give_efault_in_every_position)
{
	struct lkl_stat *st = (void *)(life_edge() - 8);
	char *bad = life_edge(), buf[64];
	long fd;

	life_boot();
	fd = lkl_sys_open("/f", LKL_O_CREAT | LKL_O_RDWR, 0600);
	ck_assert_int_eq(lkl_sys_write(fd, "0123456789", 10), 10);
	ck_assert_int_eq(lkl_sys_open(NULL, 0, 0), -LKL_EFAULT);
	ck_assert_int_eq(lkl_sys_open(bad, 0, 0), -LKL_EFAULT);
	ck_assert_int_eq(lkl_sys_pread64(fd, bad, 10, 0), -LKL_EFAULT);
	ck_assert_int_eq(lkl_sys_pwrite64(fd, bad, 10, 0), -LKL_EFAULT);
	ck_assert_int_eq(lkl_sys_stat("/f", st), -LKL_EFAULT);
	ck_assert_int_eq(lkl_sys_stat(bad, (void *)buf), -LKL_EFAULT);
	ck_assert_int_eq(lkl_sys_rename("/f", bad), -LKL_EFAULT);
	ck_assert_int_eq(lkl_sys_rename(bad, "/f"), -LKL_EFAULT);
	ck_assert_int_eq(lkl_sys_pipe((int *)bad), -LKL_EFAULT);
	ck_assert_int_eq(lkl_sys_mount("none", "/", "tmpfs", 0, bad),
			 -LKL_EFAULT);
	/* A copy that begins well stops where the memory does. */
	ck_assert_int_eq(lkl_sys_pread64(fd, bad - 4, 10, 0), 4);
	ck_assert_mem_eq(bad - 4, "0123", 4);
	/* The string ends where the mapping does. */
	memcpy(bad - 3, "/f", 3);
	ck_assert_int_ge(lkl_sys_open(bad - 3, LKL_O_RDONLY, 0), 0);
	life_halt();
}
END_TEST

#define LONGEST_COPY	300

/* Both ways, at every offset within a block, and not a byte too many. */
START_TEST(copies_of_all_lengths_arrive)
{
	char data[LONGEST_COPY + 64], back[LONGEST_COPY + 64];
	long fd, len, at;

	life_boot();
	fd = lkl_sys_open("/f", LKL_O_CREAT | LKL_O_RDWR, 0600);
	for (at = 0; at < (long)sizeof(data); at++)
		data[at] = at * 7 + 1;
	for (len = 1; len <= LONGEST_COPY; len++)
		for (at = 0; at < 17; at++) {
			memset(back, 0, sizeof(back));
			ck_assert_int_eq(lkl_sys_pwrite64(fd, data + at, len,
							  0), len);
			ck_assert_int_eq(lkl_sys_pread64(fd, back + 20 - at,
							 len, 0), len);
			ck_assert_mem_eq(back + 20 - at, data + at, len);
			ck_assert_int_eq(back[20 - at - 1], 0);
			ck_assert_int_eq(back[20 - at + len], 0);
		}
	life_halt();
}
END_TEST

/*
 * A copy ends at the end of the memory and reports the number of copied bytes.
 */
START_TEST(copies_stop_where_the_memory_does)
{
	char data[LONGEST_COPY], *bad = life_edge(), back[LONGEST_COPY];
	long fd, len, there;

	life_boot();
	fd = lkl_sys_open("/f", LKL_O_CREAT | LKL_O_RDWR, 0600);
	for (len = 0; len < LONGEST_COPY; len++)
		data[len] = len * 7 + 1;
	for (len = 1; len <= LONGEST_COPY; len += 1 + len / 40)
		for (there = 1; there < len; there++) {
			lkl_sys_ftruncate(fd, 0);
			memcpy(bad - there, data, there);
			ck_assert_int_eq(lkl_sys_pwrite64(fd, bad - there, len,
							  0), there);
			ck_assert_int_eq(lkl_sys_pread64(fd, back, sizeof(back),
							 0), there);
			ck_assert_mem_eq(back, data, there);
			lkl_sys_pwrite64(fd, data, len, 0);
			memset(bad - there, 0, there);
			ck_assert_int_eq(lkl_sys_pread64(fd, bad - there, len,
							 0), there);
			ck_assert_mem_eq(bad - there, data, there);
		}
	life_halt();
}
END_TEST

START_TEST(addresses_that_would_fault_are_never_returned)
{
	life_boot();
	ck_assert_int_eq(lkl_sys_mmap(NULL, 4096, 3, 0x22, -1, 0),
			 -LKL_ENODEV);
	life_halt();
}
END_TEST

static void *thread_calls(void *arg)
{
	char path[32];
	int i;

	for (i = 0; i < 200; i++) {
		snprintf(path, sizeof(path), "/t%d-%d", (int)(intptr_t)arg, i);
		ck_assert_int_eq(lkl_sys_mkdir(path, 0755), 0);
		ck_assert_int_eq(lkl_sys_getpid(), 1);
		ck_assert_int_eq(lkl_sys_rmdir(path), 0);
	}
	return NULL;
}

static void life_run_threads(void *(*fn)(void *), int n)
{
	pthread_t threads[16];
	int i;

	for (i = 0; i < n; i++)
		pthread_create(&threads[i], NULL, fn, (void *)(intptr_t)i);
	for (i = 0; i < n; i++)
		pthread_join(threads[i], NULL);
}

START_TEST(threads_call_and_end)
{
	int i;

	life_boot();
	for (i = 0; i < 50; i++)
		life_run_threads(thread_calls, 8);
	life_halt();
}
END_TEST

static int pipe_fds[2];

static void *blocked_reader(void *arg)
{
	char c;

	*(long *)arg = lkl_sys_read(pipe_fds[0], &c, 1);
	return NULL;
}

START_TEST(a_blocked_call_is_finished_by_another_thread)
{
	pthread_t thread;
	long ret = 0;

	life_boot();
	ck_assert_int_eq(lkl_sys_pipe(pipe_fds), 0);
	pthread_create(&thread, NULL, blocked_reader, &ret);
	ck_assert_int_eq(lkl_sys_write(pipe_fds[1], "x", 1), 1);
	pthread_join(thread, NULL);
	ck_assert_int_eq(ret, 1);
	life_halt();
}
END_TEST

START_TEST(halt_ends_blocked_calls)
{
	pthread_t thread;
	long ret = 1;
	struct lkl_pollfd p = { .events = LKL_POLLIN };

	life_boot();
	ck_assert_int_eq(lkl_sys_pipe(pipe_fds), 0);
	pthread_create(&thread, NULL, blocked_reader, &ret);
	/* The reader must end, whether it is blocked by now or not. */
	p.fd = pipe_fds[0];
	ck_assert_int_eq(lkl_sys_poll(&p, 1, 5), 0);
	life_halt();
	pthread_join(thread, NULL);
	/* An error, or the end of the pipe, which is closed as well. */
	ck_assert_int_le(ret, 0);
}
END_TEST

START_TEST(fork_gives_a_child_without_kernel)
{
	int status;
	pid_t pid;

	life_boot();
	ck_assert_int_eq(lkl_sys_mkdir("/before", 0755), 0);
	pid = fork();
	if (!pid) {
		bool ok = lkl_sys_getpid() == -LKL_ENODEV &&
			  !lkl_is_running() &&
			  lkl_sys_mkdir("/child", 0755) == -LKL_ENODEV;

		_exit(ok ? 0 : 1);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(status, 0);
	ck_assert_int_eq(lkl_sys_mkdir("/before", 0755), -LKL_EEXIST);
	ck_assert_int_eq(lkl_sys_mkdir("/after", 0755), 0);
	life_halt();
}
END_TEST

#define CALLERS	6

static bool stop_calling;

static void *life_call_always(void *arg)
{
	(void)arg;
	while (!__atomic_load_n(&stop_calling, __ATOMIC_RELAXED))
		ck_assert_int_eq(lkl_sys_getpid(), 1);
	return NULL;
}

/* Threads that wait for the kernel at the fork are not in the child. */
START_TEST(fork_while_threads_call)
{
	pthread_t threads[CALLERS];
	int i, t, status;

	life_boot();
	for (t = 0; t < CALLERS; t++)
		ck_assert_int_eq(pthread_create(&threads[t], NULL,
						life_call_always, NULL), 0);
	for (i = 0; i < 50; i++) {
		pid_t pid = fork();

		if (!pid)
			_exit(lkl_sys_getpid() != -LKL_ENODEV);
		ck_assert_int_eq(waitpid(pid, &status, 0), pid);
		ck_assert_int_eq(status, 0);
	}
	__atomic_store_n(&stop_calling, true, __ATOMIC_RELAXED);
	for (t = 0; t < CALLERS; t++)
		pthread_join(threads[t], NULL);
	life_halt();
}
END_TEST

static void *life_cancelled(void *arg)
{
	char c;

	(void)arg;
	for (;;) {
		lkl_sys_write(pipe_fds[1], "x", 1);
		lkl_sys_read(pipe_fds[0], &c, 1);
		pthread_testcancel();
	}
	return NULL;
}

START_TEST(a_cancelled_thread_ends_between_calls)
{
	pthread_t thread;
	void *result;
	int i;

	life_boot();
	ck_assert_int_eq(lkl_sys_pipe(pipe_fds), 0);
	for (i = 0; i < 50; i++) {
		pthread_create(&thread, NULL, life_cancelled, NULL);
		ck_assert_int_eq(lkl_sys_getpid(), 1);
		pthread_cancel(thread);
		pthread_join(thread, &result);
		ck_assert_ptr_eq(result, PTHREAD_CANCELED);
	}
	life_halt();
}
END_TEST

static volatile sig_atomic_t foreign_faults;

static void foreign_handler(int sig, siginfo_t *info, void *context)
{
	(void)sig;
	(void)info;
	(void)context;
	foreign_faults++;
	mprotect(life_edge(), 4096, PROT_READ | PROT_WRITE);
}

START_TEST(a_foreign_fault_handler_still_sees_its_faults)
{
	struct sigaction sa = { .sa_sigaction = foreign_handler,
				.sa_flags = SA_SIGINFO }, now;

	sigaction(SIGSEGV, &sa, NULL);
	life_boot();
	*(volatile char *)life_edge() = 1;
	ck_assert_int_eq(foreign_faults, 1);
	ck_assert_int_eq(lkl_sys_open((char *)1, 0, 0), -LKL_EFAULT);
	ck_assert_int_eq(foreign_faults, 1);
	life_halt();
	sigaction(SIGSEGV, NULL, &now);
	ck_assert_ptr_eq((void *)now.sa_sigaction, (void *)foreign_handler);
}
END_TEST

START_TEST(sleeping_takes_the_time_it_should)
{
	struct __lkl__kernel_timespec ts = { 0, 20000000 };
	unsigned long long t;

	life_boot();
	t = lkl_host_ops.time();
	ck_assert_int_eq(lkl_sys_nanosleep(&ts, NULL), 0);
	ck_assert_uint_ge(lkl_host_ops.time() - t, 20000000);
	life_halt();
}
END_TEST

START_TEST(the_clock_is_the_hosts)
{
	struct __lkl__kernel_timespec ts;
	unsigned long long wall;

	life_boot();
	wall = lkl_host_ops.wall_time() / 1000000000;
	ck_assert_int_eq(lkl_sys_clock_gettime(0, &ts), 0);
	ck_assert_int_ge(ts.tv_sec + 1, wall);
	ck_assert_int_le(ts.tv_sec, wall + 1);
	life_halt();
}
END_TEST

START_TEST(a_signal_to_oneself_harms_nothing)
{
	int i;

	life_boot();
	ck_assert_int_eq(lkl_sys_pipe(pipe_fds), 0);
	lkl_sys_close(pipe_fds[0]);
	/* SIGPIPE would kill a process; here there is none to kill. */
	for (i = 0; i < 3; i++)
		ck_assert_int_eq(lkl_sys_write(pipe_fds[1], "x", 1),
				 -LKL_EPIPE);
	life_run_threads(thread_calls, 4);
	life_halt();
}
END_TEST

START_TEST(poll_drives_timers_without_a_driver_thread)
{
	struct lkl_itimerspec { struct __lkl__kernel_timespec i, v; };
	struct lkl_itimerspec its = { .v = { 0, 1000000 } };
	struct lkl_pollfd p = { .events = LKL_POLLIN };

	lkl_host_ops.flags |= LKL_HOST_NO_DRIVER;
	life_boot();
	p.fd = lkl_sys_timerfd_create(1, 0);
	ck_assert_int_eq(lkl_sys_timerfd_settime(p.fd, 0, (void *)&its, NULL),
			 0);
	ck_assert_int_eq(lkl_poll(5), 0);
	ck_assert_int_eq(lkl_sys_poll(&p, 1, 0), 1);
	life_halt();
	lkl_host_ops.flags &= ~LKL_HOST_NO_DRIVER;
}
END_TEST

START_TEST(memory_grows_with_need_and_mem_limits_it)
{
	static char block[1 << 20];
	unsigned long long before;
	long fd, n = 0;
	int i;

	life_boot();
	before = total_ram();
	ck_assert_uint_lt(before, 64 << 20);
	ck_assert_int_eq(lkl_sys_mkdir("/big", 0755), 0);
	ck_assert_int_eq(lkl_sys_mount("none", "/big", "tmpfs", 0, "size=1G"),
			 0);
	fd = lkl_sys_open("/big/f", LKL_O_CREAT | LKL_O_RDWR, 0600);
	for (i = 0; i < 300; i++)
		ck_assert_int_eq(lkl_sys_write(fd, block, sizeof(block)),
				 sizeof(block));
	ck_assert_uint_gt(total_ram(), 300 << 20);
	life_halt();

	ck_assert_int_eq(lkl_init(&lkl_host_ops), 0);
	ck_assert_int_eq(lkl_start_kernel("quiet mem=96M"), 0);
	ck_assert_int_eq(lkl_sys_mkdir("/big", 0755), 0);
	ck_assert_int_eq(lkl_sys_mount("none", "/big", "tmpfs", 0, "size=60M"),
			 0);
	fd = lkl_sys_open("/big/f", LKL_O_CREAT | LKL_O_RDWR, 0600);
	for (i = 0; i < 300 && n >= 0; i++)
		n = lkl_sys_write(fd, block, sizeof(block));
	ck_assert_int_eq(n, -LKL_ENOSPC);
	ck_assert_uint_le(total_ram(), 96 << 20);
	life_halt();
}
END_TEST

int main(void)
{
	TCase *tc = tcase_create("life");

	tcase_set_timeout(tc, 120);
	tcase_add_test(tc, calls_before_boot_and_after_halt_fail);
	tcase_add_test(tc, the_end_of_a_directory_is_no_error_however_often_it_is_read);
	tcase_add_test(tc, ipv4_and_ipv6_work_over_loopback);
	tcase_add_test(tc, messages_come_with_their_levels);
	tcase_add_test(tc, a_fresh_instance_has_pid_1_and_descriptor_0);
	tcase_add_test(tc, a_host_with_an_older_table_is_accepted);
	tcase_add_test(tc, an_image_for_another_machine_is_refused);
	tcase_add_test(tc, half_an_image_is_refused);
	tcase_add_test(tc, a_host_learns_which_ram_and_stacks_are_used);
	tcase_add_test(tc, a_hundred_boots_leave_nothing_behind);
	tcase_add_test(tc, bad_pointers_give_efault_in_every_position);
	tcase_add_test(tc, copies_of_all_lengths_arrive);
	tcase_add_test(tc, copies_stop_where_the_memory_does);
	tcase_add_test(tc, addresses_that_would_fault_are_never_returned);
	tcase_add_test(tc, threads_call_and_end);
	tcase_add_test(tc, a_blocked_call_is_finished_by_another_thread);
	tcase_add_test(tc, halt_ends_blocked_calls);
	tcase_add_test(tc, fork_gives_a_child_without_kernel);
	tcase_add_test(tc, fork_while_threads_call);
	tcase_add_test(tc, a_cancelled_thread_ends_between_calls);
	tcase_add_test(tc, a_foreign_fault_handler_still_sees_its_faults);
	tcase_add_test(tc, sleeping_takes_the_time_it_should);
	tcase_add_test(tc, the_clock_is_the_hosts);
	tcase_add_test(tc, a_signal_to_oneself_harms_nothing);
	tcase_add_test(tc, poll_drives_timers_without_a_driver_thread);
	tcase_add_test(tc, memory_grows_with_need_and_mem_limits_it);
	return run_case(tc, CK_FORK);
}
