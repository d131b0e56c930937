// SPDX-License-Identifier: GPL-2.0
/*
 * Boot: the command line, and the order in which the parts of the architecture
 * are initialized.
 */
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/random.h>
#include <linux/string.h>
#include <asm/setup.h>

struct lkl_boot_args lkl_boot_args;

static char command_line[COMMAND_LINE_SIZE] __initdata;

void __init setup_arch(char **cmdline_p)
{
	lkl_clock_init();
	/* The later of two words wins, so the program's words are the last. */
	scnprintf(boot_command_line, COMMAND_LINE_SIZE, "%s %s",
		  CONFIG_CMDLINE, (const char *)lkl_boot_args.cmdline);
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

/* The image is not in guest RAM: there is no memory to free. */
void free_initmem(void)
{
}
