/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The file of the kernel image: members image_* of struct lkl_host_vm_ops.
 */
#ifndef LKL_POSIX_KERNEL_IMAGE_H
#define LKL_POSIX_KERNEL_IMAGE_H

#include <stdint.h>

int lkl_posix_image_open(const char *path, void **image);
int lkl_posix_image_read(void *image, uint64_t off, void *buf, uint64_t len);
int lkl_posix_image_map(void *image, uint64_t off, void *addr, uint64_t len,
			int exec);
int lkl_posix_image_copy(void *image, uint64_t off, void *addr, uint64_t len);
void lkl_posix_image_close(void *image);

#endif /* LKL_POSIX_KERNEL_IMAGE_H */
