// SPDX-License-Identifier: GPL-2.0
/*
 * Libarchive as it was compiled for Windows: all compressions of fs2tar and tar2fs,
 * none of which may run a program, and manifests.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <archive.h>
#include <archive_entry.h>

#include "shared/macros.h"

#define STREAM_SIZE	300000
#define ROOM		(1 << 20)

static const char *format;
static char stream[STREAM_SIZE];
static char compressed[ROOM];

static void archive_must(bool ok, struct archive *a, const char *what)
{
	const char *why = a ? archive_error_string(a) : NULL;

	if (ok)
		return;
	fprintf(stderr, "libarchive-filters: %s: %s: %s\n", format, what,
		why ? why : "no reason");
	exit(1);
}

/* Text that can be compressed, and after it bytes that cannot. */
static void stream_fill(void)
{
	uint32_t seed = 1;
	size_t i;

	for (i = 0; i < STREAM_SIZE; i++) {
		seed = seed * 1103515245 + 12345;
		stream[i] = seed >> 16;
		if (i < STREAM_SIZE / 2)
			stream[i] = "archive "[i % 8];
	}
}

/* Compress the stream as fs2tar does; return the size of the result. */
static size_t stream_write(void)
{
	struct archive_entry *e = archive_entry_new();
	struct archive *a = archive_write_new();
	size_t used;

	archive_entry_set_filetype(e, AE_IFREG);
	archive_must(a && !archive_write_set_format_raw(a), a, "no format");
	archive_must(!archive_write_add_filter_by_name(a, format), a,
		     "no filter");
	archive_must(!archive_write_open_memory(a, compressed, ROOM, &used), a,
		     "not opened");
	archive_must(!archive_write_header(a, e), a, "no header");
	archive_must(archive_write_data(a, stream, STREAM_SIZE) == STREAM_SIZE,
		     a, "no data");
	archive_must(!archive_write_close(a), a, "not closed");
	archive_entry_free(e);
	archive_write_free(a);
	return used;
}

/* Decompress as tar2fs does, and compare. */
static void stream_read(size_t len)
{
	/* ARCHIVE_WARN is the result of a filter that would run a program. */
	static int (*const filters[])(struct archive *a) = {
		archive_read_support_filter_bzip2,
		archive_read_support_filter_compress,
		archive_read_support_filter_gzip,
		archive_read_support_filter_lz4,
		archive_read_support_filter_lzip,
		archive_read_support_filter_lzma,
		archive_read_support_filter_rpm,
		archive_read_support_filter_uu,
		archive_read_support_filter_xz,
		archive_read_support_filter_zstd,
	};
	static char back[STREAM_SIZE + 1];
	struct archive *a = archive_read_new();
	struct archive_entry *e;
	size_t i;

	memset(back, -1, sizeof(back));
	archive_must(a && !archive_read_support_format_raw(a), a, "no format");
	for (i = 0; i < ARRAY_SIZE(filters); i++)
		archive_must(!filters[i](a), a, "no filter");
	archive_must(!archive_read_open_memory(a, compressed, len), a,
		     "not opened");
	archive_must(!archive_read_next_header(a, &e), a, "no header");
	/* The name of compress has a suffix. */
	archive_must(!strncmp(archive_filter_name(a, 0), format,
			      strlen(format)), a, "another filter");
	archive_must(archive_read_data(a, back, sizeof(back)) == STREAM_SIZE,
		     a, "another size");
	archive_must(!memcmp(back, stream, STREAM_SIZE), a, "other data");
	archive_read_free(a);
}

static void manifest_read(void)
{
	static const char manifest[] =
		"#mtree\n/set type=file uid=0 gid=0 mode=0644\n"
		"./etc type=dir mode=0755\n"
		"./etc/caf\\303\\251 time=1.500000000 uid=3000000\n"
		"./etc/link type=link link=caf\\303\\251\n"
		"./etc/null type=char device=linux,1,3\n";
	struct archive *a = archive_read_new();
	struct archive_entry *e;

	format = "mtree";
	archive_must(!archive_read_support_format_mtree(a), a, "no format");
	archive_must(!archive_read_open_memory(a, manifest,
					       sizeof(manifest) - 1), a,
		     "not opened");
	archive_must(!archive_read_next_header(a, &e), a, "no header");
	archive_must(archive_entry_filetype(e) == AE_IFDIR &&
		     archive_entry_perm(e) == 0755, a, "directory");
	archive_must(!archive_read_next_header(a, &e), a, "no header");
	archive_must(!strcmp(archive_entry_pathname(e), "./etc/caf\xc3\xa9"), a,
		     "name");
	archive_must(archive_entry_uid(e) == 3000000, a, "owner");
	archive_must(archive_entry_mtime(e) == 1, a, "time");
	archive_must(!archive_read_next_header(a, &e), a, "no header");
	archive_must(!strcmp(archive_entry_symlink(e), "caf\xc3\xa9"), a,
		     "symbolic link");
	archive_must(!archive_read_next_header(a, &e), a, "no header");
	archive_must(archive_entry_filetype(e) == AE_IFCHR &&
		     archive_entry_rdevmajor(e) == 1 &&
		     archive_entry_rdevminor(e) == 3, a, "device");
	archive_read_free(a);
}

int main(void)
{
	static const char * const filters[] = {
		"gzip", "bzip2", "xz", "zstd", "lz4", "lzip", "lzma", "compress",
	};
	size_t i, len;

	stream_fill();
	for (i = 0; i < ARRAY_SIZE(filters); i++) {
		format = filters[i];
		len = stream_write();
		archive_must(len < STREAM_SIZE, NULL, "not compressed");
		stream_read(len);
	}
	manifest_read();
	return 0;
}
