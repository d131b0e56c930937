// SPDX-License-Identifier: GPL-2.0
/*
 * Access faults.  When the kernel copies from or to the program's memory, the
 * access may fault, and the kernel continues at a fixup; any other fault of
 * kernel code becomes an oops.  Faults elsewhere belong to the program, whose
 * handlers see them as before.
 *
 * The system calls a vectored handler on the stack that faulted, which may be a
 * kernel stack.  See lkl_host_win32_stack_commit() for the room there.
 */
#include <windows.h>
#include <stdbool.h>

#include "base/error.h"
#include "memory/fault-regs.h"
#include "memory/fault.h"
#include "memory/placeholder.h"

/* A stack pointer this far below a guard page is not that stack's. */
#define FAULT_STACK_MAX	65536

/* Code of the kernel, and the function that handles its faults */
static uint64_t fault_code_start, fault_code_end;
static uint64_t (*fault_code_handler)(uint64_t ip, uint64_t addr,
				      int *pass_args);
static void *fault_handle;

/*
 * Return true if a stack reached its guard page; false: other code touched the
 * page, which is an ordinary page from now on.
 */
static bool fault_is_overflow(const CONTEXT *regs, uint64_t addr)
{
	uint64_t end = (addr & ~(VM_PAGE - 1)) + VM_PAGE;
	uint64_t sp = fault_stack(regs);

	return sp <= end && sp + FAULT_STACK_MAX > end;
}

static LONG CALLBACK fault_handler(EXCEPTION_POINTERS *e)
{
	const EXCEPTION_RECORD *rec = e->ExceptionRecord;
	CONTEXT *regs = e->ContextRecord;
	uint64_t ip = fault_ip(regs), addr, to;
	DWORD err = GetLastError();
	int pass_args = 0;

	if (ip < fault_code_start || ip >= fault_code_end ||
	    rec->NumberParameters < 2)
		return EXCEPTION_CONTINUE_SEARCH;
	addr = rec->ExceptionInformation[1];
	if (rec->ExceptionCode != STATUS_GUARD_PAGE_VIOLATION &&
	    rec->ExceptionCode != EXCEPTION_ACCESS_VIOLATION &&
	    rec->ExceptionCode != EXCEPTION_IN_PAGE_ERROR)
		return EXCEPTION_CONTINUE_SEARCH;
	to = fault_code_handler(ip, addr, &pass_args);
	/* A program whose code has faulted may still look at it. */
	SetLastError(err);
	if (!to)
		return EXCEPTION_CONTINUE_SEARCH;
	if (rec->ExceptionCode == STATUS_GUARD_PAGE_VIOLATION &&
	    !fault_is_overflow(regs, addr))
		return EXCEPTION_CONTINUE_EXECUTION;
	if (pass_args)
		fault_set_args(regs, ip, addr);
	fault_set_ip(regs, to);
	return EXCEPTION_CONTINUE_EXECUTION;
}

static int fault_install(uint64_t start, uint64_t end,
			 uint64_t (*handler)(uint64_t ip, uint64_t addr,
					     int *pass_args))
{
	fault_code_start = start;
	fault_code_end = end;
	fault_code_handler = handler;
	/* Before all other handlers: none of them knows code of the kernel. */
	fault_handle = AddVectoredExceptionHandler(1, fault_handler);
	return fault_handle ? 0 : -LKL_ENOMEM;
}

static void fault_remove(void)
{
	RemoveVectoredExceptionHandler(fault_handle);
	fault_handle = NULL;
	fault_code_start = 0;
	fault_code_end = 0;
}

/* The system provides no alternate stacks. */
static void fault_thread_none(void)
{
}

const struct lkl_host_fault_ops lkl_host_win32_fault_ops = {
	.size = sizeof(lkl_host_win32_fault_ops),
	.install = fault_install,
	.remove = fault_remove,
	.thread_enter = fault_thread_none,
	.thread_exit = fault_thread_none,
};
