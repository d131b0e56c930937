// SPDX-License-Identifier: GPL-2.0
/*
 * Copying between a buffer and the scattered buffers of a packet.
 */
#include <stdbool.h>
#include <string.h>

#include "net/packet.h"

size_t lkl_packet_room(const struct lkl_packet *p)
{
	size_t len = 0;
	uint32_t i;

	for (i = 0; i < p->iov_count; i++)
		len += p->iov[i].iov_len;
	return len;
}

static inline size_t packet_copy(const struct lkl_packet *p, size_t pos,
				 char *buf, size_t len, bool write)
{
	size_t done = 0, n;
	uint32_t i;

	for (i = 0; i < p->iov_count && done < len; i++) {
		char *base = p->iov[i].iov_base;

		if (pos >= p->iov[i].iov_len) {
			pos -= p->iov[i].iov_len;
			continue;
		}
		n = p->iov[i].iov_len - pos;
		if (n > len - done)
			n = len - done;
		if (write)
			memcpy(base + pos, buf + done, n);
		else
			memcpy(buf + done, base + pos, n);
		done += n;
		pos = 0;
	}
	return done;
}

size_t lkl_packet_read(const struct lkl_packet *p, size_t pos, void *buf,
		       size_t len)
{
	return packet_copy(p, pos, buf, len, false);
}

size_t lkl_packet_write(struct lkl_packet *p, size_t pos, const void *buf,
			size_t len)
{
	return packet_copy(p, pos, (char *)buf, len, true);
}

void lkl_packet_set(struct lkl_packet *p, const void *buf, size_t len)
{
	p->len = lkl_packet_write(p, 0, buf, len);
}
