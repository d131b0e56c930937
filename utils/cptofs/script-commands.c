// SPDX-License-Identifier: GPL-2.0
/*
 * The commands of scripts.
 */
#include "cptofs/script-commands.h"

const struct script_command script_commands[] = {
	{ "cp", "arR", 2, -1, NULL, cp_run },
	{ "mkdir", "pm:", 1, -1, check_mode_value, mkdir_run },
	{ "chmod", "R", 2, -1, chmod_check, chmod_run },
	{ "chown", "Rh", 2, -1, chown_check, chown_run },
	{ "ln", "sf", 2, 2, NULL, ln_run },
	{ "rm", "rRf", 1, -1, rm_check, rm_run },
	{ "mknod", "m:", 2, 4, mknod_check, mknod_run },
	{ "truncate", "s:", 1, -1, truncate_check, truncate_run },
	{ "touch", "", 1, -1, NULL, touch_run },
	{ }
};
