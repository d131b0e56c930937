/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Status messages to a service manager; see sd_notify(3).
 */
#ifndef LKLFUSE_SD_NOTIFY_H
#define LKLFUSE_SD_NOTIFY_H

/* Return a socket to the service manager, or -1 if there is none. */
int sd_notify_open(void);

/* Send @state, such as "READY=1"; do nothing if @fd is -1. */
void sd_notify_send(int fd, const char *state);

#endif /* LKLFUSE_SD_NOTIFY_H */
