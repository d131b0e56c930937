// SPDX-License-Identifier: GPL-2.0
/*
 * Values in super blocks.
 */
#include <stdbool.h>
#include <stdio.h>

#include "image/members/super-block.h"

void super_uuid_text(const uint8_t *uuid, char *text)
{
	static const bool dash[UUID_SIZE] = {
		[4] = true, [6] = true, [8] = true, [10] = true,
	};
	int i;

	for (i = 0; i < UUID_SIZE; i++)
		text += sprintf(text, "%s%02x", dash[i] ? "-" : "", uuid[i]);
}
