// SPDX-License-Identifier: GPL-2.0
/*
 * The table of system calls: the generic table for 64 bits, without calls that
 * make no sense in a library.
 */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/syscalls.h>
#include <asm/entry.h>
#include <asm/syscall.h>
#include <asm/unistd.h>

/*
 * Calls whose result is an address in the user address space.  That space has
 * page tables, but no memory of the host, so the program's first access would
 * crash.
 */
static long sys_no_mapping(void)
{
	return -ENODEV;
}

#define sys_mmap		sys_no_mapping
#define sys_mremap		sys_no_mapping
#define sys_shmat		sys_no_mapping
#define sys_brk			sys_no_mapping
#define sys_rt_sigreturn	sys_ni_syscall

#undef __SYSCALL
#define __SYSCALL(nr, call)			[nr] = (call),
#define __SYSCALL_WITH_COMPAT(nr, call, compat)	__SYSCALL(nr, call)

void * const sys_call_table[__NR_syscalls] = {
	[0 ... __NR_syscalls - 1] = sys_ni_syscall,
#include <asm/syscall_table_64.h>
};

/*
 * Run system call @nr with the six parameters at @p.  The caller can read the
 * kernel's memory anyway, so there is no array_index_nospec().
 */
long lkl_do_syscall(long nr, const s64 *p)
{
	long (*call)(long a, long b, long c, long d, long e, long f);

	if (unlikely((unsigned long)nr >= __NR_syscalls))
		return -ENOSYS;
	call = sys_call_table[nr];
	return call(p[0], p[1], p[2], p[3], p[4], p[5]);
}
