/* SPDX-License-Identifier: GPL-2.0 */
/* An instance on a network, for programs that are linked with liblkl. */
#ifndef LKL_TESTS_INSTANCE_H
#define LKL_TESTS_INSTANCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <lkl.h>
#include <lkl_host.h>

/* Return the result of a call of LKL; end the program if it is negative. */
#define must(call) ({							\
	long must_result = (long)(call);				\
									\
	if (must_result < 0)						\
		give_up(#call, must_result);				\
	must_result;							\
})
void __attribute__((noreturn)) give_up(const char *what, long error);

void boot(void);
/* Add a device and give it an address, a.b.c.d/24; return its id. */
int attach(struct lkl_netdev *nd, const char *address);
void set_address(int ifindex, const char *address);
struct lkl_sockaddr_in address_of(const char *address, int port);
/* Return a connection or the error. */
int connect_to(const char *address, int port);
bool send_all(int fd, const void *data, size_t len);	/* false: the connection broke */
bool receive_all(int fd, void *data, size_t len);
void fill(void *data, size_t len, unsigned int seed);

#endif /* LKL_TESTS_INSTANCE_H */
