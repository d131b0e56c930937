// SPDX-License-Identifier: GPL-2.0
/*
 * ISO 9660.
 *
 * Sources: ECMA-119, section 8.4, the Joliet specification, and struct
 * iso_primary_descriptor in include/uapi/linux/iso_fs.h.
 */
#include <stdio.h>
#include <string.h>

#include "image/prober/base/text.h"
#include "image/prober/volumes/formats.h"

#define ISO_BLOCK	2048
#define ISO_AT		32768
#define DESCRIPTORS_MAX	16
#define KIND_PRIMARY	1
#define KIND_SUPPLEMENTARY 2
#define KIND_END	255
#define LABEL_AT	40
#define LABEL_SIZE	32
#define ESCAPE_AT	88
#define CREATED_AT	813
#define MODIFIED_AT	830
#define DATE_DIGITS	16

static bool iso_read(const struct prober_source *s, int i, uint8_t *block)
{
	return prober_read(s, ISO_AT + (uint64_t)i * ISO_BLOCK, block,
			   ISO_BLOCK) && !memcmp(block + 1, "CD001", 5);
}

/* Store the date as the UUID; false: there is no date. */
static bool iso_set_date(struct volume *v, const uint8_t *date)
{
	static const char pattern[] = "....-..-..-..-..-..-..";
	char *to = v->uuid;
	bool zero = true;
	size_t i;
	int k;

	for (k = 0; k < DATE_DIGITS; k++)
		zero &= date[k] == '0';
	if ((zero && !date[DATE_DIGITS]) || memchr(date, 0, DATE_DIGITS))
		return false;
	for (i = 0; i < sizeof(pattern) - 1; i++)
		*to++ = pattern[i] == '-' ? '-' : (char)*date++;
	*to = 0;
	return true;
}

static bool iso_is_joliet(const uint8_t *block)
{
	return block[0] == KIND_SUPPLEMENTARY && block[ESCAPE_AT] == '%' &&
	       block[ESCAPE_AT + 1] == '/' && block[ESCAPE_AT + 2] &&
	       strchr("@CE", block[ESCAPE_AT + 2]);
}

static bool iso_same_letter(uint8_t a, uint8_t b)
{
	if (a >= 'a' && a <= 'z')
		a -= 'a' - 'A';
	if (b >= 'a' && b <= 'z')
		b -= 'a' - 'A';
	/* Characters that the primary descriptor cannot have are '_' there. */
	return a == b || b == '_';
}

/*
 * Join the 16 characters of the label that a Joliet descriptor has, in both cases,
 * and the further ones of the primary descriptor, if both labels are the same.
 */
static bool iso_join_labels(const uint8_t *joliet, const uint8_t *primary,
			    uint8_t *label)
{
	int i, len = LABEL_SIZE / 2;

	for (i = 0; i < len; i++) {
		uint8_t c = joliet[2 * i + 1];

		if (joliet[2 * i] || !iso_same_letter(c ? c : ' ', primary[i]))
			return false;
		label[2 * i] = 0;
		label[2 * i + 1] = c ? c : ' ';
	}
	for (; i < LABEL_SIZE; i++) {
		label[2 * i] = 0;
		label[2 * i + 1] = primary[i];
	}
	return true;
}

static void iso_set_label(const struct prober_source *s, const uint8_t *primary,
			  struct volume *v)
{
	uint8_t block[ISO_BLOCK], label[2 * LABEL_SIZE];
	int i;

	prober_text_bytes(v->label, sizeof(v->label), primary + LABEL_AT,
			  LABEL_SIZE);
	for (i = 0; i < DESCRIPTORS_MAX && iso_read(s, i, block) &&
	     block[0] != KIND_END; i++) {
		if (!iso_is_joliet(block))
			continue;
		if (iso_join_labels(block + LABEL_AT, primary + LABEL_AT, label))
			prober_text_utf16(v->label, sizeof(v->label), label,
					  sizeof(label), true);
		else
			prober_text_utf16(v->label, sizeof(v->label),
					  block + LABEL_AT, LABEL_SIZE, true);
		return;
	}
}

bool prober_find_iso(const struct prober_source *s, struct volume *v)
{
	uint8_t block[ISO_BLOCK];
	int i;

	for (i = 0; i < DESCRIPTORS_MAX; i++) {
		if (!iso_read(s, i, block) || block[0] == KIND_END)
			return false;
		if (block[0] == KIND_PRIMARY)
			break;
	}
	if (i == DESCRIPTORS_MAX)
		return false;
	if (!iso_set_date(v, block + MODIFIED_AT))
		iso_set_date(v, block + CREATED_AT);
	iso_set_label(s, block, v);
	return prober_set_type(v, "iso9660", VOLUME_FILE_SYSTEM);
}
