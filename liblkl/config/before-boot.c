// SPDX-License-Identifier: GPL-2.0
/*
 * What a configuration does before boot, so that the kernel finds its network
 * devices, and the end of that.
 */
#include <string.h>

#include "config/configuration.h"
#include "core/instance.h"

static int add_device(struct lkl_instance *inst, struct lkl_config_iface *iface)
{
	struct lkl_netdev_args args = { .offload = iface->offload };
	unsigned char mac[6];
	int ret;

	if (!inst->host->netdev_create)
		return -LKL_EOPNOTSUPP;
	/* Why not, the host tells itself. */
	iface->nd = inst->host->netdev_create(iface->type, iface->param,
					      iface->offload);
	if (!iface->nd)
		return -LKL_ENODEV;
	if (iface->mac && lkl_config_parse_mac(iface->mac, mac))
		args.mac = mac;
	ret = lkl_netdev_add(iface->nd, &args);
	if (ret < 0) {
		/* A kernel that has died may still use it. */
		if (ret != -LKL_EIO)
			lkl_netdev_free(iface->nd);
		iface->nd = NULL;
		return ret;
	}
	iface->id = ret;
	return 0;
}

static int remove_device(struct lkl_config_iface *iface)
{
	int ret;

	if (!iface->nd)
		return 0;
	ret = lkl_netdev_remove(iface->id);
	/* The kernel may still use the back end, if it could not be removed. */
	if (!ret || ret == -LKL_ENOENT)
		lkl_netdev_free(iface->nd);
	iface->nd = NULL;
	return ret;
}

static int remove_devices(struct lkl_config *cfg)
{
	struct lkl_config_iface *iface;
	int ret, err = 0;

	for (iface = cfg->interfaces; iface; iface = iface->next) {
		ret = remove_device(iface);
		if (!err)
			err = ret;
	}
	return err;
}

static int add_devices(struct lkl_instance *inst, struct lkl_config *cfg)
{
	struct lkl_config_iface *iface;
	unsigned int i = 0;
	int ret;

	for (iface = cfg->interfaces; iface; iface = iface->next, i++) {
		/* They stay when the kernel is halted and started again. */
		ret = iface->nd ? 0 : add_device(inst, iface);
		if (!ret)
			continue;
		lkl_config_say(cfg, "interfaces[%u]: no %s device of \"%s\": %s\n",
			       i, iface->type, iface->param ? iface->param : "",
			       lkl_strerror(ret));
		return ret;
	}
	return 0;
}

static int pin_new_threads(struct lkl_instance *inst, struct lkl_config *cfg,
			   bool on)
{
	int ret = -LKL_EOPNOTSUPP;

	if (inst->host->thread_pin)
		ret = inst->host->thread_pin(0, on);
	if (ret)
		lkl_config_say(cfg, "key \"singlecpu\": %s\n",
			       lkl_strerror(ret));
	return ret;
}

int lkl_load_config_pre(struct lkl_config *cfg)
{
	struct lkl_instance *inst = lkl_default_instance();
	int ret = 0;

	if (!inst)
		return -LKL_EINVAL;
	/* Before the back ends, which may have threads. */
	if (cfg->singlecpu > 1)
		ret = pin_new_threads(inst, cfg, true);
	if (!ret)
		ret = add_devices(inst, cfg);
	if (ret) {
		remove_devices(cfg);
		if (cfg->singlecpu > 1 && ret != -LKL_EOPNOTSUPP)
			pin_new_threads(inst, cfg, false);
		return ret;
	}
	inst->quiet = !cfg->debug;
	return 0;
}

int lkl_unload_config(struct lkl_config *cfg)
{
	struct lkl_instance *inst = lkl_default_instance();
	int ret = remove_devices(cfg);

	if (inst && cfg->singlecpu > 1)
		pin_new_threads(inst, cfg, false);
	if (inst)
		inst->quiet = false;
	lkl_config_free(cfg);
	return ret;
}
