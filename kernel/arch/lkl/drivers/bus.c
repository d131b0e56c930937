// SPDX-License-Identifier: GPL-2.0
/*
 * The bus: devices of the host, which are virtio-mmio platform devices that
 * the host adds and removes at run time.  A device's interrupt line, which no
 * other device has, is its number on the bus.
 */
#include <linux/err.h>
#include <linux/init.h>
#include <linux/ioport.h>
#include <linux/platform_device.h>
#include <linux/printk.h>
#include <asm/drivers.h>
#include <asm/setup.h>

static struct platform_device *bus_devices[LKL_NR_DEVICES + 1];

/**
 * lkl_mmio_add - add a device (LKL_REQ_MMIO_ADD)
 * @params:	guest-physical address and size of its registers, interrupt line
 *
 * Return: the number of the device, or a negative error.
 */
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
	if (bus_devices[irq])
		return -EBUSY;
	dev = platform_device_register_resndata(NULL, "virtio-mmio", irq, res,
						ARRAY_SIZE(res), NULL, 0);
	if (IS_ERR(dev))
		return PTR_ERR(dev);
	bus_devices[irq] = dev;
	return irq;
}

/* Add the devices that boot itself may need, for example for "ip=dhcp". */
static int __init bus_add_boot_devices(void)
{
	const struct lkl_boot_device *dev = (void *)lkl_boot_args.devices;
	u64 i;

	for (i = 0; i < lkl_boot_args.nr_devices; i++, dev++) {
		s64 params[] = { dev->base, dev->size, dev->irq };
		long ret = lkl_mmio_add(params);

		if (ret < 0)
			pr_err("lkl: cannot add the device with interrupt line %llu: %ld\n",
			       dev->irq, ret);
	}
	return 0;
}
arch_initcall(bus_add_boot_devices);

/**
 * lkl_mmio_remove - remove a device (LKL_REQ_MMIO_REMOVE)
 * @params:	the number that lkl_mmio_add() returned
 *
 * Return: 0, or -ENODEV.
 */
long lkl_mmio_remove(const s64 *params)
{
	u64 irq = params[0];

	if (irq > LKL_NR_DEVICES || !bus_devices[irq])
		return -ENODEV;
	platform_device_unregister(bus_devices[irq]);
	bus_devices[irq] = NULL;
	return 0;
}
