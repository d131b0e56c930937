/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A name server of a test, on 127.0.0.1, in LKL or on the host (see
 * resolver-net.h): UDP and TCP, with a fixed set of names and of ways to fail.
 */
#ifndef LKL_TESTS_RESOLVER_SERVER_H
#define LKL_TESTS_RESOLVER_SERVER_H

#define SERVER_BIG	60	/* addresses of big.test */

void server_start(void);
void server_stop(void);
/* How many questions so far, over UDP and TCP. */
int server_questions(void);
int server_tcp_questions(void);
/* Other than 0: answers for *.fuzz.test are damaged, each in its own way. */
void server_set_seed(unsigned int seed);

#endif /* LKL_TESTS_RESOLVER_SERVER_H */
