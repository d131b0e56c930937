/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The bus: which device answers at which guest-physical address.
 */
#ifndef LKL_VIRTIO_BUS_H
#define LKL_VIRTIO_BUS_H

#include <stdint.h>

#include <lkl/abi.h>

/*
 * Slot n of the bus has the LKL_MMIO_WINDOW bytes at LKL_MMIO_BASE +
 * n * LKL_MMIO_WINDOW of guest-physical space (far above RAM) and interrupt
 * line n + 1.
 */
#define LKL_MMIO_BASE		0xf000000000ULL
#define LKL_MMIO_WINDOW		0x1000
#define LKL_SLOT_IRQ(slot)	((slot) + 1)

/**
 * struct lkl_mmio_ops - a device behind a window of guest-physical registers
 * @read:	register read of 1, 2, 4 or 8 bytes
 * @write:	register write
 *
 * Context: the owner of the virtual CPU, on its host stack.
 */
struct lkl_mmio_ops {
	uint64_t (*read)(void *dev, uint32_t off, uint32_t size);
	void (*write)(void *dev, uint32_t off, uint64_t val, uint32_t size);
};

/**
 * struct lkl_mmio_bus - the bus
 * @slots:	its devices; an empty slot has no @ops
 */
struct lkl_mmio_bus {
	struct {
		const struct lkl_mmio_ops *ops;
		void *dev;
	} slots[LKL_NR_DEVICES];
};

/* Put a device on the bus: return its slot, or -LKL_ENOSPC. */
int lkl_mmio_attach(struct lkl_mmio_bus *bus, const struct lkl_mmio_ops *ops,
		    void *dev);
void lkl_mmio_detach(struct lkl_mmio_bus *bus, int slot);
uint64_t lkl_mmio_read(struct lkl_mmio_bus *bus, uint64_t addr, uint32_t size);
void lkl_mmio_write(struct lkl_mmio_bus *bus, uint64_t addr, uint64_t val,
		    uint32_t size);

#endif /* LKL_VIRTIO_BUS_H */
