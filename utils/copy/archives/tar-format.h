/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The tar format, in the variants ustar, pax, GNU and v7.
 *
 * Libarchive compresses and decompresses only.  Its own reader converts names
 * between encodings, limits the size of headers, and ignores global headers.
 */
#ifndef COPY_TAR_FORMAT_H
#define COPY_TAR_FORMAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "copy/archives/tar.h"
#include "shared/list.h"

#define TAR_BLOCK	512U

/* The header of an entry: a block. */
struct tar_header {
	char name[100];
	char mode[8];
	char uid[8];
	char gid[8];
	char size[12];
	char mtime[12];
	char checksum[8];
	char type;
	char link[100];
	char magic[8];
	char uname[32];
	char gname[32];
	char major[8];
	char minor[8];
	char prefix[155];
	char padding[12];
};

enum tar_type {
	TAR_FILE = '0',
	TAR_LINK = '1',
	TAR_SYMLINK = '2',
	TAR_CHAR = '3',
	TAR_BLOCK_DEVICE = '4',
	TAR_DIR = '5',
	TAR_FIFO = '6',
	/* Headers that precede the header of a file */
	TAR_PAX = 'x',
	TAR_PAX_GLOBAL = 'g',
	TAR_PAX_SOLARIS = 'X',
	TAR_GNU_NAME = 'L',
	TAR_GNU_LINK = 'K',
	/* Other types of GNU tar */
	TAR_GNU_LABEL = 'V',
	TAR_GNU_CONTINUED = 'M',
	TAR_GNU_DUMPDIR = 'D',
	TAR_GNU_SPARSE = 'S',
};

/* tar-header.c */

/* Return the sum of the bytes of a header, blanks instead of its checksum. */
uint32_t tar_header_sum(const struct tar_header *h);
bool tar_header_is_valid(const struct tar_header *h);
/* Read a number in octal or base 256.  Return false if it is none. */
bool tar_header_get(const char *field, size_t size, int64_t *value);
/* Write a number in octal; write 0 and return false if it does not fit. */
bool tar_header_put(char *field, size_t size, int64_t value);

/**
 * struct tar_record - a keyword of an extended header
 * @link:	in the list of the header
 * @key:	the keyword
 * @len:	length of the value
 * @value:	the value, with a zero behind it
 */
struct tar_record {
	struct list link;
	char *key;
	size_t len;
	char value[];
};

/**
 * struct tar_records - extended headers
 * @list:	the records
 * @count:	their number
 * @bytes:	their memory
 */
struct tar_records {
	struct list list;
	size_t count;
	size_t bytes;
};

/**
 * struct tar_entry - a file in an archive
 * @type:	enum tar_type
 * @why_not:	why the file cannot be extracted, or NULL
 * @path:	path, NULL before there is an entry
 * @target:	target of a link
 * @node:	attributes
 * @stored:	bytes of the contents in the archive
 * @named:	@path is the name of a sparse file, which replaces others
 * @sparse:	the contents are the extents of @map
 * @map_ahead:	the map precedes the contents
 * @map:	extents of a sparse file
 * @map_count:	number of extents
 * @map_size:	room for extents
 * @has_acl:	which of the two access control lists are attributes; lists as
 *		text are ignored then
 * @prefers_libarchive: attributes are in records of libarchive
 */
struct tar_entry {
	char type;
	const char *why_not;
	char *path;
	char *target;
	struct tree_node node;
	uint64_t stored;
	bool named;
	bool sparse;
	bool map_ahead;
	struct copy_extent *map;
	size_t map_count;
	size_t map_size;
	bool has_acl[2];
	bool prefers_libarchive;
};

/**
 * struct tar_input - the bytes of an archive, decompressed
 * @c:		the copy
 * @path:	name of the archive for messages
 * @fd:		descriptor of the archive
 * @pos:	number of bytes that were consumed
 * @failed:	the input cannot be read, or is damaged; this was reported
 */
struct tar_input {
	struct copy *c;
	const char *path;
	int fd;
	uint64_t pos;
	bool failed;
	/* private */
	struct archive *archive;
	struct lzop *lzop;
	char *buf;
	size_t first;
	char magic[16];
	uint64_t given;
	uint64_t data_end;
	const char *next;
	size_t avail;
	bool ended;
	const char *saved_next;
	size_t saved_avail;
	bool saved;
	struct tar_header block;
};

/* tar-input.c */

/* Return why the input is no tar archive. */
const char *tar_input_why_none(const struct tar_input *in);

/* Open the input.  Return false after a message. */
bool tar_input_open(struct tar_input *in);
void tar_input_close(struct tar_input *in);
/* Report that the archive cannot be read, and end the input. */
void tar_input_fail(struct tar_input *in, const char *why);
/*
 * Return the next bytes, and store their number, at most @most.  Return NULL
 * at the end and after an error.
 */
const char *tar_input_peek(struct tar_input *in, uint64_t most, size_t *len);
void tar_input_consume(struct tar_input *in, size_t len);
/* Read @len bytes.  Return false after a message. */
bool tar_input_read(struct tar_input *in, void *buf, size_t len);
bool tar_input_skip(struct tar_input *in, uint64_t len);
/* Return the next block, or NULL at the end and after an error. */
const struct tar_header *tar_input_block(struct tar_input *in);
/* Let the block be read again. */
void tar_input_unread(struct tar_input *in);

/* tar-pax.c */

void tar_records_init(struct tar_records *r);
void tar_records_clear(struct tar_records *r);
/* Read an extended header of @size bytes.  Return false after a message. */
bool tar_records_read(struct tar_records *r, struct tar_input *in,
		      uint64_t size);
/* Read a name of @size bytes as the value of @key. */
bool tar_records_read_name(struct tar_records *r, struct tar_input *in,
			   const char *key, uint64_t size);
/* Return true if there are not too many records for a global header. */
bool tar_records_fit(const struct tar_records *r);
/* Let the records of @from replace the records of @r with the same keywords. */
bool tar_records_merge(struct tar_records *r, struct tar_records *from);
bool tar_records_has(const struct tar_records *r, const char *key);
/* Return true if the record is an extended attribute. */
bool tar_record_is_xattr(const struct tar_record *rec);

/* tar-keywords.c */

/* Return true if the keyword says nothing that a file system can hold. */
bool tar_keyword_is_ignored(const char *key);
/* Change the entry as the record says.  Return false if the value is invalid. */
bool tar_keyword_apply(struct tar_entry *e, const struct tar_record *rec);
/* Return true if tar_keyword_apply() knows the keyword. */
bool tar_keyword_is_known(const char *key);

/* tar-sparse.c */

void tar_sparse_add(struct tar_entry *e, uint64_t off, uint64_t len);
/* Read the map of old GNU archives, in the header and in further blocks. */
bool tar_sparse_read_old(struct tar_entry *e, struct tar_input *in,
			 const struct tar_header *h);
/* Read the map that precedes the contents. */
bool tar_sparse_read_ahead(struct tar_entry *e, struct tar_input *in);
/* Parse a map in a record. */
bool tar_sparse_parse(struct tar_entry *e, const char *text);
/* Return true if the extents are ascending and fit. */
bool tar_sparse_is_valid(const struct tar_entry *e);

/**
 * struct tar_reader - the entries of an archive
 * @in:		the input
 * @entry:	the current entry
 * @local:	extended headers of the current entry
 * @global:	extended headers of all entries
 */
struct tar_reader {
	struct tar_input in;
	struct tar_entry entry;
	struct tar_records local;
	struct tar_records global;
	/* private */
	uint64_t left;
	uint64_t padding;
	size_t extent;
	uint64_t extent_done;
	uint64_t zeros;
	bool begun;
};

/* tar-reader.c */

void tar_reader_init(struct tar_reader *r);
void tar_reader_exit(struct tar_reader *r);
/* Read up to the next entry.  Return false at the end and after an error. */
bool tar_reader_next(struct tar_reader *r);
/*
 * Return the next bytes of the contents, at most @most, with their number and
 * their offset in the file.  Return NULL at the end and after an error.
 */
const char *tar_reader_data(struct tar_reader *r, size_t most, size_t *len,
			    uint64_t *off);
void tar_reader_consume(struct tar_reader *r, size_t len);

/* tar-encode.c */

void tar_buf_add(struct tar_buf *b, const void *data, size_t len);
void tar_buf_pad(struct tar_buf *b);
/* Append the record of an extended header. */
void tar_buf_add_record(struct tar_buf *b, const char *key, const void *value,
			size_t value_len);
/* Append the record of an extended attribute. */
void tar_encode_xattr(struct tar_buf *b, const char *name, const void *value,
		      size_t len);
/*
 * Write the headers of an entry to @out, including the records @attributes and
 * the map of a sparse file.
 */
void tar_encode_entry(struct tar_buf *out, const struct tar_entry *e,
		      const struct tar_buf *attributes);

#endif /* COPY_TAR_FORMAT_H */
