// SPDX-License-Identifier: GPL-2.0
/*
 * Signal handlers of the program.
 *
 * A signal may arrive while its thread runs the kernel, and the program's handler
 * may call LKL, which cannot be entered twice.  So the host knows signals_deliver()
 * instead of the program's handler.  Outside of LKL, signals_deliver() calls the
 * program's handler at once.  Inside of LKL, signals_deliver() sends the signal to
 * the thread once more, blocks all signals for the interrupted code, and makes the
 * system call return (kernel-call.c).  After the call, the signals are unblocked, and
 * the host delivers the signal again, with the program's mask and on the program's
 * stack.
 *
 * SIGSEGV and SIGBUS go to LKL's handler first, because LKL's copies from and to the
 * program may fault.  LKL passes on the faults that are not its own, so the host
 * keeps LKL's handler.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

#include "host/host-libc.h"
#include "host/masked-lock.h"
#include "shared/macros.h"
#include "state/kernel-state.h"
#include "state/signal-handlers.h"
#include "state/thread-state.h"

/* The actions that the program set. */
static struct sigaction actions[_NSIG];
static pthread_mutex_t actions_lock = PTHREAD_MUTEX_INITIALIZER;
/* An odd number while an action changes: handlers take no lock. */
static unsigned int actions_version;
/* Called before a signal ends the process. */
static void (*before_death)(void);

static bool is_fault(int sig)
{
	return sig == SIGSEGV || sig == SIGBUS;
}

/* Return true if the current instruction has raised the signal. */
static bool is_synchronous(int sig, const siginfo_t *info)
{
	return (is_fault(sig) || sig == SIGFPE || sig == SIGILL ||
		sig == SIGTRAP || sig == SIGSYS) && info->si_code > 0;
}

/* sa_handler and sa_sigaction are one place. */
static bool has_handler(const struct sigaction *sa)
{
	return sa->sa_handler != SIG_DFL && sa->sa_handler != SIG_IGN;
}

static struct sigaction get_action(int sig)
{
	struct sigaction sa;
	unsigned int before;

	do {
		before = __atomic_load_n(&actions_version, __ATOMIC_ACQUIRE);
		sa = actions[sig];
		__atomic_thread_fence(__ATOMIC_ACQUIRE);
	} while ((before & 1) ||
		 before != __atomic_load_n(&actions_version, __ATOMIC_RELAXED));
	return sa;
}

/* Set an action, with the lock held. */
static void put_action(int sig, const struct sigaction *sa)
{
	__atomic_store_n(&actions_version, actions_version + 1, __ATOMIC_RELAXED);
	__atomic_thread_fence(__ATOMIC_RELEASE);
	actions[sig] = *sa;
	__atomic_store_n(&actions_version, actions_version + 1, __ATOMIC_RELEASE);
}

/* Do what SA_RESETHAND asks for, unless another thread has set a new action. */
static void reset_action(int sig, const struct sigaction *seen)
{
	struct sigaction dfl = { .sa_handler = SIG_DFL };
	struct masked_state saved;

	masked_lock(&saved, &actions_lock, false);
	if (actions[sig].sa_handler == seen->sa_handler &&
	    (actions[sig].sa_flags & SA_RESETHAND))
		put_action(sig, &dfl);
	masked_unlock(&saved, &actions_lock);
}

/*
 * Return true if @before_death must be called before @sig ends the process: for
 * signals by which users end programs.
 */
static bool is_announced(int sig)
{
	return before_death && (sig == SIGHUP || sig == SIGINT || sig == SIGTERM);
}

static void set_default(int sig)
{
	struct sigaction dfl = { .sa_handler = SIG_DFL };

	HOST(sigaction)(sig, &dfl, NULL);
}

/* Have the host deliver @sig again when the thread is out of LKL. */
static void defer_signal(int sig, siginfo_t *info, ucontext_t *uc,
			 const struct sigaction *sa)
{
	sigset_t interrupted = self.mask;

	/*
	 * Several signals may come on top of each other, at any point of this
	 * function: the mask of the first is the smallest, and the program's.
	 */
	memcpy(&interrupted, &uc->uc_sigmask, _NSIG / 8);
	sigandset(&self.mask, &self.mask, &interrupted);
	self.deferred = true;
	self.stop = true;
	if (!(sa->sa_flags & SA_RESTART))
		self.no_restart = true;
	sigfillset(&uc->uc_sigmask);
	sigdelset(&uc->uc_sigmask, SIGSEGV);
	sigdelset(&uc->uc_sigmask, SIGBUS);
	host_syscall(SYS_rt_tgsigqueueinfo, getpid(),
		     host_syscall(SYS_gettid, 0, 0, 0, 0, 0, 0), sig,
		     (long)info, 0, 0);
	if (self.calls)
		lkl_thread_interrupt(self.lkl);
}

/* Do what the host does with a signal that has no handler. */
static void act_by_default(int sig, const siginfo_t *info)
{
	sigset_t only;

	if (is_announced(sig) && !is_synchronous(sig, info)) {
		/* The next signal ends the process at once. */
		set_default(sig);
		sigemptyset(&only);
		sigaddset(&only, sig);
		pthread_sigmask(SIG_UNBLOCK, &only, NULL);
		before_death();
	} else {
		set_default(sig);
	}
	/* A synchronous signal comes again by itself. */
	if (!is_synchronous(sig, info))
		raise(sig);
}

static void call_handler(int sig, siginfo_t *info, void *context,
			 const struct sigaction *sa)
{
	if (sa->sa_flags & SA_SIGINFO)
		sa->sa_sigaction(sig, info, context);
	else
		sa->sa_handler(sig);
}

/* Block what @sa asks for, as the host does for handlers that it knows. */
static void apply_mask(int sig, const struct sigaction *sa)
{
	sigset_t mask = sa->sa_mask;

	if (!(sa->sa_flags & SA_NODEFER))
		sigaddset(&mask, sig);
	pthread_sigmask(SIG_BLOCK, &mask, NULL);
}

static void signals_deliver(int sig, siginfo_t *info, void *context)
{
	struct sigaction sa = get_action(sig);

	if (self.inside && !is_synchronous(sig, info) && !is_fault(sig)) {
		defer_signal(sig, info, context, &sa);
		return;
	}
	if (!has_handler(&sa)) {
		if (sa.sa_handler == SIG_DFL || is_synchronous(sig, info))
			act_by_default(sig, info);
		return;
	}
	if (sa.sa_flags & SA_RESETHAND)
		reset_action(sig, &sa);
	if (is_fault(sig))
		apply_mask(sig, &sa);
	call_handler(sig, info, context, &sa);
}

/* Return the action that the host gets in the place of @sa. */
static struct sigaction host_action(int sig, const struct sigaction *sa)
{
	struct sigaction host = *sa;

	if (!has_handler(sa) &&
	    !(sa->sa_handler == SIG_DFL && is_announced(sig)))
		return host;
	/*
	 * The handler runs on the stack that the program wants.  A kernel stack
	 * has room for the signal frame and for defer_signal().
	 */
	host.sa_sigaction = signals_deliver;
	host.sa_flags |= SA_SIGINFO;
	host.sa_flags &= ~SA_RESETHAND;
	return host;
}

static int set_action(int sig, const struct sigaction *sa)
{
	struct sigaction host = host_action(sig, sa), before = actions[sig];
	int ret;

	/* The new action must be known when the host delivers the signal. */
	put_action(sig, sa);
	if (is_fault(sig))
		return 0;
	ret = HOST(sigaction)(sig, &host, NULL);
	if (ret)
		put_action(sig, &before);
	return ret;
}

/* Another thread may have been setting an action. */
static void signals_forked(void)
{
	pthread_mutex_init(&actions_lock, NULL);
	actions_version = 0;
}

/*
 * Return true if sigaction() for @sig goes to the host as it is.  In a child, and at
 * the end of the process, this library still handles sigaction(): the host has
 * signals_deliver(), which the program must not see.
 */
static bool is_host_signal(int sig)
{
	return self.inside || !kernel_was_usable() || sig <= 0 || sig >= _NSIG ||
	       sig == SIGKILL || sig == SIGSTOP;
}

int signals_set_action(int sig, const struct sigaction *sa,
		       struct sigaction *old)
{
	struct masked_state saved;
	struct sigaction before;
	int ret = 0;

	if (is_host_signal(sig))
		return HOST(sigaction)(sig, sa, old);
	masked_lock(&saved, &actions_lock, false);
	before = actions[sig];
	if (sa)
		ret = set_action(sig, sa);
	masked_unlock(&saved, &actions_lock);
	if (!ret && old)
		*old = before;
	return ret;
}

/*
 * Take over a handler that was set before this library started, by the constructor
 * of another library.
 */
static void take_over(int sig)
{
	struct sigaction sa;

	if (HOST(sigaction)(sig, NULL, &actions[sig]) ||
	    is_fault(sig) || !has_handler(&actions[sig]))
		return;
	sa = host_action(sig, &actions[sig]);
	HOST(sigaction)(sig, &sa, NULL);
}

int signals_init(void)
{
	struct sigaction sa = { .sa_flags = SA_SIGINFO | SA_ONSTACK };
	int sig;

	for (sig = 1; sig < _NSIG; sig++)
		if (sig != SIGKILL && sig != SIGSTOP)
			take_over(sig);
	sa.sa_sigaction = signals_deliver;
	sigemptyset(&sa.sa_mask);
	HOST(sigaction)(SIGSEGV, &sa, NULL);
	HOST(sigaction)(SIGBUS, &sa, NULL);
	return -pthread_atfork(NULL, NULL, signals_forked);
}

void signals_set_before_death(void (*fn)(void))
{
	static const int sigs[] = { SIGHUP, SIGINT, SIGTERM };
	struct sigaction sa;
	size_t i;

	before_death = fn;
	for (i = 0; i < ARRAY_SIZE(sigs); i++)
		if (!has_handler(&actions[sigs[i]])) {
			sa = host_action(sigs[i], &actions[sigs[i]]);
			HOST(sigaction)(sigs[i], &sa, NULL);
		}
}

void signals_at_exit(void)
{
	static const int sigs[] = { SIGINT, SIGTERM };
	sigset_t ending, pending;
	size_t i;

	sigemptyset(&ending);
	sigpending(&pending);
	for (i = 0; i < ARRAY_SIZE(sigs); i++) {
		/* A signal that is blocked and pending would not end the process. */
		if (actions[sigs[i]].sa_handler == SIG_IGN ||
		    sigismember(&pending, sigs[i]))
			continue;
		set_default(sigs[i]);
		sigaddset(&ending, sigs[i]);
	}
	pthread_sigmask(SIG_UNBLOCK, &ending, NULL);
}
