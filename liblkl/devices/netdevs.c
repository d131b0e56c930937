// SPDX-License-Identifier: GPL-2.0
/*
 * Network devices of the program.
 */
#include <string.h>

#include "devices/attach.h"
#include "devices/machine.h"
#include "virtio/virtio-net.h"

#define MAC_LEN	6

/**
 * struct netdev - a network device of the program
 * @device:	what devices of all kinds have
 * @nd:		its back end
 * @mac:	its hardware address
 * @offload:	features that it may offer
 * @net:	its device, while the kernel runs
 */
struct netdev {
	struct lkl_device device;
	struct lkl_netdev *nd;
	uint8_t mac[MAC_LEN];
	uint32_t offload;
	struct virtio_net *net;
};

static int netdev_create(struct lkl_instance *inst, struct lkl_device *device)
{
	struct netdev *d = container_of(device, struct netdev, device);
	int ret;

	lkl_vcpu_lock(&inst->vcpu);
	ret = lkl_virtio_net_create(inst, d->nd, d->mac, d->offload, &d->net);
	lkl_vcpu_unlock(&inst->vcpu);
	if (!ret)
		device->dev = lkl_virtio_net_dev(d->net);
	return ret;
}

static void netdev_destroy(struct lkl_device *device)
{
	lkl_virtio_net_destroy(container_of(device, struct netdev, device)->net);
}

static bool netdev_is_same(const struct lkl_device *a,
			   const struct lkl_device *b)
{
	return container_of(a, struct netdev, device)->nd ==
	       container_of(b, struct netdev, device)->nd;
}

static const struct lkl_device_kind netdev_kind = {
	.create = netdev_create,
	.destroy = netdev_destroy,
	.is_same = netdev_is_same,
};

int lkl_netdevs_init(struct lkl_instance *inst)
{
	return lkl_devices_init(inst, &inst->machine->netdevs, &netdev_kind);
}

/* An interface of the host may serve one process only, which is the parent. */
void lkl_netdevs_forked(struct lkl_instance *inst)
{
	const struct lkl_host_net_ops *ops;
	struct lkl_device *d;
	struct netdev *n;

	list_for_each(d, &inst->machine->netdevs.list, link) {
		n = container_of(d, struct netdev, device);
		ops = n->nd->ops->host;
		if (ops && ops->forked)
			ops->forked(n->nd);
	}
}

int lkl_netdevs_boot(struct lkl_instance *inst,
		     struct lkl_boot_device *devices)
{
	struct lkl_devices *devs = &inst->machine->netdevs;
	struct lkl_device *d;
	int n = 0, ret = 0;

	inst->host->mutex_lock(devs->lock);
	list_for_each(d, &devs->list, link) {
		ret = netdev_create(inst, d);
		if (ret)
			break;
		d->kernel_id = lkl_device_attach_at_boot(inst, d->dev,
							 &devices[n++]);
		if (d->kernel_id < 0) {
			ret = d->kernel_id;
			break;
		}
	}
	inst->host->mutex_unlock(devs->lock);
	if (ret) {
		lkl_devices_close(inst, devs);
		return ret;
	}
	return n;
}

/* Make a random, locally administered address. */
static int netdev_make_mac(struct lkl_instance *inst, uint8_t *mac)
{
	int ret = inst->host->entropy(mac, MAC_LEN);

	mac[0] = (mac[0] & 0xfc) | 2;
	return ret;
}

static int netdev_new(struct lkl_instance *inst, struct lkl_netdev *nd,
		      const struct lkl_netdev_args *args, struct netdev **new)
{
	struct netdev *d = inst->host->mem_alloc(sizeof(*d));
	int ret = 0;

	if (!d)
		return -LKL_ENOMEM;
	*d = (struct netdev) { .nd = nd, .offload = ~0U };
	if (args)
		d->offload = args->offload;
	if (args && args->mac)
		memcpy(d->mac, args->mac, MAC_LEN);
	else if (nd->ops->host && nd->ops->host->mac)
		ret = nd->ops->host->mac(nd, d->mac);
	else
		ret = netdev_make_mac(inst, d->mac);
	if (ret) {
		inst->host->mem_free(d);
		return ret;
	}
	*new = d;
	return 0;
}

int lkl_netdev_add(struct lkl_netdev *nd, struct lkl_netdev_args *args)
{
	struct lkl_instance *inst = lkl_this_instance();
	struct netdev *d;
	int ret;

	if (!inst || !nd || !nd->ops ||
	    (!nd->ops->host && (!nd->ops->tx || !nd->ops->rx)))
		return -LKL_EINVAL;
	ret = netdev_new(inst, nd, args, &d);
	if (ret)
		return ret;
	ret = lkl_devices_add(inst, &inst->machine->netdevs, &d->device);
	if (ret >= 0)
		nd->id = ret;
	return ret;
}

int lkl_netdev_remove(int id)
{
	struct lkl_instance *inst = lkl_this_instance();

	if (!inst)
		return -LKL_EINVAL;
	return lkl_devices_remove(inst, &inst->machine->netdevs, id);
}

void lkl_netdev_free(struct lkl_netdev *nd)
{
	if (nd && nd->ops && nd->ops->free)
		nd->ops->free(nd);
}
