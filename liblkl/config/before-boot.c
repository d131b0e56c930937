// SPDX-License-Identifier: GPL-2.0
/*
 * Applying a configuration before boot, so that the kernel finds its network
 * devices, and removing them.
 */
#include <string.h>

#include "config/configuration.h"
#include "core/instance.h"

static int iface_add_device(struct lkl_instance *inst,
			    struct lkl_config_iface *iface)
{
	struct lkl_netdev_args args = { .offload = iface->offload };
	unsigned char mac[6];
	int ret;

	if (!inst->host->netdev_create)
		return -LKL_EOPNOTSUPP;
	/* The host prints the reason of a failure. */
	iface->nd = inst->host->netdev_create(iface->type, iface->param,
					      iface->offload);
	if (!iface->nd)
		return -LKL_ENODEV;
	if (iface->mac && lkl_config_parse_mac(iface->mac, mac))
		args.mac = mac;
	ret = lkl_netdev_add(iface->nd, &args);
	if (ret < 0) {
		/* A kernel that has died may still use the back end. */
		if (ret != -LKL_EIO)
			lkl_netdev_free(iface->nd);
		iface->nd = NULL;
		return ret;
	}
	iface->id = ret;
	return 0;
}

static int iface_remove_device(struct lkl_config_iface *iface)
{
	int ret;

	if (!iface->nd)
		return 0;
	ret = lkl_netdev_remove(iface->id);
	/* The kernel may still use the back end of a device that stays. */
	if (!ret || ret == -LKL_ENOENT)
		lkl_netdev_free(iface->nd);
	iface->nd = NULL;
	return ret;
}

static int config_remove_devices(struct lkl_config *cfg)
{
	struct lkl_config_iface *iface;
	int ret, err = 0;

	for (iface = cfg->interfaces; iface; iface = iface->next) {
		ret = iface_remove_device(iface);
		if (!err)
			err = ret;
	}
	return err;
}

static int config_add_devices(struct lkl_instance *inst, struct lkl_config *cfg)
{
	struct lkl_config_iface *iface;
	unsigned int i = 0;
	int ret;

	for (iface = cfg->interfaces; iface; iface = iface->next, i++) {
		/* Devices stay when the kernel is halted and started again. */
		ret = iface->nd ? 0 : iface_add_device(inst, iface);
		if (!ret)
			continue;
		lkl_config_report(cfg,
				  "interfaces[%u]: cannot make a %s device of \"%s\": %s\n",
				  i, iface->type, iface->param ? iface->param : "",
				  lkl_strerror(ret));
		return ret;
	}
	return 0;
}

static int config_pin_threads(struct lkl_instance *inst, struct lkl_config *cfg,
			      bool on)
{
	int ret = -LKL_EOPNOTSUPP;

	if (inst->host->thread_pin)
		ret = inst->host->thread_pin(0, on);
	if (ret)
		lkl_config_report(cfg,
				  "key \"singlecpu\": cannot keep threads on one CPU: %s\n",
				  lkl_strerror(ret));
	return ret;
}

int lkl_load_config_pre(struct lkl_config *cfg)
{
	struct lkl_instance *inst = lkl_this_instance();
	int ret = 0;

	if (!inst)
		return -LKL_EINVAL;
	/* First, as back ends may have threads. */
	if (cfg->singlecpu > 1)
		ret = config_pin_threads(inst, cfg, true);
	if (!ret)
		ret = config_add_devices(inst, cfg);
	if (ret) {
		config_remove_devices(cfg);
		if (cfg->singlecpu > 1 && ret != -LKL_EOPNOTSUPP)
			config_pin_threads(inst, cfg, false);
		return ret;
	}
	inst->quiet = !cfg->debug;
	return 0;
}

int lkl_unload_config(struct lkl_config *cfg)
{
	struct lkl_instance *inst = lkl_this_instance();
	int ret = config_remove_devices(cfg);

	if (inst && cfg->singlecpu > 1)
		config_pin_threads(inst, cfg, false);
	if (inst)
		inst->quiet = false;
	lkl_config_free(cfg);
	return ret;
}
