// SPDX-License-Identifier: GPL-2.0
/*
 * What a network device of liblkl can do beyond what virtio's driver knows of.
 *
 * It may take TCP segments longer than 64 KiB: what such a segment costs is
 * shared by more bytes.  Not over IPv6, which would mark them with an extension
 * header that drivers have to remove.
 *
 * It joins segments that it receives, as hardware does ("LRO").  The kernel
 * turns that off where packets have to leave as they came: when it forwards or
 * bridges them, or when "ethtool -K eth0 lro off" says so.
 *
 * Without segments, what it receives is not longer than a jumbo frame.
 */
#include <linux/init.h>
#include <linux/netdevice.h>
#include <linux/virtio.h>
#include <linux/virtio_config.h>
#include <linux/virtio_net.h>
#include <uapi/linux/virtio_ids.h>
#include <lkl/net-config.h>

#define CONFIG_AT(field)						\
	(sizeof(struct virtio_net_config) +				\
	 offsetof(struct lkl_net_config, field))

/* The device below @dev, if it is one of liblkl's: there are no others. */
static struct virtio_device *below(const struct net_device *dev)
{
	struct virtio_device *vdev;

	if (!dev->dev.parent || !is_virtio_device(dev->dev.parent))
		return NULL;
	vdev = dev_to_virtio(dev->dev.parent);
	return vdev->id.device == VIRTIO_ID_NET ? vdev : NULL;
}

static void allow_long_segments(struct net_device *dev,
				struct virtio_device *vdev)
{
	u32 max = virtio_cread32(vdev, CONFIG_AT(tso_max));

	if (max <= dev->tso_max_size)
		return;
	netif_set_tso_max_size(dev, max);
	WRITE_ONCE(dev->gso_ipv4_max_size, dev->tso_max_size);
}

static void set_join(struct net_device *dev, struct virtio_device *vdev)
{
	virtio_cwrite32(vdev, CONFIG_AT(join),
			!!(dev->features & NETIF_F_LRO));
}

static void allow_joining(struct net_device *dev, struct virtio_device *vdev)
{
	if (!virtio_has_feature(vdev, VIRTIO_NET_F_GUEST_TSO4))
		return;
	dev->hw_features |= NETIF_F_LRO;
	dev->wanted_features |= NETIF_F_LRO;
	dev->features |= NETIF_F_LRO;
}

/* Longer packets would find no room, and be lost without a word. */
static void limit_mtu(struct net_device *dev, struct virtio_device *vdev)
{
	if (virtio_has_feature(vdev, VIRTIO_NET_F_GUEST_TSO4) ||
	    virtio_has_feature(vdev, VIRTIO_NET_F_GUEST_TSO6) ||
	    virtio_has_feature(vdev, VIRTIO_NET_F_GUEST_UFO))
		return;
	dev->max_mtu = virtio_has_feature(vdev, VIRTIO_NET_F_MRG_RXBUF) ?
		       LKL_NET_JUMBO_MTU : ETH_DATA_LEN;
}

static int lkl_netdev_event(struct notifier_block *nb, unsigned long event,
			    void *info)
{
	struct net_device *dev = netdev_notifier_info_to_dev(info);
	struct virtio_device *vdev = below(dev);

	if (!vdev)
		return NOTIFY_DONE;
	if (event == NETDEV_REGISTER) {
		allow_long_segments(dev, vdev);
		allow_joining(dev, vdev);
		limit_mtu(dev, vdev);
		set_join(dev, vdev);
	} else if (event == NETDEV_FEAT_CHANGE) {
		set_join(dev, vdev);
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
