// SPDX-License-Identifier: GPL-2.0
/*
 * Threads of the tools.
 */
#include <signal.h>

#include "common/host/thread.h"
#include "shared/macros.h"

/*
 * Signals that an instruction of the thread causes.  If they were blocked, the
 * process would be killed without a message: neither would a fault of the
 * kernel be reported, nor would a bad pointer be an error of a call.
 */
static const int thread_faults[] = { SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP,
				     SIGSYS, SIGABRT };

int thread_start(pthread_t *thread, void *(*main)(void *arg), void *arg)
{
	sigset_t blocked, old;
	size_t i;
	int err;

	sigfillset(&blocked);
	for (i = 0; i < ARRAY_SIZE(thread_faults); i++)
		sigdelset(&blocked, thread_faults[i]);
	pthread_sigmask(SIG_SETMASK, &blocked, &old);
	err = pthread_create(thread, NULL, main, arg);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	return err;
}
