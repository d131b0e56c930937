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
 * All addresses are in network byte order.  A pointer to an address points to 4
 * bytes for LKL_AF_INET, and to 16 bytes for LKL_AF_INET6.
 *
 * In addition to the errors below, all functions may return -LKL_ENODEV when
 * there is no such interface or no kernel runs, -LKL_EAFNOSUPPORT for another
 * family, -LKL_EINVAL for an impossible value, such as a prefix of 33 bits, and
 * other errors of the kernel.
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
 * lkl_if_set_mtu - set the MTU of an interface
 * @ifindex: index of the interface
 * @mtu: size of the largest packet in bytes, without the header of the link
 *	layer
 *
 * Context: any thread, kernel running.
 * Return: 0; -LKL_ENODEV; -LKL_EINVAL when the device does not support this
 * size.
 * Since: 1.0
 */
LKL_API int lkl_if_set_mtu(int ifindex, int mtu);

/**
 * lkl_if_set_ipv4 - set the IPv4 address of an interface
 * @ifindex: index of the interface
 * @addr: IPv4 address, in network byte order
 * @netmask_len: length of the network prefix in bits, from 0 to 32
 *
 * The address replaces the other IPv4 addresses of the interface.  Addresses of
 * host scope or link scope, such as 127.0.0.1, stay.
 *
 * Context: any thread, kernel running.
 * Return: 0, -LKL_ENODEV, -LKL_EINVAL.
 * Since: 1.0
 */
LKL_API int lkl_if_set_ipv4(int ifindex, unsigned int addr,
			    unsigned int netmask_len);

/**
 * lkl_set_ipv4_gateway - set the default route of IPv4
 * @addr: IPv4 address of the gateway, in network byte order
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
 * @addr: source address of the packets, in network byte order
 * @netmask_len: length of the network prefix of @addr in bits
 * @gw_addr: address of the gateway, in network byte order
 *
 * The function does the work of lkl_if_add_linklocal(), lkl_if_add_gateway()
 * and lkl_if_add_rule_from_saddr(), and replaces existing routes.
 *
 * Context: any thread, kernel running.
 * Return: 0; the errors of these three functions, but not -LKL_EEXIST.
 * Since: 1.0
 */
LKL_API int lkl_if_set_ipv4_gateway(int ifindex, unsigned int addr,
				    unsigned int netmask_len,
				    unsigned int gw_addr);

/**
 * lkl_if_set_ipv6 - set the IPv6 address of an interface
 * @ifindex: index of the interface
 * @addr: IPv6 address, 16 bytes
 * @netprefix_len: length of the network prefix of @addr in bits
 *
 * The address replaces the other IPv6 addresses of the interface.  The
 * link-local address stays, and so do addresses that a router advertises.  If
 * the interface is up and has a carrier, the function waits as
 * lkl_if_wait_ipv6_dad() does.
 *
 * Context: any thread, kernel running; may block for some seconds.
 * Return: 0; -LKL_ENODEV; -LKL_EINVAL; -LKL_EADDRINUSE when another host has
 * the address; -LKL_EINTR when lkl_thread_interrupt() has ended the wait.
 * Since: 1.0
 */
LKL_API int lkl_if_set_ipv6(int ifindex, void *addr,
			    unsigned int netprefix_len);

/**
 * lkl_set_ipv6_gateway - set the default route of IPv6
 * @addr: IPv6 address of the gateway, 16 bytes; not a link-local address
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
 * @addr: IPv6 source address of the packets, 16 bytes
 * @netprefix_len: length of the network prefix of @addr in bits
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
 * @af: family of @addr: LKL_AF_INET or LKL_AF_INET6
 * @addr: address of the neighbour
 * @mac: hardware address of the neighbour, six bytes
 *
 * The entry replaces an existing entry for the same address.
 *
 * Context: any thread, kernel running.
 * Return: 0, -LKL_ENODEV, -LKL_EAFNOSUPPORT, -LKL_EINVAL.
 * Since: 1.0
 */
LKL_API int lkl_add_neighbor(int ifindex, int af, void *addr, void *mac);

/**
 * lkl_if_add_ip - add an address to an interface
 * @ifindex: index of the interface
 * @af: family of @addr: LKL_AF_INET or LKL_AF_INET6
 * @addr: address
 * @netprefix_len: length of the network prefix of @addr in bits
 *
 * An IPv6 address cannot be used before duplicate address detection has ended:
 * call lkl_if_wait_ipv6_dad().
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
 * @af: family of @addr: LKL_AF_INET or LKL_AF_INET6
 * @addr: address
 * @netprefix_len: length of the network prefix of @addr in bits, the same as
 *	for lkl_if_add_ip()
 *
 * Context: any thread, kernel running.
 * Return: 0; -LKL_ENODEV; -LKL_EAFNOSUPPORT; -LKL_EINVAL; -LKL_EADDRNOTAVAIL
 * when the interface does not have the address.
 * Since: 1.0
 */
LKL_API int lkl_if_del_ip(int ifindex, int af, void *addr,
			  unsigned int netprefix_len);

/**
 * lkl_add_gateway - add a default route to the main routing table
 * @af: family of @gwaddr: LKL_AF_INET or LKL_AF_INET6
 * @gwaddr: address of the gateway
 *
 * Context: any thread, kernel running.
 * Return: as lkl_set_ipv4_gateway() or lkl_set_ipv6_gateway();
 * -LKL_EAFNOSUPPORT; -LKL_EEXIST when there is a default route already.
 * Since: 1.0
 */
LKL_API int lkl_add_gateway(int af, void *gwaddr);

/**
 * lkl_if_add_rule_from_saddr - route packets from one address by the table of
 *	an interface
 * @ifindex: index of the interface.  Its routing table for IPv4 has the number
 *	2 * @ifindex, its routing table for IPv6 has the number 2 * @ifindex + 1
 * @af: family of @saddr: LKL_AF_INET or LKL_AF_INET6
 * @saddr: source address of the packets
 *
 * Context: any thread, kernel running.
 * Return: 0; -LKL_ENODEV; -LKL_EAFNOSUPPORT; -LKL_EINVAL; -LKL_EEXIST when the
 * rule exists already; -LKL_ERANGE when the number of the table belongs to a
 * table of the kernel (indexes 126 and 127) or is too large.
 * Since: 1.0
 */
LKL_API int lkl_if_add_rule_from_saddr(int ifindex, int af, void *saddr);

/**
 * lkl_if_add_gateway - add a default route to the routing table of an interface
 * @ifindex: index of the interface, see lkl_if_add_rule_from_saddr()
 * @af: family of @gwaddr: LKL_AF_INET or LKL_AF_INET6
 * @gwaddr: address of the gateway
 *
 * Context: any thread, kernel running.
 * Return: as lkl_add_gateway(); -LKL_ENODEV; -LKL_ERANGE as
 * lkl_if_add_rule_from_saddr().
 * Since: 1.0
 */
LKL_API int lkl_if_add_gateway(int ifindex, int af, void *gwaddr);

/**
 * lkl_if_add_linklocal - add the subnet of an interface to its routing table
 * @ifindex: index of the interface, see lkl_if_add_rule_from_saddr()
 * @af: family of @addr: LKL_AF_INET or LKL_AF_INET6
 * @addr: any address in the subnet
 * @netprefix_len: length of the network prefix of @addr in bits
 *
 * Context: any thread, kernel running.
 * Return: 0; -LKL_ENODEV; -LKL_EAFNOSUPPORT; -LKL_EINVAL; -LKL_EEXIST when the
 * table has the subnet already; -LKL_ERANGE as lkl_if_add_rule_from_saddr();
 * -LKL_ENETDOWN when the interface is down.
 * Since: 1.0
 */
LKL_API int lkl_if_add_linklocal(int ifindex, int af, void *addr,
				 int netprefix_len);

/**
 * lkl_if_wait_ipv6_dad - wait until an IPv6 address can be used
 * @ifindex: index of the interface
 * @addr: one of the IPv6 addresses of the interface, 16 bytes
 *
 * When an interface gets an IPv6 address, the kernel asks the network for some
 * seconds whether another host has this address (duplicate address detection).
 * The address cannot be used before duplicate address detection has ended.
 *
 * Context: any thread, kernel running; may block for some seconds.
 * Return: 0; -LKL_EADDRINUSE when another host has the address;
 * -LKL_EADDRNOTAVAIL when the interface does not have the address;
 * -LKL_ENETDOWN when the interface is down or has no carrier, so that no host
 * can answer; -LKL_ENODEV; -LKL_EINVAL when @addr is NULL; -LKL_EINTR when
 * lkl_thread_interrupt() has ended the wait.
 * Since: 1.0
 */
LKL_API int lkl_if_wait_ipv6_dad(int ifindex, void *addr);

/**
 * lkl_qdisc_add - add a queueing discipline
 * @ifindex: index of the interface
 * @root: parent of the queueing discipline: "root", "ingress", "clsact", or a
 *	class such as "1:2", in hexadecimal as for tc(8)
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
 * @entries: "root|type;root|type...", with the values of lkl_qdisc_add()
 *
 * The function stops at the first failure, and does not add the rest of the
 * list.
 *
 * Context: any thread, kernel running.
 * Return: 0; the error of the queueing discipline that failed, as
 * lkl_qdisc_add() returns it; -LKL_EINVAL when @entries is NULL; -LKL_ENOMEM.
 * Since: 1.0
 */
LKL_API int lkl_qdisc_parse_add(int ifindex, const char *entries);

#ifdef __cplusplus
}
#endif

#endif /* LKL_NET_H */
