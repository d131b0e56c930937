/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the files of liblkl share.  Each object belongs to one file; this is
 * the list of who offers what to whom.
 */
#ifndef LKL_INTERNAL_H
#define LKL_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <lkl_host.h>
#include <lkl/abi.h>

#define ALIGN_UP(x, a)		(((x) + (a) - 1) & ~((uint64_t)(a) - 1))
#define ARRAY_SIZE(a)		(sizeof(a) / sizeof((a)[0]))
#define container_of(ptr, type, member) \
	((type *)((char *)(ptr) - offsetof(type, member)))

struct lkl_instance;

/* virtio-mmio devices of an instance: virtio.c */

/**
 * struct lkl_mmio_ops - a device behind a window of guest-physical registers
 * @read:	register read of 1, 2, 4 or 8 bytes
 * @write:	register write
 *
 * Context: the driver of the kernel, on a host stack, CPU lock held.
 */
struct lkl_mmio_ops {
	uint64_t (*read)(void *dev, uint32_t off, uint32_t size);
	void (*write)(void *dev, uint32_t off, uint64_t val, uint32_t size);
};

/* instance.c: raise interrupt line @irq (any thread) */
void lkl_instance_irq(struct lkl_instance *inst, unsigned int irq);

/*
 * mmio.c: the bus.  Windows are LKL_MMIO_WINDOW bytes each; slot n lies at
 * LKL_MMIO_BASE + n * LKL_MMIO_WINDOW of guest-physical space (far above RAM)
 * and owns interrupt line n.
 */
#define LKL_MMIO_BASE		0xf000000000ULL
#define LKL_MMIO_WINDOW		0x1000

int lkl_mmio_attach(struct lkl_instance *inst, const struct lkl_mmio_ops *ops,
		    void *dev);		/* slot or -LKL_ENOSPC */
void lkl_mmio_detach(struct lkl_instance *inst, int slot);
uint64_t lkl_mmio_read(struct lkl_instance *inst, uint64_t addr, uint32_t size);
void lkl_mmio_write(struct lkl_instance *inst, uint64_t addr, uint64_t val,
		    uint32_t size);

#endif /* LKL_INTERNAL_H */
