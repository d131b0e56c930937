// SPDX-License-Identifier: GPL-2.0
/*
 * Applying a configuration to a kernel that has booted.  A failure does not
 * stop the rest: each one gets a message, and the first one is the result.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/configuration.h"
#include "config/ipv6-detection.h"
#include "core/instance.h"
#include "guest/string-list.h"

/**
 * struct apply - a configuration that is being applied
 * @cfg:	the configuration
 * @detections:	for each interface; NULL without memory, then detections last
 *		longer
 * @err:	the first error
 */
struct apply {
	struct lkl_config *cfg;
	struct lkl_detection *detections;
	int err;
};

/* Report the result of a step, if it is an error. */
static void apply_result(struct apply *apply, const char *key, const char *what,
			 int err)
{
	if (!err)
		return;
	lkl_config_report(apply->cfg, "key \"%s\": %s: %s\n", key, what,
			  lkl_strerror(err));
	if (!apply->err)
		apply->err = err;
}

static int apply_mount(const struct lkl_list_entry *entry, void *arg)
{
	int ret = lkl_mount_fs(entry->name);

	apply_result(arg, "mount", entry->name, ret < 0 ? ret : 0);
	return 0;
}

static int apply_sysctl(const struct lkl_list_entry *entry, void *arg)
{
	apply_result(arg, "sysctl", entry->name,
		     lkl_sysctl(entry->name, entry->value));
	return 0;
}

static int apply_dump(const struct lkl_list_entry *entry, void *arg)
{
	struct apply *apply = arg;
	char buf[4096];
	long fd, len;

	fd = lkl_sys_open(entry->name, LKL_O_RDONLY, 0);
	if (fd < 0) {
		apply_result(apply, "dump", entry->name, fd);
		return 0;
	}
	while ((len = lkl_sys_read(fd, buf, sizeof(buf))) > 0)
		lkl_config_print(apply->cfg, buf, len);
	apply_result(apply, "dump", entry->name, len);
	lkl_sys_close(fd);
	return 0;
}

/* Call @fn for each entry of a list, which may be NULL. */
static void apply_each(struct apply *apply, const char *list, char end,
		       char between,
		       int (*fn)(const struct lkl_list_entry *entry, void *arg))
{
	int ret = list ? lkl_list_each(list, end, between, fn, apply) : 0;

	if (!apply->err)
		apply->err = ret;
}

/**
 * struct iface - an interface that is being configured
 * @apply:	its configuration
 * @cfg:	its keys
 * @nr:		its place in the list
 * @ifindex:	its index in the kernel
 */
struct iface {
	struct apply *apply;
	const struct lkl_config_iface *cfg;
	unsigned int nr;
	int ifindex;
};

static void iface_report(struct iface *iface, const char *key, const char *what,
			 int err)
{
	char name[64];

	snprintf(name, sizeof(name), "interfaces[%u].%s", iface->nr, key);
	apply_result(iface->apply, name, what, err);
}

/* Convert an address, which was checked when it was loaded. */
static void *iface_parse_address(const char *text, unsigned char *addr)
{
	int af;

	lkl_config_parse_ip(text, &af, addr);
	return addr;
}

static void iface_set_ipv4(struct iface *iface)
{
	const struct lkl_config_iface *cfg = iface->cfg;
	uint32_t addr, gateway;
	int ret;

	if (!cfg->ip)
		return;
	iface_parse_address(cfg->ip, (unsigned char *)&addr);
	ret = lkl_if_set_ipv4(iface->ifindex, addr, cfg->masklen);
	iface_report(iface, "ip", cfg->ip, ret);
	if (ret || !cfg->ifgateway)
		return;
	iface_parse_address(cfg->ifgateway, (unsigned char *)&gateway);
	iface_report(iface, "ifgateway", cfg->ifgateway,
		     lkl_if_set_ipv4_gateway(iface->ifindex, addr, cfg->masklen,
					     gateway));
}

static void iface_set_ipv6(struct iface *iface)
{
	const struct lkl_config_iface *cfg = iface->cfg;
	unsigned char addr[16], gateway[16];
	int ret;

	if (!cfg->ipv6)
		return;
	/* Duplicates are waited for later, for all interfaces together. */
	ret = lkl_if_add_ip(iface->ifindex, LKL_AF_INET6,
			    iface_parse_address(cfg->ipv6, addr),
			    cfg->masklen6);
	if (ret == -LKL_EEXIST)
		ret = 0;
	iface_report(iface, "ipv6", cfg->ipv6, ret);
	if (ret || !cfg->ifgateway6)
		return;
	iface_parse_address(cfg->ifgateway6, gateway);
	iface_report(iface, "ifgateway6", cfg->ifgateway6,
		     lkl_if_set_ipv6_gateway(iface->ifindex, addr,
					     cfg->masklen6, gateway));
}

static void iface_shorten_detection(struct iface *iface)
{
	struct apply *apply = iface->apply;

	if (!iface->cfg->ipv6 || !apply->detections)
		return;
	iface_report(iface, "ipv6", "shorten duplicate address detection",
		     lkl_detection_shorten(apply->cfg, iface->ifindex,
					   &apply->detections[iface->nr]));
}

static void iface_restore_detection(struct iface *iface)
{
	struct apply *apply = iface->apply;

	if (!iface->cfg->ipv6 || !apply->detections || iface->ifindex < 0)
		return;
	iface_report(iface, "ipv6", "restore the parameters of duplicate address detection",
		     lkl_detection_restore(iface->ifindex,
					   &apply->detections[iface->nr]));
}

static int iface_add_neighbour(const struct lkl_list_entry *entry, void *arg)
{
	struct iface *iface = arg;
	unsigned char addr[16], mac[6];
	int af;

	lkl_config_parse_ip(entry->name, &af, addr);
	lkl_config_parse_mac(entry->value, mac);
	iface_report(iface, "neigh", entry->name,
		     lkl_add_neighbor(iface->ifindex, af, addr, mac));
	return 0;
}

static int iface_add_qdisc(const struct lkl_list_entry *entry, void *arg)
{
	struct iface *iface = arg;

	iface_report(iface, "qdisc", entry->value,
		     lkl_qdisc_add(iface->ifindex, entry->name, entry->value));
	return 0;
}

static void iface_configure(struct iface *iface)
{
	const struct lkl_config_iface *cfg = iface->cfg;
	char mtu[16];
	int ret = 0;

	snprintf(mtu, sizeof(mtu), "%u", cfg->mtu);
	if (cfg->mtu)
		iface_report(iface, "mtu", mtu,
			     lkl_if_set_mtu(iface->ifindex, cfg->mtu));
	/* Before the first packet */
	if (cfg->qdisc)
		ret = lkl_list_each(cfg->qdisc, ';', '|', iface_add_qdisc,
				    iface);
	iface_report(iface, "qdisc", "list", ret);
	iface_shorten_detection(iface);
	iface_report(iface, "type", "bring the interface up", lkl_if_up(iface->ifindex));
	iface_set_ipv4(iface);
	iface_set_ipv6(iface);
	ret = 0;
	if (cfg->neigh)
		ret = lkl_list_each(cfg->neigh, ';', '|', iface_add_neighbour,
				    iface);
	iface_report(iface, "neigh", "list", ret);
}

static void apply_each_interface(struct apply *apply,
				 void (*fn)(struct iface *iface))
{
	struct iface iface = { .apply = apply, .cfg = apply->cfg->interfaces };

	for (; iface.cfg; iface.cfg = iface.cfg->next, iface.nr++) {
		iface.ifindex = -LKL_ENODEV;
		if (iface.cfg->nd)
			iface.ifindex = lkl_netdev_get_ifindex(iface.cfg->id);
		fn(&iface);
	}
}

static void iface_configure_if_there(struct iface *iface)
{
	if (iface->ifindex < 0)
		iface_report(iface, "type", iface->cfg->type, iface->ifindex);
	else
		iface_configure(iface);
}

static void iface_wait_for_ipv6(struct iface *iface)
{
	const char *ip = iface->cfg->ipv6;
	unsigned char addr[16];
	int ret;

	if (!ip || iface->ifindex < 0)
		return;
	ret = lkl_if_wait_ipv6_dad(iface->ifindex,
				   iface_parse_address(ip, addr));
	if (ret == -LKL_ENETDOWN) {
		lkl_config_report(iface->apply->cfg,
				  "key \"interfaces[%u].ipv6\": %s: the interface has no carrier; the address can be used some time after the carrier appears\n",
				  iface->nr, ip);
		return;
	}
	/* Setting the address failed, which was reported. */
	if (ret != -LKL_EADDRNOTAVAIL)
		iface_report(iface, "ipv6", ip, ret);
}

static void apply_gateways(struct apply *apply)
{
	const struct lkl_config *cfg = apply->cfg;
	unsigned char addr[16];
	uint32_t ipv4;

	if (cfg->gateway) {
		iface_parse_address(cfg->gateway, (unsigned char *)&ipv4);
		apply_result(apply, "gateway", cfg->gateway,
			     lkl_set_ipv4_gateway(ipv4));
	}
	if (cfg->gateway6) {
		iface_parse_address(cfg->gateway6, addr);
		apply_result(apply, "gateway6", cfg->gateway6,
			     lkl_set_ipv6_gateway(addr));
	}
}

static void apply_singlecpu(struct apply *apply, struct lkl_instance *inst)
{
	int ret = -LKL_EOPNOTSUPP;

	if (!apply->cfg->singlecpu || !inst->background_tid)
		return;
	if (inst->host->thread_pin)
		ret = inst->host->thread_pin(inst->background_tid, 1);
	apply_result(apply, "singlecpu", "background thread", ret);
}

static struct lkl_detection *
apply_alloc_detections(const struct lkl_config *cfg)
{
	const struct lkl_config_iface *iface;
	size_t n = 0;

	for (iface = cfg->interfaces; iface; iface = iface->next)
		n++;
	return n ? calloc(n, sizeof(struct lkl_detection)) : NULL;
}

static void apply_interfaces(struct apply *apply)
{
	apply->detections = apply_alloc_detections(apply->cfg);
	apply_result(apply, "interfaces", "lo",
		     lkl_if_up(lkl_ifname_to_ifindex("lo")));
	apply_each_interface(apply, iface_configure_if_there);
	apply_gateways(apply);
	apply_each_interface(apply, iface_wait_for_ipv6);
	apply_each_interface(apply, iface_restore_detection);
	free(apply->detections);
}

int lkl_load_config_post(struct lkl_config *cfg)
{
	struct lkl_instance *inst = lkl_this_instance();
	struct apply apply = { .cfg = cfg };

	if (!lkl_is_running())
		return -LKL_ENODEV;
	apply_singlecpu(&apply, inst);
	apply_each(&apply, cfg->mount, ',', 0, apply_mount);
	/* First, as parameters may concern interfaces that come up. */
	apply_each(&apply, cfg->sysctl, ';', '=', apply_sysctl);
	apply_interfaces(&apply);
	apply_result(&apply, "nameserver", LKL_RESOLV_CONF,
		     lkl_config_resolver(cfg));
	apply_each(&apply, cfg->dump, ',', 0, apply_dump);
	return apply.err;
}
