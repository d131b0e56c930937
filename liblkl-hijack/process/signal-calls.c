// SPDX-License-Identifier: GPL-2.0
/*
 * sigaction(), signal() and their relatives.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdbool.h>

#include "host/export.h"
#include "state/signal-handlers.h"

/* Signals that siginterrupt() was called for. */
static sigset_t interrupting;

EXPORT int sigaction(int sig, const struct sigaction *restrict sa,
		     struct sigaction *restrict old)
{
	return signals_set_action(sig, sa, old);
}
ALIAS(__sigaction, sigaction);

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
