// SPDX-License-Identifier: GPL-2.0
/*
 * Network devices of the program.  They may be added before the kernel runs,
 * and stay when it is halted and started again.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "device.h"
#include "virtio-net.h"

#define MAC_LEN	6

/**
 * struct netdev - a device that was added
 * @next:	link of the list, in the order of adding
 * @nd:		its back end
 * @id:		what the program was told
 * @mac:	its hardware address
 * @offload:	what it may offer
 * @net:	its device, while the kernel runs
 * @refused:	the program was told that it was not added
 * @dev:	the kernel's id of that
 */
struct netdev {
	struct netdev *next;
	struct lkl_netdev *nd;
	int id;
	uint8_t mac[MAC_LEN];
	uint32_t offload;
	struct virtio_net *net;
	bool refused;
	int64_t dev;
};

static bool is_running(const struct lkl_instance *inst)
{
	return __atomic_load_n(&inst->phase, __ATOMIC_ACQUIRE) !=
	       LKL_PHASE_INIT;
}

int lkl_netdevs_init(struct lkl_instance *inst)
{
	inst->netdevs.lock = inst->host->mutex_alloc(0);
	return inst->netdevs.lock ? 0 : -LKL_ENOMEM;
}

void lkl_netdevs_exit(struct lkl_instance *inst)
{
	while (inst->netdevs.list) {
		struct netdev *d = inst->netdevs.list;

		inst->netdevs.list = d->next;
		inst->host->mem_free(d);
	}
	inst->host->mutex_free(inst->netdevs.lock);
	inst->netdevs.lock = NULL;
}

static int create(struct lkl_instance *inst, struct netdev *d)
{
	int ret;

	lkl_vcpu_lock(&inst->vcpu);
	ret = virtio_net_create(inst, d->nd, d->mac, d->offload, &d->net);
	lkl_vcpu_unlock(&inst->vcpu);
	return ret;
}

/* It is not the kernel's any more. */
static void release(struct lkl_instance *inst, struct netdev *d)
{
	lkl_device_release(inst, virtio_net_dev(d->net));
	virtio_net_destroy(d->net);
	d->net = NULL;
}

static int attach(struct lkl_instance *inst, struct netdev *d)
{
	int ret = create(inst, d);

	if (ret)
		return ret;
	d->dev = lkl_device_attach(inst, virtio_net_dev(d->net));
	if (d->dev >= 0)
		return 0;
	/* It died meanwhile: the device stays until lkl_netdevs_close(). */
	if (inst->vcpu.state == LKL_VCPU_RUNNING)
		release(inst, d);
	return d->dev;
}

static int detach(struct lkl_instance *inst, struct netdev *d)
{
	int64_t ret;

	if (!d->net)
		return 0;
	ret = lkl_instance_mmio_remove(inst, d->dev);
	if (ret)
		return ret;
	release(inst, d);
	return 0;
}

int lkl_netdevs_boot(struct lkl_instance *inst,
		     struct lkl_boot_device *devices)
{
	struct netdev *d;
	int n = 0, ret = 0;

	inst->host->mutex_lock(inst->netdevs.lock);
	for (d = inst->netdevs.list; d && !ret; d = d->next) {
		ret = create(inst, d);
		if (ret)
			break;
		d->dev = lkl_device_attach_at_boot(inst, virtio_net_dev(d->net),
						   &devices[n++]);
		if (d->dev < 0)
			ret = d->dev;
	}
	inst->host->mutex_unlock(inst->netdevs.lock);
	if (ret) {
		lkl_netdevs_close(inst);
		return ret;
	}
	return n;
}

void lkl_netdevs_close(struct lkl_instance *inst)
{
	struct netdev **link = &inst->netdevs.list, *d;

	inst->host->mutex_lock(inst->netdevs.lock);
	while ((d = *link)) {
		if (d->net)
			release(inst, d);
		if (d->refused) {
			*link = d->next;
			inst->host->mem_free(d);
		} else {
			link = &d->next;
		}
	}
	inst->host->mutex_unlock(inst->netdevs.lock);
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
	else
		ret = make_mac(inst, d->mac);
	if (ret) {
		inst->host->mem_free(d);
		return ret;
	}
	*new = d;
	return 0;
}

/* As a disk, of which see lkl_disk_add(). */
static int add(struct lkl_instance *inst, struct netdev *d)
{
	struct netdev **link;
	int ret = 0;

	if (is_running(inst))
		ret = attach(inst, d);
	if (ret && !d->net) {
		inst->host->mem_free(d);
		return ret;
	}
	for (link = &inst->netdevs.list; *link; link = &(*link)->next)
		;
	*link = d;
	d->id = inst->netdevs.next_id++;
	d->nd->id = d->id;
	/* The kernel died: its device is there until lkl_sys_halt(). */
	d->refused = ret;
	return ret ? ret : d->id;
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
	inst->host->mutex_lock(inst->netdevs.lock);
	ret = add(inst, d);
	inst->host->mutex_unlock(inst->netdevs.lock);
	return ret;
}

int lkl_netdev_remove(int id)
{
	struct lkl_instance *inst = lkl_default_instance();
	struct netdev **link, *d;
	int ret = -LKL_ENOENT;

	if (!inst)
		return -LKL_EINVAL;
	inst->host->mutex_lock(inst->netdevs.lock);
	for (link = &inst->netdevs.list; *link; link = &(*link)->next) {
		d = *link;
		if (d->id != id)
			continue;
		ret = is_running(inst) ? detach(inst, d) : 0;
		if (ret)
			break;
		*link = d->next;
		inst->host->mem_free(d);
		break;
	}
	inst->host->mutex_unlock(inst->netdevs.lock);
	return ret;
}

void lkl_netdev_free(struct lkl_netdev *nd)
{
	if (nd && nd->ops->free)
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
	int64_t dev = -LKL_ENOENT;
	struct netdev *d;
	int ret;

	if (!inst)
		return -LKL_EINVAL;
	inst->host->mutex_lock(inst->netdevs.lock);
	for (d = inst->netdevs.list; d; d = d->next)
		if (d->id == id && d->net)
			dev = d->dev;
	inst->host->mutex_unlock(inst->netdevs.lock);
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
