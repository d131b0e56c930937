// SPDX-License-Identifier: GPL-2.0
/*
 * The life of a kernel in a process of Windows: boots and halts, threads,
 * memory, faults and overflows of stacks, and services of the host.
 */
#include <windows.h>
#include <psapi.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <lkl_host.h>
#include <lkl/linux/filter.h>
#include <lkl/linux/fs.h>

#include "support/check-main.h"
#include "support/resources/resources.h"

#define MIB		(1 << 20)
#define PAGE		4096
#define BOOTS		100
#define THREADS		4
#define STACK		65536
#define THREAD_CALLS	200

static struct lkl_host_operations ops;
static struct lkl_host_vm_ops vm;
static char text[65536];
static size_t text_len;

static void keep_text(const char *str, int len)
{
	size_t n = sizeof(text) - 1 - text_len;

	n = (size_t)len < n ? (size_t)len : n;
	memcpy(text + text_len, str, n);
	text_len += n;
	text[text_len] = 0;
}

static void set_up_host(void)
{
	ops = lkl_host_ops;
	vm = *ops.vm;
	ops.vm = &vm;
	ops.print = keep_text;
	text_len = 0;
	text[0] = 0;
}

static void boot(void)
{
	ck_assert_int_eq(lkl_init(&ops), 0);
	ck_assert_int_eq(lkl_start_kernel("quiet"), 0);
}

static void halt(void)
{
	ck_assert_int_eq(lkl_sys_halt(), 0);
	lkl_cleanup();
}

START_TEST(a_bad_pointer_is_efault)
{
	struct __lkl__kernel_timespec ts = { .tv_nsec = 1000000 };
	unsigned long long start;

	boot();
	ck_assert_int_eq(lkl_sys_getpid(), 1);
	ck_assert_int_eq(lkl_sys_mkdir("/d", 0755), 0);
	ck_assert_int_eq(lkl_sys_mkdir((char *)16, 0755), -LKL_EFAULT);
	ck_assert_int_eq(lkl_sys_mkdir((char *)-4096LL, 0755), -LKL_EFAULT);
	start = ops.time();
	ck_assert_int_eq(lkl_sys_nanosleep((void *)&ts, NULL), 0);
	ck_assert(ops.time() - start >= 1000000);
	halt();
}
END_TEST

/**
 * struct usage - what the process has of the system
 * @handles:	number of handles
 * @memory:	bytes of committed memory
 */
struct usage {
	int handles;
	size_t memory;
};

static struct usage get_usage(void)
{
	PROCESS_MEMORY_COUNTERS memory;
	struct usage usage;

	usage.handles = count_resources();
	ck_assert_int_gt(usage.handles, 0);
	ck_assert(K32GetProcessMemoryInfo(GetCurrentProcess(), &memory,
					  sizeof(memory)));
	usage.memory = memory.PagefileUsage;
	return usage;
}

START_TEST(many_boots_leave_nothing)
{
	struct usage first, last;
	int i;

	for (i = 0; i < BOOTS; i++) {
		boot();
		ck_assert_int_eq(lkl_sys_mkdir("/d", 0755), 0);
		halt();
		if (i == 1)
			first = get_usage();
	}
	last = get_usage();
	ck_assert_int_eq(last.handles, first.handles);
	ck_assert_uint_lt(last.memory, first.memory + 4 * MIB);
}
END_TEST

static void thread_make_directories(void *arg)
{
	int *number = arg, i;
	char path[32];

	for (i = 0; i < THREAD_CALLS; i++) {
		snprintf(path, sizeof(path), "/t%d-%d", *number, i);
		if (lkl_sys_mkdir(path, 0755))
			return;
	}
	*number = -1;
}

/* Return the number of entries of a directory of the kernel. */
static int count_entries(const char *path)
{
	struct lkl_dir *dir;
	int err, n = 0;

	dir = lkl_opendir(path, &err);
	ck_assert(dir != NULL);
	while (lkl_readdir(dir))
		n++;
	lkl_closedir(dir);
	return n;
}

START_TEST(threads_call_together_and_leave_no_task)
{
	int numbers[THREADS], i, tasks;
	lkl_thread_t threads[THREADS];

	boot();
	ck_assert_int_ge(lkl_mount_fs("proc"), 0);
	tasks = count_entries("/proc/self/task");
	for (i = 0; i < THREADS; i++) {
		numbers[i] = i;
		threads[i] = ops.thread_create(thread_make_directories,
					       &numbers[i]);
		ck_assert(threads[i]);
	}
	for (i = 0; i < THREADS; i++) {
		ck_assert_int_eq(ops.thread_join(threads[i]), 0);
		ck_assert_int_eq(numbers[i], -1);
	}
	ck_assert_int_eq(count_entries("/proc/self/task"), tasks);
	halt();
}
END_TEST

/* At boot, RAM has less than the file needs. */
START_TEST(ram_grows_with_use)
{
	static char data[MIB], back[MIB];
	int fd, i;

	boot();
	ck_assert_int_eq(lkl_sys_mkdir("/tmp", 0755), 0);
	ck_assert_int_eq(lkl_sys_mount((char *)"none", (char *)"/tmp",
				       (char *)"tmpfs", 0,
				       (void *)"size=300m"), 0);
	fd = lkl_sys_open("/tmp/file", LKL_O_CREAT | LKL_O_RDWR, 0644);
	ck_assert_int_ge(fd, 0);
	for (i = 0; i < 150; i++) {
		memset(data, i, sizeof(data));
		ck_assert_int_eq(lkl_sys_write(fd, data, MIB), MIB);
	}
	for (i = 0; i < 150; i++) {
		memset(data, i, sizeof(data));
		ck_assert_int_eq(lkl_sys_pread64(fd, back, MIB,
						 (lkl_long_t)i * MIB), MIB);
		ck_assert(!memcmp(data, back, MIB));
	}
	halt();
}
END_TEST

static void expect_message(const char *what)
{
	ck_assert_msg(strstr(text, what), "no '%s' in:\n%s", what, text);
}

/* Push words to the stack that ends at @top, until the handler ends that. */
void overflow_stack(void *top);
extern const char overflow_end[], overflow_recover[];
asm(".text\n"
    "overflow_stack:\n"
    "	push %rbp\n"
    "	mov %rsp, %rbp\n"
    "	mov %rcx, %rsp\n"
    "1:	push %rax\n"
    "	jmp 1b\n"
    "overflow_recover:\n"
    "	mov %rbp, %rsp\n"
    "	pop %rbp\n"
    "	ret\n"
    "overflow_end:\n");

static uint64_t overflow_addr;

static uint64_t handle_overflow(uint64_t ip, uint64_t addr, int *pass_args)
{
	overflow_addr = addr;
	return (uintptr_t)overflow_recover;
}

/* There is room below for the handler: Windows calls the handler there. */
START_TEST(an_overflow_of_a_stack_reaches_the_fault_handler)
{
	char *stack = vm.reserve(STACK, STACK);

	ck_assert(stack != NULL);
	ck_assert_int_eq(vm.stack_commit(stack + PAGE, STACK - PAGE), 0);
	ck_assert_int_eq(ops.fault->install((uintptr_t)overflow_stack,
					    (uintptr_t)overflow_end,
					    handle_overflow), 0);
	overflow_stack(stack + STACK - 16);
	ops.fault->remove();
	ck_assert_uint_gt(overflow_addr, (uintptr_t)stack + 2 * PAGE);
	ck_assert_uint_lt(overflow_addr, (uintptr_t)stack + STACK / 2);
	vm.release(stack, STACK);
}
END_TEST

static void store_affinity(void *arg)
{
	GetThreadGroupAffinity(GetCurrentThread(), arg);
}

static struct lkl_sem *may_end;

static void wait_for_end(void *arg)
{
	ops.sem_down(may_end);
	store_affinity(arg);
}

static struct lkl_tls_key *ending_key;
static void *ending_value, *value_in_destructor = &ops;

static void keep_value(void *value)
{
	ending_value = value;
	value_in_destructor = ops.tls_get(ending_key);
}

static void set_value(void *value)
{
	ck_assert_int_eq(ops.tls_set(ending_key, value), 0);
	ck_assert_ptr_eq(ops.tls_get(ending_key), value);
}

START_TEST(a_destructor_does_not_find_the_value_again)
{
	lkl_thread_t thread;

	ending_key = ops.tls_alloc(keep_value);
	ck_assert(ending_key);
	thread = ops.thread_create(set_value, &thread);
	ck_assert(thread);
	ck_assert_int_eq(ops.thread_join(thread), 0);
	ck_assert_ptr_eq(ending_value, &thread);
	ck_assert(!value_in_destructor);
	ops.tls_free(ending_key);
}
END_TEST

static lkl_long_t late_result;

/* A destructor of the program, which runs after that of liblkl */
static void NTAPI call_late(void *arg)
{
	late_result = lkl_sys_getpid();
}

static void call_and_end(void *index)
{
	ck_assert_int_eq(lkl_sys_getpid(), 1);
	ck_assert(FlsSetValue(*(DWORD *)index, index));
}

START_TEST(a_thread_that_ends_can_call_again)
{
	lkl_thread_t thread;
	DWORD index;

	boot();
	index = FlsAlloc(call_late);
	thread = ops.thread_create(call_and_end, &index);
	ck_assert(thread);
	ck_assert_int_eq(ops.thread_join(thread), 0);
	ck_assert_int_eq(late_result, 1);
	FlsFree(index);
	halt();
}
END_TEST

START_TEST(pinned_threads_stay_on_one_cpu)
{
	GROUP_AFFINITY own, first = { }, second = { }, last = { };
	lkl_thread_t thread;

	store_affinity(&own);
	may_end = ops.sem_alloc(0);
	/* A thread that runs already, and one that starts */
	thread = ops.thread_create(wait_for_end, &first);
	ck_assert_int_eq(ops.thread_pin(thread, 1), 0);
	ops.sem_up(may_end);
	ck_assert_int_eq(ops.thread_join(thread), 0);
	ck_assert_int_eq(ops.thread_pin(0, 1), 0);
	thread = ops.thread_create(store_affinity, &second);
	ck_assert_int_eq(ops.thread_join(thread), 0);
	ck_assert_uint_ne(first.Mask, 0);
	ck_assert_uint_eq(first.Mask & (first.Mask - 1), 0);
	ck_assert_uint_eq(first.Mask, second.Mask);
	ck_assert_uint_eq(first.Group, second.Group);

	/* Not pinned any more */
	ck_assert_int_eq(ops.thread_pin(0, 0), 0);
	thread = ops.thread_create(wait_for_end, &first);
	ck_assert_int_eq(ops.thread_pin(thread, 1), 0);
	ck_assert_int_eq(ops.thread_pin(thread, 0), 0);
	ops.sem_up(may_end);
	ck_assert_int_eq(ops.thread_join(thread), 0);
	thread = ops.thread_create(store_affinity, &last);
	ck_assert_int_eq(ops.thread_join(thread), 0);
	ck_assert_uint_eq(first.Mask, own.Mask);
	ck_assert_uint_eq(last.Mask, own.Mask);
	ops.sem_free(may_end);
}
END_TEST

static HANDLE list_is_complete;

static void wait_for_list(const char *str, int len)
{
	keep_text(str, len);
	if (strstr(text, "waits in") && strstr(text, "kthreadd"))
		SetEvent(list_is_complete);
}

/*
 * Do what the system does when the user presses Ctrl-Break.  In wine, a test has
 * no console.
 */
static void press_ctrl_break(void)
{
	LPTHREAD_START_ROUTINE routine = (void *)
		GetProcAddress(GetModuleHandleW(L"kernelbase.dll"),
			       "CtrlRoutine");
	HANDLE thread;

	ck_assert(routine != NULL);
	thread = CreateThread(NULL, 0, routine, (void *)CTRL_BREAK_EVENT, 0,
			      NULL);
	ck_assert(thread != NULL);
	CloseHandle(thread);
}

START_TEST(ctrl_break_lists_the_tasks_of_the_kernel)
{
	list_is_complete = CreateEventW(NULL, TRUE, FALSE, NULL);
	ops.print = wait_for_list;
	boot();
	lkl_register_dbg_handler();
	press_ctrl_break();
	ck_assert_int_eq(WaitForSingleObject(list_is_complete, 20000), 0);
	halt();
	CloseHandle(list_is_complete);
}
END_TEST

/* Open a new file, which is deleted when the handle is closed. */
static HANDLE open_file(DWORD access, DWORD flags)
{
	HANDLE file = CreateFileW(L"windows-life.img", access, 0, NULL,
				  CREATE_ALWAYS, FILE_FLAG_DELETE_ON_CLOSE |
				  flags, NULL);

	ck_assert_ptr_ne(file, INVALID_HANDLE_VALUE);
	return file;
}

START_TEST(handles_that_are_no_disks_are_refused)
{
	struct lkl_disk disk = { };
	HANDLE out;

	boot();
	disk.handle = open_file(GENERIC_READ | GENERIC_WRITE,
				FILE_FLAG_NO_BUFFERING);
	lkl_host_ops.print = keep_text;
	ck_assert_int_eq(lkl_disk_add(&disk), -LKL_EINVAL);
	expect_message("FILE_FLAG_NO_BUFFERING");
	CloseHandle(disk.handle);
	ck_assert(CreatePipe(&disk.handle, &out, NULL, 0));
	ck_assert_int_eq(lkl_disk_add(&disk), -LKL_EINVAL);
	CloseHandle(disk.handle);
	CloseHandle(out);
	halt();
}
END_TEST

START_TEST(a_handle_for_reading_is_a_read_only_disk)
{
	struct lkl_disk disk = { .handle = open_file(GENERIC_READ | DELETE, 0) };
	int fd, read_only = 0;
	uint32_t dev;

	boot();
	ck_assert_int_eq(lkl_disk_add(&disk), 0);
	ck_assert_int_eq(lkl_get_virtio_blkdev(0, 0, &dev), 0);
	ck_assert_int_eq(lkl_sys_mknod("/disk", LKL_S_IFBLK | 0600, dev), 0);
	fd = lkl_sys_open("/disk", LKL_O_RDONLY, 0);
	ck_assert_int_eq(lkl_sys_ioctl(fd, LKL_BLKROGET,
				       (uintptr_t)&read_only), 0);
	ck_assert_int_eq(read_only, 1);
	halt();
	CloseHandle(disk.handle);
}
END_TEST

int main(void)
{
	TCase *tc = tcase_create("windows-life");

	tcase_add_checked_fixture(tc, set_up_host, NULL);
	tcase_add_test(tc, a_bad_pointer_is_efault);
	tcase_add_test(tc, many_boots_leave_nothing);
	tcase_add_test(tc, threads_call_together_and_leave_no_task);
	tcase_add_test(tc, ram_grows_with_use);
	tcase_add_test(tc, an_overflow_of_a_stack_reaches_the_fault_handler);
	tcase_add_test(tc, a_destructor_does_not_find_the_value_again);
	tcase_add_test(tc, a_thread_that_ends_can_call_again);
	tcase_add_test(tc, pinned_threads_stay_on_one_cpu);
	tcase_add_test(tc, ctrl_break_lists_the_tasks_of_the_kernel);
	tcase_add_test(tc, handles_that_are_no_disks_are_refused);
	tcase_add_test(tc, a_handle_for_reading_is_a_read_only_disk);
	return run_case(tc, CK_NOFORK);
}
