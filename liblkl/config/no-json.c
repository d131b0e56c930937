// SPDX-License-Identifier: GPL-2.0
/*
 * Configuration by JSON, in builds without libjansson.
 */
#include "config/configuration.h"

int lkl_config_load_text(struct lkl_config *cfg, const char *name,
			 const char *text, size_t len)
{
	lkl_config_report(cfg,
			  "%s: cannot load JSON: this liblkl was built without libjansson\n",
			  name);
	return -LKL_EOPNOTSUPP;
}
