// SPDX-License-Identifier: GPL-2.0
/*
 * Boot: what the host gave, and the order in which the parts come up.
 */
#include <linux/cpu.h>
#include <linux/init.h>
#include <linux/mm.h>
#include <linux/random.h>
#include <linux/start_kernel.h>
#include <linux/string.h>
#include <asm/host.h>
#include <asm/page.h>
#include <asm/setup.h>
#include <asm/time.h>

struct lkl_boot_args lkl_boot_args;

/*
 * The console parses the level of each message; RAM that is added is used at
 * once; devices of nbd and virtual network devices are made when they are
 * asked for.  Packets are sent before the driver is told that they are queued:
 * an interrupt for each would only cost time.  A device that interrupts for
 * nothing is no broken hardware.
 */
#define DEFAULT_COMMAND_LINE \
	"console_msg_format=syslog memhp_default_state=online_kernel " \
	"nbd.nbds_max=0 bonding.max_bonds=0 dummy.numdummies=0 ifb.numifbs=0 " \
	"fb_tunnels=none virtio_net.napi_tx=0 noirqdebug "

static char command_line[COMMAND_LINE_SIZE] __initdata;

void __init setup_arch(char **cmdline_p)
{
	lkl_clock_init();
	/* The program's words come last and win. */
	strscpy(boot_command_line, DEFAULT_COMMAND_LINE, COMMAND_LINE_SIZE);
	strlcat(boot_command_line, (const char *)lkl_boot_args.cmdline,
		COMMAND_LINE_SIZE);
	strscpy(command_line, boot_command_line, COMMAND_LINE_SIZE);
	*cmdline_p = command_line;

	parse_early_param();
	add_bootloader_randomness(lkl_boot_args.seed,
				  sizeof(lkl_boot_args.seed));
	memzero_explicit(lkl_boot_args.seed, sizeof(lkl_boot_args.seed));
	lkl_fault_init();
	lkl_ram_init();
	lkl_paging_init();
}

void __init arch_cpu_finalize_init(void)
{
}

/* The image is not in guest RAM: there is nothing to give to the allocator. */
void free_initmem(void)
{
}
