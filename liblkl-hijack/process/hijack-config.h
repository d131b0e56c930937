/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The configuration of the instance: see hijack-config.c.
 */
#ifndef LKL_HIJACK_CONFIG_H
#define LKL_HIJACK_CONFIG_H

/* Return 0, or -LKL_E... after messages. */
int config_load(void);
int config_before_boot(void);
int config_after_boot(void);
/* Return the command line for lkl_start_kernel(). */
const char *config_boot_cmdline(void);
/* Wait as long as the key delay_main says. */
void config_delay(void);

#endif /* LKL_HIJACK_CONFIG_H */
