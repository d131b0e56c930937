// SPDX-License-Identifier: GPL-2.0
/*
 * What net/backend.c calls in the library, for plug-ins, which reach it by a table.
 */
#include "plugins/glue.h"

const struct net_plugin_host *net_host;

int lkl_poller_watch(struct lkl_poller *p, struct lkl_watch *w)
{
	return net_host->watch(p, w);
}

void lkl_poller_unwatch(struct lkl_poller *p, struct lkl_watch *w)
{
	net_host->unwatch(p, w);
}

void lkl_poller_rewatch(struct lkl_poller *p, struct lkl_watch *w, int events)
{
	net_host->rewatch(p, w, events);
}

void net_complain(const char *what, const char *which, int host_errno)
{
	net_host->complain(what, which, host_errno);
}

size_t net_gather(const struct lkl_packet *p, void *buf, size_t size)
{
	size_t len = 0, n;
	uint32_t i;

	for (i = 0; i < p->iov_count && len < size; i++) {
		n = p->iov[i].iov_len < size - len ? p->iov[i].iov_len :
		    size - len;
		memcpy((char *)buf + len, p->iov[i].iov_base, n);
		len += n;
	}
	return len;
}

void net_scatter(struct lkl_packet *p, const void *buf, size_t len)
{
	size_t done = 0, n;
	uint32_t i;

	for (i = 0; i < p->iov_count && done < len; i++) {
		n = p->iov[i].iov_len < len - done ? p->iov[i].iov_len :
		    len - done;
		memcpy(p->iov[i].iov_base, (const char *)buf + done, n);
		done += n;
	}
	p->len = done;
}
