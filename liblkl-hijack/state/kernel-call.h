/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Calls of LKL from interposed functions, and the state that they need.
 */
#ifndef LKL_HIJACK_LKL_CALL_H
#define LKL_HIJACK_LKL_CALL_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

#include <lkl.h>

#define EXPORT __attribute__((visibility("default")))

#if defined(__has_attribute)
#if __has_attribute(copy)
#define COPY_ATTRIBUTES(fn) __attribute__((copy(fn)))
#endif
#endif
#ifndef COPY_ATTRIBUTES
#define COPY_ATTRIBUTES(fn)
#endif

/* @name is another name of @fn, which is in the same file. */
#define ALIAS(name, fn)							\
	extern __typeof(fn) name COPY_ATTRIBUTES(fn)			\
		__attribute__((alias(#fn), visibility("default")))

/**
 * struct self - a thread
 * @inside:	it runs code of LKL: what it calls is the host's
 * @calls:	it is in a system call of LKL, which signals interrupt
 * @known:	LKL knows it: calls allocate nothing
 * @deferred:	signals came meanwhile, and were put off
 * @stop:	so they did, or another thread wants to cancel this one
 * @no_restart:	one of them has no SA_RESTART
 * @mask:	signal mask to go back to, when @deferred; all signals otherwise
 * @lkl:	to be interrupted by
 * @pthread:	who it is
 * @next:	list of those that @known
 * @prev:	the same
 */
struct self {
	bool inside;
	bool calls;
	bool known;
	volatile bool deferred;
	volatile bool stop;
	volatile bool no_restart;
	sigset_t mask;
	struct lkl_thread *lkl;
	pthread_t pthread;
	struct self *next;
	struct self *prev;
};

extern __thread struct self self __attribute__((tls_model("initial-exec")));

/* Is there a kernel to call?  Not before it booted, nor at the end, nor in a child. */
bool lkl_usable(void);
/* Was there ever one, in this process or its parent? */
bool lkl_was_usable(void);
/* Is this a process with a kernel?  Also at the end, when that has halted. */
bool lkl_is_here(void);
/* What socket() and others look at: LKL is there, and does not ask itself. */
static inline bool lkl_wanted(void)
{
	return !self.inside && lkl_is_here();
}

void lkl_set_usable(bool usable);
int lkl_state_init(void);

/*
 * One call of the kernel, interrupted by signals as a call of the host's; -errno
 * on failure.
 */
long lkl_call6(long nr, long a, long b, long c, long d, long e, long f);
/* The same with errno. */
long lkl_errno6(long nr, long a, long b, long c, long d, long e, long f);

#define LKL_ARGS(fn, nr, a, b, c, d, e, f, ...)				\
	fn(__lkl__NR_##nr, (long)(a), (long)(b), (long)(c), (long)(d),	\
	   (long)(e), (long)(f))
#define LKL_CALL(...) LKL_ARGS(lkl_call6, __VA_ARGS__, 0, 0, 0, 0, 0, 0)
#define LKL_ERRNO(...) LKL_ARGS(lkl_errno6, __VA_ARGS__, 0, 0, 0, 0, 0, 0)

/* -errno to -1 and errno. */
long to_errno(long ret);

/*
 * A call with another signal mask while it waits, as that of ppoll().
 */
long lkl_call_masked(long nr, const long *params, const sigset_t *mask);

/* Code of LKL other than a system call: between these two. */
bool lkl_enter(void);
void lkl_leave(bool was);

/* The calling thread ends the process: the others stay in their calls. */
void lkl_stop_others(void);
/* Get those out that wait in a call. */
void lkl_interrupt_others(void);
/* It is to be cancelled. */
void lkl_interrupt_thread(pthread_t thread);

/* One line on standard error. */
void complain(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#endif /* LKL_HIJACK_LKL_CALL_H */
