// SPDX-License-Identifier: GPL-2.0
/*
 * UDF.
 *
 * Sources: ECMA-167, parts 2 and 3 (volume recognition sequence, tag, anchor,
 * volume descriptors), UDF 2.60, section 2.1 (dstring), and fs/udf/ecma_167.h.
 * The UUID is the one that udftools and util-linux agreed upon: it comes from the
 * first characters of the identifier of the volume set.
 */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "image/members/super-block.h"
#include "image/prober/base/text.h"
#include "image/prober/volumes/formats.h"

#define RECOGNITION_AT	32768
#define RECOGNITION_MAX	64
#define RECOGNITION_UNIT 2048
#define ANCHOR_BLOCK	256
#define BLOCK_MIN	512
#define BLOCK_MAX	4096
#define DESCRIPTOR_SIZE	512
#define DESCRIPTORS_MAX	64
/* A tag, which begins each descriptor */
#define TAG_PRIMARY	1
#define TAG_ANCHOR	2
#define TAG_LOGICAL	6
#define TAG_END		8
#define TAG_LOCATION_AT	12
/* Places in descriptors */
#define ANCHOR_SIZE_AT	16
#define ANCHOR_START_AT	20
#define PRIMARY_SET_AT	72
#define LOGICAL_LABEL_AT 84
#define STRING_SIZE	128
#define STRING_LATIN1	8
#define STRING_UTF16	16

#define SET_CHARS	16
#define SET_CHARS_MIN	8

/* Return true if the sequence of blocks of @unit bytes says that there is a UDF. */
static bool udf_is_recognized(const struct prober_source *s, uint32_t unit)
{
	uint64_t at = RECOGNITION_AT;
	uint8_t id[6];
	int i;

	for (i = 0; i < RECOGNITION_MAX; i++, at += unit) {
		if (!prober_read(s, at, id, sizeof(id)))
			return false;
		if (!memcmp(id + 1, "NSR02", 5) || !memcmp(id + 1, "NSR03", 5))
			return true;
		if (memcmp(id + 1, "BEA01", 5) && memcmp(id + 1, "BOOT2", 5) &&
		    memcmp(id + 1, "CD001", 5) && memcmp(id + 1, "CDW02", 5) &&
		    memcmp(id + 1, "TEA01", 5))
			return false;
	}
	return false;
}

static bool udf_read(const struct prober_source *s, uint64_t block,
		     uint32_t size, uint8_t *descriptor)
{
	return prober_read(s, block * size, descriptor, DESCRIPTOR_SIZE) &&
	       super_le32(descriptor + TAG_LOCATION_AT) == block;
}

static void udf_text(char *text, size_t size, const uint8_t *string)
{
	size_t len = string[STRING_SIZE - 1];

	*text = 0;
	if (!len || len >= STRING_SIZE)
		return;
	if (string[0] == STRING_LATIN1)
		prober_text_latin1(text, size, string + 1, len - 1);
	else if (string[0] == STRING_UTF16)
		prober_text_utf16(text, size, string + 1, len - 1, true);
}

/* Store the UUID that the identifier of the volume set stands for. */
static void udf_set_uuid(struct volume *v, const uint8_t *string)
{
	uint8_t text[4 * STRING_SIZE] = { 0 };
	size_t i, hex = 0;
	char *to = v->uuid;

	udf_text((char *)text, sizeof(text), string);
	if (strlen((char *)text) < SET_CHARS_MIN)
		return;
	while (hex < SET_CHARS && isxdigit(text[hex]))
		hex++;
	for (i = 0; i < SET_CHARS; i++) {
		if (i < hex && hex >= SET_CHARS_MIN &&
		    (i < SET_CHARS_MIN || hex == SET_CHARS))
			*to++ = tolower(text[i]);
		else
			to += sprintf(to, "%02x", text[i]);
		if (to - v->uuid >= SET_CHARS)
			break;
	}
	v->uuid[SET_CHARS] = 0;
}

/* Take what one descriptor says.  Return false at the end of the sequence. */
static bool udf_take(struct volume *v, const uint8_t *descriptor)
{
	switch (super_le16(descriptor)) {
	case TAG_PRIMARY:
		udf_set_uuid(v, descriptor + PRIMARY_SET_AT);
		break;
	case TAG_LOGICAL:
		udf_text(v->label, sizeof(v->label),
			 descriptor + LOGICAL_LABEL_AT);
		break;
	case TAG_END:
		return false;
	}
	return true;
}

/* Read the sequence of descriptors, if an anchor for this size is there. */
static bool udf_read_sequence(const struct prober_source *s, uint32_t size,
			      struct volume *v)
{
	uint8_t d[DESCRIPTOR_SIZE];
	uint64_t block;
	uint32_t n, i;

	if (!udf_read(s, ANCHOR_BLOCK, size, d) || super_le16(d) != TAG_ANCHOR)
		return false;
	block = super_le32(d + ANCHOR_START_AT);
	n = super_le32(d + ANCHOR_SIZE_AT) / size;
	for (i = 0; i < n && i < DESCRIPTORS_MAX; i++)
		if (!udf_read(s, block + i, size, d) || !udf_take(v, d))
			break;
	return true;
}

bool prober_find_udf(const struct prober_source *s, struct volume *v)
{
	uint32_t size;

	if (!udf_is_recognized(s, RECOGNITION_UNIT) &&
	    !udf_is_recognized(s, BLOCK_MAX))
		return false;
	for (size = BLOCK_MIN; size <= BLOCK_MAX; size *= 2)
		if (udf_read_sequence(s, size, v))
			break;
	return prober_set_type(v, "udf", VOLUME_FILE_SYSTEM);
}
