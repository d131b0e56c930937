// SPDX-License-Identifier: GPL-2.0
/*
 * A kernel that was configured by a text: the resulting configuration, and the
 * messages about keys that could not be applied.  Network devices have no peers.
 */
#define _GNU_SOURCE
#include <check.h>
#include <dirent.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <lkl_config.h>
#include <lkl_host.h>
#include <lkl/linux/fib_rules.h>
#include <lkl/linux/filter.h>
#include <lkl/linux/if.h>
#include <lkl/linux/pkt_sched.h>
#include <lkl/linux/sockios.h>

#include "support/check-main.h"
#include "support/net/rtnl.h"

static char said[262144];
static size_t said_len;

static void configured_say(const struct lkl_config *cfg, const char *text,
			   int len)
{
	ck_assert_int_lt(said_len + len, sizeof(said));
	memcpy(said + said_len, text, len);
	said_len += len;
	said[said_len] = '\0';
}

static char printed[262144];
static size_t printed_len;

static void configured_print(const char *str, int len)
{
	if (printed_len + len < sizeof(printed)) {
		memcpy(printed + printed_len, str, len);
		printed_len += len;
		printed[printed_len] = '\0';
	}
}

/* A back end whose packets are lost. */
static int nowhere_tx(struct lkl_netdev *nd, struct iovec *iov, int cnt)
{
	int i, len = 0;

	for (i = 0; i < cnt; i++)
		len += iov[i].iov_len;
	return len;
}

static int nowhere_rx(struct lkl_netdev *nd, struct iovec *iov, int cnt)
{
	return -LKL_EAGAIN;
}

static int alive;
static char created[256];

static void nowhere_free(struct lkl_netdev *nd)
{
	alive--;
	free(nd);
}

static struct lkl_dev_net_ops nowhere = {
	.tx = nowhere_tx,
	.rx = nowhere_rx,
	.free = nowhere_free,
};

static struct lkl_netdev *configured_create(const char *type, const char *param,
					    unsigned int offload)
{
	struct lkl_netdev *nd;
	size_t len = strlen(created);

	snprintf(created + len, sizeof(created) - len, "%s %s %x;", type,
		 param ? param : "-", offload);
	if (param && !strcmp(param, "bad"))
		return NULL;
	nd = calloc(1, sizeof(*nd));
	nd->ops = &nowhere;
	alive++;
	return nd;
}

static struct lkl_config cfg;

static void configured_load(const char *text)
{
	memset(&cfg, 0, sizeof(cfg));
	cfg.message = configured_say;
	said_len = printed_len = 0;
	said[0] = printed[0] = created[0] = '\0';
	ck_assert_msg(!lkl_load_config_json(&cfg, text), "%s", said);
	lkl_host_ops.print = configured_print;
	lkl_host_ops.netdev_create = configured_create;
	ck_assert_int_eq(lkl_init(&lkl_host_ops), 0);
}

/* Boot with @text; the result of lkl_load_config_post(). */
static int boot_with(const char *text)
{
	configured_load(text);
	ck_assert_msg(!lkl_load_config_pre(&cfg), "%s", said);
	ck_assert_int_eq(lkl_start_kernel("%s", cfg.boot_cmdline ? cfg.boot_cmdline : ""), 0);
	return lkl_load_config_post(&cfg);
}

static void configured_halt(void)
{
	ck_assert_int_eq(lkl_sys_halt(), 0);
	ck_assert_int_eq(lkl_unload_config(&cfg), 0);
	ck_assert_int_eq(alive, 0);
	lkl_cleanup();
}

static const char *name_of(int id)
{
	static char name[64];
	char path[64];
	struct lkl_linux_dirent64 *de;
	int ifindex = lkl_netdev_get_ifindex(id), err;
	struct lkl_dir *dir = lkl_opendir("/sysfs/class/net", &err);

	ck_assert_int_gt(ifindex, 0);
	while ((de = lkl_readdir(dir))) {
		if (de->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "/sysfs/class/net/%.16s", de->d_name);
		strcat(path, "/ifindex");
		/* bonding_masters is no interface. */
		if (lkl_sys_access(path, 0) || atoi(file_of(path)) != ifindex)
			continue;
		snprintf(name, sizeof(name), "%.16s", de->d_name);
	}
	lkl_closedir(dir);
	return name;
}

static const char *configured_attribute(int id, const char *what)
{
	char path[128];

	snprintf(path, sizeof(path), "/sysfs/class/net/%s/%s", name_of(id), what);
	return file_of(path);
}

START_TEST(an_empty_one_brings_loopback_up)
{
	struct lkl_ifreq ifr = { 0 };
	int fd;

	ck_assert_int_eq(boot_with("{}"), 0);
	ck_assert_str_eq(said, "");
	strcpy(ifr.lkl_ifr_name, "lo");
	fd = lkl_sys_socket(LKL_AF_INET, LKL_SOCK_DGRAM, 0);
	ck_assert_int_eq(lkl_sys_ioctl(fd, LKL_SIOCGIFFLAGS, (uintptr_t)&ifr), 0);
	ck_assert(ifr.lkl_ifr_flags & LKL_IFF_UP);
	/* And nothing else is done. */
	ck_assert_int_eq(lkl_sys_access("/etc", 0), -LKL_ENOENT);
	ck_assert_int_eq(lkl_sys_access("/proc/version", 0), -LKL_ENOENT);
	configured_halt();
}
END_TEST

static bool is_fq(const struct rtnl_object *o, const void *arg)
{
	const struct lkl_tcmsg *head = o->head;

	return head->tcm_ifindex == *(int *)arg && head->tcm_handle &&
	       o->attr[LKL_TCA_KIND] && !strcmp(o->attr[LKL_TCA_KIND], "fq");
}

static bool is_in_table(const struct rtnl_object *o, const void *arg)
{
	return o->len[LKL_RTA_TABLE] == 4 && !memcmp(o->attr[LKL_RTA_TABLE], arg, 4);
}

static int routes_of_table(int family, uint32_t table)
{
	return rtnl_count(LKL_RTM_GETROUTE, family, sizeof(struct lkl_rtmsg), is_in_table, &table);
}

static const char all[] =
"{ \"mount\": \"proc,sysfs\", \"sysctl\": \"net.ipv4.ip_default_ttl=77;net.core.somaxconn=99\",\n"
"\"gateway\": \"192.168.0.1\", \"gateway6\": \"2001:db8::a\", \"nameserver\": \"8.8.8.8,2001:db8::53\",\n"
"\"dump\": \"/proc/sys/net/core/somaxconn,/proc/net/if_inet6\",\n"
"\"interfaces\": [\n"
"{ \"type\": \"tap\", \"param\": \"tap0\", \"offload\": \"0xc803\", \"mac\": \"12:34:56:78:9a:bc\", \"mtu\": 1400,\n"
"\"ip\": \"192.168.0.2\", \"masklen\": 24, \"ifgateway\": \"192.168.0.3\",\n"
"\"ipv6\": \"2001:db8::2\", \"masklen6\": 64, \"ifgateway6\": \"2001:db8::3\",\n"
"\"neigh\": \"192.168.0.1|12:34:56:78:9a:bd;2001:db8::a|12:34:56:78:9a:be\", \"qdisc\": \"root|fq\" },\n"
"{ \"type\": \"slirp\", \"ip\": \"10.0.2.15\", \"masklen\": 24 } ] }";

static void check_first(void)
{
	const char *name = name_of(cfg.interfaces->id);
	int ifindex = lkl_netdev_get_ifindex(cfg.interfaces->id);

	ck_assert_str_eq(configured_attribute(cfg.interfaces->id, "mtu"),
			 "1400\n");
	ck_assert_str_eq(configured_attribute(cfg.interfaces->id, "address"),
			 "12:34:56:78:9a:bc\n");
	ck_assert(HAS_LINE("/proc/net/route", name, "0000A8C0", "00FFFFFF"));
	ck_assert(HAS_LINE("/proc/net/route", name, "00000000", "0100A8C0"));
	/* Not tentative. */
	ck_assert(HAS_LINE("/proc/net/if_inet6", "20010db8000000000000000000000002", "40", "00", "80", name));
	ck_assert(HAS_LINE("/proc/net/ipv6_route", "00", "20010db800000000000000000000000a", name));
	ck_assert(HAS_LINE("/proc/net/arp", "192.168.0.1", "0x6", "12:34:56:78:9a:bd", name));
	ck_assert_int_eq(rtnl_count(LKL_RTM_GETQDISC, 0, sizeof(struct lkl_tcmsg), is_fq, &ifindex), 1);
	ck_assert_int_eq(routes_of_table(LKL_AF_INET, 2 * ifindex), 2);
	ck_assert_int_eq(routes_of_table(LKL_AF_INET6, 2 * ifindex + 1), 2);
}

START_TEST(every_key_is_done)
{
	char name[64];

	ck_assert_msg(!boot_with(all), "%s", said);
	ck_assert_str_eq(created, "tap tap0 c803;slirp - ffffffff;");
	check_first();
	snprintf(name, sizeof(name), "%s", name_of(cfg.interfaces->next->id));
	ck_assert(HAS_LINE("/proc/net/route", name, "0002000A", "00FFFFFF"));
	ck_assert_str_eq(file_of("/proc/sys/net/ipv4/ip_default_ttl"), "77\n");
	ck_assert_str_eq(file_of("/etc/resolv.conf"), "nameserver 8.8.8.8\nnameserver 2001:db8::53\n");
	/* The dump is all that is said. */
	ck_assert_int_eq(strncmp(said, "99\n", 3), 0);
	ck_assert_ptr_nonnull(strstr(said, "20010db8000000000000000000000002"));
	configured_halt();
}
END_TEST

START_TEST(what_cannot_be_done_is_told_and_the_rest_is_done)
{
	ck_assert_int_eq(boot_with("{ \"mount\": \"nofs,proc\", \"sysctl\": \"net.x=1;net.core.somaxconn=97\",\n"
				   "\"gateway\": \"10.9.0.1\", \"gateway6\": \"2001:db8:9::1\", \"dump\": \"/none,/proc/sys/net/core/somaxconn\",\n"
				   "\"interfaces\": [{ \"type\": \"slirp\" }, { \"type\": \"slirp\", \"mtu\": 1280,\n"
				   "\"ip\": \"192.168.0.2\", \"masklen\": 24, \"ifgateway\": \"192.168.1.3\",\n"
				   "\"ipv6\": \"2001:db8::2\", \"masklen6\": 64, \"ifgateway6\": \"2001:db8:1::3\",\n"
				   "\"qdisc\": \"root|none-such\" }] }"), -LKL_ENODEV);
	ck_assert_str_eq(said,
			 "key \"mount\": nofs: No such device\n"
			 "key \"sysctl\": net.x: No such file or directory\n"
			 "key \"interfaces[1].qdisc\": none-such: No such file or directory\n"
			 "key \"interfaces[1].ifgateway\": 192.168.1.3: Network is unreachable\n"
			 "key \"interfaces[1].ifgateway6\": 2001:db8:1::3: No route to host\n"
			 "key \"gateway\": 10.9.0.1: Network is unreachable\n"
			 "key \"gateway6\": 2001:db8:9::1: No route to host\n"
			 "key \"dump\": /none: No such file or directory\n"
			 "97\n");
	ck_assert(HAS_LINE("/proc/net/route", "0000A8C0", "00FFFFFF"));
	configured_halt();
}
END_TEST

/* By "ip=dhcp" in life; this is how the command line says it itself. */
START_TEST(the_resolver_gets_what_the_kernel_was_told)
{
#define CMDLINE "\"boot_cmdline\": \"dummy.numdummies=1 " \
		"ip=192.168.5.2::192.168.5.1:255.255.255.0::dummy0:off:8.8.4.4:8.8.8.8\""
	ck_assert_msg(!boot_with("{" CMDLINE "}"), "%s", said);
	ck_assert_str_eq(file_of("/etc/resolv.conf"), "nameserver 8.8.4.4\nnameserver 8.8.8.8\n");
	configured_halt();
	ck_assert_int_eq(boot_with("{" CMDLINE ", \"nameserver\": \"1.1.1.1\"}"), 0);
	ck_assert_str_eq(file_of("/etc/resolv.conf"), "nameserver 1.1.1.1\n");
	configured_halt();
}
END_TEST

START_TEST(a_back_end_that_is_not_there_is_told_before_boot)
{
	configured_load(
		"{\"interfaces\": [{\"type\": \"slirp\"}, {\"type\": \"tap\", \"param\": \"bad\"}]}");
	ck_assert_int_eq(lkl_load_config_pre(&cfg), -LKL_ENODEV);
	ck_assert_str_eq(said, "interfaces[1]: cannot make a tap device of \"bad\": No such device\n");
	/* The first one was taken back. */
	ck_assert_int_eq(alive, 0);
	ck_assert_int_eq(lkl_unload_config(&cfg), 0);
	lkl_cleanup();
}
END_TEST

struct configuring {
	pthread_t thread;
	int tid;
	int ret;
};

static void *configuring_main(void *arg)
{
	struct configuring *c = arg;

	__atomic_store_n(&c->tid, lkl_sys_gettid(), __ATOMIC_SEQ_CST);
	c->ret = lkl_load_config_post(&cfg);
	return NULL;
}

/* Return whether the thread sleeps after it has set the IPv6 address. */
static bool configuring_is_waiting(struct configuring *c)
{
	int tid = __atomic_load_n(&c->tid, __ATOMIC_SEQ_CST);
	char path[64];

	snprintf(path, sizeof(path), "/proc/1/task/%d/stat", tid);
	return tid && HAS_LINE("/proc/net/if_inet6", "20010db8000000000000000000000002", "eth0") &&
	       strstr(file_of(path), ") S ");
}

/* Boot with parameters by which the detection of duplicates does not end. */
static void boot_into_detection(struct configuring *c, const char *sysctl)
{
	static char text[1024];

	snprintf(text, sizeof(text),
		 "{\"sysctl\": \"net.ipv6.conf.eth0.dad_transmits=1000000%s\",\n"
		 "\"interfaces\": [{\"type\": \"tap\", \"param\": \"tap0\", \"ipv6\": \"2001:db8::2\", \"masklen6\": 64}]}",
		 sysctl);
	configured_load(text);
	ck_assert_msg(!lkl_load_config_pre(&cfg), "%s", said);
	ck_assert_int_eq(lkl_start_kernel("quiet"), 0);
	ck_assert_int_ge(lkl_mount_fs("proc"), 0);
	memset(c, 0, sizeof(*c));
	ck_assert_int_eq(pthread_create(&c->thread, NULL, configuring_main, c), 0);
	while (!configuring_is_waiting(c))
		sched_yield();
}

static void end_detection(struct configuring *c)
{
	ck_assert_int_eq(lkl_if_down(lkl_ifname_to_ifindex("eth0")), 0);
	pthread_join(c->thread, NULL);
	ck_assert_int_eq(c->ret, 0);
}

#define RETRANS_TIME		"/proc/sys/net/ipv6/neigh/eth0/retrans_time_ms"
#define SOLICITATION_DELAY	"/proc/sys/net/ipv6/conf/eth0/router_solicitation_delay"

START_TEST(duplicates_are_looked_for_with_short_times)
{
	struct configuring c;

	boot_into_detection(&c, "");
	ck_assert_str_eq(file_of(RETRANS_TIME), "20\n");
	ck_assert_str_eq(file_of(SOLICITATION_DELAY), "0\n");
	end_detection(&c);
	/* Neighbours have more time. */
	ck_assert_str_eq(file_of(RETRANS_TIME), "1000\n");
	ck_assert_str_eq(file_of(SOLICITATION_DELAY), "1\n");
	configured_halt();
}
END_TEST

START_TEST(times_of_the_configuration_are_used)
{
	struct configuring c;

	boot_into_detection(&c, ";net.ipv6.neigh.eth0.retrans_time_ms=700");
	ck_assert_str_eq(file_of(RETRANS_TIME), "700\n");
	end_detection(&c);
	ck_assert_str_eq(file_of(RETRANS_TIME), "700\n");
	configured_halt();
}
END_TEST

/* Their devices would have no owner. */
START_TEST(interfaces_in_use_are_not_replaced)
{
	ck_assert_msg(!boot_with(all), "%s", said);
	said_len = 0;
	ck_assert_int_eq(lkl_load_config_json(&cfg, "{\"interfaces\": []}"),
			 -LKL_EBUSY);
	ck_assert_str_eq(said, "json: key \"interfaces\": the devices of the previous interfaces are in use, unload them first\n");
	ck_assert_int_eq(lkl_load_config_json(&cfg, "{\"debug\": 1}"), 0);
	ck_assert_int_eq(lkl_load_config_json(&cfg, NULL), -LKL_EINVAL);
	check_first();
	configured_halt();
}
END_TEST

START_TEST(a_host_without_back_ends_is_told)
{
	configured_load("{\"interfaces\": [{\"type\": \"slirp\"}]}");
	lkl_host_ops.netdev_create = NULL;
	ck_assert_int_eq(lkl_load_config_pre(&cfg), -LKL_EOPNOTSUPP);
	ck_assert_str_eq(said, "interfaces[0]: cannot make a slirp device of \"\": Operation not supported on transport endpoint\n");
	ck_assert_int_eq(lkl_unload_config(&cfg), 0);
	lkl_cleanup();
}
END_TEST

static void write_log(const char *text)
{
	const unsigned int kmsg = 1 << 8 | 11;
	int fd;

	lkl_sys_mknod("/kmsg", LKL_S_IFCHR | 0600, kmsg);
	fd = lkl_sys_open("/kmsg", LKL_O_WRONLY, 0);
	ck_assert_int_eq(lkl_sys_write(fd, text, strlen(text)), strlen(text));
	lkl_sys_close(fd);
}

START_TEST(the_kernel_is_silent_unless_debugged)
{
	ck_assert_int_eq(boot_with("{}"), 0);
	ck_assert_str_eq(printed, "");
	configured_halt();
	ck_assert_int_eq(boot_with("{\"debug\": 1}"), 0);
	ck_assert_ptr_nonnull(strstr(printed, "Linux version"));
	configured_halt();
	/* Critical messages are printed in any case. */
	ck_assert_int_eq(boot_with("{}"), 0);
	write_log("<3>an error\n");
	write_log("<2>a critical error\n");
	ck_assert_ptr_null(strstr(printed, "an error"));
	ck_assert_ptr_nonnull(strstr(printed, "a critical error"));
	configured_halt();
}
END_TEST

static int configured_lying_alias(struct lkl_ram *ram, void *va, uint64_t off,
				  uint64_t len)
{
	return 0;
}

/* As of test-death.c: memory that is not there. */
START_TEST(a_death_is_heard_from_a_silent_kernel)
{
	struct lkl_sock_filter insn = { .code = LKL_BPF_RET | LKL_BPF_K };
	struct lkl_sock_fprog prog = { .len = 1, .filter = &insn };
	struct lkl_host_vm_ops vm = *lkl_host_ops.vm;
	int fd;

	lkl_host_ops.vm = &vm;
	ck_assert_int_eq(boot_with("{}"), 0);
	fd = lkl_sys_socket(LKL_AF_INET, LKL_SOCK_DGRAM, 0);
	vm.ram_alias = configured_lying_alias;
	ck_assert_int_eq(lkl_sys_setsockopt(fd, LKL_SOL_SOCKET, LKL_SO_ATTACH_FILTER,
					    (void *)&prog, sizeof(prog)), -LKL_EIO);
	ck_assert_ptr_nonnull(strstr(printed, "BUG: unable to handle kernel access to"));
	ck_assert_ptr_nonnull(strstr(printed, "Call Trace:"));
	/* This line has a low level, but it follows one of a high level. */
	ck_assert_ptr_nonnull(strstr(printed, " Comm: "));
	ck_assert_ptr_nonnull(strstr(printed, "Kernel panic - not syncing"));
	ck_assert_int_eq(lkl_sys_halt(), -LKL_EIO);
	lkl_cleanup();
}
END_TEST

START_TEST(a_configuration_outlives_a_kernel)
{
	ck_assert_msg(!boot_with(all), "%s", said);
	ck_assert_int_eq(lkl_sys_halt(), 0);
	ck_assert_int_eq(lkl_load_config_pre(&cfg), 0);
	ck_assert_str_eq(created, "tap tap0 c803;slirp - ffffffff;");
	ck_assert_int_eq(lkl_start_kernel("quiet"), 0);
	ck_assert_int_eq(lkl_load_config_post(&cfg), 0);
	check_first();
	configured_halt();
}
END_TEST

START_TEST(a_configuration_is_used_again)
{
	int i;

	for (i = 0; i < 3; i++) {
		ck_assert_msg(!boot_with(all), "%s", said);
		check_first();
		configured_halt();
	}
}
END_TEST

START_TEST(devices_go_while_the_kernel_runs)
{
	ck_assert_int_eq(boot_with("{\"interfaces\": [{\"type\": \"slirp\"}]}"), 0);
	ck_assert_int_eq(alive, 1);
	ck_assert_int_eq(lkl_unload_config(&cfg), 0);
	ck_assert_int_eq(alive, 0);
	ck_assert_int_eq(lkl_sys_halt(), 0);
	lkl_cleanup();
}
END_TEST

/* How many threads of this process may run on one CPU only. */
static int pinned_threads(int *all_of_them)
{
	DIR *d = opendir("/proc/self/task");
	struct dirent *de;
	int n = 0;

	*all_of_them = 0;
	while ((de = readdir(d))) {
		cpu_set_t set;

		if (de->d_name[0] == '.')
			continue;
		++*all_of_them;
		ck_assert_int_eq(sched_getaffinity(atoi(de->d_name), sizeof(set), &set), 0);
		n += CPU_COUNT(&set) == 1;
	}
	closedir(d);
	return n;
}

static bool one_cpu(void)
{
	cpu_set_t set;

	ck_assert_int_eq(sched_getaffinity(0, sizeof(set), &set), 0);
	return CPU_COUNT(&set) == 1;
}

static pthread_barrier_t barrier;

static void configured_sleeper(void *arg)
{
	pthread_barrier_wait(&barrier);
	pthread_barrier_wait(&barrier);
}

/* A thread that LKL starts, and whether it was pinned. */
static int pinned_with_another(void)
{
	lkl_thread_t thread;
	int n, threads;

	pthread_barrier_init(&barrier, NULL, 2);
	thread = lkl_host_ops.thread_create(configured_sleeper, NULL);
	pthread_barrier_wait(&barrier);
	n = pinned_threads(&threads);
	pthread_barrier_wait(&barrier);
	lkl_host_ops.thread_join(thread);
	pthread_barrier_destroy(&barrier);
	return n;
}

START_TEST(threads_share_a_cpu)
{
	int threads;

	if (one_cpu()) {
		printf("# skipped: this machine has one CPU\n");
		return;
	}
	ck_assert_int_eq(boot_with("{}"), 0);
	ck_assert_int_eq(pinned_threads(&threads), 0);
	ck_assert_int_eq(threads, 2);
	configured_halt();
	ck_assert_int_eq(boot_with("{\"singlecpu\": 1}"), 0);
	/* The driver, but neither the program nor others. */
	ck_assert_int_eq(pinned_threads(&threads), 1);
	ck_assert_int_eq(pinned_with_another(), 1);
	configured_halt();
	ck_assert_int_eq(boot_with("{\"singlecpu\": 2}"), 0);
	ck_assert_int_eq(pinned_threads(&threads), 1);
	ck_assert_int_eq(pinned_with_another(), 2);
	configured_halt();
	/* And not for ever. */
	ck_assert_int_eq(pinned_with_another(), 0);
}
END_TEST

int main(void)
{
	TCase *tc = tcase_create("configured");

	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, an_empty_one_brings_loopback_up);
	tcase_add_test(tc, every_key_is_done);
	tcase_add_test(tc, what_cannot_be_done_is_told_and_the_rest_is_done);
	tcase_add_test(tc, the_resolver_gets_what_the_kernel_was_told);
	tcase_add_test(tc, a_back_end_that_is_not_there_is_told_before_boot);
	tcase_add_test(tc, duplicates_are_looked_for_with_short_times);
	tcase_add_test(tc, times_of_the_configuration_are_used);
	tcase_add_test(tc, interfaces_in_use_are_not_replaced);
	tcase_add_test(tc, a_host_without_back_ends_is_told);
	tcase_add_test(tc, the_kernel_is_silent_unless_debugged);
	tcase_add_test(tc, a_death_is_heard_from_a_silent_kernel);
	tcase_add_test(tc, a_configuration_outlives_a_kernel);
	tcase_add_test(tc, a_configuration_is_used_again);
	tcase_add_test(tc, devices_go_while_the_kernel_runs);
	tcase_add_test(tc, threads_share_a_cpu);
	return run_case(tc, CK_FORK);
}
