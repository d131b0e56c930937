/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Bytes of a block device of the guest.
 */
#ifndef MEMBERS_GUEST_DEVICE_H
#define MEMBERS_GUEST_DEVICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Read @size bytes at @offset of device @dev.  Return false if this fails. */
bool guest_device_read(uint32_t dev, void *buf, size_t size, uint64_t offset);

/*
 * Write @size bytes at @offset of device @dev durably.  Return 0 or a negative
 * LKL error.
 */
long guest_device_write(uint32_t dev, const void *buf, size_t size, uint64_t offset);

#endif /* MEMBERS_GUEST_DEVICE_H */
