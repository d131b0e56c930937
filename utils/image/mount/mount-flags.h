/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Mount options that the kernel takes as flags.
 */
#ifndef IMAGE_MOUNT_FLAGS_H
#define IMAGE_MOUNT_FLAGS_H

/* Remove options that are flags from @opts, and return the flags. */
unsigned long mount_flags_extract(char *opts);

#endif /* IMAGE_MOUNT_FLAGS_H */
