// SPDX-License-Identifier: GPL-2.0
/*
 * Queueing disciplines of interfaces, as "tc qdisc add" does it.
 */
#include <stdlib.h>
#include <string.h>

#include <lkl/linux/pkt_sched.h>

#include "net/rtnetlink.h"
#include "guest/string-list.h"

/* Parse a class: "1:" or "1:2", in hexadecimal as in tc(8). */
static int qdisc_parse_class(const char *text, uint32_t *parent)
{
	unsigned long major, minor = 0;
	char *end;

	major = strtoul(text, &end, 16);
	if (end == text || *end != ':' || major > 0xffff)
		return -LKL_EINVAL;
	text = end + 1;
	if (*text)
		minor = strtoul(text, &end, 16);
	if (*text && (*end || minor > 0xffff))
		return -LKL_EINVAL;
	*parent = major << 16 | minor;
	return 0;
}

int lkl_qdisc_add(int ifindex, const char *root, const char *type)
{
	struct lkl_tcmsg head = { .tcm_ifindex = ifindex };
	struct lkl_nl nl;
	int ret = 0;

	if (ifindex <= 0)
		return -LKL_ENODEV;
	if (!root || !type || !*type)
		return -LKL_EINVAL;
	if (!strcmp(root, "root")) {
		head.tcm_parent = LKL_TC_H_ROOT;
	} else if (!strcmp(root, "ingress") || !strcmp(root, "clsact")) {
		head.tcm_parent = LKL_TC_H_INGRESS;
		head.tcm_handle = LKL_TC_H_MAKE(LKL_TC_H_INGRESS, 0);
	} else {
		ret = qdisc_parse_class(root, &head.tcm_parent);
	}
	if (ret)
		return ret;
	lkl_nl_begin(&nl, LKL_RTM_NEWQDISC, LKL_NLM_F_CREATE | LKL_NLM_F_EXCL,
		     &head, sizeof(head));
	lkl_nl_put(&nl, LKL_TCA_KIND, type, strlen(type) + 1);
	return lkl_nl_send(&nl);
}

static int qdisc_add_entry(const struct lkl_list_entry *entry, void *arg)
{
	return lkl_qdisc_add(*(int *)arg, entry->name, entry->value);
}

int lkl_qdisc_parse_add(int ifindex, const char *entries)
{
	if (!entries)
		return -LKL_EINVAL;
	return lkl_list_each(entries, ';', '|', qdisc_add_entry, &ifindex);
}
