// SPDX-License-Identifier: GPL-2.0
/*
 * Devices of the host, as virtio-mmio platform devices that come and go at
 * run time.  The interrupt line tells them apart.
 */
#include <linux/err.h>
#include <linux/ioport.h>
#include <linux/platform_device.h>
#include <asm/host.h>

static struct platform_device *devices[LKL_NR_DEVICES + 1];

/* params: base, size, irq */
long lkl_mmio_add(const s64 *params)
{
	struct resource res[] = {
		DEFINE_RES_MEM(params[0], params[1]),
		DEFINE_RES_IRQ(params[2]),
	};
	struct platform_device *dev;
	u64 irq = params[2];

	if (irq > LKL_NR_DEVICES)
		return -EINVAL;
	if (devices[irq])
		return -EBUSY;
	dev = platform_device_register_resndata(NULL, "virtio-mmio", irq, res,
						ARRAY_SIZE(res), NULL, 0);
	if (IS_ERR(dev))
		return PTR_ERR(dev);
	devices[irq] = dev;
	return irq;
}

/* params: what lkl_mmio_add() returned */
long lkl_mmio_remove(const s64 *params)
{
	u64 irq = params[0];

	if (irq > LKL_NR_DEVICES || !devices[irq])
		return -ENODEV;
	platform_device_unregister(devices[irq]);
	devices[irq] = NULL;
	return 0;
}
