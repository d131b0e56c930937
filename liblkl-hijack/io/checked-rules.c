// SPDX-License-Identifier: GPL-2.0
/*
 * Rules of a packet filter that are only checked ("nft --check").
 *
 * The rules are for another machine, whose network devices the kernel here does
 * not have.  The kernel refuses flow tables and chains of missing devices, so
 * the devices are made before the check, and removed after it.  A batch of rules
 * that is only checked has no end message; the kernel commits nothing of it.
 */
#include <linux/netlink.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <lkl/linux/if_link.h>
#include <lkl/linux/netfilter/nf_tables.h>
#include <lkl/linux/netfilter/nfnetlink.h>
#include <lkl/linux/rtnetlink.h>

#include "io/checked-rules.h"
#include "shared/netlink.h"
#include "state/kernel-call.h"

/* The group of devices that were made, by which all are removed at once */
#define RULES_DEVICE_GROUP	0x6e6674

#define NFT_TYPE(name)	(LKL_NFNL_SUBSYS_NFTABLES << 8 | LKL_NFT_MSG_##name)

union rules_request {
	struct netlink_message message;
	char buf[512];
};

static void rules_begin_request(union rules_request *req, uint16_t type,
				uint16_t flags)
{
	const uint32_t group = RULES_DEVICE_GROUP;
	const struct lkl_ifinfomsg info = { };

	netlink_begin(&req->message, type, NLM_F_REQUEST | NLM_F_ACK | flags,
		      &info, sizeof(info));
	netlink_add(&req->message, sizeof(*req), LKL_IFLA_GROUP, &group,
		    sizeof(group));
}

/* Send a request to rtnetlink, and return true when it was successful. */
static bool rules_send(union rules_request *req)
{
	struct sockaddr_nl to = { .nl_family = AF_NETLINK };
	union rules_request answer;
	int s = KCALL(socket, AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC,
		      NETLINK_ROUTE);
	long len;

	if (s < 0)
		return false;
	len = KCALL(sendto, s, req, req->message.len, 0, &to, sizeof(to));
	if (len >= 0)
		len = KCALL(recvfrom, s, &answer, sizeof(answer), 0, NULL,
			    NULL);
	KCALL(close, s);
	return len >= 0 && netlink_message_at(&answer, len) &&
	       answer.message.type == NLMSG_ERROR &&
	       netlink_has_body(&answer.message, sizeof(int)) &&
	       !*(const int *)netlink_body(&answer.message);
}

/* Make a device, unless the device exists.  Return true when it was made. */
static bool rules_make_device(const struct netlink_attribute *name)
{
	static const struct {
		struct netlink_attribute head;
		char kind[8];
	} dummy = {
		.head = { .len = sizeof(dummy), .type = LKL_IFLA_INFO_KIND },
		.kind = "dummy",
	};
	union rules_request req;

	rules_begin_request(&req, LKL_RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL);
	return netlink_add(&req.message, sizeof(req), LKL_IFLA_IFNAME,
			   netlink_data(name), netlink_data_len(name)) &&
	       netlink_add(&req.message, sizeof(req), LKL_IFLA_LINKINFO, &dummy,
			   sizeof(dummy)) &&
	       rules_send(&req);
}

/* Make the devices of a list, which may be NULL. */
static bool rules_make_devices_of_list(const struct netlink_attribute *list)
{
	const struct netlink_attribute *name;
	bool made = false;
	size_t len;

	if (!list)
		return false;
	len = netlink_data_len(list);
	for (name = netlink_attribute_at(netlink_data(list), len); name;
	     name = netlink_next_attribute(netlink_data(list), len, name))
		made |= rules_make_device(name);
	return made;
}

/* Make the device or the devices of a chain that is attached to devices. */
static bool rules_make_devices_of_chain(const struct netlink_attribute *hook)
{
	const struct netlink_attribute *name, *list;

	name = netlink_find_nested(hook, LKL_NFTA_HOOK_DEV);
	list = netlink_find_nested(hook, LKL_NFTA_HOOK_DEVS);
	return name ? rules_make_device(name) :
		      rules_make_devices_of_list(list);
}

static bool rules_make_devices_of_table(const struct netlink_attribute *hook)
{
	const struct netlink_attribute *list;

	list = netlink_find_nested(hook, LKL_NFTA_FLOWTABLE_HOOK_DEVS);
	return rules_make_devices_of_list(list);
}

static bool rules_make_devices_of_message(const struct netlink_message *m)
{
	const size_t head = sizeof(struct lkl_nfgenmsg);
	const struct netlink_attribute *hook;

	switch (m->type) {
	case NFT_TYPE(NEWCHAIN):
		hook = netlink_find_in_message(m, head, LKL_NFTA_CHAIN_HOOK);
		return rules_make_devices_of_chain(hook);
	case NFT_TYPE(NEWFLOWTABLE):
		hook = netlink_find_in_message(m, head,
					       LKL_NFTA_FLOWTABLE_HOOK);
		return rules_make_devices_of_table(hook);
	}
	return false;
}

static bool rules_is_batch(int k, const struct msghdr *msg)
{
	const struct sockaddr_nl *to = msg->msg_name;
	const struct netlink_message *first;
	int protocol = -1;
	socklen_t len = sizeof(protocol);

	if (!to || msg->msg_namelen < sizeof(*to) ||
	    to->nl_family != AF_NETLINK || !msg->msg_iovlen)
		return false;
	first = netlink_message_at(msg->msg_iov->iov_base,
				   msg->msg_iov->iov_len);
	return first && first->type == LKL_NFNL_MSG_BATCH_BEGIN &&
	       !KCALL(getsockopt, k, SOL_SOCKET, SO_PROTOCOL, &protocol,
		      &len) &&
	       protocol == NETLINK_NETFILTER;
}

static bool rules_has_end(const struct msghdr *msg)
{
	const struct netlink_message *m;
	size_t i;

	for (i = 0; i < msg->msg_iovlen; i++)
		netlink_for_each_message(m, msg->msg_iov[i].iov_base,
					 msg->msg_iov[i].iov_len)
			if (m->type == LKL_NFNL_MSG_BATCH_END)
				return true;
	return false;
}

bool rules_make_devices(int k, const struct msghdr *msg)
{
	const struct netlink_message *m;
	bool made = false;
	size_t i;

	if (!msg || !rules_is_batch(k, msg) || rules_has_end(msg))
		return false;
	for (i = 0; i < msg->msg_iovlen; i++)
		netlink_for_each_message(m, msg->msg_iov[i].iov_base,
					 msg->msg_iov[i].iov_len)
			made |= rules_make_devices_of_message(m);
	return made;
}

void rules_remove_devices(void)
{
	union rules_request req;

	rules_begin_request(&req, LKL_RTM_DELLINK, 0);
	rules_send(&req);
}
