/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Sockets: see socket-calls.c.
 */
#ifndef LKL_HIJACK_SOCKET_CALLS_H
#define LKL_HIJACK_SOCKET_CALLS_H

#include <stdbool.h>

/*
 * Return true if the program has made sockets whose data has to leave before the
 * process ends, and say in *@datagrams whether some of them send datagrams.
 */
bool sockets_were_made(bool *datagrams);

#endif /* LKL_HIJACK_SOCKET_CALLS_H */
