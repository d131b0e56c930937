// SPDX-License-Identifier: GPL-2.0
/*
 * Calls to the host.  Each call runs on the stack of the host thread that is
 * inside: host code may need more stack than a kernel stack has, and hosts such
 * as Windows check that a thread uses its own stack.
 */
#include <linux/types.h>
#include <asm/host.h>

struct lkl_callbacks lkl_host;

u64 lkl_host_time(void)
{
	return lkl_call_host(0, 0, 0, lkl_host.time);
}

u64 lkl_host_wall_time(void)
{
	return lkl_call_host(0, 0, 0, lkl_host.wall_time);
}

void lkl_host_print(int level, const char *str, unsigned int len)
{
	lkl_call_host(level, (unsigned long)str, len, lkl_host.print);
}

void lkl_host_panicked(void)
{
	lkl_call_host(0, 0, 0, lkl_host.panicked);
}

int lkl_host_vm_alias(unsigned long va, phys_addr_t pa, unsigned long len)
{
	return lkl_call_host(va, pa, len, lkl_host.vm_alias);
}

void lkl_host_vm_unalias(unsigned long va, unsigned long len)
{
	lkl_call_host(va, len, 0, lkl_host.vm_unalias);
}

int lkl_host_vm_commit(unsigned long va, unsigned long len)
{
	return lkl_call_host(va, len, 0, lkl_host.vm_commit);
}

void lkl_host_ram_discard(phys_addr_t pa, unsigned long len)
{
	lkl_call_host(pa, len, 0, lkl_host.ram_discard);
}

u64 lkl_host_mmio_read(phys_addr_t addr, unsigned int size)
{
	return lkl_call_host(addr, size, 0, lkl_host.mmio_read);
}

void lkl_host_mmio_write(phys_addr_t addr, u64 val, unsigned int size)
{
	lkl_call_host(addr, val, size, lkl_host.mmio_write);
}

void lkl_host_done(struct lkl_host_thread *t)
{
	lkl_call_host((unsigned long)t, 0, 0, lkl_host.done);
}

void lkl_host_poll(void)
{
	lkl_call_host(0, 0, 0, lkl_host.poll);
}

s64 lkl_host_hostfd_get(int fd, u64 file)
{
	return lkl_call_host(fd, file, 0, lkl_host.hostfd_get);
}

void lkl_host_hostfd_put(u64 handle)
{
	lkl_call_host(handle, 0, 0, lkl_host.hostfd_put);
}

int lkl_host_hostfd_poll(u64 handle)
{
	return lkl_call_host(handle, 0, 0, lkl_host.hostfd_poll);
}

u64 lkl_host_hostfd_next(void)
{
	return lkl_call_host(0, 0, 0, lkl_host.hostfd_next);
}
