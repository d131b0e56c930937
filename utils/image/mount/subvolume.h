/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The subvolume of a btrfs that is mounted.
 */
#ifndef IMAGE_SUBVOLUME_H
#define IMAGE_SUBVOLUME_H

struct image;

/*
 * Say that the image, which is mounted, shows its default subvolume, if the
 * default is not the top, and the user has not named a subvolume.
 */
void subvolume_report_default(const struct image *img);

#endif /* IMAGE_SUBVOLUME_H */
