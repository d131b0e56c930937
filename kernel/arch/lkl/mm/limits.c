// SPDX-License-Identifier: GPL-2.0
/*
 * Limits of the network for the RAM that there may be.
 *
 * tcp_init(), tcp_sk_init() and udp_init() derive limits from the RAM at boot
 * and do not change them when RAM is added.  Here nearly all RAM is added later,
 * so the same formulas are applied to the largest size that RAM may have.
 *
 * A notifier of memory hotplug in net/ would be the right place; the kernel
 * outside of arch/lkl stays unmodified.  "sysctl.net.ipv4.tcp_mem=..." on the
 * command line would set the same variables, but mounts proc and opens six files,
 * which makes each boot some percent slower.  A program's own sysctl.* words are
 * read later and win.
 */
#include <linux/init.h>
#include <linux/log2.h>
#include <linux/minmax.h>
#include <linux/memblock.h>
#include <linux/mm.h>
#include <linux/sizes.h>
#include <net/net_namespace.h>
#include <net/tcp.h>
#include <net/udp.h>
#include <asm/ram.h>

/* Set the limits of all sockets together: low, pressure and high, in pages. */
static void limits_set_mem(long *mem, unsigned long pressure)
{
	mem[0] = pressure / 4 * 3;
	mem[1] = pressure;
	mem[2] = mem[0] * 2;
}

/* Return the entries of TCP's table of connections: one for each 128 KiB. */
static int limits_tcp_entries(void)
{
	return rounddown_pow_of_two(min(lkl_ram_max / SZ_128K, SZ_512K));
}

static int __init limits_init(void)
{
	unsigned long pages = PHYS_PFN(lkl_ram_max);
	int share = min(lkl_ram_max / 128, SZ_4M + SZ_2M);

	if (lkl_ram_max <= PFN_PHYS(max_pfn))
		return 0;
	limits_set_mem(sysctl_tcp_mem, pages / 16);
	limits_set_mem(sysctl_udp_mem, pages / 8);
	init_net.ipv4.sysctl_tcp_rmem[2] = share;
	init_net.ipv4.sysctl_tcp_wmem[2] = min(share, SZ_4M);
	init_net.ipv4.tcp_death_row.sysctl_max_tw_buckets =
		limits_tcp_entries() / 2;
	sysctl_tcp_max_orphans = limits_tcp_entries() / 2;
	return 0;
}
device_initcall(limits_init);
