// SPDX-License-Identifier: GPL-2.0
/*
 * Devices of the host, as virtio-mmio platform devices that come and go at
 * run time.  The interrupt line tells them apart.
 */
#include <linux/err.h>
#include <linux/init.h>
#include <linux/ioport.h>
#include <linux/platform_device.h>
#include <linux/printk.h>
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

/* Those that something may be looked for on before boot is over: ip=dhcp */
static int __init boot_devices(void)
{
	const struct lkl_boot_device *dev = (void *)lkl_boot_args.devices;
	u64 i;

	for (i = 0; i < lkl_boot_args.nr_devices; i++, dev++) {
		s64 params[] = { dev->base, dev->size, dev->irq };
		long ret = lkl_mmio_add(params);

		if (ret < 0)
			pr_err("lkl: no device at line %llu: %ld\n", dev->irq,
			       ret);
	}
	return 0;
}
arch_initcall(boot_devices);

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
