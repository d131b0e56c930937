// SPDX-License-Identifier: GPL-2.0
/*
 * Signal handlers of the program.
 *
 * A handler may come while its thread runs the kernel, and may call LKL itself,
 * which cannot be entered twice.  So what the host knows is a handler of ours.
 * Outside of LKL it calls the program's at once.  Inside it sends the signal to
 * the thread once more, with everything blocked for the code that it returns to,
 * and makes the system call return (kernel-call.c); that then unblocks, so that the
 * host delivers the signal once more, with the program's mask and on its stack.
 *
 * SIGSEGV and SIGBUS are LKL's first, whose copies from and to the program may
 * fault; it passes on what is not its own, so the host keeps its handler.
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
#include "state/kernel-call.h"
#include "host/masked-lock.h"
#include "state/signal-handlers.h"

/* What the program asked for. */
static struct sigaction actions[_NSIG];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
/* Odd while one changes, for handlers, which take no lock. */
static unsigned int version;
static void (*last_words)(void);

static bool is_fault(int sig)
{
	return sig == SIGSEGV || sig == SIGBUS;
}

/* The processor raised it, here and now. */
static bool is_synchronous(int sig, const siginfo_t *info)
{
	return (is_fault(sig) || sig == SIGFPE || sig == SIGILL ||
		sig == SIGTRAP || sig == SIGSYS) && info->si_code > 0;
}

/* One place holds handlers of both kinds. */
static bool has_handler(const struct sigaction *sa)
{
	return sa->sa_handler != SIG_DFL && sa->sa_handler != SIG_IGN;
}

static struct sigaction get_action(int sig)
{
	struct sigaction sa;
	unsigned int before;

	do {
		before = __atomic_load_n(&version, __ATOMIC_ACQUIRE);
		sa = actions[sig];
		__atomic_thread_fence(__ATOMIC_ACQUIRE);
	} while ((before & 1) ||
		 before != __atomic_load_n(&version, __ATOMIC_RELAXED));
	return sa;
}

/* Locked. */
static void put_action(int sig, const struct sigaction *sa)
{
	__atomic_store_n(&version, version + 1, __ATOMIC_RELAXED);
	__atomic_thread_fence(__ATOMIC_RELEASE);
	actions[sig] = *sa;
	__atomic_store_n(&version, version + 1, __ATOMIC_RELEASE);
}

/* SA_RESETHAND, unless another thread has set it anew. */
static void reset_action(int sig, const struct sigaction *seen)
{
	struct sigaction dfl = { .sa_handler = SIG_DFL };
	struct section s;

	section_begin(&s, &lock, false);
	if (actions[sig].sa_handler == seen->sa_handler &&
	    (actions[sig].sa_flags & SA_RESETHAND))
		put_action(sig, &dfl);
	section_end(&s, &lock);
}

/* Those whose default is the end, and with which a user ends a program. */
static bool has_last_words(int sig)
{
	return last_words && (sig == SIGHUP || sig == SIGINT || sig == SIGTERM);
}

static void reset(int sig)
{
	struct sigaction dfl = { .sa_handler = SIG_DFL };

	HOST(sigaction)(sig, &dfl, NULL);
}

static void put_off(int sig, siginfo_t *info, ucontext_t *uc,
		    const struct sigaction *sa)
{
	sigset_t interrupted = self.mask;

	/*
	 * Several may come on top of each other, at any point of this one: the
	 * mask of the first has least, and that is the program's.
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

/* Nobody handles it: what the host would have done. */
static void default_action(int sig, const siginfo_t *info)
{
	sigset_t only;

	if (has_last_words(sig) && !is_synchronous(sig, info)) {
		/* The next one ends the process at once. */
		reset(sig);
		sigemptyset(&only);
		sigaddset(&only, sig);
		pthread_sigmask(SIG_UNBLOCK, &only, NULL);
		last_words();
	} else {
		reset(sig);
	}
	/* Going back faults again. */
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

/* The host applies the mask of those that it knows of. */
static void apply_mask(int sig, const struct sigaction *sa)
{
	sigset_t mask = sa->sa_mask;

	if (!(sa->sa_flags & SA_NODEFER))
		sigaddset(&mask, sig);
	pthread_sigmask(SIG_BLOCK, &mask, NULL);
}

static void on_signal(int sig, siginfo_t *info, void *context)
{
	struct sigaction sa = get_action(sig);

	if (self.inside && !is_synchronous(sig, info) && !is_fault(sig)) {
		put_off(sig, info, context, &sa);
		return;
	}
	if (!has_handler(&sa)) {
		if (sa.sa_handler == SIG_DFL || is_synchronous(sig, info))
			default_action(sig, info);
		return;
	}
	if (sa.sa_flags & SA_RESETHAND)
		reset_action(sig, &sa);
	if (is_fault(sig))
		apply_mask(sig, &sa);
	call_handler(sig, info, context, &sa);
}

/* What the host is told instead of @sa. */
static struct sigaction ours(int sig, const struct sigaction *sa)
{
	struct sigaction host = *sa;

	if (!has_handler(sa) &&
	    !(sa->sa_handler == SIG_DFL && has_last_words(sig)))
		return host;
	/*
	 * On the stack that the program wants: when that is one of the kernel's,
	 * there is room for the frame and for put_off().
	 */
	host.sa_sigaction = on_signal;
	host.sa_flags |= SA_SIGINFO;
	host.sa_flags &= ~SA_RESETHAND;
	return host;
}

static int set_action(int sig, const struct sigaction *sa)
{
	struct sigaction host = ours(sig, sa), before = actions[sig];
	int ret;

	/* On delivery the new one has to be known already. */
	put_action(sig, sa);
	if (is_fault(sig))
		return 0;
	ret = HOST(sigaction)(sig, &host, NULL);
	if (ret)
		put_action(sig, &before);
	return ret;
}

void signals_forked(void)
{
	pthread_mutex_init(&lock, NULL);
	version = 0;
}

/*
 * Signals that are not ours to look at.  In a child and at the end the host still
 * has our handlers, which the program is not to see.
 */
static bool passes(int sig)
{
	return self.inside || !lkl_was_usable() || sig <= 0 || sig >= _NSIG ||
	       sig == SIGKILL || sig == SIGSTOP;
}

EXPORT int sigaction(int sig, const struct sigaction *restrict sa,
		     struct sigaction *restrict old)
{
	struct sigaction before;
	struct section s;
	int ret = 0;

	if (passes(sig))
		return HOST(sigaction)(sig, sa, old);
	section_begin(&s, &lock, false);
	before = actions[sig];
	if (sa)
		ret = set_action(sig, sa);
	section_end(&s, &lock);
	if (!ret && old)
		*old = before;
	return ret;
}
ALIAS(__sigaction, sigaction);

static sigset_t interrupting;

static sighandler_t set_handler(int sig, sighandler_t handler, int flags)
{
	struct sigaction sa = { .sa_handler = handler, .sa_flags = flags }, old;

	if (handler == SIG_ERR) {
		errno = EINVAL;
		return SIG_ERR;
	}
	sigemptyset(&sa.sa_mask);
	if (sigaction(sig, &sa, &old))
		return SIG_ERR;
	return old.sa_handler;
}

EXPORT sighandler_t signal(int sig, sighandler_t handler)
{
	return set_handler(sig, handler, sigismember(&interrupting, sig) == 1 ?
			   0 : SA_RESTART);
}
ALIAS(bsd_signal, signal);
ALIAS(ssignal, signal);

EXPORT sighandler_t sysv_signal(int sig, sighandler_t handler)
{
	return set_handler(sig, handler, SA_RESETHAND | SA_NODEFER);
}
ALIAS(__sysv_signal, sysv_signal);

EXPORT int siginterrupt(int sig, int interrupt)
{
	struct sigaction sa;

	if (sigaction(sig, NULL, &sa))
		return -1;
	if (interrupt) {
		sigaddset(&interrupting, sig);
		sa.sa_flags &= ~SA_RESTART;
	} else {
		sigdelset(&interrupting, sig);
		sa.sa_flags |= SA_RESTART;
	}
	return sigaction(sig, &sa, NULL);
}

EXPORT int sigignore(int sig)
{
	return set_handler(sig, SIG_IGN, 0) == SIG_ERR ? -1 : 0;
}

EXPORT sighandler_t sigset(int sig, sighandler_t disp)
{
	sigset_t only, old;
	struct sigaction before;
	int how = disp == SIG_HOLD ? SIG_BLOCK : SIG_UNBLOCK;

	sigemptyset(&only);
	if (disp == SIG_ERR || sigaddset(&only, sig)) {
		errno = EINVAL;
		return SIG_ERR;
	}
	if (sigaction(sig, NULL, &before))
		return SIG_ERR;
	if (disp != SIG_HOLD && set_handler(sig, disp, 0) == SIG_ERR)
		return SIG_ERR;
	pthread_sigmask(how, &only, &old);
	return sigismember(&old, sig) ? SIG_HOLD : before.sa_handler;
}

/* Constructors of the program's libraries run before us, and set handlers too. */
static void take_over(int sig)
{
	struct sigaction sa;

	if (HOST(sigaction)(sig, NULL, &actions[sig]) ||
	    is_fault(sig) || !has_handler(&actions[sig]))
		return;
	sa = ours(sig, &actions[sig]);
	HOST(sigaction)(sig, &sa, NULL);
}

void signals_init(void)
{
	struct sigaction sa = { .sa_flags = SA_SIGINFO | SA_ONSTACK };
	int sig;

	for (sig = 1; sig < _NSIG; sig++)
		if (sig != SIGKILL && sig != SIGSTOP)
			take_over(sig);
	sa.sa_sigaction = on_signal;
	sigemptyset(&sa.sa_mask);
	HOST(sigaction)(SIGSEGV, &sa, NULL);
	HOST(sigaction)(SIGBUS, &sa, NULL);
}

void signals_set_last_words(void (*fn)(void))
{
	static const int sigs[] = { SIGHUP, SIGINT, SIGTERM };
	struct sigaction sa;
	size_t i;

	last_words = fn;
	for (i = 0; i < sizeof(sigs) / sizeof(sigs[0]); i++)
		if (!has_handler(&actions[sigs[i]])) {
			sa = ours(sigs[i], &actions[sigs[i]]);
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
	for (i = 0; i < sizeof(sigs) / sizeof(sigs[0]); i++) {
		/* One that is blocked and pending would not have ended it either. */
		if (actions[sigs[i]].sa_handler == SIG_IGN ||
		    sigismember(&pending, sigs[i]))
			continue;
		reset(sigs[i]);
		sigaddset(&ending, sigs[i]);
	}
	pthread_sigmask(SIG_UNBLOCK, &ending, NULL);
}

void signal_pipe(void)
{
	raise(SIGPIPE);
}
