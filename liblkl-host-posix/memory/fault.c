// SPDX-License-Identifier: GPL-2.0
/*
 * Access faults.  When the kernel copies from or to the program's memory, the
 * access may fault, and the kernel continues at a fixup; any other fault of
 * kernel code becomes an oops.  Faults elsewhere belong to the program, whose
 * handlers see them as before.
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

#include "base/error.h"
#include "memory/fault-regs.h"
#include "memory/fault.h"
#include "shared/macros.h"

#define FAULT_PAGE		4096
/* Room for a signal handler of the program, beside the signal frame */
#define FAULT_STACK_ROOM	65536

static const int fault_signals[] = { SIGSEGV, SIGBUS };
static struct sigaction fault_old_actions[ARRAY_SIZE(fault_signals)];

/* Code of the kernel, and the function that handles its faults */
static uint64_t fault_code_start, fault_code_end;
static uint64_t (*fault_code_handler)(uint64_t ip, uint64_t addr,
				      int *pass_args);

/* Pass the signal on to the handler that was there before. */
static void fault_chain(int sig, siginfo_t *info, void *context)
{
	const struct sigaction *old = &fault_old_actions[sig == SIGBUS];

	if (old->sa_flags & SA_SIGINFO) {
		old->sa_sigaction(sig, info, context);
	} else if (old->sa_handler == SIG_DFL || old->sa_handler == SIG_IGN) {
		/* The instruction faults again, with the default action. */
		signal(sig, SIG_DFL);
		if (info->si_code <= 0)
			raise(sig);
	} else {
		old->sa_handler(sig);
	}
}

static void fault_handler(int sig, siginfo_t *info, void *context)
{
	ucontext_t *uc = context;
	uint64_t ip = fault_ip(uc), to;
	uint64_t addr = (uintptr_t)info->si_addr;
	int pass_args = 0, saved = errno;

	/* A positive code: raised by the CPU, not by kill(). */
	if (info->si_code <= 0 || ip < fault_code_start ||
	    ip >= fault_code_end) {
		fault_chain(sig, info, context);
		return;
	}
	to = fault_code_handler(ip, addr, &pass_args);
	if (!to) {
		fault_chain(sig, info, context);
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
		.sa_sigaction = fault_handler,
		.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER,
	};
	size_t i;

	fault_code_start = start;
	fault_code_end = end;
	fault_code_handler = handler;
	sigemptyset(&sa.sa_mask);
	for (i = 0; i < ARRAY_SIZE(fault_signals); i++)
		if (sigaction(fault_signals[i], &sa, &fault_old_actions[i]))
			return lkl_posix_error(errno);
	return 0;
}

/* Restore the previous handlers, but keep one that was set later. */
static void fault_remove(void)
{
	struct sigaction now;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(fault_signals); i++) {
		if (sigaction(fault_signals[i], NULL, &now))
			continue;
		if ((now.sa_flags & SA_SIGINFO) &&
		    now.sa_sigaction == fault_handler)
			sigaction(fault_signals[i], &fault_old_actions[i],
				  NULL);
	}
	fault_code_start = 0;
	fault_code_end = 0;
}

/*
 * The alternate signal stack of this thread, with a guard page below.  Signal
 * handlers need one: while a thread runs the kernel, its stack pointer is on a
 * kernel stack.
 */
static _Thread_local void *fault_stack;
static _Thread_local size_t fault_stack_size;

static size_t fault_stack_need(void)
{
	size_t min = getauxval(AT_MINSIGSTKSZ);

	if (min < (size_t)MINSIGSTKSZ)
		min = MINSIGSTKSZ;
	return ALIGN_UP(min + FAULT_STACK_ROOM, FAULT_PAGE);
}

/* Give the calling thread an alternate signal stack unless it has one. */
static void fault_thread_enter(void)
{
	stack_t old, ss = { };
	size_t size = fault_stack_need();
	char *p;

	if (fault_stack || sigaltstack(NULL, &old) ||
	    !(old.ss_flags & SS_DISABLE))
		return;
	p = mmap(NULL, size + FAULT_PAGE, PROT_NONE, MAP_PRIVATE |
		 MAP_ANONYMOUS | MAP_STACK | MAP_NORESERVE, -1, 0);
	if (p == MAP_FAILED)
		return;
	ss.ss_sp = p + FAULT_PAGE;
	ss.ss_size = size;
	if (mprotect(ss.ss_sp, size, PROT_READ | PROT_WRITE) ||
	    sigaltstack(&ss, NULL)) {
		munmap(p, size + FAULT_PAGE);
		return;
	}
	fault_stack = p;
	fault_stack_size = size + FAULT_PAGE;
}

static void fault_thread_exit(void)
{
	stack_t now, off = { .ss_flags = SS_DISABLE };

	if (!fault_stack)
		return;
	if (!sigaltstack(NULL, &now) &&
	    now.ss_sp == (char *)fault_stack + FAULT_PAGE)
		sigaltstack(&off, NULL);
	munmap(fault_stack, fault_stack_size);
	fault_stack = NULL;
}

const struct lkl_host_fault_ops lkl_posix_fault_ops = {
	.size = sizeof(lkl_posix_fault_ops),
	.install = fault_install,
	.remove = fault_remove,
	.thread_enter = fault_thread_enter,
	.thread_exit = fault_thread_exit,
};
