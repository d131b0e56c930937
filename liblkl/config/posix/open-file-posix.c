// SPDX-License-Identifier: GPL-2.0
/*
 * Opening a configuration file.
 */
#include "config/configuration.h"

FILE *lkl_config_open_file(const char *path)
{
	return fopen(path, "rb");
}
