// SPDX-License-Identifier: GPL-2.0
/*
 * DOS partition tables: four entries in the first sector, and a chain of such
 * sectors in each extended partition.
 *
 * Sources: the comments and the behaviour of block/partitions/msdos.c of Linux
 * for the chain, and UEFI 2.10, section 5.2, for the entry.
 */
#include <stdio.h>
#include <string.h>

#include "image/members/super-block.h"
#include "image/prober/tables/prober-table.h"
#include "image/prober/volumes/formats.h"

#define TABLE_SIZE	512
#define SIGNATURE_AT	440
#define ENTRIES_AT	446
#define ENTRY_SIZE	16
#define ENTRIES		4
#define MARK_AT		510
/* Places in an entry */
#define TYPE_AT		4
#define START_AT	8
#define SIZE_AT		12
/* Types of partitions */
#define TYPE_EXTENDED	0x05
#define TYPE_EXTENDED_LBA 0x0f
#define TYPE_EXTENDED_LINUX 0x85
#define TYPE_GPT	0xee

#define FIRST_LOGICAL	5
/*
 * Limits of the chain of one table: the sectors in a row that add no partition, and
 * all sectors
 */
#define EMPTY_MAX	100
#define CHAIN_MAX	4096

/**
 * struct dos_disk - the disk that is read
 * @s:		its bytes
 * @t:		its table
 * @sector:	bytes of a sector
 * @signature:	number that marks the disk, or 0
 * @next:	number of the next logical partition
 * @links:	sectors of the chain that may still be read
 */
struct dos_disk {
	const struct prober_source *s;
	struct prober_table *t;
	uint32_t sector;
	uint32_t signature;
	uint32_t next;
	int links;
};

/**
 * struct dos_entry - an entry of a table, in sectors
 * @start:	first sector, counted from a sector that depends on the table
 * @size:	number of sectors, 0: the entry is not used
 * @is_extended: it contains logical partitions
 */
struct dos_entry {
	uint64_t start;
	uint64_t size;
	bool is_extended;
};

static struct dos_entry dos_entry_get(const uint8_t *table, int i)
{
	const uint8_t *at = table + ENTRIES_AT + i * ENTRY_SIZE;
	uint8_t type = at[TYPE_AT];

	return (struct dos_entry) {
		.start = super_le32(at + START_AT),
		.size = super_le32(at + SIZE_AT),
		.is_extended = type == TYPE_EXTENDED ||
			       type == TYPE_EXTENDED_LBA ||
			       type == TYPE_EXTENDED_LINUX,
	};
}

static bool dos_read_table(const struct dos_disk *d, uint64_t sector,
			   uint8_t *table)
{
	return prober_read(d->s, sector * d->sector, table, TABLE_SIZE) &&
	       table[MARK_AT] == 0x55 && table[MARK_AT + 1] == 0xaa;
}

/* Return true if the first sector may be a table. */
static bool dos_is_table(const uint8_t *table)
{
	int i;

	for (i = 0; i < ENTRIES; i++) {
		const uint8_t *at = table + ENTRIES_AT + i * ENTRY_SIZE;

		if ((at[0] && at[0] != 0x80) || at[TYPE_AT] == TYPE_GPT)
			return false;
	}
	/* A disk of AIX, whose table has another format */
	return memcmp(table, "\xc9\xc2\xd4\xc1", 4);
}

static bool dos_add(struct dos_disk *d, uint32_t number,
		    const struct dos_entry *e, uint64_t base)
{
	struct prober_partition *p = prober_table_add(d->t, number);

	if (!p)
		return false;
	p->start = (base + e->start) * d->sector;
	p->size = e->size * d->sector;
	p->is_extended = e->is_extended;
	if (d->signature)
		snprintf(p->uuid, sizeof(p->uuid), "%08lx-%02lx",
			 (unsigned long)d->signature, (unsigned long)number);
	return true;
}

/* Return true if there is a partition that begins at byte @start. */
static bool dos_has_start(const struct dos_disk *d, uint64_t start)
{
	size_t i;

	for (i = 0; i < d->t->count; i++)
		if (d->t->list[i].start == start)
			return true;
	return false;
}

/*
 * Return true if entry @i of the table at sector @at is a logical partition.  The
 * third and the fourth entry have rubbish on some disks.
 */
static bool dos_is_logical(const struct dos_disk *d, int i,
			   const struct dos_entry *e, uint64_t at,
			   const struct dos_entry *link,
			   const struct dos_entry *whole)
{
	uint64_t start = at + e->start;

	if (!e->size || e->is_extended || dos_has_start(d, start * d->sector))
		return false;
	return i < 2 || (e->start + e->size <= link->size &&
			 start >= whole->start &&
			 start + e->size <= whole->start + whole->size);
}

/* Add the logical partitions of one table; return their number. */
static int dos_add_logical(struct dos_disk *d, const uint8_t *table, uint64_t at,
			   const struct dos_entry *link,
			   const struct dos_entry *whole)
{
	int i, n = 0;

	for (i = 0; i < ENTRIES; i++) {
		struct dos_entry e = dos_entry_get(table, i);

		if (dos_is_logical(d, i, &e, at, link, whole) &&
		    dos_add(d, d->next, &e, at)) {
			d->next++;
			n++;
		}
	}
	return n;
}

/* Find the entry of @table that continues the chain. */
static bool dos_find_link(const uint8_t *table, struct dos_entry *link)
{
	int i;

	for (i = 0; i < ENTRIES; i++) {
		*link = dos_entry_get(table, i);
		if (link->size && link->is_extended)
			return true;
	}
	return false;
}

/*
 * Follow the chain in the extended partition @whole.  A chain with a loop adds
 * nothing more, as the partitions of the loop are there already.
 */
static void dos_follow_chain(struct dos_disk *d, const struct dos_entry *whole)
{
	struct dos_entry link = *whole;
	uint8_t table[TABLE_SIZE];
	uint64_t at = whole->start;
	int empty = 0;

	while (empty < EMPTY_MAX && d->links-- > 0 &&
	       dos_read_table(d, at, table)) {
		empty = dos_add_logical(d, table, at, &link, whole) ?
				0 : empty + 1;
		if (!dos_find_link(table, &link))
			return;
		at = whole->start + link.start;
	}
}

bool prober_dos_read(const struct prober_source *s, uint32_t sector, int flags,
		     struct prober_table *t)
{
	struct dos_disk d = {
		.s = s,
		.t = t,
		.sector = sector,
		.next = FIRST_LOGICAL,
		.links = CHAIN_MAX,
	};
	uint8_t table[TABLE_SIZE];
	struct dos_entry e;
	int i;

	if (!dos_read_table(&d, 0, table) || !dos_is_table(table) ||
	    (!(flags & PROBER_HIDDEN) && prober_has_boot_sector(s)))
		return false;
	d.signature = super_le32(table + SIGNATURE_AT);
	for (i = 0; i < ENTRIES; i++) {
		e = dos_entry_get(table, i);
		if (e.size && !dos_add(&d, i + 1, &e, 0))
			return false;
	}
	for (i = 0; i < ENTRIES; i++) {
		e = dos_entry_get(table, i);
		if (e.size && e.is_extended)
			dos_follow_chain(&d, &e);
	}
	return true;
}
