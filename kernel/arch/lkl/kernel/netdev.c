// SPDX-License-Identifier: GPL-2.0
/*
 * Network devices of the host that take longer TCP segments than virtio's
 * driver knows of: what such a segment costs is shared by more bytes.  IPv6
 * would mark them with an extension header, which drivers have to remove.
 */
#include <linux/init.h>
#include <linux/netdevice.h>
#include <linux/platform_device.h>

/* What lkl_mmio_add() was told; the driver's device is below a virtio one. */
static u32 tso_max_of(const struct device *virtio)
{
	const u32 *max;

	if (!virtio || !virtio->parent || !dev_is_platform(virtio->parent))
		return 0;
	max = dev_get_platdata(virtio->parent);
	return max ? *max : 0;
}

static int lkl_netdev_event(struct notifier_block *nb, unsigned long event,
			void *info)
{
	struct net_device *dev = netdev_notifier_info_to_dev(info);
	u32 max = tso_max_of(dev->dev.parent);

	if (event == NETDEV_REGISTER && max > dev->tso_max_size) {
		netif_set_tso_max_size(dev, max);
		WRITE_ONCE(dev->gso_ipv4_max_size, dev->tso_max_size);
	}
	return NOTIFY_DONE;
}

static struct notifier_block netdev_notifier = {
	.notifier_call = lkl_netdev_event,
};

static int __init lkl_netdev_init(void)
{
	return register_netdevice_notifier(&netdev_notifier);
}
subsys_initcall(lkl_netdev_init);
