// SPDX-License-Identifier: GPL-2.0
/*
 * What a configuration does in a kernel that has just booted.  What can be done
 * is done; each thing that cannot has its message, and the first is the result.
 */
#include <stdio.h>
#include <string.h>

#include "config/configuration.h"
#include "core/instance.h"
#include "guest/string-list.h"

/**
 * struct post - a configuration at work
 * @cfg:	itself
 * @err:	the first error
 */
struct post {
	struct lkl_config *cfg;
	int err;
};

/* Tell of an error, if it is one. */
static void result(struct post *post, const char *key, const char *what,
		   int err)
{
	if (!err)
		return;
	lkl_config_say(post->cfg, "key \"%s\": %s: %s\n", key, what,
		       lkl_strerror(err));
	if (!post->err)
		post->err = err;
}

static int mount_one(const struct lkl_list_entry *entry, void *arg)
{
	int ret = lkl_mount_fs(entry->name);

	result(arg, "mount", entry->name, ret < 0 ? ret : 0);
	return 0;
}

static int set_one(const struct lkl_list_entry *entry, void *arg)
{
	result(arg, "sysctl", entry->name,
	       lkl_sysctl(entry->name, entry->value));
	return 0;
}

static int print_one(const struct lkl_list_entry *entry, void *arg)
{
	struct post *post = arg;
	char buf[4096];
	long fd, len;

	fd = lkl_sys_open(entry->name, LKL_O_RDONLY, 0);
	if (fd < 0) {
		result(post, "dump", entry->name, fd);
		return 0;
	}
	while ((len = lkl_sys_read(fd, buf, sizeof(buf))) > 0)
		lkl_config_write(post->cfg, buf, len);
	result(post, "dump", entry->name, len);
	lkl_sys_close(fd);
	return 0;
}

/* Do something for each entry of a list; there may be none. */
static void each(struct post *post, const char *list, char end, char between,
		 int (*fn)(const struct lkl_list_entry *entry, void *arg))
{
	int ret = list ? lkl_list_each(list, end, between, fn, post) : 0;

	if (!post->err)
		post->err = ret;
}

/**
 * struct iface - an interface that is being configured
 * @post:	of which configuration
 * @cfg:	its keys
 * @nr:		which one it is
 * @ifindex:	in the kernel
 */
struct iface {
	struct post *post;
	const struct lkl_config_iface *cfg;
	unsigned int nr;
	int ifindex;
};

static void iface_result(struct iface *iface, const char *key, const char *what,
			 int err)
{
	char name[64];

	snprintf(name, sizeof(name), "interfaces[%u].%s", iface->nr, key);
	result(iface->post, name, what, err);
}

/* They were checked when they were loaded. */
static void *address(const char *text, unsigned char *addr)
{
	int af;

	lkl_config_parse_ip(text, &af, addr);
	return addr;
}

static void set_ipv4(struct iface *iface)
{
	const struct lkl_config_iface *cfg = iface->cfg;
	uint32_t addr, gateway;
	int ret;

	if (!cfg->ip)
		return;
	address(cfg->ip, (unsigned char *)&addr);
	ret = lkl_if_set_ipv4(iface->ifindex, addr, cfg->masklen);
	iface_result(iface, "ip", cfg->ip, ret);
	if (ret || !cfg->ifgateway)
		return;
	address(cfg->ifgateway, (unsigned char *)&gateway);
	iface_result(iface, "ifgateway", cfg->ifgateway,
		     lkl_if_set_ipv4_gateway(iface->ifindex, addr, cfg->masklen,
					     gateway));
}

static void set_ipv6(struct iface *iface)
{
	const struct lkl_config_iface *cfg = iface->cfg;
	unsigned char addr[16], gateway[16];
	int ret;

	if (!cfg->ipv6)
		return;
	/* Its duplicates are waited for later, of all interfaces together. */
	ret = lkl_if_add_ip(iface->ifindex, LKL_AF_INET6,
			    address(cfg->ipv6, addr), cfg->masklen6);
	if (ret == -LKL_EEXIST)
		ret = 0;
	iface_result(iface, "ipv6", cfg->ipv6, ret);
	if (ret || !cfg->ifgateway6)
		return;
	iface_result(iface, "ifgateway6", cfg->ifgateway6,
		     lkl_if_set_ipv6_gateway(iface->ifindex, addr,
					     cfg->masklen6,
					     address(cfg->ifgateway6, gateway)));
}

static int add_neighbour(const struct lkl_list_entry *entry, void *arg)
{
	struct iface *iface = arg;
	unsigned char addr[16], mac[6];
	int af;

	lkl_config_parse_ip(entry->name, &af, addr);
	lkl_config_parse_mac(entry->value, mac);
	iface_result(iface, "neigh", entry->name,
		     lkl_add_neighbor(iface->ifindex, af, addr, mac));
	return 0;
}

static int add_qdisc(const struct lkl_list_entry *entry, void *arg)
{
	struct iface *iface = arg;

	iface_result(iface, "qdisc", entry->value,
		     lkl_qdisc_add(iface->ifindex, entry->name, entry->value));
	return 0;
}

static void configure(struct iface *iface)
{
	const struct lkl_config_iface *cfg = iface->cfg;
	char mtu[16];
	int ret = 0;

	snprintf(mtu, sizeof(mtu), "%u", cfg->mtu);
	if (cfg->mtu)
		iface_result(iface, "mtu", mtu,
			     lkl_if_set_mtu(iface->ifindex, cfg->mtu));
	/* Before there are packets. */
	if (cfg->qdisc)
		ret = lkl_list_each(cfg->qdisc, ';', '|', add_qdisc, iface);
	iface_result(iface, "qdisc", "list", ret);
	iface_result(iface, "type", "interface up", lkl_if_up(iface->ifindex));
	set_ipv4(iface);
	set_ipv6(iface);
	ret = 0;
	if (cfg->neigh)
		ret = lkl_list_each(cfg->neigh, ';', '|', add_neighbour, iface);
	iface_result(iface, "neigh", "list", ret);
}

static void each_interface(struct post *post, void (*fn)(struct iface *iface))
{
	struct iface iface = { .post = post, .cfg = post->cfg->interfaces };

	for (; iface.cfg; iface.cfg = iface.cfg->next, iface.nr++) {
		iface.ifindex = -LKL_ENODEV;
		if (iface.cfg->nd)
			iface.ifindex = lkl_netdev_get_ifindex(iface.cfg->id);
		fn(&iface);
	}
}

static void configure_if_there(struct iface *iface)
{
	if (iface->ifindex < 0)
		iface_result(iface, "type", iface->cfg->type, iface->ifindex);
	else
		configure(iface);
}

static void wait_for_ipv6(struct iface *iface)
{
	const char *ip = iface->cfg->ipv6;
	unsigned char addr[16];
	int ret;

	if (!ip || iface->ifindex < 0)
		return;
	ret = lkl_if_wait_ipv6_dad(iface->ifindex, address(ip, addr));
	if (ret == -LKL_ENETDOWN) {
		lkl_config_say(iface->post->cfg, "key \"interfaces[%u].ipv6\": %s: there is no carrier; it can be used some time after there is\n",
			       iface->nr, ip);
		return;
	}
	/* It was told that it could not be set. */
	if (ret != -LKL_EADDRNOTAVAIL)
		iface_result(iface, "ipv6", ip, ret);
}

static void set_gateways(struct post *post)
{
	const struct lkl_config *cfg = post->cfg;
	unsigned char addr[16];
	uint32_t ipv4;

	if (cfg->gateway) {
		address(cfg->gateway, (unsigned char *)&ipv4);
		result(post, "gateway", cfg->gateway,
		       lkl_set_ipv4_gateway(ipv4));
	}
	if (cfg->gateway6)
		result(post, "gateway6", cfg->gateway6,
		       lkl_set_ipv6_gateway(address(cfg->gateway6, addr)));
}

static void pin_background(struct post *post, struct lkl_instance *inst)
{
	const struct lkl_host_operations *host = inst->host;

	if (!post->cfg->singlecpu || !inst->background_tid)
		return;
	result(post, "singlecpu", "thread that drives the kernel",
	       host->thread_pin ? host->thread_pin(inst->background_tid, 1) :
				  -LKL_EOPNOTSUPP);
}

int lkl_load_config_post(struct lkl_config *cfg)
{
	struct lkl_instance *inst = lkl_default_instance();
	struct post post = { .cfg = cfg };

	if (!lkl_is_running())
		return -LKL_ENODEV;
	pin_background(&post, inst);
	each(&post, cfg->mount, ',', 0, mount_one);
	/* Before there are interfaces that should know. */
	each(&post, cfg->sysctl, ';', '=', set_one);
	result(&post, "interfaces", "lo",
	       lkl_if_up(lkl_ifname_to_ifindex("lo")));
	each_interface(&post, configure_if_there);
	set_gateways(&post);
	each_interface(&post, wait_for_ipv6);
	result(&post, "nameserver", LKL_RESOLV_CONF,
	       lkl_config_resolver(cfg));
	each(&post, cfg->dump, ',', 0, print_one);
	return post.err;
}
