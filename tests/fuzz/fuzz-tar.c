// SPDX-License-Identifier: GPL-2.0
/*
 * Damaged archives: each is read to its end or refused with a message, and what
 * the source emits is something that a sink can execute.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <string.h>

#include "fuzz.h"
#include "shared/macros.h"
#include "support/sample-archive.h"

enum { EVENTS, COMPLETE, REFUSED };

static const char *const names[] = {
	"file", "dir/", "dir/file", "./dir/other", "a/b/c/d", ".", "./", "/abs",
	"..", "dir/../file", "", "/", "a//b", "file/below",
};

static const char *fuzz_tar_name(void)
{
	/* Most names can be extracted. */
	return names[below(below(4) ? 5 : ARRAY_SIZE(names))];
}

static void fuzz_tar_add_file(const char *magic)
{
	char data[1500];
	size_t len = below(sizeof(data));
	char type = one_in(8) ? 0 : TAR_FILE;

	memset(data, 'x', len);
	sample_add_header(type, fuzz_tar_name(), magic, len);
	sample_add_data(data, len);
}

static void fuzz_tar_add_node(const char *magic)
{
	static const char types[] = "1112223456Z7D";
	char type = types[below(sizeof(types) - 1)];
	struct tar_header *h = sample_add_header(type, fuzz_tar_name(), magic,
						 0);
	const char *link = fuzz_tar_name();

	memcpy(h->link, link, strlen(link));
	if (!memcmp(magic, SAMPLE_USTAR, 8) && one_in(4))
		strcpy(h->prefix, "some/prefix");
	tar_header_put(h->major, sizeof(h->major), below(300));
	tar_header_put(h->minor, sizeof(h->minor), below(300));
}

/* A long name of GNU tar */
static void fuzz_tar_add_long(void)
{
	char name[2000];
	size_t i, len = 1 + below(sizeof(name) - 1);

	for (i = 0; i < len; i++)
		name[i] = i % 100 == 99 ? '/' : 'n';
	name[len - 1] = 0;
	sample_add_header(below(2) ? TAR_GNU_NAME : TAR_GNU_LINK,
			  "././@LongLink", SAMPLE_GNU, len);
	sample_add_data(name, len);
}

/* A sparse file of the old GNU format, with @more further blocks of its map. */
static void fuzz_tar_add_old_sparse(unsigned int more)
{
	static const char data[2048];
	struct tar_header *h = sample_add_header(TAR_GNU_SPARSE, "sparse",
						 SAMPLE_GNU, 0);
	unsigned int i, n = more ? 4 : below(5);
	size_t len = 0, off = 0;
	char *at = (char *)h + 386;

	tar_header_put((char *)h + 483, 12, 100000);
	((char *)h)[482] = more;
	for (i = 0; i < n; i++, off += 1000, len += 100, at += 24) {
		tar_header_put(at, 12, off);
		tar_header_put(at + 12, 12, 100);
	}
	tar_header_put(h->size, sizeof(h->size), len + 100 * more);
	while (more--) {
		at = sample_add_blocks(1);
		tar_header_put(at, 12, off);
		tar_header_put(at + 12, 12, 100);
		at[504] = more;
		off += 1000;
		len += 100;
	}
	sample_add_data(data, len);
}

/* Extended headers */

static const char *const keys[] = {
	"path", "linkpath", "size", "uid", "gid", "mtime", "atime", "ctime",
	"comment", "SCHILY.xattr.user.a", "SCHILY.xattr.user.%3D%",
	"LIBARCHIVE.xattr.user.b", "SCHILY.acl.access", "SCHILY.acl.default",
	"SCHILY.xattr.system.posix_acl_access", "RHT.security.selinux",
	"SCHILY.fflags", "SCHILY.devmajor", "SUN.devminor", "GNU.dumpdir",
	"GNU.sparse.major", "GNU.sparse.minor", "GNU.sparse.name",
	"GNU.sparse.realsize", "GNU.sparse.size", "GNU.sparse.map",
	"GNU.sparse.offset", "GNU.sparse.numbytes", "unknown", "SCHILY.xattr.",
};

static const char *const values[] = {
	"", "0", "1", "100", "file", "dir/x", "../x", "/abs", "-1", "1.5",
	"-0.999999999999", "9223372036854775807", "18446744073709551616",
	"4294967295", "0,10", "0,10,20,10", "10,10,0,10",
	"0,9223372036854775807", "-5,5", "QUJD", "QUJDRA==", "***",
	"user::rwx,group::r-x,other::r--", "user:7:rwx,u:root:r,mask::r,o:x",
	"user:nobody-has-this:rwx", "user::rwx:::", "schg,nodump,,uappnd",
	"u:o:bj:r:0", "\x80\xff", "%s%n", "1\n2",
};

static size_t fuzz_tar_put_record(char *text, const char *key, const char *value)
{
	size_t body = strlen(key) + strlen(value) + 3, digits = 1, n = body + 1;

	while (n >= 10) {
		n /= 10;
		digits++;
	}
	n = body + digits;
	/* One more digit may be needed. */
	if (n >= 10 && digits == 1)
		n++;
	if (n >= 100 && digits == 2)
		n++;
	if (one_in(60))
		n += below(5) - 2;
	return sprintf(text, "%zu %s=%s\n", n, key, value);
}

static void fuzz_tar_add_extended(void)
{
	static const char types[] = "xxxxxxxgX";
	unsigned int n = below(5);
	const char *key, *value;
	char text[2048];
	size_t len = 0;

	while (n--) {
		key = keys[below(ARRAY_SIZE(keys))];
		value = values[below(ARRAY_SIZE(values))];
		len += fuzz_tar_put_record(text + len, key, value);
	}
	sample_add_header(types[below(sizeof(types) - 1)], "PaxHeader", SAMPLE_USTAR,
			  len);
	sample_add_data(text, len);
}

/* Sparse files of the pax formats 0.0, 0.1 and 1.0 */
static void fuzz_tar_add_pax_sparse(void)
{
	static const char *const maps[] = { "0,5,100,5", "0,10", "", "95,5,5,5" };
	static const char map[512] = "2\n0\n5\n100\n5\n";
	unsigned int version = below(3);
	char text[512];
	size_t len = 0;

	if (version == 0) {
		len += fuzz_tar_put_record(text + len, "GNU.sparse.size", "200");
		len += fuzz_tar_put_record(text + len, "GNU.sparse.numblocks", "1");
		len += fuzz_tar_put_record(text + len, "GNU.sparse.offset", "50");
		len += fuzz_tar_put_record(text + len, "GNU.sparse.numbytes", "10");
	} else if (version == 1) {
		len += fuzz_tar_put_record(text + len, "GNU.sparse.size", "200");
		len += fuzz_tar_put_record(text + len, "GNU.sparse.map",
					   maps[below(ARRAY_SIZE(maps))]);
	} else {
		len += fuzz_tar_put_record(text + len, "GNU.sparse.major", "1");
		len += fuzz_tar_put_record(text + len, "GNU.sparse.minor", "0");
		len += fuzz_tar_put_record(text + len, "GNU.sparse.name", "sparse");
		len += fuzz_tar_put_record(text + len, "GNU.sparse.realsize", "200");
	}
	sample_add_header(TAR_PAX, "PaxHeader", SAMPLE_USTAR, len);
	sample_add_data(text, len);
	sample_add_header(TAR_FILE, "GNUSparseFile.0/sparse", SAMPLE_USTAR,
			  version == 2 ? 522 : 10);
	if (version == 2)
		sample_add_data(map, sizeof(map));
	sample_add_data("0123456789", 10);
}

static void fuzz_tar_build(void)
{
	unsigned int n = 1 + below(8);

	while (n--) {
		const char *magic = below(2) ? SAMPLE_USTAR : SAMPLE_GNU;

		switch (below(10)) {
		case 0:
			fuzz_tar_add_old_sparse(below(3));
			break;
		case 1:
			fuzz_tar_add_pax_sparse();
			break;
		case 2:
			sample_add_blocks(1 + below(2));
			break;
		case 3:
		case 4:
			fuzz_tar_add_extended();
			break;
		case 5:
			fuzz_tar_add_long();
			break;
		case 6:
		case 7:
			fuzz_tar_add_node(magic);
			break;
		default:
			fuzz_tar_add_file(magic);
		}
	}
	sample_add_blocks(2);
}

/* Damage */

static const struct {
	unsigned int off, size;
} fields[] = {
	{ 0, 100 }, { 100, 8 }, { 108, 8 }, { 116, 8 }, { 124, 12 }, { 124, 12 },
	{ 136, 12 }, { 148, 8 }, { 156, 1 }, { 157, 100 }, { 257, 8 }, { 329, 8 },
	{ 337, 8 }, { 345, 155 }, { 386, 12 }, { 398, 12 }, { 482, 1 }, { 483, 12 },
};

static const char *const numbers[] = {
	"77777777777", "            ", "\0\0\0\0\0\0\0\0\0\0\0", "0000000001 ",
	"-1234567890", "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff",
	"\x80\0\0\0\x7f\xff\xff\xff\xff\xff\xff\xff",
	"\x80\0\0\0\x7f\xff\xff\xff\xff\xff\xfe\0",
	"\x80\0\0\0\x80\0\0\0\0\0\0\0", "\xff\xff\xff\xff\x80\0\0\0\0\0\0\0",
	"\x80\0\0\0\0\0\0\0\0\0\0\1", "00000001000", "xLKgSDMV1256",
};

static void fuzz_tar_damage_field(struct tar_header *h)
{
	unsigned int f = below(ARRAY_SIZE(fields));
	unsigned int size = fields[f].size, from = 0;
	const char *number = numbers[below(ARRAY_SIZE(numbers))];
	char *at = (char *)h + fields[f].off;

	if (size == 1)
		*at = numbers[12][below(12)];
	else if (size > 12)
		/* A name without its zero, for instance */
		memset(at, "/.n"[below(3)], below(size + 1));
	else if (size == 8 && (number[0] & 0x80) && below(2))
		/* The last bytes of a binary number, with its first byte */
		for (from = 4, *at = number[0]; from < 11; from++)
			at[from - 3] = number[from + 1];
	else
		memcpy(at, number, size);
}

static void fuzz_tar_remove_blocks(size_t at, size_t n)
{
	size_t rest = sample.count - at - n;

	memmove(sample.blocks + at, sample.blocks + at + n, rest * TAR_BLOCK);
	memmove(sample.is_header + at, sample.is_header + at + n, rest);
	sample.count -= n;
}

static void fuzz_tar_copy_block(size_t from, size_t to)
{
	sample.blocks[to] = sample.blocks[from];
	sample.is_header[to] = sample.is_header[from];
}

/* Damage the archive in one place; return the bytes that are cut off. */
static size_t fuzz_tar_damage(void)
{
	static const char *const pieces[] = {
		"\n", "=", " ", "0", "9", "-", ",", "\xff", "../", "%",
		"20 path=", "9999999999 x=", "\0",
	};
	size_t at = below(sample.count), n;
	char *byte = (char *)&sample.blocks[at] + below(TAR_BLOCK);
	const char *piece = pieces[below(ARRAY_SIZE(pieces))];

	switch (below(8)) {
	case 0:
		*byte = below(256);
		break;
	case 1:
		/* In the text at the start of a block */
		byte = (char *)&sample.blocks[at] + below(64);
		memcpy(byte, piece, strlen(piece) + !*piece);
		break;
	case 2:
		n = 1 + below(2);
		if (sample.count > at + n)
			fuzz_tar_remove_blocks(at, n);
		break;
	case 3:
		fuzz_tar_copy_block(at, below(sample.count));
		break;
	case 4:
		return below(2) ? below(sample.count * TAR_BLOCK) :
				      below(sample.count) * TAR_BLOCK;
	default:
		while (!sample.is_header[at] && at)
			at--;
		fuzz_tar_damage_field(&sample.blocks[at]);
	}
	return 0;
}

static void fuzz_tar_try_seed(void)
{
	unsigned int n;
	size_t cut = 0;

	sample_begin();
	fuzz_tar_build();
	for (n = below(4); n && !cut; n--)
		cut = fuzz_tar_damage();
	sample_write(cut);
	sample_read();
	fuzz_count[EVENTS] += sample.events;
	fuzz_count[sample.errors ? REFUSED : COMPLETE]++;
}

int main(int argc, char **argv)
{
	static const struct fuzz fuzz = {
		.name = "fuzz-tar",
		.seeds = 5000,
		.counts = {
			[EVENTS] = "events",
			[COMPLETE] = "archives without an error",
			[REFUSED] = "archives with an error",
		},
		.try_seed = fuzz_tar_try_seed,
	};

	return fuzz_main(&fuzz, argc, argv);
}
