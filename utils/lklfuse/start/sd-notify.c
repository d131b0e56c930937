// SPDX-License-Identifier: GPL-2.0
/*
 * Status messages to a service manager.  The socket is opened before the
 * process is confined, and is only written to afterwards.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "start/sd-notify.h"

int sd_notify_open(void)
{
	const char *name = getenv("NOTIFY_SOCKET");
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	size_t len = name ? strlen(name) : 0;
	int fd;

	if (len < 2 || len >= sizeof(addr.sun_path))
		return -1;
	memcpy(addr.sun_path, name, len);
	if (name[0] == '@')
		addr.sun_path[0] = 0;
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -1;
	if (!connect(fd, (struct sockaddr *)&addr,
		     offsetof(struct sockaddr_un, sun_path) + len))
		return fd;
	close(fd);
	return -1;
}

/* Ignore errors: serving does not depend on the service manager. */
void sd_notify_send(int fd, const char *state)
{
	ssize_t n;

	if (fd < 0)
		return;
	do {
		n = write(fd, state, strlen(state));
	} while (n < 0 && errno == EINTR);
}
