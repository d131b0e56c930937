/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Access to the registers of a faulting thread, for each CPU and host.
 */
#ifndef LKL_POSIX_FAULT_REGS_H
#define LKL_POSIX_FAULT_REGS_H

#include <stdint.h>
#include <ucontext.h>

#if defined(__linux__) && defined(__x86_64__)
static inline uint64_t fault_ip(const ucontext_t *uc)
{
	return uc->uc_mcontext.gregs[REG_RIP];
}

static inline void fault_set_ip(ucontext_t *uc, uint64_t ip)
{
	uc->uc_mcontext.gregs[REG_RIP] = ip;
}

static inline void fault_set_args(ucontext_t *uc, uint64_t a, uint64_t b)
{
	uc->uc_mcontext.gregs[REG_RDI] = a;
	uc->uc_mcontext.gregs[REG_RSI] = b;
}
#else
#error "fault-regs.h does not know this CPU"
#endif

#endif /* LKL_POSIX_FAULT_REGS_H */
