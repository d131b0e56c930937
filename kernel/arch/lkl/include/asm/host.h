/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ASM_LKL_HOST_H
#define _ASM_LKL_HOST_H

/*
 * Calls to the host: the callbacks of <lkl/abi.h>, on the host thread's own
 * stack.
 */
#include <linux/types.h>
#include <lkl/abi.h>

extern struct lkl_callbacks lkl_host;

/* Call @fn on the stack of the host thread that is inside (x86/switch.S). */
unsigned long lkl_call_host(unsigned long a, unsigned long b, unsigned long c,
			    void *fn);

u64 lkl_host_time(void);
u64 lkl_host_wall_time(void);
void lkl_host_print(int level, const char *str, unsigned int len);
void lkl_host_panicked(void);
int lkl_host_vm_alias(unsigned long va, phys_addr_t pa, unsigned long len);
void lkl_host_vm_unalias(unsigned long va, unsigned long len);
int lkl_host_vm_commit(unsigned long va, unsigned long len);
void lkl_host_ram_discard(phys_addr_t pa, unsigned long len);
u64 lkl_host_mmio_read(phys_addr_t addr, unsigned int size);
void lkl_host_mmio_write(phys_addr_t addr, u64 val, unsigned int size);
void lkl_host_done(struct lkl_host_thread *t);
void lkl_host_poll(void);
s64 lkl_host_hostfd_get(int fd, u64 file);
void lkl_host_hostfd_put(u64 handle);
int lkl_host_hostfd_poll(u64 handle);
u64 lkl_host_hostfd_next(void);

/*
 * Exchange a word of struct lkl_cpu, which host threads that are not inside
 * write at any time.  The kernel's xchg() is a plain read and write, which is
 * atomic only against the kernel itself.
 */
static inline u64 lkl_host_xchg(u64 *word, u64 val)
{
	return __atomic_exchange_n(word, val, __ATOMIC_ACQUIRE);
}

#endif /* _ASM_LKL_HOST_H */
