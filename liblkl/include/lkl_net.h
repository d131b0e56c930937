/* SPDX-License-Identifier: GPL-2.0 */
/*
 * lkl_net.h - configuration of network interfaces and routes
 *
 * Included by <lkl.h>.
 */
#ifndef LKL_NET_H
#define LKL_NET_H

#include <lkl_base.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Configuration of the network: interfaces, addresses, routes.  Addresses are
 * in network byte order; @af is LKL_AF_INET or LKL_AF_INET6, and tells how long
 * an address is that a pointer leads to.  Besides what is said below, all
 * return -LKL_ENODEV when there is no such interface or no kernel runs,
 * -LKL_EAFNOSUPPORT for another @af, -LKL_EINVAL for what cannot be (a prefix
 * of 33 bits), or what else the kernel says.
 */

/**
 * lkl_if_up - make an interface carry packets
 * @ifindex: index of the interface
 *
 * Context: any thread, kernel running.
 * Return: 0, -LKL_ENODEV.
 * Since: 1.0
 */
LKL_API int lkl_if_up(int ifindex);

/**
 * lkl_if_down - undo lkl_if_up()
 * @ifindex: index of the interface
 *
 * Context: any thread, kernel running.
 * Return: 0, -LKL_ENODEV.
 * Since: 1.0
 */
LKL_API int lkl_if_down(int ifindex);

/**
 * lkl_if_set_mtu - the largest packet of an interface
 * @ifindex: index of the interface
 * @mtu: its size in bytes, without the hardware's header
 *
 * Context: any thread, kernel running.
 * Return: 0, -LKL_ENODEV, -LKL_EINVAL for a size that the device cannot do.
 * Since: 1.0
 */
LKL_API int lkl_if_set_mtu(int ifindex, int mtu);

/**
 * lkl_if_set_ipv4 - the address of an interface
 * @ifindex: index of the interface
 * @addr: its address
 * @netmask_len: how many bits of it are the network's
 *
 * Replaces those that were set before by this function or another; of loopback
 * 127.0.0.1 stays.
 *
 * Context: any thread, kernel running.
 * Return: 0, -LKL_ENODEV, -LKL_EINVAL.
 * Since: 1.0
 */
LKL_API int lkl_if_set_ipv4(int ifindex, unsigned int addr,
			    unsigned int netmask_len);

/**
 * lkl_set_ipv4_gateway - the default route
 * @addr: address of the gateway
 *
 * Replaces the one there was.
 *
 * Context: any thread, kernel running.
 * Return: 0; -LKL_ENETUNREACH when no interface leads to the gateway,
 * -LKL_EINVAL when it cannot be one.
 * Since: 1.0
 */
LKL_API int lkl_set_ipv4_gateway(unsigned int addr);

/**
 * lkl_if_set_ipv4_gateway - a gateway for what is sent from one address
 * @ifindex: index of the interface
 * @addr: the address
 * @netmask_len: how many bits of it are the network's
 * @gw_addr: address of the gateway
 *
 * lkl_if_add_linklocal(), lkl_if_add_gateway() and
 * lkl_if_add_rule_from_saddr() together; what is there already is replaced.
 *
 * Context: any thread, kernel running.
 * Return: as those, without -LKL_EEXIST.
 * Since: 1.0
 */
LKL_API int lkl_if_set_ipv4_gateway(int ifindex, unsigned int addr,
				    unsigned int netmask_len,
				    unsigned int gw_addr);

/**
 * lkl_if_set_ipv6 - the IPv6 address of an interface
 * @ifindex: index of the interface
 * @addr: its address, 16 bytes
 * @netprefix_len: how many bits of it are the network's
 *
 * Replaces those that were set before by this function or another; the
 * link-local address and those that a router advertises stay.  When the
 * interface is up, it waits as lkl_if_wait_ipv6_dad() does.
 *
 * Context: any thread, kernel running.
 * Return: 0, -LKL_ENODEV, -LKL_EINVAL, -LKL_EADDRINUSE when another host has
 * it, -LKL_EINTR.
 * Since: 1.0
 */
LKL_API int lkl_if_set_ipv6(int ifindex, void *addr,
			    unsigned int netprefix_len);

/**
 * lkl_set_ipv6_gateway - the default route of IPv6
 * @addr: address of the gateway, 16 bytes; not a link-local one
 *
 * Replaces the one there was.
 *
 * Context: any thread, kernel running.
 * Return: 0; -LKL_EHOSTUNREACH when no interface leads to the gateway,
 * -LKL_EINVAL when it cannot be one.
 * Since: 1.0
 */
LKL_API int lkl_set_ipv6_gateway(void *addr);

/**
 * lkl_if_set_ipv6_gateway - an IPv6 gateway for what is sent from one address
 * @ifindex: index of the interface
 * @addr: the address, 16 bytes
 * @netprefix_len: how many bits of it are the network's
 * @gw_addr: address of the gateway, 16 bytes
 *
 * As lkl_if_set_ipv4_gateway().
 *
 * Context: any thread, kernel running.
 * Return: as lkl_if_set_ipv4_gateway().
 * Since: 1.0
 */
LKL_API int lkl_if_set_ipv6_gateway(int ifindex, void *addr,
				    unsigned int netprefix_len, void *gw_addr);

/**
 * lkl_ifname_to_ifindex - an interface by its name
 * @name: name, as "lo"
 *
 * Context: any thread, kernel running.
 * Return: index of the interface, or -LKL_ENODEV.
 * Since: 1.0
 */
LKL_API int lkl_ifname_to_ifindex(const char *name);

/**
 * lkl_add_neighbor - tell the hardware address of a neighbour, for good
 * @ifindex: index of the interface that it is reached by
 * @af: family of its address
 * @addr: its address
 * @mac: its hardware address, six bytes
 *
 * Replaces what was known of it.
 *
 * Context: any thread, kernel running.
 * Return: 0, -LKL_ENODEV, -LKL_EAFNOSUPPORT, -LKL_EINVAL.
 * Since: 1.0
 */
LKL_API int lkl_add_neighbor(int ifindex, int af, void *addr, void *mac);

/**
 * lkl_if_add_ip - one more address for an interface
 * @ifindex: index of the interface
 * @af: family of the address
 * @addr: the address
 * @netprefix_len: how many bits of it are the network's
 *
 * An IPv6 address cannot be used at once, see lkl_if_wait_ipv6_dad().
 *
 * Context: any thread, kernel running.
 * Return: 0, -LKL_ENODEV, -LKL_EAFNOSUPPORT, -LKL_EINVAL, -LKL_EEXIST when it
 * has that address.
 * Since: 1.0
 */
LKL_API int lkl_if_add_ip(int ifindex, int af, void *addr,
			  unsigned int netprefix_len);

/**
 * lkl_if_del_ip - undo lkl_if_add_ip()
 * @ifindex: index of the interface
 * @af: family of the address
 * @addr: the address
 * @netprefix_len: as it was added
 *
 * Context: any thread, kernel running.
 * Return: 0, -LKL_ENODEV, -LKL_EAFNOSUPPORT, -LKL_EINVAL, -LKL_EADDRNOTAVAIL
 * when it does not have that address.
 * Since: 1.0
 */
LKL_API int lkl_if_del_ip(int ifindex, int af, void *addr,
			  unsigned int netprefix_len);

/**
 * lkl_add_gateway - add a default route
 * @af: its family
 * @gwaddr: address of the gateway
 *
 * Context: any thread, kernel running.
 * Return: as lkl_set_ipv4_gateway(), lkl_set_ipv6_gateway(); -LKL_EEXIST when
 * there is one.
 * Since: 1.0
 */
LKL_API int lkl_add_gateway(int af, void *gwaddr);

/**
 * lkl_if_add_rule_from_saddr - send what comes from an address by the
 *	interface's own routing table
 * @ifindex: index of the interface; its table has twice that number for IPv4,
 *	and one more for IPv6
 * @af: family of the address
 * @saddr: the address
 *
 * Context: any thread, kernel running.
 * Return: 0, -LKL_ENODEV, -LKL_EAFNOSUPPORT, -LKL_EINVAL, -LKL_EEXIST when
 * there is that rule, -LKL_ERANGE for an interface whose table the kernel has
 * for itself (126 and 127).
 * Since: 1.0
 */
LKL_API int lkl_if_add_rule_from_saddr(int ifindex, int af, void *saddr);

/**
 * lkl_if_add_gateway - a default route in the interface's own routing table
 * @ifindex: index of the interface, see lkl_if_add_rule_from_saddr()
 * @af: family
 * @gwaddr: address of the gateway
 *
 * Context: any thread, kernel running.
 * Return: as lkl_add_gateway(); -LKL_ENODEV, -LKL_ERANGE.
 * Since: 1.0
 */
LKL_API int lkl_if_add_gateway(int ifindex, int af, void *gwaddr);

/**
 * lkl_if_add_linklocal - the subnet of an interface in its own routing table
 * @ifindex: index of the interface, see lkl_if_add_rule_from_saddr()
 * @af: family
 * @addr: any address of the subnet
 * @netprefix_len: how many bits of it are the network's
 *
 * Context: any thread, kernel running.
 * Return: 0, -LKL_ENODEV, -LKL_EAFNOSUPPORT, -LKL_EINVAL, -LKL_EEXIST,
 * -LKL_ERANGE; -LKL_ENETDOWN when the interface is down.
 * Since: 1.0
 */
LKL_API int lkl_if_add_linklocal(int ifindex, int af, void *addr,
				 int netprefix_len);

/**
 * lkl_if_wait_ipv6_dad - wait until an IPv6 address can be used
 * @ifindex: index of the interface
 * @addr: one of its addresses, 16 bytes
 *
 * The kernel asks the network first whether another host has a new address;
 * until then nobody can use it.
 *
 * Context: any thread, kernel running; blocks.
 * Return: 0; -LKL_EADDRINUSE when another host has it, -LKL_EADDRNOTAVAIL when
 * the interface does not have it (any more), -LKL_ENETDOWN when the interface
 * is down or has no carrier, so that nobody can be asked, -LKL_ENODEV,
 * -LKL_EINTR.
 * Since: 1.0
 */
LKL_API int lkl_if_wait_ipv6_dad(int ifindex, void *addr);

/**
 * lkl_qdisc_add - add a queueing discipline
 * @ifindex: index of the interface
 * @root: where: "root", "ingress", "clsact" or a class, as "1:2"
 * @type: its type, as "fq"
 *
 * Context: any thread, kernel running.
 * Return: 0, -LKL_ENODEV, -LKL_EINVAL; -LKL_ENOENT for a type that there is
 * not, -LKL_EEXIST when one was added there.
 * Since: 1.0
 */
LKL_API int lkl_qdisc_add(int ifindex, const char *root, const char *type);

/**
 * lkl_qdisc_parse_add - add several queueing disciplines
 * @ifindex: index of the interface
 * @entries: "root|type;root|type..."
 *
 * Context: any thread, kernel running.
 * Return: as lkl_qdisc_add(), of the first one that failed; those behind it
 * were not added.
 * Since: 1.0
 */
LKL_API int lkl_qdisc_parse_add(int ifindex, const char *entries);

#ifdef __cplusplus
}
#endif

#endif /* LKL_NET_H */
