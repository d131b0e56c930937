/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Copying between a buffer and the scattered buffers of a packet.
 */
#ifndef LKL_POSIX_PACKET_H
#define LKL_POSIX_PACKET_H

#include <stddef.h>
#include <stdint.h>

#include <lkl_host.h>

/* Return the number of bytes in all buffers of @p. */
size_t lkl_packet_room(const struct lkl_packet *p);

/* Copy up to @len bytes from offset @pos of @p.  Return the number of bytes. */
size_t lkl_packet_read(const struct lkl_packet *p, size_t pos, void *buf,
		       size_t len);

/* Copy up to @len bytes to offset @pos of @p.  Return the number of bytes. */
size_t lkl_packet_write(struct lkl_packet *p, size_t pos, const void *buf,
			size_t len);

/*
 * Make the @len bytes at @buf the packet @p.  A packet that is longer than the
 * buffers is cut; the device drops it.
 */
void lkl_packet_set(struct lkl_packet *p, const void *buf, size_t len);

#endif /* LKL_POSIX_PACKET_H */
