// SPDX-License-Identifier: GPL-2.0
/*
 * Looking at an image with libblkid.
 */
#include <blkid/blkid.h>
#include <string.h>

#include "image/detect/blkid-range.h"
#include "image/detect/identify.h"

/* Store a value of the probe as a text; an absent value is an empty one. */
static void identify_copy(blkid_probe pr, const char *name, char *text,
			  size_t size)
{
	const char *value;

	*text = 0;
	if (!blkid_probe_lookup_value(pr, name, &value, NULL) &&
	    strlen(value) < size)
		strcpy(text, value);
}

static enum volume_usage identify_usage(blkid_probe pr)
{
	static const char *const names[] = {
		[VOLUME_FILE_SYSTEM] = "filesystem",
		[VOLUME_RAID] = "raid",
		[VOLUME_CRYPTO] = "crypto",
	};
	char usage[VOLUME_TYPE_SIZE];
	int i;

	identify_copy(pr, "USAGE", usage, sizeof(usage));
	for (i = VOLUME_FILE_SYSTEM; i < VOLUME_OTHER; i++)
		if (!strcmp(usage, names[i]))
			return i;
	return VOLUME_OTHER;
}

static enum volume_answer identify_probe(blkid_probe pr, struct volume *v)
{
	int ret;

	blkid_probe_enable_superblocks(pr, 1);
	blkid_probe_set_superblocks_flags(pr, BLKID_SUBLKS_TYPE |
					  BLKID_SUBLKS_USAGE |
					  BLKID_SUBLKS_LABEL |
					  BLKID_SUBLKS_UUID);
	ret = blkid_do_safeprobe(pr);
	if (ret)
		return ret == 1 ? VOLUME_NONE : VOLUME_UNCLEAR;
	v->usage = identify_usage(pr);
	identify_copy(pr, "TYPE", v->type, sizeof(v->type));
	identify_copy(pr, "LABEL", v->label, sizeof(v->label));
	identify_copy(pr, "UUID", v->uuid, sizeof(v->uuid));
	identify_copy(pr, "EXT_JOURNAL", v->journal_uuid,
		      sizeof(v->journal_uuid));
	identify_copy(pr, "LOGUUID", v->log_uuid, sizeof(v->log_uuid));
	return VOLUME_FOUND;
}

enum volume_answer identify(const struct image_device *d, int64_t off,
			    int64_t size, struct volume *v)
{
	blkid_probe pr = blkid_new_probe();
	enum volume_answer answer = VOLUME_NONE;

	if (pr && !blkid_range_set(pr, d, off, size))
		answer = identify_probe(pr, v);
	blkid_free_probe(pr);
	return answer;
}
