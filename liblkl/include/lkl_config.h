/* SPDX-License-Identifier: GPL-2.0 */
/*
 * lkl_config.h - configuration of a kernel by a file or the environment
 *
 *	struct lkl_config cfg = { 0 };
 *
 *	lkl_load_config_env(&cfg);
 *	lkl_load_config_file(&cfg, "lkl-hijack.json");
 *	lkl_init(&lkl_host_ops);
 *	lkl_load_config_pre(&cfg);
 *	lkl_start_kernel("%s", cfg.boot_cmdline ? cfg.boot_cmdline : "");
 *	lkl_load_config_post(&cfg);
 *	...
 *	lkl_sys_halt();
 *	lkl_unload_config(&cfg);
 *	lkl_cleanup();
 *
 * lkl-config(5) tells what the keys mean.  Each function stops at no error that
 * it could tell more about: it sends all its messages, then returns the first.
 */
#ifndef LKL_CONFIG_H
#define LKL_CONFIG_H

#include <lkl.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * struct lkl_config_iface - an element of the key "interfaces"
 * @next:	the next one, or NULL
 * @type:	kind of back end; never NULL
 * @param:	what that is made of, or NULL
 * @mac:	hardware address, as text, or NULL
 * @ip:		IPv4 address, as text, or NULL
 * @ifgateway:	gateway for what comes from @ip, or NULL
 * @ipv6:	IPv6 address, as text, or NULL
 * @ifgateway6:	gateway for what comes from @ipv6, or NULL
 * @neigh:	"ip|mac;...", or NULL
 * @qdisc:	"root|type;...", or NULL
 * @mtu:	largest packet, 0: the device's own
 * @masklen:	of @ip
 * @masklen6:	of @ipv6
 * @offload:	virtio feature bits
 * @set:	for liblkl: which keys there are
 * @id:		of the network device, once lkl_load_config_pre() made it
 * @nd:		its back end, NULL before
 */
struct lkl_config_iface {
	struct lkl_config_iface *next;
	char *type;
	char *param;
	char *mac;
	char *ip;
	char *ifgateway;
	char *ipv6;
	char *ifgateway6;
	char *neigh;
	char *qdisc;
	unsigned int mtu;
	unsigned int masklen;
	unsigned int masklen6;
	unsigned int offload;
	uint32_t set;
	int id;
	struct lkl_netdev *nd;
};

/**
 * struct lkl_config - a configuration; all zeros: an empty one
 *
 * What the pointers lead to is liblkl's until lkl_unload_config().
 *
 * @interfaces:	network devices, a list, or NULL
 * @gateway:	IPv4 address of the gateway, as text, or NULL
 * @gateway6:	IPv6 address of the gateway, as text, or NULL
 * @sysctl:	"name=value;...", or NULL
 * @boot_cmdline: for lkl_start_kernel(), or NULL
 * @mount:	file systems to mount, "proc,sysfs", or NULL
 * @dump:	files to print after boot, "/proc/net/dev,...", or NULL
 * @nameserver:	addresses for /etc/resolv.conf, or NULL
 * @debug:	bit mask; 0: only what is critical is printed.  0x100: the
 *		program is to pause before it halts, which is its own business
 * @singlecpu:	1: the thread that drives the kernel stays on one CPU of the
 *		host; 2: so do all that LKL starts
 * @delay_main:	microseconds; how long the program is to wait after boot, which
 *		is its own business
 * @set:	for liblkl: which keys there are
 * @message:	receives messages, of one or more complete lines, and what is
 *		printed; NULL: the host's print does, when lkl_init() was called
 * @data:	for @message
 * @reserved:	zero
 */
struct lkl_config {
	struct lkl_config_iface *interfaces;
	char *gateway;
	char *gateway6;
	char *sysctl;
	char *boot_cmdline;
	char *mount;
	char *dump;
	char *nameserver;
	unsigned int debug;
	unsigned int singlecpu;
	unsigned int delay_main;
	uint32_t set;
	void (*message)(const struct lkl_config *cfg, const char *text,
			int len);
	void *data;
	void *reserved[8];
};

/**
 * lkl_load_config_json - take keys from a text in JSON
 * @cfg: receives them; unchanged on failure
 * @json_text: the text
 *
 * Keys that were set before are replaced, all interfaces by all interfaces.
 * Messages call the text "json".
 *
 * Context: any thread, also before lkl_init().
 * Return: 0; -LKL_EINVAL when anything in it is wrong, which is told with line
 * and key; -LKL_EBUSY when it has interfaces and lkl_load_config_pre() made
 * devices of those of before; -LKL_ENOMEM; -LKL_EOPNOTSUPP when liblkl was built
 * without JSON.
 * Since: 1.0
 */
LKL_API int lkl_load_config_json(struct lkl_config *cfg, const char *json_text);

/**
 * lkl_load_config_file - as lkl_load_config_json(), from a file
 * @cfg: receives the keys; unchanged on failure
 * @path: file of the host, by which messages call it
 *
 * Context: any thread, also before lkl_init().
 * Return: as lkl_load_config_json(); -LKL_ENOENT when there is no such file
 * (without a message), -LKL_EACCES or -LKL_EIO when it cannot be read.
 * Since: 1.0
 */
LKL_API int lkl_load_config_file(struct lkl_config *cfg, const char *path);

/**
 * lkl_load_config_env - take keys from variables LKL_HIJACK_* of the
 *	environment
 * @cfg: receives those that are not set yet; unchanged on failure
 *
 * It does not look for files: LKL_HIJACK_CONFIG_FILE is for programs, which
 * pass it to lkl_load_config_file().
 *
 * Context: any thread, also before lkl_init(), while none changes the
 * environment.
 * Return: 0; -LKL_EINVAL when anything in it is wrong, which is told with the
 * name of the variable; -LKL_ENOMEM.
 * Since: 1.0
 */
LKL_API int lkl_load_config_env(struct lkl_config *cfg);

/**
 * lkl_show_config - print all keys that are set, as JSON
 * @cfg: the configuration
 *
 * Context: any thread.
 * Return: 0, -LKL_ENOMEM.
 * Since: 1.0
 */
LKL_API int lkl_show_config(const struct lkl_config *cfg);

/**
 * lkl_load_config_pre - do what comes before lkl_start_kernel()
 * @cfg: the configuration
 *
 * Adds the network devices, and tells how much the kernel is to print.  Devices
 * stay until lkl_unload_config(): for a second boot, it need not be called.
 *
 * Context: any thread, after lkl_init().
 * Return: 0, or a negative error after messages that tell which interface; then
 * nothing was done.
 * Since: 1.0
 */
LKL_API int lkl_load_config_pre(struct lkl_config *cfg);

/**
 * lkl_load_config_post - do what comes after lkl_start_kernel()
 * @cfg: the configuration, for which lkl_load_config_pre() was called
 *
 * Mounts, sets parameters, configures the interfaces, waits until their IPv6
 * addresses can be used, writes /etc/resolv.conf, and prints files.  What can
 * be done is done.
 *
 * Context: any thread, kernel running; blocks.
 * Return: 0, or the first error after messages that tell which keys.
 * Since: 1.0
 */
LKL_API int lkl_load_config_post(struct lkl_config *cfg);

/**
 * lkl_unload_config - remove the network devices and free all
 * @cfg: the configuration, which is empty then
 *
 * Context: any thread, before lkl_cleanup(); kernel running or not.
 * Return: 0, or the first error of removing a device.
 * Since: 1.0
 */
LKL_API int lkl_unload_config(struct lkl_config *cfg);

#ifdef __cplusplus
}
#endif

#endif /* LKL_CONFIG_H */
