// SPDX-License-Identifier: GPL-2.0
/*
 * A mutex that signal handlers may take, too: see masked-lock.h.
 */
#include "host/masked-lock.h"
#include "shared/macros.h"

static void masked_allow_faults(sigset_t *blocked)
{
	static const int faults[] = { SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP,
				      SIGSYS };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(faults); i++)
		sigdelset(blocked, faults[i]);
}

void masked_lock(struct masked_state *saved, pthread_mutex_t *mutex,
		 bool calls_lkl)
{
	sigset_t blocked;

	sigfillset(&blocked);
	if (calls_lkl)
		masked_allow_faults(&blocked);
	pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &saved->cancel);
	pthread_sigmask(SIG_BLOCK, &blocked, &saved->mask);
	pthread_mutex_lock(mutex);
}

void masked_unlock(const struct masked_state *saved, pthread_mutex_t *mutex)
{
	pthread_mutex_unlock(mutex);
	pthread_sigmask(SIG_SETMASK, &saved->mask, NULL);
	pthread_setcancelstate(saved->cancel, NULL);
}
