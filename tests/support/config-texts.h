/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Configurations that tests load.
 */
#ifndef LKL_TESTS_CONFIG_TEXTS_H
#define LKL_TESTS_CONFIG_TEXTS_H

/* A configuration of previous versions of LKL */
static const char two_taps[] =
"{\n"
"\"gateway\":\"192.168.0.1\",\n"
"\"gateway6\":\"2001:db8:0:f101::1\",\n"
"\"debug\":\"1\",\n"
"\"singlecpu\":\"1\",\n"
"\"sysctl\":\"net.ipv4.tcp_wmem=4096 87380 2147483647\",\n"
"\"boot_cmdline\":\"ip=dhcp\",\n"
"\"interfaces\":[\n"
"{\n"
"\"mac\":\"12:34:56:78:9a:bc\",\n"
"\"type\":\"tap\",\n"
"\"param\":\"tap7\",\n"
"\"ip\":\"192.168.0.2\",\n"
"\"masklen\":\"24\",\n"
"\"ifgateway\":\"192.168.0.1\",\n"
"\"ipv6\":\"2001:db8:0:f101::2\",\n"
"\"masklen6\":\"64\",\n"
"\"ifgateway6\":\"2001:db8:0:f101::1\",\n"
"\"offload\":\"0xc803\"\n"
"},\n"
"{\n"
"\"mac\":\"12:34:56:78:9a:bd\",\n"
"\"type\":\"tap\",\n"
"\"param\":\"tap77\",\n"
"\"ip\":\"192.168.1.2\",\n"
"\"masklen\":\"24\",\n"
"\"ifgateway\":\"192.168.1.1\",\n"
"\"ipv6\":\"2001:db8:0:f102::2\",\n"
"\"masklen6\":\"64\",\n"
"\"ifgateway6\":\"2001:db8:0:f102::1\",\n"
"\"offload\":\"0xc803\"\n"
"}\n"
"]\n"
"}\n";

/* Another configuration, with commas that JSON does not allow */
static const char trailing_comma[] =
"{\n"
"\"gateway\": \"172.17.0.1\",\n"
"\"nameserver\": \"8.8.8.8\",\n"
"\"interfaces\": [\n"
"{\n"
"\"ip\": \"172.17.0.39\",\n"
"\"masklen\": \"16\",\n"
"\"mac\": \"00:0d:0b:94:4e:97\",\n"
"\"param\": \"tap0\",\n"
"\"type\": \"tap\"\n"
"}\n"
"],\n"
"}\n";

/* All keys, in the order of the output */
static const char every_key[] =
"{\n"
"  \"gateway\": \"192.168.0.1\",\n"
"  \"gateway6\": \"2001:db8::1\",\n"
"  \"debug\": 257,\n"
"  \"singlecpu\": 2,\n"
"  \"sysctl\": \"net.core.somaxconn=99;net.ipv4.ip_forward=1\",\n"
"  \"boot_cmdline\": \"mem=1G a=\\\"b\\\\c\\u0009\\\"\",\n"
"  \"mount\": \"proc,sysfs\",\n"
"  \"dump\": \"/proc/net/dev,/proc/version\",\n"
"  \"delay_main\": 500000,\n"
"  \"nameserver\": \"8.8.8.8,2001:4860:4860::8888\",\n"
"  \"interfaces\": [\n"
"    {\n"
"      \"type\": \"tap\",\n"
"      \"param\": \"tap0\",\n"
"      \"mac\": \"12:34:56:78:9a:bc\",\n"
"      \"mtu\": 1400,\n"
"      \"ip\": \"192.168.0.2\",\n"
"      \"masklen\": 24,\n"
"      \"ifgateway\": \"192.168.0.3\",\n"
"      \"ipv6\": \"2001:db8::2\",\n"
"      \"masklen6\": 64,\n"
"      \"ifgateway6\": \"2001:db8::3\",\n"
"      \"neigh\": \"192.168.0.4|12:34:56:78:9a:1;2001:db8::4|2:0:0:0:0:1\",\n"
"      \"qdisc\": \"root|fq\",\n"
"      \"offload\": 51203\n"
"    },\n"
"    {\n"
"      \"type\": \"slirp\"\n"
"    }\n"
"  ]\n"
"}\n";

/* The same configuration with other JSON types of the values */
static const char every_key_otherwise[] =
"{\"gateway\": \"192.168.0.1\", \"gateway6\": \"2001:db8::1\", \"debug\": \"0x101\",\n"
"\"singlecpu\": \"2\", \"sysctl\": [\"net.core.somaxconn=99\", \"net.ipv4.ip_forward=1\"],\n"
"\"boot_cmdline\": \"mem=1G a=\\\"b\\\\c\\t\\\"\", \"mount\": [\"proc\", \"sysfs\"],\n"
"\"dump\": [\"/proc/net/dev\", \"/proc/version\"], \"delay_main\": \"500000\",\n"
"\"nameserver\": [\"8.8.8.8\", \"2001:4860:4860::8888\"],\n"
"\"interfaces\": [{\"type\": \"tap\", \"param\": \"tap0\", \"mac\": \"12:34:56:78:9a:bc\",\n"
"\"mtu\": \"1400\", \"ip\": \"192.168.0.2\", \"masklen\": \"24\", \"ifgateway\": \"192.168.0.3\",\n"
"\"ipv6\": \"2001:db8::2\", \"masklen6\": \"64\", \"ifgateway6\": \"2001:db8::3\",\n"
"\"neigh\": [\"192.168.0.4|12:34:56:78:9a:1\", \"2001:db8::4|2:0:0:0:0:1\"],\n"
"\"qdisc\": [\"root|fq\"], \"offload\": \"0xc803\"}, {\"type\": \"slirp\"}]}";

#endif /* LKL_TESTS_CONFIG_TEXTS_H */
