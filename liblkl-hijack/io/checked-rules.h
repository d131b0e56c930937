/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Rules of a packet filter that are only checked: see checked-rules.c.
 */
#ifndef LKL_HIJACK_CHECKED_RULES_H
#define LKL_HIJACK_CHECKED_RULES_H

#include <stdbool.h>
#include <sys/socket.h>

/*
 * Make the missing devices that rules name, if @msg asks LKL's netlink socket
 * @k to check rules.  Return true when the devices have to be removed.
 */
bool rules_make_devices(int k, const struct msghdr *msg);
/* Remove the devices. */
void rules_remove_devices(void);

#endif /* LKL_HIJACK_CHECKED_RULES_H */
