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
 * Addresses are in network byte order.  @af is LKL_AF_INET or LKL_AF_INET6, and
 * determines the length of an address that is given by a pointer.  In addition
 * to the errors below, all functions return -LKL_ENODEV when there is no such
 * interface or no kernel runs, -LKL_EAFNOSUPPORT for any other @af, -LKL_EINVAL
 * for an impossible value (a prefix of 33 bits), or another error of the
 * kernel.
 */

/**
 * lkl_if_up - bring an interface up
 * @ifindex: index of the interface
 *
 * Context: any thread, kernel running.
 * Return: 0, -LKL_ENODEV.
 * Since: 1.0
 */
LKL_API int lkl_if_up(int ifindex);

/**
 * lkl_if_down - bring an interface down
 * @ifindex: index of the interface
 *
 * Context: any thread, kernel running.
 * Return: 0, -LKL_ENODEV.
 * Since: 1.0
 */
LKL_API int lkl_if_down(int ifindex);

/**
 * lkl_if_set_mtu - set the largest packet of an interface
 * @ifindex: index of the interface
 * @mtu: size of the packet in bytes, without the header of the link layer
 *
 * Context: any thread, kernel running.
 * Return: 0; -LKL_ENODEV; -LKL_EINVAL for a size that the device does not
 * support.
 * Since: 1.0
 */
LKL_API int lkl_if_set_mtu(int ifindex, int mtu);

/**
 * lkl_if_set_ipv4 - set the IPv4 address of an interface
 * @ifindex: index of the interface
 * @addr: address
 * @netmask_len: length of the network prefix in bits
 *
 * The address replaces all that this function or another one set before, except
 * 127.0.0.1 of the loopback interface.
 *
 * Context: any thread, kernel running.
 * Return: 0, -LKL_ENODEV, -LKL_EINVAL.
 * Since: 1.0
 */
LKL_API int lkl_if_set_ipv4(int ifindex, unsigned int addr,
			    unsigned int netmask_len);

/**
 * lkl_set_ipv4_gateway - set the default route of IPv4
 * @addr: address of the gateway
 *
 * The route replaces the previous default route.
 *
 * Context: any thread, kernel running.
 * Return: 0; -LKL_ENETUNREACH when no interface reaches the gateway;
 * -LKL_EINVAL when the address cannot belong to a gateway.
 * Since: 1.0
 */
LKL_API int lkl_set_ipv4_gateway(unsigned int addr);

/**
 * lkl_if_set_ipv4_gateway - set the gateway for packets from one IPv4 address
 * @ifindex: index of the interface
 * @addr: source address of the packets
 * @netmask_len: length of the network prefix in bits
 * @gw_addr: address of the gateway
 *
 * The function does the work of lkl_if_add_linklocal(), lkl_if_add_gateway()
 * and lkl_if_add_rule_from_saddr(), and replaces existing routes.
 *
 * Context: any thread, kernel running.
 * Return: as these functions, without -LKL_EEXIST.
 * Since: 1.0
 */
LKL_API int lkl_if_set_ipv4_gateway(int ifindex, unsigned int addr,
				    unsigned int netmask_len,
				    unsigned int gw_addr);

/**
 * lkl_if_set_ipv6 - set the IPv6 address of an interface
 * @ifindex: index of the interface
 * @addr: address, 16 bytes
 * @netprefix_len: length of the network prefix in bits
 *
 * The address replaces all that this function or another one set before; the
 * link-local address and addresses that a router advertises stay.  When the
 * interface is up, the function waits as lkl_if_wait_ipv6_dad() does.
 *
 * Context: any thread, kernel running.
 * Return: 0; -LKL_ENODEV; -LKL_EINVAL; -LKL_EADDRINUSE when another host has
 * the address; -LKL_EINTR.
 * Since: 1.0
 */
LKL_API int lkl_if_set_ipv6(int ifindex, void *addr,
			    unsigned int netprefix_len);

/**
 * lkl_set_ipv6_gateway - set the default route of IPv6
 * @addr: address of the gateway, 16 bytes; not a link-local one
 *
 * The route replaces the previous default route.
 *
 * Context: any thread, kernel running.
 * Return: 0; -LKL_EHOSTUNREACH when no interface reaches the gateway;
 * -LKL_EINVAL when the address cannot belong to a gateway.
 * Since: 1.0
 */
LKL_API int lkl_set_ipv6_gateway(void *addr);

/**
 * lkl_if_set_ipv6_gateway - set the gateway for packets from one IPv6 address
 * @ifindex: index of the interface
 * @addr: source address of the packets, 16 bytes
 * @netprefix_len: length of the network prefix in bits
 * @gw_addr: address of the gateway, 16 bytes
 *
 * The function does for IPv6 what lkl_if_set_ipv4_gateway() does for IPv4.
 *
 * Context: any thread, kernel running.
 * Return: as lkl_if_set_ipv4_gateway().
 * Since: 1.0
 */
LKL_API int lkl_if_set_ipv6_gateway(int ifindex, void *addr,
				    unsigned int netprefix_len, void *gw_addr);

/**
 * lkl_ifname_to_ifindex - find an interface by its name
 * @name: name of the interface, such as "lo"
 *
 * Context: any thread, kernel running.
 * Return: index of the interface, or -LKL_ENODEV.
 * Since: 1.0
 */
LKL_API int lkl_ifname_to_ifindex(const char *name);

/**
 * lkl_add_neighbor - add a permanent entry for a neighbour
 * @ifindex: index of the interface that reaches the neighbour
 * @af: family of @addr
 * @addr: address of the neighbour
 * @mac: hardware address of the neighbour, six bytes
 *
 * The entry replaces an existing one.
 *
 * Context: any thread, kernel running.
 * Return: 0, -LKL_ENODEV, -LKL_EAFNOSUPPORT, -LKL_EINVAL.
 * Since: 1.0
 */
LKL_API int lkl_add_neighbor(int ifindex, int af, void *addr, void *mac);

/**
 * lkl_if_add_ip - add an address to an interface
 * @ifindex: index of the interface
 * @af: family of @addr
 * @addr: address
 * @netprefix_len: length of the network prefix in bits
 *
 * An IPv6 address cannot be used at once, see lkl_if_wait_ipv6_dad().
 *
 * Context: any thread, kernel running.
 * Return: 0; -LKL_ENODEV; -LKL_EAFNOSUPPORT; -LKL_EINVAL; -LKL_EEXIST when the
 * interface has the address already.
 * Since: 1.0
 */
LKL_API int lkl_if_add_ip(int ifindex, int af, void *addr,
			  unsigned int netprefix_len);

/**
 * lkl_if_del_ip - remove an address from an interface
 * @ifindex: index of the interface
 * @af: family of @addr
 * @addr: address
 * @netprefix_len: length of the network prefix, as for lkl_if_add_ip()
 *
 * Context: any thread, kernel running.
 * Return: 0; -LKL_ENODEV; -LKL_EAFNOSUPPORT; -LKL_EINVAL; -LKL_EADDRNOTAVAIL
 * when the interface does not have the address.
 * Since: 1.0
 */
LKL_API int lkl_if_del_ip(int ifindex, int af, void *addr,
			  unsigned int netprefix_len);

/**
 * lkl_add_gateway - add a default route
 * @af: family of @gwaddr
 * @gwaddr: address of the gateway
 *
 * Context: any thread, kernel running.
 * Return: as lkl_set_ipv4_gateway() and lkl_set_ipv6_gateway(); -LKL_EEXIST
 * when there is a default route.
 * Since: 1.0
 */
LKL_API int lkl_add_gateway(int af, void *gwaddr);

/**
 * lkl_if_add_rule_from_saddr - route packets from one address by the table of
 *	an interface
 * @ifindex: index of the interface; the number of its table is twice the index
 *	for IPv4, and one more for IPv6
 * @af: family of @saddr
 * @saddr: source address of the packets
 *
 * Context: any thread, kernel running.
 * Return: 0; -LKL_ENODEV; -LKL_EAFNOSUPPORT; -LKL_EINVAL; -LKL_EEXIST when the
 * rule exists; -LKL_ERANGE for an interface whose table would be one of the
 * kernel's own (indices 126 and 127).
 * Since: 1.0
 */
LKL_API int lkl_if_add_rule_from_saddr(int ifindex, int af, void *saddr);

/**
 * lkl_if_add_gateway - add a default route to the routing table of an interface
 * @ifindex: index of the interface, see lkl_if_add_rule_from_saddr()
 * @af: family of @gwaddr
 * @gwaddr: address of the gateway
 *
 * Context: any thread, kernel running.
 * Return: as lkl_add_gateway(); -LKL_ENODEV, -LKL_ERANGE.
 * Since: 1.0
 */
LKL_API int lkl_if_add_gateway(int ifindex, int af, void *gwaddr);

/**
 * lkl_if_add_linklocal - add the subnet of an interface to its routing table
 * @ifindex: index of the interface, see lkl_if_add_rule_from_saddr()
 * @af: family of @addr
 * @addr: any address of the subnet
 * @netprefix_len: length of the network prefix in bits
 *
 * Context: any thread, kernel running.
 * Return: 0; -LKL_ENODEV; -LKL_EAFNOSUPPORT; -LKL_EINVAL; -LKL_EEXIST;
 * -LKL_ERANGE; -LKL_ENETDOWN when the interface is down.
 * Since: 1.0
 */
LKL_API int lkl_if_add_linklocal(int ifindex, int af, void *addr,
				 int netprefix_len);

/**
 * lkl_if_wait_ipv6_dad - wait until an IPv6 address can be used
 * @ifindex: index of the interface
 * @addr: one of the addresses of the interface, 16 bytes
 *
 * The kernel first asks the network whether another host has a new address
 * (duplicate address detection); until then the address cannot be used.
 *
 * Context: any thread, kernel running; blocks.
 * Return: 0; -LKL_EADDRINUSE when another host has the address;
 * -LKL_EADDRNOTAVAIL when the interface does not have the address (any more);
 * -LKL_ENETDOWN when the interface is down or has no carrier, so that no host
 * can answer; -LKL_ENODEV; -LKL_EINTR.
 * Since: 1.0
 */
LKL_API int lkl_if_wait_ipv6_dad(int ifindex, void *addr);

/**
 * lkl_qdisc_add - add a queueing discipline
 * @ifindex: index of the interface
 * @root: parent: "root", "ingress", "clsact", or a class such as "1:2"
 * @type: type of the queueing discipline, such as "fq"
 *
 * Context: any thread, kernel running.
 * Return: 0; -LKL_ENODEV; -LKL_EINVAL; -LKL_ENOENT when there is no such type;
 * -LKL_EEXIST when the parent has a queueing discipline already.
 * Since: 1.0
 */
LKL_API int lkl_qdisc_add(int ifindex, const char *root, const char *type);

/**
 * lkl_qdisc_parse_add - add several queueing disciplines
 * @ifindex: index of the interface
 * @entries: "root|type;root|type..."
 *
 * Context: any thread, kernel running.
 * Return: 0, or the error of the first queueing discipline that failed; those
 * behind it are not added.
 * Since: 1.0
 */
LKL_API int lkl_qdisc_parse_add(int ifindex, const char *entries);

#ifdef __cplusplus
}
#endif

#endif /* LKL_NET_H */
