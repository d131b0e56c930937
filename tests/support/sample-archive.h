/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Archives that a test makes block by block, and a sink that checks what the
 * source of archives emits for them.  This replaces the messages of the tools.
 */
#ifndef LKL_TESTS_SAMPLE_ARCHIVE_H
#define LKL_TESTS_SAMPLE_ARCHIVE_H

#include <signal.h>

#include "copy/archives/tar-format.h"

#define SAMPLE_USTAR	"ustar\0" "00"
#define SAMPLE_GNU	"ustar  "

/**
 * struct sample - the archive
 * @blocks:	its blocks
 * @is_header:	for each block: sample_write() sets the checksum
 * @count:	number of blocks
 * @room:	room for blocks
 * @fd:		the file that sample_write() writes
 * @events:	number of events that sample_read() has got
 * @atime:	time of access of the last file
 * @errors:	number of messages
 * @error:	the first message
 */
struct sample {
	struct tar_header *blocks;
	bool *is_header;
	size_t count;
	size_t room;
	int fd;
	unsigned int events;
	int64_t atime;
	unsigned int errors;
	char error[512];
};

extern struct sample sample;

/* End the process with a message if @ok is false. */
void sample_must(bool ok, const char *what);

/* Begin an archive and an empty file. */
void sample_begin(void);
/* Append blocks of zeros, and return the first. */
void *sample_add_blocks(size_t n);
void sample_add_data(const void *data, size_t len);
struct tar_header *sample_add_header(char type, const char *name,
				     const char *magic, uint64_t size);
/* Append the blocks to the file, but for the last @cut bytes; drop the blocks. */
void sample_write(size_t cut);
/* Read the file @fd, and check the events, until @interrupted. */
void sample_read_fd(int fd, const volatile sig_atomic_t *interrupted);
/* Read the file that sample_write() has written. */
void sample_read(void);

#endif /* LKL_TESTS_SAMPLE_ARCHIVE_H */
