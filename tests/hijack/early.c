// SPDX-License-Identifier: GPL-2.0
/* See early.h. */
#include <errno.h>
#include <stddef.h>
#include <sys/socket.h>

#include "early.h"

volatile int early_handled;
volatile int early_fd = -1;

void early_handler(int sig)
{
	int saved = errno;

	if (early_fd >= 0)
		send(early_fd, "", 0, MSG_DONTWAIT);
	early_handled++;
	errno = saved;
}

static __attribute__((constructor)) void early_begin(void)
{
	struct sigaction sa = { .sa_handler = early_handler };

	sigaction(EARLY_SIGNAL, &sa, NULL);
}
