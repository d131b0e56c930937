/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The longest TCP segment that an interface of the host takes.
 */
#ifndef LKL_POSIX_TSO_LIMIT_H
#define LKL_POSIX_TSO_LIMIT_H

#include <stdint.h>

/*
 * Return the length of the longest TCP segment over IPv4, headers included,
 * that the host takes in one piece from its interface @ifname; 0: at most what
 * the length field of IPv4 can express.
 */
uint32_t lkl_posix_tso_limit(const char *ifname);

#endif /* LKL_POSIX_TSO_LIMIT_H */
