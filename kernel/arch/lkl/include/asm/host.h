/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ASM_LKL_HOST_H
#define _ASM_LKL_HOST_H

/*
 * How the kernel talks to the host: the tables of <lkl/abi.h> and the switch
 * to the host thread's own stack that every call to the host takes.
 */
#include <linux/types.h>
#include <lkl/abi.h>

struct task_struct;

extern struct lkl_cpu lkl_cpu0;
extern struct lkl_boot_args lkl_boot_args;
extern struct lkl_callbacks lkl_host;

/* cpu: call @fn on the stack of the host thread that drives the kernel */
unsigned long lkl_call_host(unsigned long a, unsigned long b, unsigned long c,
			    void *fn);

u64 host_time(void);
u64 host_wall_time(void);
void host_print(int level, const char *str, unsigned int len);
void host_panicked(void);
int host_vm_alias(unsigned long va, phys_addr_t pa, unsigned long len);
void host_vm_unalias(unsigned long va, unsigned long len);
int host_vm_commit(unsigned long va, unsigned long len);
void host_ram_discard(phys_addr_t pa, unsigned long len);
u64 host_mmio_read(phys_addr_t addr, unsigned int size);
void host_mmio_write(phys_addr_t addr, u64 val, unsigned int size);
void host_poll(void);
s64 host_hostfd_get(int fd, u64 file);
void host_hostfd_put(u64 handle);
int host_hostfd_poll(u64 handle);
u64 host_hostfd_next(void);
void host_done(struct lkl_host_thread *t);

/* entry.c: give the CPU back to the host thread that drives it */
/* The stack that lkl_run() was called on */
extern unsigned long lkl_host_sp;
/* Stack pointer of the task that was left last, while no thread is inside. */
extern unsigned long lkl_kernel_sp;
void lkl_leave(int reason);
void lkl_leave_for_good(int reason) __noreturn;
/* entry.c: what there is to do when the host comes back */
void lkl_resumed(void);
void lkl_drain_inbox(void);
void lkl_interrupt_tasks(void);
void lkl_user_mode(void) __noreturn;

/* traps.c */
u64 LKL_ABI lkl_fixup(u64 ip);
void lkl_fault_init(void);

/* device.c */
long lkl_mmio_add(const s64 *params);
long lkl_mmio_remove(const s64 *params);

/* hostfd.c */
long lkl_hostfd_create(const s64 *params);
void lkl_hostfd_wake(void);

/* syscall.c */
long lkl_do_syscall(long nr, const s64 *params);

/* hotplug.c */
bool lkl_ram_low(void);
void lkl_ram_grow(void);

/* console.c, mm/init.c, time.c */
void lkl_console_init(void);
void lkl_console_booted(void);
void lkl_ram_init(void);
void lkl_paging_init(void);

#endif /* _ASM_LKL_HOST_H */
