/* SPDX-License-Identifier: GPL-2.0 */
/*
 * lkl_config.h - configuration of a kernel by a file or the environment
 *
 *	#include <lkl_host.h>
 *	#include <lkl_config.h>
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
 * lkl-config(5) describes the keys.  After an error, a function goes on in
 * order to find further errors, and then returns the first error.  The function
 * prints a message for each error, unless the comment of the function says
 * otherwise.
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
 * @type:	type of the back end; never NULL
 * @param:	parameter of the back end, or NULL
 * @mac:	hardware address, as text, or NULL
 * @ip:		IPv4 address, as text, or NULL
 * @ifgateway:	gateway for packets from @ip, as text, or NULL
 * @ipv6:	IPv6 address, as text, or NULL
 * @ifgateway6:	gateway for packets from @ipv6, as text, or NULL
 * @neigh:	neighbours, "ip|mac;...", or NULL
 * @qdisc:	queueing disciplines, "root|type;...", or NULL
 * @mtu:	size of the largest packet in bytes; 0: the default of the
 *	device
 * @masklen:	length of the network prefix of @ip in bits
 * @masklen6:	length of the network prefix of @ipv6 in bits
 * @offload:	features that the device may offer, see struct lkl_netdev_args
 * @set:	private to liblkl: which keys are set
 * @id:		id of the network device, after lkl_load_config_pre()
 * @nd:		back end of the network device; NULL before
 *		lkl_load_config_pre()
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
 * struct lkl_config - a configuration
 *
 * A structure that contains only zeros is an empty configuration.  A program
 * may set @message and @data, and may read the other members.  The memory
 * behind the pointers belongs to liblkl, which frees the memory in
 * lkl_unload_config().
 *
 * @interfaces:	list of the network devices, or NULL
 * @gateway:	IPv4 address of the gateway, as text, or NULL
 * @gateway6:	IPv6 address of the gateway, as text, or NULL
 * @sysctl:	parameters of the kernel, "name=value;...", or NULL
 * @boot_cmdline: command line for lkl_start_kernel(), or NULL
 * @mount:	file systems to mount, "proc,sysfs", or NULL
 * @dump:	files to print after boot, "/proc/net/dev,...", or NULL
 * @nameserver:	addresses for /etc/resolv.conf, "address,...", or NULL
 * @debug:	bit mask.  0: the kernel prints only critical messages; any
 *		other value: the kernel prints all messages.  Bit 0x100: the
 *		program should pause before the program halts the kernel; liblkl
 *		itself ignores this bit
 * @singlecpu:	1: the background thread stays on one CPU of the host; 2: all
 *		threads that liblkl starts stay on one CPU of the host, the same
 *		CPU for all; 0: threads may use all CPUs
 * @delay_main:	time in microseconds that the program should wait after boot;
 *		liblkl itself does not wait
 * @set:	private to liblkl: which keys are set
 * @message:	function that receives @len bytes of messages or of the files in
 *		@dump.  Messages are complete lines.  NULL: the host's print
 *		function, which prints nothing before lkl_init()
 * @data:	pointer for use by @message; liblkl ignores this member
 * @reserved:	must be zero
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
 * @json_text: the text, terminated by a zero
 *
 * A key in the text replaces the previous value of the key.  A list of
 * interfaces replaces the whole previous list.  Messages call the text "json".
 *
 * Context: any thread, also before lkl_init().
 * Return: 0; -LKL_EINVAL when the text is wrong, after messages with line and
 * key; -LKL_EBUSY when the text has interfaces while devices of the previous
 * interfaces still exist: call lkl_unload_config() first; -LKL_ENOMEM;
 * -LKL_EOPNOTSUPP when liblkl was built without JSON.
 * Since: 1.0
 */
LKL_API int lkl_load_config_json(struct lkl_config *cfg, const char *json_text);

/**
 * lkl_load_config_file - load keys from a file in JSON
 * @cfg: receives the keys; unchanged on failure
 * @path: path of the file on the host; messages use this name
 *
 * Context: any thread, also before lkl_init().
 * Return: as lkl_load_config_json(); -LKL_ENOENT when there is no such file,
 * without a message; -LKL_EACCES, -LKL_EISDIR or -LKL_EIO when the file cannot
 * be read; -LKL_EFBIG when the file has 1 MiB or more.
 * Since: 1.0
 */
LKL_API int lkl_load_config_file(struct lkl_config *cfg, const char *path);

/**
 * lkl_load_config_env - load keys from environment variables LKL_HIJACK_*
 * @cfg: receives the keys that are not set yet; unchanged on failure
 *
 * The function ignores LKL_HIJACK_CONFIG_FILE.  A program that supports this
 * variable passes its value to lkl_load_config_file().
 *
 * Context: any thread, also before lkl_init().  No other thread may change the
 * environment at the same time.
 * Return: 0; -LKL_EINVAL when a variable is wrong, after messages with its
 * name; -LKL_ENOMEM.
 * Since: 1.0
 */
LKL_API int lkl_load_config_env(struct lkl_config *cfg);

/**
 * lkl_show_config - print all keys that are set, in JSON
 * @cfg: the configuration, whose function @message gets the text
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
 * The function adds the network devices, and applies the keys "debug" and
 * "singlecpu".  The devices stay until lkl_unload_config(): a second boot needs
 * no second call.
 *
 * Context: any thread, after lkl_init().
 * Return: 0; -LKL_EINVAL before lkl_init(); -LKL_ENODEV when the host could not
 * make a back end; -LKL_EOPNOTSUPP when the host does not support a key; or an
 * error of lkl_netdev_add().  On failure, there are messages, and no device of
 * @cfg exists.
 * Since: 1.0
 */
LKL_API int lkl_load_config_pre(struct lkl_config *cfg);

/**
 * lkl_load_config_post - apply a configuration after lkl_start_kernel()
 * @cfg: the configuration, for which lkl_load_config_pre() was called
 *
 * The function mounts file systems, sets parameters, configures the interfaces,
 * waits until the IPv6 addresses can be used, writes /etc/resolv.conf, and
 * prints files.  After a failure, the function goes on with the rest.
 *
 * Context: any thread, kernel running; may block for some seconds.
 * Return: 0; -LKL_ENODEV when no kernel runs; or the first error, after
 * messages that name the keys.
 * Since: 1.0
 */
LKL_API int lkl_load_config_post(struct lkl_config *cfg);

/**
 * lkl_unload_config - remove the network devices and free all memory
 * @cfg: the configuration; empty afterwards, also after an error
 *
 * Context: any thread, before lkl_cleanup().  The kernel may run, but need not.
 * Return: 0, or the first error of lkl_netdev_remove().
 * Since: 1.0
 */
LKL_API int lkl_unload_config(struct lkl_config *cfg);

#ifdef __cplusplus
}
#endif

#endif /* LKL_CONFIG_H */
