// SPDX-License-Identifier: GPL-2.0
/*
 * exFAT.
 *
 * Source: the exFAT file system specification of Microsoft, sections 3.1 and 7.3;
 * struct boot_sector in fs/exfat/exfat_raw.h.
 */
#include <stdio.h>
#include <string.h>

#include "image/members/super-block.h"
#include "image/prober/base/text.h"
#include "image/prober/volumes/formats.h"

#define BOOT_SIZE	512
#define ZERO_AT		11
#define ZERO_SIZE	53
#define FAT_AT		80
#define HEAP_AT		88
#define CLUSTERS_AT	92
#define ROOT_AT		96
#define SERIAL_AT	100
#define SECTOR_SHIFT_AT	108
#define CLUSTER_SHIFT_AT 109
#define FATS_AT		110
#define SECTOR_SHIFT_MIN 9
#define SECTOR_SHIFT_MAX 12
#define SHIFT_MAX	25

/* A directory entry */
#define ENTRY_SIZE	32
#define ENTRY_LABEL	0x83
#define LABEL_CHARS_AT	1
#define LABEL_AT	2
#define LABEL_CHARS_MAX	15
/* Limits of the search for the label */
#define CHAIN_MAX	256
#define ENTRIES_MAX	10000

/**
 * struct exfat_search - the search for the label
 * @s:		the volume
 * @left:	entries that may still be read
 */
struct exfat_search {
	const struct prober_source *s;
	int left;
};

static bool exfat_open(const struct prober_source *s, uint8_t *b)
{
	static const uint8_t zero[ZERO_SIZE];
	uint8_t sector;

	if (!prober_read(s, 0, b, BOOT_SIZE) || memcmp(b + 3, "EXFAT   ", 8) ||
	    memcmp(b + ZERO_AT, zero, sizeof(zero)))
		return false;
	sector = b[SECTOR_SHIFT_AT];
	return sector >= SECTOR_SHIFT_MIN && sector <= SECTOR_SHIFT_MAX &&
	       b[CLUSTER_SHIFT_AT] <= SHIFT_MAX - sector &&
	       (b[FATS_AT] == 1 || b[FATS_AT] == 2);
}

/* Search the cluster at byte @at.  Return true at the end of the search. */
static bool exfat_search_cluster(struct exfat_search *x, uint64_t at,
				 uint32_t size, struct volume *v)
{
	uint8_t e[ENTRY_SIZE];

	for (; size; size -= sizeof(e), at += sizeof(e)) {
		if (x->left-- <= 0 || !prober_read(x->s, at, e, sizeof(e)) ||
		    !e[0])
			return true;
		if (e[0] != ENTRY_LABEL)
			continue;
		if (e[LABEL_CHARS_AT] <= LABEL_CHARS_MAX)
			prober_text_utf16(v->label, sizeof(v->label),
					  e + LABEL_AT, 2 * e[LABEL_CHARS_AT],
					  false);
		return true;
	}
	return false;
}

static void exfat_find_label(const struct prober_source *s, const uint8_t *b,
			     struct volume *v)
{
	struct exfat_search x = { .s = s, .left = ENTRIES_MAX };
	uint32_t shift = b[SECTOR_SHIFT_AT] + b[CLUSTER_SHIFT_AT];
	uint64_t fat = (uint64_t)super_le32(b + FAT_AT) << b[SECTOR_SHIFT_AT];
	uint64_t heap = (uint64_t)super_le32(b + HEAP_AT) << b[SECTOR_SHIFT_AT];
	uint32_t next = super_le32(b + ROOT_AT);
	uint8_t entry[4];
	int i;

	for (i = 0; i < CHAIN_MAX; i++) {
		if (next < 2 || next - 2 >= super_le32(b + CLUSTERS_AT) ||
		    exfat_search_cluster(&x, heap + ((uint64_t)(next - 2) << shift),
					 1u << shift, v) ||
		    !prober_read(s, fat + (uint64_t)next * 4, entry,
				 sizeof(entry)))
			return;
		next = super_le32(entry);
	}
}

bool prober_find_exfat(const struct prober_source *s, struct volume *v)
{
	uint8_t b[BOOT_SIZE];
	const uint8_t *serial = b + SERIAL_AT;

	if (!exfat_open(s, b))
		return false;
	if (super_le32(serial))
		snprintf(v->uuid, sizeof(v->uuid), "%02X%02X-%02X%02X",
			 serial[3], serial[2], serial[1], serial[0]);
	exfat_find_label(s, b, v);
	return prober_set_type(v, "exfat", VOLUME_FILE_SYSTEM);
}
