// SPDX-License-Identifier: GPL-2.0
/*
 * The bus: which device answers at which guest-physical address.
 */
#include <stdint.h>

#include <lkl/asm/errno.h>

#include "virtio/bus.h"
#include "shared/macros.h"

int lkl_mmio_attach(struct lkl_mmio_bus *bus, const struct lkl_mmio_ops *ops,
		    void *dev)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(bus->slots); i++) {
		if (bus->slots[i].ops)
			continue;
		bus->slots[i].dev = dev;
		bus->slots[i].ops = ops;
		return i;
	}
	return -LKL_ENOSPC;
}

void lkl_mmio_detach(struct lkl_mmio_bus *bus, int slot)
{
	bus->slots[slot].ops = NULL;
	bus->slots[slot].dev = NULL;
}

/* Return the slot of an address, -1 where no device answers. */
static int bus_find_slot(const struct lkl_mmio_bus *bus, uint64_t addr)
{
	uint64_t slot = (addr - LKL_MMIO_BASE) / LKL_MMIO_WINDOW;

	if (addr < LKL_MMIO_BASE || slot >= ARRAY_SIZE(bus->slots) ||
	    !bus->slots[slot].ops)
		return -1;
	return slot;
}

/* As on a real bus, an address without a device reads as ones. */
uint64_t lkl_mmio_read(struct lkl_mmio_bus *bus, uint64_t addr, uint32_t size)
{
	int slot = bus_find_slot(bus, addr);

	if (slot < 0)
		return UINT64_MAX;
	return bus->slots[slot].ops->read(bus->slots[slot].dev,
					  addr % LKL_MMIO_WINDOW, size);
}

void lkl_mmio_write(struct lkl_mmio_bus *bus, uint64_t addr, uint64_t val,
		    uint32_t size)
{
	int slot = bus_find_slot(bus, addr);

	if (slot >= 0)
		bus->slots[slot].ops->write(bus->slots[slot].dev,
					    addr % LKL_MMIO_WINDOW, val, size);
}
