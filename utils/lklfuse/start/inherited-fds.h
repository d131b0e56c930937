/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Descriptors above 2 that the caller has left open.
 */
#ifndef LKLFUSE_INHERITED_FDS_H
#define LKLFUSE_INHERITED_FDS_H

/*
 * Remember which descriptors the process has inherited, before any other is
 * opened, and let programs that are executed not inherit them.
 */
void inherited_fds_remember(void);

/* Close them: the caller may wait until the last copy of a descriptor is closed. */
void inherited_fds_close(void);

#endif /* LKLFUSE_INHERITED_FDS_H */
