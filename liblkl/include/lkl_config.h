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
 * lkl-config(5) describes the keys.  After an error, a function continues, to
 * find further errors.  The function prints a message for each error and returns
 * the first error.
 */
#ifndef LKL_CONFIG_H
#define LKL_CONFIG_H

#include <lkl.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * struct lkl_config_iface - an element of the key "interfaces"
 * @next:	next element, or NULL
 * @type:	type of back end; never NULL
 * @param:	parameter of the back end, or NULL
 * @mac:	hardware address, as text, or NULL
 * @ip:		IPv4 address, as text, or NULL
 * @ifgateway:	gateway for packets from @ip, or NULL
 * @ipv6:	IPv6 address, as text, or NULL
 * @ifgateway6:	gateway for packets from @ipv6, or NULL
 * @neigh:	"ip|mac;...", or NULL
 * @qdisc:	"root|type;...", or NULL
 * @mtu:	size of the largest packet, 0: the default of the device
 * @masklen:	length of the network prefix of @ip
 * @masklen6:	length of the network prefix of @ipv6
 * @offload:	virtio feature bits
 * @set:	for liblkl: the keys that are set
 * @id:		id of the network device, after lkl_load_config_pre()
 * @nd:		back end of the network device; NULL before
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
 * The memory behind the pointers belongs to liblkl until lkl_unload_config().
 *
 * @interfaces:	network devices, a list, or NULL
 * @gateway:	IPv4 address of the gateway, as text, or NULL
 * @gateway6:	IPv6 address of the gateway, as text, or NULL
 * @sysctl:	"name=value;...", or NULL
 * @boot_cmdline: command line for lkl_start_kernel(), or NULL
 * @mount:	file systems to mount, "proc,sysfs", or NULL
 * @dump:	files to print after boot, "/proc/net/dev,...", or NULL
 * @nameserver:	addresses for /etc/resolv.conf, or NULL
 * @debug:	bit mask; 0: the kernel prints only critical messages.  0x100:
 *		the program should pause before it halts the kernel, which
 *		liblkl leaves to the program
 * @singlecpu:	1: keep the background thread on one CPU of the host; 2: keep
 *		all threads there that LKL starts
 * @delay_main:	time that the program should wait after boot, in microseconds,
 *		which liblkl leaves to the program
 * @set:	for liblkl: the keys that are set
 * @message:	receives messages, which are one or more complete lines, and the
 *		files of @dump; NULL: the host's print function, after
 *		lkl_init()
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
 * lkl_load_config_json - load keys from a text in JSON
 * @cfg: receives the keys; unchanged on failure
 * @json_text: the text
 *
 * Keys replace those that were set before, and a list of interfaces replaces
 * the previous list.  Messages call the text "json".
 *
 * Context: any thread, also before lkl_init().
 * Return: 0; -LKL_EINVAL when the text is wrong, after messages with line and
 * key; -LKL_EBUSY when the text has interfaces and lkl_load_config_pre() made
 * devices of the previous ones; -LKL_ENOMEM; -LKL_EOPNOTSUPP when liblkl was
 * built without JSON.
 * Since: 1.0
 */
LKL_API int lkl_load_config_json(struct lkl_config *cfg, const char *json_text);

/**
 * lkl_load_config_file - load keys from a file in JSON
 * @cfg: receives the keys; unchanged on failure
 * @path: file of the host; messages use this name
 *
 * Context: any thread, also before lkl_init().
 * Return: as lkl_load_config_json(); -LKL_ENOENT when there is no such file,
 * without a message; -LKL_EACCES or -LKL_EIO when the file cannot be read.
 * Since: 1.0
 */
LKL_API int lkl_load_config_file(struct lkl_config *cfg, const char *path);

/**
 * lkl_load_config_env - load keys from environment variables LKL_HIJACK_*
 * @cfg: receives the keys that are not set yet; unchanged on failure
 *
 * The function does not load a file: LKL_HIJACK_CONFIG_FILE is for programs,
 * which pass it to lkl_load_config_file().
 *
 * Context: any thread, also before lkl_init(), while no thread changes the
 * environment.
 * Return: 0; -LKL_EINVAL when a variable is wrong, after messages with its
 * name; -LKL_ENOMEM.
 * Since: 1.0
 */
LKL_API int lkl_load_config_env(struct lkl_config *cfg);

/**
 * lkl_show_config - print all keys that are set, in JSON
 * @cfg: the configuration
 *
 * Context: any thread.
 * Return: 0, -LKL_ENOMEM.
 * Since: 1.0
 */
LKL_API int lkl_show_config(const struct lkl_config *cfg);

/**
 * lkl_load_config_pre - apply a configuration before lkl_start_kernel()
 * @cfg: the configuration
 *
 * The function adds the network devices, and sets which messages the kernel
 * prints. Devices stay until lkl_unload_config(): a second boot needs no second
 * call.
 *
 * Context: any thread, after lkl_init().
 * Return: 0; a negative error, after messages that name the interface: then
 * nothing was changed.
 * Since: 1.0
 */
LKL_API int lkl_load_config_pre(struct lkl_config *cfg);

/**
 * lkl_load_config_post - apply a configuration after lkl_start_kernel()
 * @cfg: the configuration, for which lkl_load_config_pre() was called
 *
 * The function mounts file systems, sets parameters, configures the interfaces,
 * waits until their IPv6 addresses can be used, writes /etc/resolv.conf, and
 * prints files.  After a failure it goes on with the rest.
 *
 * Context: any thread, kernel running; blocks.
 * Return: 0, or the first error, after messages that name the keys.
 * Since: 1.0
 */
LKL_API int lkl_load_config_post(struct lkl_config *cfg);

/**
 * lkl_unload_config - remove the network devices and free all memory
 * @cfg: the configuration, which is empty after that
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
