// SPDX-License-Identifier: GPL-2.0
/*
 * Offloads of liblkl's network device beyond the offloads of virtio-net.
 *
 * Segments longer than 64 KiB: fewer segments cost less time per byte.  Only
 * for IPv4, as a longer packet of IPv6 has an extension header that the driver
 * would have to remove.
 *
 * Large receive offload: the device joins segments that it receives, as other
 * network hardware does.  The kernel disables LRO where packets must leave as
 * they came: when it forwards or bridges them, or for "ethtool -K eth0 lro off".
 *
 * Virtio has no feature bits for the two, and virtio_net no code.  So the
 * device and this file negotiate in struct lkl_net_config, which lies behind
 * struct virtio_net_config.  The virtio specification allows a configuration
 * space that is longer than a driver knows (version 1.2, section 2.5), only devices
 * of liblkl's vendor have the members, and both sides take the offset from the
 * same <linux/virtio_net.h>.
 *
 * The features of the net_device belong to its driver.  A notifier sets them
 * here, before others see the device, because the kernel outside of arch/lkl
 * stays unmodified, and because TCP is slower without them.  If virtio gets
 * such features, this file goes.
 */
#include <linux/init.h>
#include <linux/netdevice.h>
#include <linux/virtio.h>
#include <linux/virtio_config.h>
#include <linux/virtio_net.h>
#include <uapi/linux/virtio_ids.h>
#include <lkl/net-config.h>

#define CONFIG_OFFSET(member)						\
	(sizeof(struct virtio_net_config) +				\
	 offsetof(struct lkl_net_config, member))

/* Return the virtio device of @dev if it is liblkl's network device. */
static struct virtio_device *offload_device(const struct net_device *dev)
{
	struct virtio_device *vdev;

	if (!dev->dev.parent || !is_virtio_device(dev->dev.parent))
		return NULL;
	vdev = dev_to_virtio(dev->dev.parent);
	if (vdev->id.device != VIRTIO_ID_NET ||
	    vdev->id.vendor != LKL_VIRTIO_VENDOR_ID)
		return NULL;
	return vdev;
}

static void offload_allow_tso(struct net_device *dev,
			      struct virtio_device *vdev)
{
	u32 max = virtio_cread32(vdev, CONFIG_OFFSET(tso_max));

	if (max <= dev->tso_max_size)
		return;
	netif_set_tso_max_size(dev, max);
	WRITE_ONCE(dev->gso_ipv4_max_size, dev->tso_max_size);
}

static void offload_update_lro(struct net_device *dev,
			       struct virtio_device *vdev)
{
	virtio_cwrite32(vdev, CONFIG_OFFSET(join),
			!!(dev->features & NETIF_F_LRO));
}

static void offload_allow_lro(struct net_device *dev,
			      struct virtio_device *vdev)
{
	if (!virtio_has_feature(vdev, VIRTIO_NET_F_GUEST_TSO4))
		return;
	dev->hw_features |= NETIF_F_LRO;
	dev->wanted_features |= NETIF_F_LRO;
	dev->features |= NETIF_F_LRO;
}

/*
 * Limit the MTU to the longest packet that the device's buffers take when it
 * receives no segments.  The device would drop a longer packet silently.
 */
static void offload_limit_mtu(struct net_device *dev,
			      struct virtio_device *vdev)
{
	if (virtio_has_feature(vdev, VIRTIO_NET_F_GUEST_TSO4) ||
	    virtio_has_feature(vdev, VIRTIO_NET_F_GUEST_TSO6) ||
	    virtio_has_feature(vdev, VIRTIO_NET_F_GUEST_UFO))
		return;
	dev->max_mtu = virtio_has_feature(vdev, VIRTIO_NET_F_MRG_RXBUF) ?
		       LKL_NET_JUMBO_MTU : ETH_DATA_LEN;
}

static int offload_event(struct notifier_block *nb, unsigned long event,
			 void *info)
{
	struct net_device *dev = netdev_notifier_info_to_dev(info);
	struct virtio_device *vdev = offload_device(dev);

	if (!vdev)
		return NOTIFY_DONE;
	if (event == NETDEV_REGISTER) {
		offload_allow_tso(dev, vdev);
		offload_allow_lro(dev, vdev);
		offload_limit_mtu(dev, vdev);
		offload_update_lro(dev, vdev);
	} else if (event == NETDEV_FEAT_CHANGE) {
		offload_update_lro(dev, vdev);
	}
	return NOTIFY_DONE;
}

static struct notifier_block offload_notifier = {
	.notifier_call = offload_event,
};

static int __init offload_init(void)
{
	return register_netdevice_notifier(&offload_notifier);
}
subsys_initcall(offload_init);
