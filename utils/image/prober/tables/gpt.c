// SPDX-License-Identifier: GPL-2.0
/*
 * GUID partition tables, with their copy at the end of the disk.
 *
 * Source: UEFI 2.10, sections 5.2.3 (protective MBR) and 5.3.
 */
#include <string.h>

#include "image/members/super-block.h"
#include "image/prober/base/checksum.h"
#include "image/prober/base/text.h"
#include "image/prober/tables/prober-table.h"

#define SECTOR_MAX	4096
/* The protective MBR */
#define MBR_SIZE	512
#define MBR_TYPE_AT	450
#define MBR_ENTRY_SIZE	16
#define MBR_MARK_AT	510
#define MBR_TYPE_GPT	0xee
/* Places in the header */
#define HEADER_SIZE_AT	12
#define HEADER_CRC_AT	16
#define HEADER_SELF_AT	24
#define HEADER_COPY_AT	32
#define HEADER_FIRST_AT	40
#define HEADER_LAST_AT	48
#define HEADER_LIST_AT	72
#define HEADER_COUNT_AT	80
#define HEADER_ENTRY_SIZE_AT 84
#define HEADER_LIST_CRC_AT 88
#define HEADER_SIZE	92
/* Places in an entry */
#define ENTRY_UUID_AT	16
#define ENTRY_START_AT	32
#define ENTRY_END_AT	40
#define ENTRY_NAME_AT	56
#define ENTRY_NAME_SIZE	72
#define ENTRY_SIZE	128
#define ENTRY_SIZE_MAX	4096
#define LIST_SIZE_MAX	(16 << 20)

/**
 * struct gpt - a header that is valid
 * @sector:	bytes of a sector of the disk
 * @sectors:	number of sectors of the disk
 * @first:	first sector that a partition may have
 * @last:	last sector that a partition may have
 * @list:	byte at which the list of partitions begins
 * @count:	number of entries of the list
 * @entry:	bytes of an entry
 */
struct gpt {
	uint32_t sector;
	uint64_t sectors;
	uint64_t first;
	uint64_t last;
	uint64_t list;
	uint32_t count;
	uint32_t entry;
};

static bool gpt_is_protected(const struct prober_source *s)
{
	uint8_t mbr[MBR_SIZE];
	int i;

	if (!prober_read(s, 0, mbr, sizeof(mbr)) || mbr[MBR_MARK_AT] != 0x55 ||
	    mbr[MBR_MARK_AT + 1] != 0xaa)
		return false;
	for (i = 0; i < 4; i++)
		if (mbr[MBR_TYPE_AT + i * MBR_ENTRY_SIZE] == MBR_TYPE_GPT)
			return true;
	return false;
}

/* Return true if the header, which was read from sector @at, is undamaged. */
static bool gpt_check_header(const struct gpt *g, uint8_t *header, uint64_t at)
{
	uint32_t size = super_le32(header + HEADER_SIZE_AT);
	uint32_t crc = super_le32(header + HEADER_CRC_AT);

	if (memcmp(header, "EFI PART", 8) || size < HEADER_SIZE ||
	    size > g->sector || super_le64(header + HEADER_SELF_AT) != at)
		return false;
	memset(header + HEADER_CRC_AT, 0, 4);
	return (prober_crc32(0xffffffff, header, size) ^ 0xffffffff) == crc;
}

/* Take what the header, which was read from sector @at, says of the list. */
static bool gpt_take_header(struct gpt *g, const uint8_t *header, uint64_t at)
{
	uint64_t list = super_le64(header + HEADER_LIST_AT);

	g->first = super_le64(header + HEADER_FIRST_AT);
	g->last = super_le64(header + HEADER_LAST_AT);
	g->count = super_le32(header + HEADER_COUNT_AT);
	g->entry = super_le32(header + HEADER_ENTRY_SIZE_AT);
	if (g->last < g->first || g->last >= g->sectors ||
	    (g->first < at && at < g->last) || list >= g->sectors)
		return false;
	g->list = list * g->sector;
	return g->count && g->entry >= ENTRY_SIZE && g->entry <= ENTRY_SIZE_MAX &&
	       prober_is_power_of_2(g->entry) &&
	       g->count <= LIST_SIZE_MAX / g->entry;
}

/* Return true if the list of partitions is there and undamaged. */
static bool gpt_check_list(const struct prober_source *s, const struct gpt *g,
			   uint32_t crc)
{
	uint8_t entry[ENTRY_SIZE_MAX];
	uint32_t found = 0xffffffff;
	uint32_t i;

	for (i = 0; i < g->count; i++) {
		if (!prober_read(s, g->list + (uint64_t)i * g->entry, entry,
				 g->entry))
			return false;
		found = prober_crc32(found, entry, g->entry);
	}
	return (found ^ 0xffffffff) == crc;
}

static bool gpt_open(const struct prober_source *s, struct gpt *g, uint64_t at)
{
	uint8_t header[SECTOR_MAX];
	uint32_t crc;

	if (!prober_read(s, at * g->sector, header, g->sector))
		return false;
	crc = super_le32(header + HEADER_LIST_CRC_AT);
	return gpt_check_header(g, header, at) &&
	       gpt_take_header(g, header, at) && gpt_check_list(s, g, crc);
}

/* Take the size of the disk from the header in sector 1, if it is larger. */
static bool gpt_enlarge(const struct prober_source *s, struct gpt *g)
{
	uint8_t header[HEADER_SIZE];
	uint64_t last;

	if (!prober_read(s, g->sector, header, sizeof(header)))
		return false;
	last = super_le64(header + HEADER_COPY_AT);
	if (last < g->sectors || last >= INT64_MAX / g->sector)
		return false;
	g->sectors = last + 1;
	return true;
}

static void gpt_uuid_text(const uint8_t *from, char *text)
{
	static const uint8_t order[UUID_SIZE] = {
		3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15,
	};
	uint8_t uuid[UUID_SIZE];
	int i;

	for (i = 0; i < UUID_SIZE; i++)
		uuid[i] = from[order[i]];
	super_uuid_text(uuid, text);
}

/* Add the partition of an entry, if the entry is used and valid. */
static bool gpt_add(const struct gpt *g, const uint8_t *entry, uint32_t number,
		    struct prober_table *t)
{
	static const uint8_t unused[UUID_SIZE];
	uint64_t start = super_le64(entry + ENTRY_START_AT);
	uint64_t end = super_le64(entry + ENTRY_END_AT);
	struct prober_partition *p;

	if (!memcmp(entry, unused, sizeof(unused)) || start < g->first ||
	    end > g->last || end < start)
		return true;
	p = prober_table_add(t, number);
	if (!p)
		return false;
	p->start = start * g->sector;
	p->size = (end - start + 1) * g->sector;
	gpt_uuid_text(entry + ENTRY_UUID_AT, p->uuid);
	prober_text_utf16(p->name, sizeof(p->name), entry + ENTRY_NAME_AT,
			  ENTRY_NAME_SIZE, false);
	return true;
}

static bool gpt_add_all(const struct prober_source *s, const struct gpt *g,
			struct prober_table *t)
{
	uint8_t entry[ENTRY_SIZE];
	uint32_t i;

	for (i = 0; i < g->count; i++)
		if (!prober_read(s, g->list + (uint64_t)i * g->entry, entry,
				 sizeof(entry)) ||
		    !gpt_add(g, entry, i + 1, t))
			return false;
	return true;
}

bool prober_gpt_read(const struct prober_source *s, uint32_t sector, int flags,
		     struct prober_table *t)
{
	struct gpt g = { .sector = sector, .sectors = s->size / sector };

	if (!(flags & PROBER_UNPROTECTED) && !gpt_is_protected(s))
		return false;
	if (flags & PROBER_CUT) {
		if (!gpt_enlarge(s, &g) || !gpt_open(s, &g, 1))
			return false;
	} else if (g.sectors < 3 || (!gpt_open(s, &g, 1) &&
				     !gpt_open(s, &g, g.sectors - 1))) {
		return false;
	}
	return gpt_add_all(s, &g, t);
}
