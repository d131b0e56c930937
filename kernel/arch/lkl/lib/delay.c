// SPDX-License-Identifier: GPL-2.0
/*
 * Busy waiting, with the host's clock.
 */
#include <linux/delay.h>
#include <linux/export.h>
#include <asm/host.h>
#include <asm/processor.h>

/* The scale of asm-generic/delay.h: 2^32 / 10^6, rounded up. */
#define LOOPS_PER_USEC	0x10c7UL

static void delay_ns(u64 ns)
{
	u64 end = lkl_host_time() + ns;

	while (lkl_host_time() < end)
		cpu_relax();
}

void __delay(unsigned long ns)
{
	delay_ns(ns);
}
EXPORT_SYMBOL(__delay);

void __udelay(unsigned long usecs)
{
	delay_ns(usecs * 1000);
}
EXPORT_SYMBOL(__udelay);

void __ndelay(unsigned long nsecs)
{
	delay_ns(nsecs);
}
EXPORT_SYMBOL(__ndelay);

void __const_udelay(unsigned long loops)
{
	delay_ns(loops * 1000 / LOOPS_PER_USEC);
}
EXPORT_SYMBOL(__const_udelay);
