// SPDX-License-Identifier: GPL-2.0
#include "host/masked-lock.h"

static void allow_faults(sigset_t *blocked)
{
	static const int faults[] = { SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP,
				      SIGSYS };
	size_t i;

	for (i = 0; i < sizeof(faults) / sizeof(*faults); i++)
		sigdelset(blocked, faults[i]);
}

void section_begin(struct section *s, pthread_mutex_t *mutex, bool calls_lkl)
{
	sigset_t blocked;

	sigfillset(&blocked);
	if (calls_lkl)
		allow_faults(&blocked);
	pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &s->cancel);
	pthread_sigmask(SIG_BLOCK, &blocked, &s->mask);
	pthread_mutex_lock(mutex);
}

void section_end(const struct section *s, pthread_mutex_t *mutex)
{
	pthread_mutex_unlock(mutex);
	pthread_sigmask(SIG_SETMASK, &s->mask, NULL);
	pthread_setcancelstate(s->cancel, NULL);
}
