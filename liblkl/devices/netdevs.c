// SPDX-License-Identifier: GPL-2.0
/*
 * Network devices of the program.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "devices/device.h"
#include "devices/virtio-net.h"

#define MAC_LEN	6

/**
 * struct netdev - a network device of the program
 * @device:	as of all kinds
 * @nd:		its back end
 * @mac:	its hardware address
 * @offload:	what it may offer
 * @net:	its device, while the kernel runs
 */
struct netdev {
	struct lkl_device device;
	struct lkl_netdev *nd;
	uint8_t mac[MAC_LEN];
	uint32_t offload;
	struct virtio_net *net;
};

static int create(struct lkl_instance *inst, struct lkl_device *device)
{
	struct netdev *d = container_of(device, struct netdev, device);
	int ret;

	lkl_vcpu_lock(&inst->vcpu);
	ret = virtio_net_create(inst, d->nd, d->mac, d->offload, &d->net);
	lkl_vcpu_unlock(&inst->vcpu);
	if (!ret)
		device->dev = virtio_net_dev(d->net);
	return ret;
}

static void destroy(struct lkl_device *device)
{
	virtio_net_destroy(container_of(device, struct netdev, device)->net);
}

static bool is_same(const struct lkl_device *a, const struct lkl_device *b)
{
	return container_of(a, struct netdev, device)->nd ==
	       container_of(b, struct netdev, device)->nd;
}

static const struct lkl_device_kind netdev_kind = {
	.create = create,
	.destroy = destroy,
	.is_same = is_same,
};

int lkl_netdevs_init(struct lkl_instance *inst)
{
	return lkl_devices_init(inst, &inst->netdevs, &netdev_kind);
}

/* An interface of the host may be for one process only: not for the child. */
void lkl_netdevs_forked(struct lkl_instance *inst)
{
	const struct lkl_host_net_ops *ops;
	struct lkl_device *d;
	struct netdev *n;

	for (d = inst->netdevs.list; d; d = d->next) {
		n = container_of(d, struct netdev, device);
		ops = n->nd->ops->host;
		if (ops && ops->forked)
			ops->forked(n->nd);
	}
}

int lkl_netdevs_boot(struct lkl_instance *inst,
		     struct lkl_boot_device *devices)
{
	struct lkl_device *d;
	int n = 0, ret = 0;

	inst->host->mutex_lock(inst->netdevs.lock);
	for (d = inst->netdevs.list; d && !ret; d = d->next) {
		ret = create(inst, d);
		if (ret)
			break;
		d->kernel_id = lkl_device_attach_at_boot(inst, d->dev,
							 &devices[n++]);
		if (d->kernel_id < 0)
			ret = d->kernel_id;
	}
	inst->host->mutex_unlock(inst->netdevs.lock);
	if (ret) {
		lkl_devices_close(inst, &inst->netdevs);
		return ret;
	}
	return n;
}

/* Locally administered, and nobody else's. */
static int make_mac(struct lkl_instance *inst, uint8_t *mac)
{
	int ret = inst->host->entropy(mac, MAC_LEN);

	mac[0] = (mac[0] & 0xfc) | 2;
	return ret;
}

static int new_netdev(struct lkl_instance *inst, struct lkl_netdev *nd,
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
		ret = make_mac(inst, d->mac);
	if (ret) {
		inst->host->mem_free(d);
		return ret;
	}
	*new = d;
	return 0;
}

int lkl_netdev_add(struct lkl_netdev *nd, struct lkl_netdev_args *args)
{
	struct lkl_instance *inst = lkl_default_instance();
	struct netdev *d;
	int ret;

	if (!inst || !nd || !nd->ops ||
	    (!nd->ops->host && (!nd->ops->tx || !nd->ops->rx)))
		return -LKL_EINVAL;
	ret = new_netdev(inst, nd, args, &d);
	if (ret)
		return ret;
	ret = lkl_devices_add(inst, &inst->netdevs, &d->device);
	if (ret >= 0)
		nd->id = ret;
	return ret;
}

int lkl_netdev_remove(int id)
{
	struct lkl_instance *inst = lkl_default_instance();

	if (!inst)
		return -LKL_EINVAL;
	return lkl_devices_remove(inst, &inst->netdevs, id);
}

void lkl_netdev_free(struct lkl_netdev *nd)
{
	if (nd && nd->ops && nd->ops->free)
		nd->ops->free(nd);
}

static int read_number(const char *path)
{
	char buf[32];
	long fd, n;

	fd = lkl_sys_open(path, LKL_O_RDONLY, 0);
	if (fd < 0)
		return fd;
	n = lkl_sys_read(fd, buf, sizeof(buf) - 1);
	lkl_sys_close(fd);
	if (n < 0)
		return n;
	buf[n] = 0;
	return atoi(buf);
}

int lkl_netdev_get_ifindex(int id)
{
	struct lkl_instance *inst = lkl_default_instance();
	char path[LKL_DEVICE_PATH + LKL_DEVICE_NAME + sizeof("//ifindex")];
	char name[LKL_DEVICE_NAME];
	int64_t dev;
	int ret;

	if (!inst)
		return -LKL_EINVAL;
	dev = lkl_devices_kernel_id(inst, &inst->netdevs, id);
	if (dev < 0)
		return dev;
	ret = lkl_device_find(dev, "net", "", path, name);
	if (ret)
		return ret == -LKL_ENOENT ? -LKL_ENODEV : ret;
	strcat(path, "/");
	strcat(path, name);
	strcat(path, "/ifindex");
	return read_number(path);
}
