// SPDX-License-Identifier: GPL-2.0
/*
 * The network's limits follow from the RAM that is there at boot.  Here RAM
 * grows with need, so they are worked out again from what there may be, as
 * tcp_init(), tcp_sk_init() and udp_init() do it on a machine of that size.
 */
#include <linux/init.h>
#include <linux/log2.h>
#include <linux/memblock.h>
#include <linux/mm.h>
#include <linux/sizes.h>
#include <net/net_namespace.h>
#include <net/tcp.h>
#include <net/udp.h>
#include <asm/ram.h>

/* All sockets together, in pages: below, above, and at most. */
static void set_total(long *mem, unsigned long limit)
{
	mem[0] = limit / 4 * 3;
	mem[1] = limit;
	mem[2] = mem[0] * 2;
}

/* One for 128 KiB: entries of the table of connections */
static int connections(void)
{
	return rounddown_pow_of_two(min(lkl_ram_max / SZ_128K, SZ_512K));
}

static int __init limits_init(void)
{
	unsigned long pages = PHYS_PFN(lkl_ram_max);
	int share = min(lkl_ram_max / 128, SZ_4M + SZ_2M);

	if (lkl_ram_max <= PFN_PHYS(max_pfn))
		return 0;
	set_total(sysctl_tcp_mem, pages / 16);
	set_total(sysctl_udp_mem, pages / 8);
	init_net.ipv4.sysctl_tcp_rmem[2] = share;
	init_net.ipv4.sysctl_tcp_wmem[2] = min(share, SZ_4M);
	init_net.ipv4.tcp_death_row.sysctl_max_tw_buckets = connections() / 2;
	sysctl_tcp_max_orphans = connections() / 2;
	return 0;
}
device_initcall(limits_init);
