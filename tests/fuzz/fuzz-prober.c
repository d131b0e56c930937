// SPDX-License-Identifier: GPL-2.0
/*
 * Damaged partition tables and super blocks: the portable prober reads nothing but the
 * image, ends, and returns texts and partitions that a tool can use.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "image/members/super-block.h"
#include "image/prober/base/checksum.h"
#include "image/prober/tables/prober-table.h"
#include "image/prober/volumes/volume.h"
#include "shared/macros.h"

enum { TABLES, PARTITIONS, VOLUMES };

#define IMAGE_SIZE	(512 << 10)
#define SECTOR		512
#define ENTRIES		128
#define ENTRY_SIZE	128

static uint8_t image[IMAGE_SIZE];

static bool fuzz_prober_read(void *context, uint64_t offset, void *buf,
			     uint32_t len)
{
	const struct prober_source *s = context;

	if (offset > s->size || len > s->size - offset)
		abort();
	memcpy(buf, image + offset, len);
	return !one_in(2000);
}

/* Return a number in which the limits are frequent. */
static uint32_t fuzz_prober_number(void)
{
	static const uint32_t limits[] = {
		0, 1, 2, 3, 127, 128, 255, 256, 512, 1023, 4096, 0x7fff, 0x8000,
		0xffff, 0x10000, 0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff,
	};

	return one_in(3) ? (uint32_t)random64() : one_in(2) ? below(2000) :
	       limits[below(ARRAY_SIZE(limits))];
}

static void fuzz_prober_put64(uint8_t *at, uint64_t value)
{
	super_put_le32(at, value);
	super_put_le32(at + 4, value >> 32);
}

/* Tables */

/* Write a GPT header for @sector; one in a few has a wrong value. */
static void fuzz_prober_put_header(uint32_t sector, uint64_t self, uint64_t list)
{
	uint64_t last = IMAGE_SIZE / sector - 1;
	uint32_t count = one_in(8) ? fuzz_prober_number() : ENTRIES;
	uint32_t size = ENTRY_SIZE << (one_in(8) ? below(6) : 0);
	uint8_t *h = image + self * sector;
	uint64_t bytes = (uint64_t)count * size;

	memcpy(h, "EFI PART\0\0\1\0", 12);
	super_put_le32(h + 12, one_in(20) ? fuzz_prober_number() : 92);
	super_put_le32(h + 16, 0);
	fuzz_prober_put64(h + 24, self);
	fuzz_prober_put64(h + 32, one_in(4) ? random64() >> below(64) :
			  self == 1 ? last : 1);
	fuzz_prober_put64(h + 40, one_in(20) ? fuzz_prober_number() : 34);
	fuzz_prober_put64(h + 48, one_in(20) ? fuzz_prober_number() : last - 34);
	fuzz_prober_put64(h + 72, one_in(20) ? random64() : list);
	super_put_le32(h + 80, count);
	super_put_le32(h + 84, one_in(20) ? fuzz_prober_number() : size);
	if (bytes > IMAGE_SIZE - list * sector)
		bytes = 0;
	super_put_le32(h + 88, ~prober_crc32(~0u, image + list * sector, bytes));
	super_put_le32(h + 16, ~prober_crc32(~0u, h, 92));
}

static void fuzz_prober_make_gpt(uint32_t sector)
{
	uint8_t *e = image + 2 * sector;
	uint32_t i, n = below(12);

	image[450] = 0xee;
	image[510] = 0x55;
	image[511] = 0xaa;
	for (i = 0; i < n; i++, e += ENTRY_SIZE) {
		uint32_t start = 34 + below(200);

		e[0] = !one_in(8);
		e[16] = i;
		fuzz_prober_put64(e + 32, one_in(8) ? random64() : start);
		fuzz_prober_put64(e + 40, one_in(8) ? random64() :
				  start + below(200));
		super_put_le32(e + 56, random64());
	}
	fuzz_prober_put_header(sector, 1, 2);
}

/* Write a DOS table to @at, whose links lead to other tables or to itself. */
static void fuzz_prober_put_dos(uint32_t at)
{
	static const uint8_t types[] = { 0x83, 0x05, 0x0f, 0x85, 0xee, 0, 7 };
	uint8_t *table = image + at * SECTOR, *e = table + 446;
	uint32_t i;

	for (i = 0; i < 4; i++, e += 16) {
		e[0] = one_in(20) ? below(256) : 0;
		e[4] = types[below(one_in(30) ? ARRAY_SIZE(types) : 4)];
		super_put_le32(e + 8, one_in(8) ? fuzz_prober_number() :
			       below(24));
		super_put_le32(e + 12, one_in(8) ? fuzz_prober_number() :
			       below(500));
	}
	table[510] = 0x55;
	table[511] = 0xaa;
}

static void fuzz_prober_make_dos(void)
{
	uint32_t i;

	super_put_le32(image + 440, random64());
	for (i = 0; i < 24; i++)
		if (!i || !one_in(3))
			fuzz_prober_put_dos(i);
}

/* Super blocks */

static const struct {
	uint32_t at;
	uint32_t len;
	const char *magic;
} magics[] = {
	{ 1024 + 56, 2, "\x53\xef" }, { 0, 4, "XFSB" }, { 65536 + 64, 8, "_BHRfS_M" },
	{ 65536 + 48, 8, "\0\0\1\0\0\0\0\0" }, { 1024, 4, "\x10\x20\xf5\xf2" },
	{ 0, 4, "hsqs" }, { 1024, 4, "\xe2\xe1\xf5\xe0" },
	{ 0, 8, "LUKS\xba\xbe\0\1" }, { 4086, 10, "SWAPSPACE2" },
	{ 1024, 2, "H+" }, { 1024, 2, "BD" }, { 1024 + 124, 2, "H+" },
	{ 32768, 6, "\1CD001" }, { 34816, 6, "\2CD001" }, { 34816 + 88, 3, "%/E" },
	{ 32769, 5, "BEA01" }, { 34817, 5, "NSR03" }, { 0, 4, "\xfe\xed\xba\xbe" },
	{ 4096, 8, "\xfc\x4e\x2b\xa9\1\0\0\0" }, { 512, 8, "LABELONE" },
};

/* Each place that begins a structure in which numbers are damaged */
static const uint32_t places[] = {
	0, 512, 1024, 1024 + 256, 4096, 32768, 34816, 65536, 131072, 262144,
};

static void fuzz_prober_make_fat(void)
{
	static const uint8_t boot[] = {
		0xeb, 0x3c, 0x90, 'm', 'k', 'f', 's', '.', 'f', 'a', 't', 0, 2,
		1, 1, 0, 2, 0, 2, 0, 4, 0xf8, 2, 0,
	};

	memcpy(image, boot, sizeof(boot));
	memcpy(image + (one_in(2) ? 54 : 82), one_in(2) ? "FAT16   " : "FAT32   ",
	       8);
	image[38] = 0x29;
	image[510] = 0x55;
	image[511] = 0xaa;
	if (one_in(2)) {
		memset(image + 22, 0, 2);
		image[36] = 4;
		image[44] = 2;
	}
	image[5 * SECTOR + 32 * below(16) + 11] = 8;
}

static void fuzz_prober_make_exfat(void)
{
	memcpy(image + 3, "EXFAT   ", 8);
	image[80] = 24;
	image[88] = 32;
	image[92] = 200;
	image[96] = 2 + below(8);
	image[108] = 9;
	image[109] = below(4);
	image[110] = 1;
	image[32 * SECTOR] = 0x83;
	image[32 * SECTOR + 1] = below(20);
}

static void fuzz_prober_make_ntfs(void)
{
	uint8_t *volume = image + 8 * SECTOR + 3 * 1024;

	memcpy(image + 3, "NTFS    ", 8);
	image[12] = 2;
	image[13] = 1;
	super_put_le32(image + 40, 1000);
	super_put_le32(image + 48, 8);
	image[64] = 0xf6;
	memcpy(image + 8 * SECTOR, "FILE", 4);
	memcpy(volume, "FILE", 4);
	volume[20] = 56;
	volume[56] = one_in(2) ? 0x60 : 0x10;
	super_put_le32(volume + 60, one_in(4) ? fuzz_prober_number() : 96);
	super_put_le32(volume + 72, one_in(4) ? fuzz_prober_number() : 20);
	volume[76] = one_in(4) ? below(256) : 24;
}

/* An anchor for blocks of @size bytes, and descriptors behind it */
static void fuzz_prober_make_udf(uint32_t size)
{
	uint8_t *at = image + 256 * size;
	uint32_t i;

	memcpy(image + 32769, "BEA01", 5);
	memcpy(image + 34817, "NSR02", 5);
	if (256 * size + 8 * size > IMAGE_SIZE)
		return;
	for (i = 0; i < 8; i++, at += size) {
		static const uint8_t tags[] = { 1, 6, 5, 6, 1, 8 };

		at[0] = i ? tags[below(sizeof(tags))] : 2;
		super_put_le32(at + 12, 256 + i);
		memset(at + 72, below(256), 12 + 128);
		at[72] = one_in(2) ? 8 : 16;
		at[84] = at[72];
		at[72 + 127] = below(256);
		at[84 + 127] = at[72 + 127];
	}
	super_put_le32(image + 256 * size + 16, 8 * size);
	super_put_le32(image + 256 * size + 20, 257);
}

static void fuzz_prober_make_volume(void)
{
	unsigned int n = 1 + below(3);

	switch (below(6)) {
	case 0:
		fuzz_prober_make_fat();
		return;
	case 1:
		fuzz_prober_make_exfat();
		return;
	case 2:
		fuzz_prober_make_ntfs();
		return;
	case 3:
		fuzz_prober_make_udf(SECTOR << below(3));
		return;
	}
	while (n--) {
		unsigned int i = below(ARRAY_SIZE(magics));

		memcpy(image + magics[i].at, magics[i].magic, magics[i].len);
	}
}

/* Damage and use */

static void fuzz_prober_damage(void)
{
	unsigned int n = below(6);
	uint32_t at;

	while (n--) {
		at = places[below(ARRAY_SIZE(places))] + below(512);
		if (one_in(2))
			image[at] = one_in(3) ? 0xff : below(256);
		else
			super_put_le32(image + (at & ~3u), fuzz_prober_number());
	}
}

/* Use all bytes of a text, which must have an end. */
static void fuzz_prober_use_text(const char *text, size_t size)
{
	if (!memchr(text, 0, size))
		abort();
}

static void fuzz_prober_use_table(const struct prober_source *s)
{
	static const int flags[] = {
		0, PROBER_UNPROTECTED, PROBER_CUT, PROBER_HIDDEN,
	};
	struct prober_table t;
	size_t i;

	if (!prober_table_read(s, 512u << (one_in(3) ? below(4) : 0),
			       flags[below(ARRAY_SIZE(flags))], &t))
		return;
	fuzz_count[TABLES]++;
	fuzz_count[PARTITIONS] += t.count;
	for (i = 0; i < t.count; i++) {
		const struct prober_partition *p = &t.list[i];

		if (!p->number || !p->size || p->start > INT64_MAX ||
		    p->size > INT64_MAX)
			abort();
		fuzz_prober_use_text(p->name, sizeof(p->name));
		fuzz_prober_use_text(p->uuid, sizeof(p->uuid));
	}
	prober_table_free(&t);
}

static void fuzz_prober_use_volume(const struct prober_source *s)
{
	struct volume v;

	if (prober_volume_find(s, &v) != VOLUME_FOUND)
		return;
	fuzz_count[VOLUMES]++;
	if (!*v.type)
		abort();
	fuzz_prober_use_text(v.type, sizeof(v.type));
	fuzz_prober_use_text(v.label, sizeof(v.label));
	fuzz_prober_use_text(v.uuid, sizeof(v.uuid));
	fuzz_prober_use_text(v.journal_uuid, sizeof(v.journal_uuid));
	fuzz_prober_use_text(v.log_uuid, sizeof(v.log_uuid));
}

static void fuzz_prober_try_seed(void)
{
	struct prober_source s = { fuzz_prober_read, &s, IMAGE_SIZE };
	uint32_t i;

	memset(image, 0, sizeof(image));
	for (i = 0; one_in(4) && i < ARRAY_SIZE(places); i++)
		super_put_le32(image + places[i] + 4 * below(128),
			       fuzz_prober_number());
	switch (below(3)) {
	case 0:
		fuzz_prober_make_gpt(one_in(3) ? 4096 : SECTOR);
		break;
	case 1:
		fuzz_prober_make_dos();
		break;
	default:
		fuzz_prober_make_volume();
	}
	fuzz_prober_damage();
	if (one_in(4))
		s.size = below(IMAGE_SIZE);
	fuzz_prober_use_table(&s);
	fuzz_prober_use_volume(&s);
}

int main(int argc, char **argv)
{
	static const struct fuzz fuzz = {
		.name = "fuzz-prober",
		.seeds = 20000,
		.counts = {
			[TABLES] = "tables",
			[PARTITIONS] = "partitions",
			[VOLUMES] = "file systems and containers",
		},
		.try_seed = fuzz_prober_try_seed,
	};

	return fuzz_main(&fuzz, argc, argv);
}
