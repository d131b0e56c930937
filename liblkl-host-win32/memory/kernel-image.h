/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The file of the kernel image: members image_* of struct lkl_host_vm_ops.
 */
#ifndef LKL_WIN32_KERNEL_IMAGE_H
#define LKL_WIN32_KERNEL_IMAGE_H

#include <stdint.h>

int lkl_host_win32_image_open(const char *path, void **image);
int lkl_host_win32_image_read(void *image, uint64_t off, void *buf,
			      uint64_t len);
int lkl_host_win32_image_map(void *image, uint64_t off, void *addr,
			     uint64_t len, int exec);
void lkl_host_win32_image_close(void *image);

#endif /* LKL_WIN32_KERNEL_IMAGE_H */
