/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The configuration of the instance: see hijack-config.c.
 */
#ifndef LKL_HIJACK_CONFIG_H
#define LKL_HIJACK_CONFIG_H

/* Each function returns 0, or -LKL_E... after messages. */
int config_load(void);
int config_before_boot(void);
int config_after_boot(void);
/* Return the command line for lkl_start_kernel(). */
const char *config_boot_cmdline(void);
/* Wait for the time in the key delay_main. */
void config_delay(void);

#endif /* LKL_HIJACK_CONFIG_H */
