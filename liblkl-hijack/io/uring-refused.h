/* SPDX-License-Identifier: GPL-2.0 */
/* For host-libc.c, which is built without liburing's header. */
#ifndef LKL_HIJACK_URING_H
#define LKL_HIJACK_URING_H

struct io_uring_params;

int io_uring_setup(unsigned int entries, struct io_uring_params *p);

#endif /* LKL_HIJACK_URING_H */
