/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Telling a service manager, see sd_notify(3).
 */
#ifndef LKLFUSE_NOTIFY_H
#define LKLFUSE_NOTIFY_H

/* A descriptor, -1 where nobody listens. */
int notify_open(void);
void notify_send(int fd, const char *state);

#endif /* LKLFUSE_NOTIFY_H */
