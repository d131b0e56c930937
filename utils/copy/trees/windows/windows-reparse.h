/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Reparse points: symbolic links, junctions, and special files of the Windows
 * Subsystem for Linux.
 */
#ifndef COPY_WINDOWS_REPARSE_H
#define COPY_WINDOWS_REPARSE_H

#include "common/windows/windows-error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* mingw-w64 lacks these. */
#define TAG_LX_SYMLINK	0xa000001dU
#define TAG_AF_UNIX	0x80000023U
#define TAG_LX_FIFO	0x80000024U
#define TAG_LX_CHR	0x80000025U
#define TAG_LX_BLK	0x80000026U

/* Data of a reparse point; the string of a link of WSL follows a version. */
struct reparse_data {
	ULONG tag;
	USHORT size;
	USHORT reserved;
	union {
		struct {
			USHORT name_at;
			USHORT name_size;
			USHORT print_at;
			USHORT print_size;
			char rest[];
		} link;
		struct {
			ULONG version;
			char target[];
		} wsl;
		char all[MAXIMUM_REPARSE_DATA_BUFFER_SIZE - 8];
	};
};

/*
 * Return the type of open reparse point @fd, a value of NODE_TYPE; 0 if the system
 * shows the file as an ordinary file or directory; or an error of the tree.
 */
int windows_reparse_type(int fd);

/*
 * Return true if a junction is where a volume is mounted.  A junction to a directory
 * of the volume is a link like others, which leads out of the tree.
 */
bool windows_reparse_is_mount(const struct reparse_data *data);

/* Store the target of a link, as readlink() of struct tree_ops does. */
long windows_reparse_link(const struct reparse_data *data, char *buf, size_t size);

/* As in struct tree_ops */
long windows_readlink(int dir, const char *name, char *buf, size_t size);
int windows_symlink(const char *target, int dir, const char *name);

#endif /* COPY_WINDOWS_REPARSE_H */
