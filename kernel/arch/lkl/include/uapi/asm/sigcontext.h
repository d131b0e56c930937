/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
#ifndef _UAPI_ASM_LKL_SIGCONTEXT_H
#define _UAPI_ASM_LKL_SIGCONTEXT_H

/* Guest signals have no handlers, so nothing is ever saved. */
struct sigcontext {
	unsigned long unused;
};

#endif /* _UAPI_ASM_LKL_SIGCONTEXT_H */
