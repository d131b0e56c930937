// SPDX-License-Identifier: GPL-2.0
/*
 * Configurations: which are valid, and the messages about those that are not.  No
 * kernel is booted.
 */
#include <check.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <lkl_config.h>

#include "shared/macros.h"
#include "support/check-main.h"
#include "support/config-texts.h"
#include "support/environment/environment.h"

/* No configuration has so many bytes. */
#define TOO_LARGE	(1 << 20)

static char said[65536];

static void config_say(const struct lkl_config *cfg, const char *text, int len)
{
	char **to = cfg->data;

	ck_assert_int_eq(strlen(text), len);
	memcpy(*to, text, len + 1);
	*to += len;
}

static char *said_end;

/* An empty one, whose messages are in @said. */
static struct lkl_config new_config(void)
{
	struct lkl_config cfg = { .message = config_say, .data = &said_end };

	said_end = said;
	said[0] = '\0';
	return cfg;
}

static const char *config_shown(const struct lkl_config *cfg)
{
	said_end = said;
	ck_assert_int_eq(lkl_show_config(cfg), 0);
	return said;
}

static void config_unload(struct lkl_config *cfg)
{
	ck_assert_int_eq(lkl_unload_config(cfg), 0);
	ck_assert_ptr_null(cfg->interfaces);
	ck_assert_ptr_null(cfg->sysctl);
	ck_assert_int_eq(cfg->debug, 0);
}

START_TEST(the_known_example_is_loaded)
{
	struct lkl_config cfg = new_config();
	const struct lkl_config_iface *i;

	ck_assert_int_eq(lkl_load_config_json(&cfg, two_taps), 0);
	ck_assert_str_eq(said, "");
	ck_assert_str_eq(cfg.gateway, "192.168.0.1");
	ck_assert_str_eq(cfg.gateway6, "2001:db8:0:f101::1");
	ck_assert_int_eq(cfg.debug, 1);
	ck_assert_int_eq(cfg.singlecpu, 1);
	ck_assert_str_eq(cfg.sysctl, "net.ipv4.tcp_wmem=4096 87380 2147483647");
	ck_assert_str_eq(cfg.boot_cmdline, "ip=dhcp");
	i = cfg.interfaces;
	ck_assert_str_eq(i->mac, "12:34:56:78:9a:bc");
	ck_assert_str_eq(i->type, "tap");
	ck_assert_str_eq(i->param, "tap7");
	ck_assert_int_eq(i->masklen, 24);
	ck_assert_int_eq(i->masklen6, 64);
	ck_assert_int_eq(i->offload, 0xc803);
	i = i->next;
	ck_assert_str_eq(i->param, "tap77");
	ck_assert_str_eq(i->ip, "192.168.1.2");
	ck_assert_str_eq(i->ifgateway, "192.168.1.1");
	ck_assert_str_eq(i->ipv6, "2001:db8:0:f102::2");
	ck_assert_str_eq(i->ifgateway6, "2001:db8:0:f102::1");
	ck_assert_ptr_null(i->next);
	config_unload(&cfg);
}
END_TEST

START_TEST(a_trailing_comma_is_forgiven)
{
	struct lkl_config cfg = new_config();

	ck_assert_int_eq(lkl_load_config_json(&cfg, trailing_comma), 0);
	ck_assert_str_eq(said, "json:12: JSON allows no comma before \"}\" or \"]\"; the comma is ignored\n");
	ck_assert_str_eq(cfg.nameserver, "8.8.8.8");
	ck_assert_str_eq(cfg.interfaces->ip, "172.17.0.39");
	config_unload(&cfg);
}
END_TEST

START_TEST(commas_in_strings_stay)
{
	struct lkl_config cfg = new_config();

	ck_assert_int_eq(lkl_load_config_json(&cfg, "{\"boot_cmdline\":\"a\\\",}\",}"), 0);
	ck_assert_str_eq(cfg.boot_cmdline, "a\",}");
	config_unload(&cfg);
}
END_TEST

START_TEST(every_key_is_taken_in_either_form)
{
	struct lkl_config cfg = new_config();

	ck_assert_int_eq(lkl_load_config_json(&cfg, every_key), 0);
	ck_assert_str_eq(said, "");
	ck_assert_str_eq(config_shown(&cfg), every_key);
	config_unload(&cfg);
	cfg = new_config();
	ck_assert_int_eq(lkl_load_config_json(&cfg, every_key_otherwise), 0);
	ck_assert_str_eq(said, "");
	ck_assert_str_eq(config_shown(&cfg), every_key);
	config_unload(&cfg);
}
END_TEST

START_TEST(truth_is_one)
{
	struct lkl_config cfg = new_config();

	ck_assert_int_eq(lkl_load_config_json(&cfg, "{\"debug\": true, \"singlecpu\": true}"), 0);
	ck_assert_int_eq(cfg.debug, 1);
	ck_assert_int_eq(cfg.singlecpu, 1);
	ck_assert_int_eq(lkl_load_config_json(&cfg, "{\"debug\": false, \"singlecpu\": 0}"), 0);
	ck_assert_str_eq(config_shown(&cfg),
			 "{\n  \"debug\": 0,\n  \"singlecpu\": 0\n}\n");
	config_unload(&cfg);
}
END_TEST

START_TEST(what_is_shown_can_be_loaded)
{
	struct lkl_config cfg = new_config();
	char *first;

	ck_assert_str_eq(config_shown(&cfg), "{\n}\n");
	ck_assert_int_eq(lkl_load_config_json(&cfg, said), 0);
	ck_assert_int_eq(lkl_load_config_json(&cfg, two_taps), 0);
	first = strdup(config_shown(&cfg));
	config_unload(&cfg);
	cfg = new_config();
	ck_assert_int_eq(lkl_load_config_json(&cfg, first), 0);
	ck_assert_str_eq(config_shown(&cfg), first);
	config_unload(&cfg);
	/* An empty list of interfaces is one. */
	cfg = new_config();
	ck_assert_int_eq(lkl_load_config_json(&cfg, "{\"interfaces\": []}"), 0);
	ck_assert_str_eq(config_shown(&cfg), "{\n  \"interfaces\": []\n}\n");
	free(first);
	config_unload(&cfg);
}
END_TEST

#define IFACE(text)	"{\"interfaces\": [\n{\"type\": \"tap\", \"param\": \"tap0\",\n" text "}]}"

static const struct {
	const char *text;
	const char *message;
} mistakes[] = {
	/* Unknown keys */
	{ "{\"debug\": 1,\n\"gatewy\": \"1.2.3.4\"}",
	  "json:2: key \"gatewy\": there is no such key, see lkl-config(5)\n" },
	{ IFACE("\"gateway\": \"1.2.3.4\""),
	  "json:3: key \"interfaces[0].gateway\": an interface has no such key, see lkl-config(5)\n" },
	{ "{\"\": 1}", "json:1: key \"\": there is no such key, see lkl-config(5)\n" },
	/*
	 * The line of the object is reported: an escaped key is not found in
	 * the text.
	 */
	{ "\n{\n\n\"a\\u0001b\": 1}", "json:2: key \"a?b\": there is no such key, see lkl-config(5)\n" },
	/* Wrong types */
	{ "{\"gateway\":\n1}",
	  "json:1: key \"gateway\": expected an IPv4 address, such as \"192.168.0.2\", found 1\n" },
	{ "{\"gateway\": {}}",
	  "json:1: key \"gateway\": expected an IPv4 address, such as \"192.168.0.2\", found an object\n" },
	{ "{\"gateway6\": [\"2001:db8::1\"]}",
	  "json:1: key \"gateway6\": expected an IPv6 address, such as \"2001:db8::2\", found a list with other elements\n" },
	{ "{\"boot_cmdline\": true}",
	  "json:1: key \"boot_cmdline\": expected a string, found true\n" },
	{ "{\"debug\": 1.5}",
	  "json:1: key \"debug\": expected a number up to 0xffffffff, found 1.5\n" },
	{ "{\"debug\": null}",
	  "json:1: key \"debug\": expected a number up to 0xffffffff, found null\n" },
	{ "{\"delay_main\": true}",
	  "json:1: key \"delay_main\": expected a number of microseconds, found true\n" },
	{ "{\"sysctl\": [1]}",
	  "json:1: key \"sysctl\": expected a list such as \"NAME=VALUE;...\", found a list with other elements\n" },
	{ "{\n\"interfaces\": {}}",
	  "json:2: key \"interfaces\": expected a list of objects, found an object\n" },
	{ "{\"interfaces\": [\n{\"type\": \"slirp\"},\n\"tap\"]}",
	  "json:3: key \"interfaces[1]\": expected an object, found \"tap\"\n" },
	{ "\n[]", "json:1: expected an object: { \"KEY\": VALUE, ... }\n" },
	/* Numbers */
	{ "{\"debug\": -1}",
	  "json:1: key \"debug\": expected a number up to 0xffffffff, found -1\n" },
	{ "{\"debug\": 4294967296}",
	  "json:1: key \"debug\": expected a number up to 0xffffffff, found 4294967296\n" },
	{ "{\"debug\": \"0x\"}",
	  "json:1: key \"debug\": expected a number up to 0xffffffff, found \"0x\"\n" },
	{ "{\"debug\": \"1 \"}",
	  "json:1: key \"debug\": expected a number up to 0xffffffff, found \"1 \"\n" },
	{ "{\"debug\": \"99999999999999999999999\"}",
	  "json:1: key \"debug\": expected a number up to 0xffffffff, found \"99999999999999999999999\"\n" },
	{ "{\"singlecpu\": 3}",
	  "json:1: key \"singlecpu\": expected 0, 1 or 2, found 3\n" },
	{ IFACE("\"mtu\": \"67\""),
	  "json:3: key \"interfaces[0].mtu\": expected a number from 68 to 65535, found \"67\"\n" },
	{ IFACE("\"ip\": \"1.2.3.4\",\n\"masklen\": 33"),
	  "json:4: key \"interfaces[0].masklen\": expected a number from 1 to 32, found 33\n" },
	{ IFACE("\"ipv6\": \"2001:db8::1\",\n\"masklen6\": \"0\""),
	  "json:4: key \"interfaces[0].masklen6\": expected a number from 1 to 128, found \"0\"\n" },
	{ IFACE("\"offload\": \"c803\""),
	  "json:3: key \"interfaces[0].offload\": expected a number up to 0xffffffff, found \"c803\"\n" },
	/* Addresses */
	{ IFACE("\"ip\": \"192.168.0.300\", \"masklen\": 24"),
	  "json:3: key \"interfaces[0].ip\": expected an IPv4 address, such as \"192.168.0.2\", found \"192.168.0.300\"\n" },
	{ IFACE("\"ip\": \"224.0.0.1\", \"masklen\": 24"),
	  "json:3: key \"interfaces[0].ip\": expected an IPv4 address, such as \"192.168.0.2\", found \"224.0.0.1\"\n" },
	{ IFACE("\"ip\": \"2001:db8::1\", \"masklen\": 24"),
	  "json:3: key \"interfaces[0].ip\": expected an IPv4 address, such as \"192.168.0.2\", found \"2001:db8::1\"\n" },
	{ IFACE("\"ipv6\": \"2001:db8::x\", \"masklen6\": 64"),
	  "json:3: key \"interfaces[0].ipv6\": expected an IPv6 address, such as \"2001:db8::2\", found \"2001:db8::x\"\n" },
	{ IFACE("\"ipv6\": \"ff02::1\", \"masklen6\": 64"),
	  "json:3: key \"interfaces[0].ipv6\": expected an IPv6 address, such as \"2001:db8::2\", found \"ff02::1\"\n" },
	{ "{\"gateway\": \"0.0.0.0\"}",
	  "json:1: key \"gateway\": expected an IPv4 address, such as \"192.168.0.2\", found \"0.0.0.0\"\n" },
	{ "{\"nameserver\": \"8.8.8.8,dns.example\"}",
	  "json:1: key \"nameserver\": expected a list of addresses, such as \"8.8.8.8,...\", found \"8.8.8.8,dns.example\"\n" },
	{ IFACE("\"mac\": \"12:34:56:78:9a\""),
	  "json:3: key \"interfaces[0].mac\": expected a hardware address, such as \"12:34:56:78:9a:bc\", found \"12:34:56:78:9a\"\n" },
	{ IFACE("\"mac\": \"01:34:56:78:9a:bc\""),
	  "json:3: key \"interfaces[0].mac\": expected a hardware address, such as \"12:34:56:78:9a:bc\", found \"01:34:56:78:9a:bc\"\n" },
	/* Lists */
	{ IFACE("\"neigh\": \"192.168.0.1\""),
	  "json:3: key \"interfaces[0].neigh\": expected a list such as \"ADDRESS|HARDWARE-ADDRESS;...\", found \"192.168.0.1\"\n" },
	{ IFACE("\"neigh\": \"192.168.0.1|12:34\""),
	  "json:3: key \"interfaces[0].neigh\": expected a list such as \"ADDRESS|HARDWARE-ADDRESS;...\", found \"192.168.0.1|12:34\"\n" },
	{ IFACE("\"qdisc\": \"root\""),
	  "json:3: key \"interfaces[0].qdisc\": expected a list such as \"root|TYPE;...\", found \"root\"\n" },
	{ IFACE("\"qdisc\": \"rot|fq\""),
	  "json:3: key \"interfaces[0].qdisc\": expected a list such as \"root|TYPE;...\", found \"rot|fq\"\n" },
	{ "{\"sysctl\": \"net.ipv4.ip_forward\"}",
	  "json:1: key \"sysctl\": expected a list such as \"NAME=VALUE;...\", found \"net.ipv4.ip_forward\"\n" },
	{ "{\"mount\": \"/proc\"}",
	  "json:1: key \"mount\": expected a list of file systems, such as \"proc,sysfs\", found \"/proc\"\n" },
	{ "{\"dump\": \"proc/version\"}",
	  "json:1: key \"dump\": expected a list of files, such as \"/proc/net/dev,...\", found \"proc/version\"\n" },
	/* Interfaces that are not complete */
	{ "{\"interfaces\": [\n{\"type\": \"wlan\", \"param\": \"x\"}]}",
	  "json:2: key \"interfaces[0].type\": expected tap, macvtap, raw, pipe, vde, slirp or dpdk, found \"wlan\"\n" },
	{ "{\"interfaces\": [\n{\n\"param\": \"tap0\"}]}",
	  "json:3: key \"interfaces[0].param\": needs \"type\" as well\n" },
	{ "{\"interfaces\": [\n{}]}",
	  "json:2: key \"interfaces[0]\": needs \"type\" as well\n" },
	{ "{\"interfaces\": [\n{\"type\": \"tap\"}]}",
	  "json:2: key \"interfaces[0].type\": needs \"param\" as well\n" },
	{ IFACE("\"ip\": \"192.168.0.2\""),
	  "json:3: key \"interfaces[0].ip\": needs \"masklen\" as well\n" },
	{ IFACE("\"masklen\": 24"),
	  "json:3: key \"interfaces[0].masklen\": needs \"ip\" as well\n" },
	{ IFACE("\"ifgateway\": \"192.168.0.2\""),
	  "json:3: key \"interfaces[0].ifgateway\": needs \"ip\" as well\n" },
	{ IFACE("\"ipv6\": \"2001:db8::1\", \"masklen\": 64"),
	  "json:3: key \"interfaces[0].masklen\": expected a number from 1 to 32, found 64\n" },
	{ IFACE("\"ipv6\": \"2001:db8::1\""),
	  "json:3: key \"interfaces[0].ipv6\": needs \"masklen6\" as well\n" },
	{ IFACE("\"ifgateway6\": \"2001:db8::1\""),
	  "json:3: key \"interfaces[0].ifgateway6\": needs \"ipv6\" as well\n" },
	/* All errors are reported. */
	{ "{\"debug\": \"x\",\n\"mount\": 1}",
	  "json:1: key \"debug\": expected a number up to 0xffffffff, found \"x\"\n"
	  "json:2: key \"mount\": expected a list of file systems, such as \"proc,sysfs\", found 1\n" },
	/* The same name elsewhere does not mislead. */
	{ "{\"boot_cmdline\": \"\\\"debug\\\": {\",\n\"interfaces\": [{\"type\": \"tap\", \"param\": \"debug\"}],\n\"debug\":\n[[], \"]\"]}",
	  "json:3: key \"debug\": expected a number up to 0xffffffff, found a list with other elements\n" },
	/* No JSON at all; the words after the line are the parser's. */
	{ "", "json:1: " },
	{ "{\"debug\": 1\n\"mount\": 1}", "json:2: " },
	{ "{\n\n\"debug\": 1,\n\"debug\": 2}", "json:4: " },
	{ "{\"debug\": 1,}\nx,]", "json:2: " },
};

START_TEST(mistakes_are_told_with_line_and_key)
{
	struct lkl_config cfg = new_config();
	const char *want = mistakes[_i].message;

	ck_assert_int_eq(lkl_load_config_json(&cfg, mistakes[_i].text), -LKL_EINVAL);
	if (want[strlen(want) - 1] == '\n')
		ck_assert_str_eq(said, want);
	else
		ck_assert_msg(!strncmp(said, want, strlen(want)), "%s", said);
	/* Nothing was taken. */
	ck_assert_str_eq(config_shown(&cfg), "{\n}\n");
	config_unload(&cfg);
}
END_TEST

START_TEST(a_mistake_leaves_what_was_there)
{
	struct lkl_config cfg = new_config();

	ck_assert_int_eq(lkl_load_config_json(&cfg, every_key), 0);
	ck_assert_int_eq(lkl_load_config_json(&cfg, "{\"debug\": 0, \"interfaces\": [], \"x\": 1}"), -LKL_EINVAL);
	ck_assert_str_eq(config_shown(&cfg), every_key);
	config_unload(&cfg);
}
END_TEST

START_TEST(a_long_value_is_shown_in_part)
{
	struct lkl_config cfg = new_config();

	ck_assert_int_eq(lkl_load_config_json(&cfg, "{\"gateway\": \"0123456789012345678901234567890123456789012345678901234567890123456789\"}"),
			 -LKL_EINVAL);
	ck_assert_str_eq(said, "json:1: key \"gateway\": expected an IPv4 address, such as \"192.168.0.2\", "
			 "found \"01234567890123456789012345678901234567890123456789012345...\"\n");
	config_unload(&cfg);
}
END_TEST

START_TEST(a_file_is_called_by_its_name)
{
	struct lkl_config cfg = new_config();
	char dir[256], name[300], want[512], *text;

	make_directory(dir, sizeof(dir));
	snprintf(name, sizeof(name), "%s/a.json", dir);
	write_text_file(name, two_taps);
	ck_assert_int_eq(lkl_load_config_file(&cfg, name), 0);
	ck_assert_str_eq(cfg.interfaces->next->param, "tap77");
	write_text_file(name, "{\n\"x\": 1}");
	ck_assert_int_eq(lkl_load_config_file(&cfg, name), -LKL_EINVAL);
	snprintf(want, sizeof(want), "%s:2: key \"x\": there is no such key, see lkl-config(5)\n", name);
	ck_assert_str_eq(said, want);
	said_end = said;
	said[0] = '\0';
	remove_file(name);
	ck_assert_int_eq(lkl_load_config_file(&cfg, name), -LKL_ENOENT);
	ck_assert_str_eq(said, "");
	ck_assert_int_eq(lkl_load_config_file(&cfg, dir), -LKL_EISDIR);
	snprintf(want, sizeof(want), "%s: cannot read the file: %s\n", dir,
		 lkl_strerror(-LKL_EISDIR));
	ck_assert_str_eq(said, want);
	text = malloc(TOO_LARGE + 1);
	memset(text, ' ', TOO_LARGE);
	text[TOO_LARGE] = 0;
	write_text_file(name, text);
	free(text);
	ck_assert_int_eq(lkl_load_config_file(&cfg, name), -LKL_EFBIG);
	remove_file(name);
	remove_directory(dir);
	config_unload(&cfg);
}
END_TEST

/* All of every_key but the second interface. */
static const char *const variables[][2] = {
	{ "NET_GATEWAY", "192.168.0.1" }, { "NET_GATEWAY6", "2001:db8::1" },
	{ "DEBUG", "0x101" }, { "SINGLE_CPU", "2" },
	{ "SYSCTL", "net.core.somaxconn=99;net.ipv4.ip_forward=1" },
	{ "BOOT_CMDLINE", "mem=1G a=\"b\\c\t\"" }, { "MOUNT", "proc,sysfs" },
	{ "DUMP", "/proc/net/dev,/proc/version" }, { "DELAY_MAIN", "500000" },
	{ "NAMESERVER", "8.8.8.8,2001:4860:4860::8888" },
	{ "NET_IFTYPE", "tap" }, { "NET_IFPARAMS", "tap0" },
	{ "NET_MAC", "12:34:56:78:9a:bc" }, { "NET_MTU", "1400" },
	{ "NET_IP", "192.168.0.2" }, { "NET_NETMASK_LEN", "24" },
	{ "NET_IFGATEWAY", "192.168.0.3" }, { "NET_IPV6", "2001:db8::2" },
	{ "NET_NETMASK6_LEN", "64" }, { "NET_IFGATEWAY6", "2001:db8::3" },
	{ "NET_NEIGHBOR", "192.168.0.4|12:34:56:78:9a:1;2001:db8::4|2:0:0:0:0:1" },
	{ "NET_QDISC", "root|fq" }, { "OFFLOAD", "0xc803" },
	/* Older than NET_IFTYPE, which wins; and no key of a configuration. */
	{ "NET_TAP", "tap9" }, { "CONFIG_FILE", "/no/such/file" },
};

static void set_variables(bool set)
{
	char name[64];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(variables); i++) {
		snprintf(name, sizeof(name), "LKL_HIJACK_%s", variables[i][0]);
		set_variable(name, set ? variables[i][1] : NULL);
	}
}

/* Another test may have been in the same process. */
static void config_clear_variables(void)
{
	set_variables(false);
}

START_TEST(every_variable_is_taken)
{
	struct lkl_config cfg = new_config();
	size_t same;

	set_variables(true);
	ck_assert_int_eq(lkl_load_config_env(&cfg), 0);
	ck_assert_str_eq(said, "");
	config_shown(&cfg);
	same = strstr(every_key, ",\n    {\n      \"type\": \"slirp\"") - every_key;
	ck_assert_int_eq(strncmp(said, every_key, same), 0);
	ck_assert_str_eq(said + same, "\n  ]\n}\n");
	config_unload(&cfg);
}
END_TEST

START_TEST(the_oldest_variable_makes_a_tap)
{
	struct lkl_config cfg = new_config();

	set_variable("LKL_HIJACK_NET_TAP", "tap3");
	ck_assert_int_eq(lkl_load_config_env(&cfg), 0);
	ck_assert_str_eq(
		config_shown(&cfg),
		"{\n  \"interfaces\": [\n    {\n      \"type\": \"tap\",\n      \"param\": \"tap3\"\n    }\n  ]\n}\n");
	config_unload(&cfg);
}
END_TEST

START_TEST(an_environment_without_variables_is_none)
{
	struct lkl_config cfg = new_config();

	set_variable("LKL_HIJACK_DEBUG", "");
	ck_assert_int_eq(lkl_load_config_env(&cfg), 0);
	ck_assert_str_eq(config_shown(&cfg), "{\n}\n");
	config_unload(&cfg);
}
END_TEST

START_TEST(mistakes_in_variables_are_told)
{
	struct lkl_config cfg = new_config();

	set_variable("LKL_HIJACK_DEBUG", "much");
	set_variable("LKL_HIJACK_NET_IP", "1.2.3");
	ck_assert_int_eq(lkl_load_config_env(&cfg), -LKL_EINVAL);
	ck_assert_str_eq(said, "LKL_HIJACK_DEBUG: expected a number up to 0xffffffff, found \"much\"\n"
			 "LKL_HIJACK_NET_IP: expected an IPv4 address, such as \"192.168.0.2\", found \"1.2.3\"\n");
	cfg = new_config();
	set_variable("LKL_HIJACK_DEBUG", "1");
	set_variable("LKL_HIJACK_NET_IP", "1.2.3.4");
	ck_assert_int_eq(lkl_load_config_env(&cfg), -LKL_EINVAL);
	ck_assert_str_eq(said, "LKL_HIJACK_NET_IP: needs LKL_HIJACK_NET_IFTYPE as well\n");
	cfg = new_config();
	set_variable("LKL_HIJACK_NET_TAP", "tap0");
	ck_assert_int_eq(lkl_load_config_env(&cfg), -LKL_EINVAL);
	ck_assert_str_eq(said, "LKL_HIJACK_NET_IP: needs LKL_HIJACK_NET_NETMASK_LEN as well\n");
	ck_assert_str_eq(config_shown(&cfg), "{\n}\n");
	config_unload(&cfg);
}
END_TEST

/* In either order. */
START_TEST(a_file_overrides_variables)
{
	struct lkl_config cfg = new_config();

	set_variable("LKL_HIJACK_DEBUG", "1");
	set_variable("LKL_HIJACK_MOUNT", "sysfs");
	set_variable("LKL_HIJACK_NET_TAP", "tap0");
	if (_i)
		ck_assert_int_eq(lkl_load_config_env(&cfg), 0);
	ck_assert_int_eq(lkl_load_config_json(&cfg, "{\"debug\": 0, \"interfaces\": [{\"type\": \"slirp\"}]}"), 0);
	if (!_i)
		ck_assert_int_eq(lkl_load_config_env(&cfg), 0);
	ck_assert_str_eq(
		config_shown(&cfg),
		"{\n  \"debug\": 0,\n  \"mount\": \"sysfs\",\n"
		"  \"interfaces\": [\n    {\n      \"type\": \"slirp\"\n    }\n  ]\n}\n");
	config_unload(&cfg);
}
END_TEST

START_TEST(nothing_is_done_without_a_host_or_a_kernel)
{
	struct lkl_config cfg = new_config();

	ck_assert_int_eq(lkl_load_config_json(&cfg, two_taps), 0);
	ck_assert_int_eq(lkl_load_config_pre(&cfg), -LKL_EINVAL);
	ck_assert_int_eq(lkl_load_config_post(&cfg), -LKL_ENODEV);
	config_unload(&cfg);
	/* No function to report to */
	cfg.message = NULL;
	ck_assert_int_eq(lkl_load_config_json(&cfg, "{\"x\": 1}"), -LKL_EINVAL);
	config_unload(&cfg);
}
END_TEST

int main(void)
{
	TCase *tc = tcase_create("configuration");

	tcase_set_timeout(tc, 60);
	tcase_add_checked_fixture(tc, config_clear_variables, NULL);
	tcase_add_test(tc, the_known_example_is_loaded);
	tcase_add_test(tc, a_trailing_comma_is_forgiven);
	tcase_add_test(tc, commas_in_strings_stay);
	tcase_add_test(tc, every_key_is_taken_in_either_form);
	tcase_add_test(tc, truth_is_one);
	tcase_add_test(tc, what_is_shown_can_be_loaded);
	tcase_add_loop_test(tc, mistakes_are_told_with_line_and_key, 0,
			    ARRAY_SIZE(mistakes));
	tcase_add_test(tc, a_mistake_leaves_what_was_there);
	tcase_add_test(tc, a_long_value_is_shown_in_part);
	tcase_add_test(tc, a_file_is_called_by_its_name);
	tcase_add_test(tc, every_variable_is_taken);
	tcase_add_test(tc, the_oldest_variable_makes_a_tap);
	tcase_add_test(tc, an_environment_without_variables_is_none);
	tcase_add_test(tc, mistakes_in_variables_are_told);
	tcase_add_loop_test(tc, a_file_overrides_variables, 0, 2);
	tcase_add_test(tc, nothing_is_done_without_a_host_or_a_kernel);
	return run_case(tc, CK_FORK);
}
