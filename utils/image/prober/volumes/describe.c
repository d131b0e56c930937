// SPDX-License-Identifier: GPL-2.0
/*
 * Types and UUIDs, which all formats store.
 */
#include <string.h>

#include "image/members/super-block.h"
#include "image/prober/volumes/formats.h"

bool prober_set_type(struct volume *v, const char *type,
		     enum volume_usage usage)
{
	strncpy(v->type, type, sizeof(v->type) - 1);
	v->usage = usage;
	return true;
}

void prober_set_uuid(char *text, const uint8_t *uuid)
{
	static const uint8_t none[UUID_SIZE];

	if (memcmp(uuid, none, sizeof(none)))
		super_uuid_text(uuid, text);
}
