// SPDX-License-Identifier: GPL-2.0
/*
 * Access faults.  The kernel's copies from and to the program's memory may
 * fault, and go on at a fixup; any other fault of its code becomes an oops.
 * Faults elsewhere are the program's own: its handlers see them as before.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <ucontext.h>
#include <unistd.h>

#include "memory/fault-regs.h"
#include "base/host-posix.h"

static const int fault_signals[] = { SIGSEGV, SIGBUS };
static struct sigaction previous[ARRAY_SIZE(fault_signals)];

static uint64_t code_start, code_end;
static uint64_t (*code_handler)(uint64_t ip, uint64_t addr, int *pass_args);

static void on_fault(int sig, siginfo_t *info, void *context);

/* What would have happened without us. */
static void chain(int sig, siginfo_t *info, void *context)
{
	const struct sigaction *old = &previous[sig == SIGBUS];

	if (old->sa_flags & SA_SIGINFO) {
		old->sa_sigaction(sig, info, context);
	} else if (old->sa_handler == SIG_DFL || old->sa_handler == SIG_IGN) {
		/* Going back faults again, now with the default action. */
		signal(sig, SIG_DFL);
		if (info->si_code <= 0)
			raise(sig);
	} else {
		old->sa_handler(sig);
	}
}

static void on_fault(int sig, siginfo_t *info, void *context)
{
	ucontext_t *uc = context;
	uint64_t ip = fault_ip(uc), to;
	uint64_t addr = (uintptr_t)info->si_addr;
	int pass_args = 0, saved = errno;

	/* A positive code: the CPU raised it, not somebody's kill(). */
	if (info->si_code <= 0 || ip < code_start || ip >= code_end) {
		chain(sig, info, context);
		return;
	}
	to = code_handler(ip, addr, &pass_args);
	if (!to) {
		chain(sig, info, context);
		return;
	}
	if (pass_args)
		fault_set_args(uc, ip, addr);
	fault_set_ip(uc, to);
	errno = saved;
}

static int fault_install(uint64_t start, uint64_t end,
			 uint64_t (*handler)(uint64_t ip, uint64_t addr,
					     int *pass_args))
{
	struct sigaction sa = {
		.sa_sigaction = on_fault,
		.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER,
	};
	size_t i;

	code_start = start;
	code_end = end;
	code_handler = handler;
	sigemptyset(&sa.sa_mask);
	for (i = 0; i < ARRAY_SIZE(fault_signals); i++)
		if (sigaction(fault_signals[i], &sa, &previous[i]))
			return lkl_posix_error(errno);
	return 0;
}

/* Only where the handler is still ours: the program may have set another. */
static void fault_remove(void)
{
	struct sigaction now;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(fault_signals); i++) {
		if (sigaction(fault_signals[i], NULL, &now))
			continue;
		if ((now.sa_flags & SA_SIGINFO) && now.sa_sigaction == on_fault)
			sigaction(fault_signals[i], &previous[i], NULL);
	}
	code_start = 0;
	code_end = 0;
}

/*
 * Signal handlers need a stack of their own: while a thread is in the kernel
 * its stack pointer is on a kernel stack.  A thread that has none gets one.
 */
static _Thread_local void *alt_stack;
static _Thread_local size_t alt_stack_size;

static size_t wanted_stack_size(void)
{
	size_t min = getauxval(AT_MINSIGSTKSZ);

	if (min < (size_t)MINSIGSTKSZ)
		min = MINSIGSTKSZ;
	return (min + 65536 + 4095) & ~4095UL;
}

static void fault_thread_enter(void)
{
	stack_t old, ss = { };
	size_t size = wanted_stack_size();
	char *p;

	if (alt_stack || sigaltstack(NULL, &old) ||
	    !(old.ss_flags & SS_DISABLE))
		return;
	p = mmap(NULL, size + 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS |
		 MAP_STACK | MAP_NORESERVE, -1, 0);
	if (p == MAP_FAILED)
		return;
	ss.ss_sp = p + 4096;
	ss.ss_size = size;
	if (mprotect(ss.ss_sp, size, PROT_READ | PROT_WRITE) ||
	    sigaltstack(&ss, NULL)) {
		munmap(p, size + 4096);
		return;
	}
	alt_stack = p;
	alt_stack_size = size + 4096;
}

static void fault_thread_exit(void)
{
	stack_t now, off = { .ss_flags = SS_DISABLE };

	if (!alt_stack)
		return;
	if (!sigaltstack(NULL, &now) &&
	    now.ss_sp == (char *)alt_stack + 4096)
		sigaltstack(&off, NULL);
	munmap(alt_stack, alt_stack_size);
	alt_stack = NULL;
}

const struct lkl_host_fault_ops lkl_posix_fault_ops = {
	.size = sizeof(lkl_posix_fault_ops),
	.install = fault_install,
	.remove = fault_remove,
	.thread_enter = fault_thread_enter,
	.thread_exit = fault_thread_exit,
};
