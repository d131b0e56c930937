// SPDX-License-Identifier: GPL-2.0
/*
 * A library to preload, by which a system call of LKL fails as FAULT in the environment
 * says.
 *
 * pointer:	the directory "dir" is made with a pointer to no memory
 * kernel:	the kernel uses memory that is not there, when the directory "dir" is made
 * first-call:	the same, in the first call of a thread other than main()'s
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <lkl_host.h>
#include <lkl/linux/filter.h>

static struct lkl_host_vm_ops faulty_vm;

static int faulty_alias(struct lkl_ram *ram, void *va, uint64_t off, uint64_t len)
{
	return 0;
}

__attribute__((constructor)) static void faulty_start(void)
{
	faulty_vm = *lkl_host_ops.vm;
	lkl_host_ops.vm = &faulty_vm;
}

/* Let the kernel use an alias of RAM that the host has not made. */
static void faulty_break_kernel(void)
{
	struct lkl_sock_filter insn = { .code = LKL_BPF_RET | LKL_BPF_K };
	struct lkl_sock_fprog prog = { .len = 1, .filter = &insn };
	long fd = lkl_sys_socket(LKL_AF_INET, LKL_SOCK_DGRAM, 0);

	faulty_vm.ram_alias = faulty_alias;
	lkl_sys_setsockopt(fd, LKL_SOL_SOCKET, LKL_SO_ATTACH_FILTER, (void *)&prog,
			   sizeof(prog));
}

static bool faulty_is_call(long no, const long *params, const char *fault)
{
	if (!strcmp(fault, "first-call"))
		return no == __lkl__NR_getpid && gettid() != getpid();
	return no == __lkl__NR_mkdirat && !strcmp((const char *)params[1], "dir");
}

__attribute__((visibility("default"))) long lkl_syscall(long no, long *params)
{
	static long (*next)(long no, long *params);
	const char *fault = getenv("FAULT");

	if (!next)
		next = dlsym(RTLD_NEXT, "lkl_syscall");
	if (fault && faulty_is_call(no, params, fault)) {
		if (!strcmp(fault, "pointer"))
			params[1] = 1;
		else
			faulty_break_kernel();
	}
	return next(no, params);
}
