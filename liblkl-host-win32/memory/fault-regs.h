/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Access to the registers of a faulting thread, for each CPU.
 */
#ifndef LKL_WIN32_FAULT_REGS_H
#define LKL_WIN32_FAULT_REGS_H

#include <windows.h>
#include <stdint.h>

#if defined(__x86_64__)
static inline uint64_t fault_ip(const CONTEXT *regs)
{
	return regs->Rip;
}

static inline uint64_t fault_stack(const CONTEXT *regs)
{
	return regs->Rsp;
}

static inline void fault_set_ip(CONTEXT *regs, uint64_t ip)
{
	regs->Rip = ip;
}

static inline void fault_set_args(CONTEXT *regs, uint64_t a, uint64_t b)
{
	regs->Rdi = a;
	regs->Rsi = b;
}
#elif defined(__i386__)
static inline uint64_t fault_ip(const CONTEXT *regs)
{
	return regs->Eip;
}

static inline uint64_t fault_stack(const CONTEXT *regs)
{
	return regs->Esp;
}

static inline void fault_set_ip(CONTEXT *regs, uint64_t ip)
{
	regs->Eip = ip;
}

/* Linux passes the first arguments in registers on this CPU, too. */
static inline void fault_set_args(CONTEXT *regs, uint64_t a, uint64_t b)
{
	regs->Eax = a;
	regs->Edx = b;
}
#else
#error "fault-regs.h does not know this CPU"
#endif

#endif /* LKL_WIN32_FAULT_REGS_H */
