// SPDX-License-Identifier: GPL-2.0
/* See early.h. */
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "early.h"

volatile int early_handled;
volatile int early_fd = -1;
int early_last;

void early_handler(int sig)
{
	int saved = errno;

	if (early_fd >= 0)
		send(early_fd, "", 0, MSG_DONTWAIT);
	early_handled++;
	errno = saved;
}

void early_goodbye(int fd)
{
	int from = socket(AF_INET, SOCK_DGRAM, 0);
	char text[8] = "nothing";
	struct sockaddr_in a;
	socklen_t len = sizeof(a);

	if (from < 0 || getsockname(fd, (struct sockaddr *)&a, &len) ||
	    sendto(from, "goodbye", 7, 0, (struct sockaddr *)&a, len) < 0)
		dprintf(STDOUT_FILENO, "%s\n", strerror(errno));
	if (recv(fd, text, 7, MSG_DONTWAIT) < 0)
		dprintf(STDOUT_FILENO, "%s\n", strerror(errno));
	dprintf(STDOUT_FILENO, "%s\n", text);
}

/* After destructors, as it belongs to no library and is registered early. */
static void last(void *arg)
{
	if (!early_last)
		return;
	if (socket(AF_INET, SOCK_DGRAM, 0) < 0)
		dprintf(STDOUT_FILENO, "%s\n", strerror(errno));
	else
		dprintf(STDOUT_FILENO, "a socket\n");
}

int __cxa_atexit(void (*fn)(void *arg), void *arg, void *library);

static __attribute__((constructor)) void early_begin(void)
{
	struct sigaction sa = { .sa_handler = early_handler };

	sigaction(EARLY_SIGNAL, &sa, NULL);
	__cxa_atexit(last, NULL, NULL);
}

static __attribute__((destructor)) void early_end(void)
{
	if (early_fd >= 0 && !early_handled)
		early_goodbye(early_fd);
}
