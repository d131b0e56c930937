// SPDX-License-Identifier: GPL-2.0
/*
 * The keys of a configuration and the values that they may have.  A value is
 * checked when it is loaded, before the kernel boots.
 */
#include <stdlib.h>
#include <string.h>

#ifdef _WIN32
#include <winsock2.h>
#include <ws2tcpip.h>
#else
#include <arpa/inet.h>
#endif

#include "config/configuration.h"
#include "net/interface.h"
#include "guest/string-list.h"
#include "shared/macros.h"

bool lkl_config_parse_number(const char *text, unsigned long *value)
{
	const char *digits = "0123456789";
	unsigned long long number;
	int base = 10;

	if (text[0] == '0' && (text[1] == 'x' || text[1] == 'X')) {
		digits = "0123456789abcdefABCDEF";
		base = 16;
		text += 2;
	}
	if (!*text || text[strspn(text, digits)])
		return false;
	/* strtoull() returns the largest number for larger ones. */
	number = strtoull(text, NULL, base);
	*value = number > UINT32_MAX ? UINT32_MAX : number;
	return number <= UINT32_MAX;
}

bool lkl_config_parse_ip(const char *text, int *af, unsigned char *addr)
{
	if (inet_pton(AF_INET, text, addr) == 1)
		*af = LKL_AF_INET;
	else if (inet_pton(AF_INET6, text, addr) == 1)
		*af = LKL_AF_INET6;
	else
		return false;
	return true;
}

bool lkl_config_parse_mac(const char *text, unsigned char *mac)
{
	static const char hex[] = "0123456789abcdefABCDEF";
	int i;

	for (i = 0; i < 6; i++) {
		size_t n = strspn(text, hex);

		if (n < 1 || n > 2 || text[n] != (i < 5 ? ':' : '\0'))
			return false;
		mac[i] = strtoul(text, NULL, 16);
		text += n + 1;
	}
	return true;
}

/* Return whether an interface can have the address. */
static bool check_host_address(const char *text, int want)
{
	static const unsigned char none[16];
	unsigned char addr[16];
	int af;

	if (!lkl_config_parse_ip(text, &af, addr) || af != want)
		return false;
	if (!memcmp(addr, none, lkl_af_size(af)))
		return false;
	return af == LKL_AF_INET ? addr[0] < 224 : addr[0] != 0xff;
}

static bool check_ipv4(const char *text)
{
	return check_host_address(text, LKL_AF_INET);
}

static bool check_ipv6(const char *text)
{
	return check_host_address(text, LKL_AF_INET6);
}

static bool check_mac(const char *text)
{
	static const unsigned char none[6];
	unsigned char mac[6];

	return lkl_config_parse_mac(text, mac) && !(mac[0] & 1) &&
	       memcmp(mac, none, sizeof(mac));
}

static bool check_text(const char *text)
{
	return *text;
}

static bool check_any(const char *text)
{
	return true;
}

static bool check_type(const char *text)
{
	static const char *const types[] = {
		"tap", "macvtap", "raw", "pipe", "vde", "slirp", "dpdk",
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(types); i++)
		if (!strcmp(text, types[i]))
			return true;
	return false;
}

static int check_neighbour(const struct lkl_list_entry *entry, void *arg)
{
	unsigned char addr[16], mac[6];
	int af;

	return !entry->value || !lkl_config_parse_ip(entry->name, &af, addr) ||
	       !lkl_config_parse_mac(entry->value, mac);
}

static int check_pair(const struct lkl_list_entry *entry, void *arg)
{
	return !*entry->name || !entry->value || !*entry->value;
}

/* Check for "root", "ingress", "clsact" or a class. */
static int check_qdisc_entry(const struct lkl_list_entry *entry, void *arg)
{
	static const char hex[] = "0123456789abcdefABCDEF";
	const char *p = entry->name;

	if (check_pair(entry, arg))
		return 1;
	if (!strcmp(p, "root") || !strcmp(p, "ingress") || !strcmp(p, "clsact"))
		return 0;
	p += strspn(p, hex);
	return p == entry->name || *p != ':' || p[1 + strspn(p + 1, hex)];
}

static int check_server(const struct lkl_list_entry *entry, void *arg)
{
	unsigned char addr[16];
	int af;

	return !lkl_config_parse_ip(entry->name, &af, addr);
}

static int check_file_system(const struct lkl_list_entry *entry, void *arg)
{
	return !!strpbrk(entry->name, "/ \t\n");
}

static int check_path(const struct lkl_list_entry *entry, void *arg)
{
	return entry->name[0] != '/';
}

static bool check_neigh(const char *text)
{
	return !lkl_list_each(text, ';', '|', check_neighbour, NULL);
}

static bool check_qdisc(const char *text)
{
	return !lkl_list_each(text, ';', '|', check_qdisc_entry, NULL);
}

static bool check_sysctl(const char *text)
{
	return !lkl_list_each(text, ';', '=', check_pair, NULL);
}

static bool check_nameserver(const char *text)
{
	return !lkl_list_each(text, ',', 0, check_server, NULL);
}

static bool check_mount(const char *text)
{
	return !lkl_list_each(text, ',', 0, check_file_system, NULL);
}

static bool check_dump(const char *text)
{
	return !lkl_list_each(text, ',', 0, check_path, NULL);
}

#define MASK	"a number up to 0xffffffff"

static const struct lkl_config_kind kind_any = {
	.expected = "a string",
	.check = check_any,
};

static const struct lkl_config_kind kind_text = {
	.expected = "a string that is not empty",
	.check = check_text,
};

static const struct lkl_config_kind kind_ipv4 = {
	.expected = "an IPv4 address, such as \"192.168.0.2\"",
	.check = check_ipv4,
};

static const struct lkl_config_kind kind_ipv6 = {
	.expected = "an IPv6 address, such as \"2001:db8::2\"",
	.check = check_ipv6,
};

static const struct lkl_config_kind kind_mac = {
	.expected = "a hardware address, such as \"12:34:56:78:9a:bc\"",
	.check = check_mac,
};

static const struct lkl_config_kind kind_type = {
	.expected = "tap, macvtap, raw, pipe, vde, slirp or dpdk",
	.check = check_type,
};

static const struct lkl_config_kind kind_neigh = {
	.expected = "a list such as \"ADDRESS|HARDWARE-ADDRESS;...\"",
	.check = check_neigh,
	.list = ';',
};

static const struct lkl_config_kind kind_qdisc = {
	.expected = "a list such as \"root|TYPE;...\"",
	.check = check_qdisc,
	.list = ';',
};

static const struct lkl_config_kind kind_sysctl = {
	.expected = "a list such as \"NAME=VALUE;...\"",
	.check = check_sysctl,
	.list = ';',
};

static const struct lkl_config_kind kind_mount = {
	.expected = "a list of file systems, such as \"proc,sysfs\"",
	.check = check_mount,
	.list = ',',
};

static const struct lkl_config_kind kind_dump = {
	.expected = "a list of files, such as \"/proc/net/dev,...\"",
	.check = check_dump,
	.list = ',',
};

static const struct lkl_config_kind kind_servers = {
	.expected = "a list of addresses, such as \"8.8.8.8,...\"",
	.check = check_nameserver,
	.list = ',',
};

static const struct lkl_config_kind kind_mtu = {
	.expected = "a number from 68 to 65535",
	.min = 68,
	.max = 65535,
};

static const struct lkl_config_kind kind_masklen = {
	.expected = "a number from 1 to 32",
	.min = 1,
	.max = 32,
};

static const struct lkl_config_kind kind_masklen6 = {
	.expected = "a number from 1 to 128",
	.min = 1,
	.max = 128,
};

static const struct lkl_config_kind kind_offload = {
	.expected = MASK,
	.max = UINT32_MAX,
};

static const struct lkl_config_kind kind_debug = {
	.expected = MASK,
	.max = UINT32_MAX,
	.boolean = true,
};

static const struct lkl_config_kind kind_cpu = {
	.expected = "0, 1 or 2",
	.max = 2,
	.boolean = true,
};

static const struct lkl_config_kind kind_usec = {
	.expected = "a number of microseconds",
	.max = UINT32_MAX,
};

#define KEY(name, env, kind) \
	{ #name, env, &kind_##kind, offsetof(struct lkl_config, name) }

const struct lkl_config_key lkl_config_keys[] = {
	KEY(gateway, "NET_GATEWAY", ipv4),
	KEY(gateway6, "NET_GATEWAY6", ipv6),
	KEY(debug, "DEBUG", debug),
	KEY(singlecpu, "SINGLE_CPU", cpu),
	KEY(sysctl, "SYSCTL", sysctl),
	KEY(boot_cmdline, "BOOT_CMDLINE", any),
	KEY(mount, "MOUNT", mount),
	KEY(dump, "DUMP", dump),
	KEY(delay_main, "DELAY_MAIN", usec),
	KEY(nameserver, "NAMESERVER", servers),
};

const unsigned int lkl_config_nr_keys = ARRAY_SIZE(lkl_config_keys);

#undef KEY
#define KEY(name, env, kind) \
	{ #name, env, &kind_##kind, offsetof(struct lkl_config_iface, name) }

const struct lkl_config_key lkl_config_iface_keys[] = {
	KEY(type, "NET_IFTYPE", type),
	KEY(param, "NET_IFPARAMS", text),
	KEY(mac, "NET_MAC", mac),
	KEY(mtu, "NET_MTU", mtu),
	KEY(ip, "NET_IP", ipv4),
	KEY(masklen, "NET_NETMASK_LEN", masklen),
	KEY(ifgateway, "NET_IFGATEWAY", ipv4),
	KEY(ipv6, "NET_IPV6", ipv6),
	KEY(masklen6, "NET_NETMASK6_LEN", masklen6),
	KEY(ifgateway6, "NET_IFGATEWAY6", ipv6),
	KEY(neigh, "NET_NEIGHBOR", neigh),
	KEY(qdisc, "NET_QDISC", qdisc),
	KEY(offload, "OFFLOAD", offload),
};

const unsigned int lkl_config_nr_iface_keys = ARRAY_SIZE(lkl_config_iface_keys);
