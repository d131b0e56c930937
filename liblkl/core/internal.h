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

/* instance.c */
struct lkl_instance *lkl_default_instance(void);
/* Raise interrupt line @irq; by the thread inside the kernel. */
void lkl_instance_irq(struct lkl_instance *inst, unsigned int irq);
/* Tell the kernel of a device: its id or an error. */
int64_t lkl_instance_mmio_add(struct lkl_instance *inst, uint64_t base,
			      uint64_t size, unsigned int irq);
int64_t lkl_instance_mmio_remove(struct lkl_instance *inst, int64_t id);

/* mmio.c: the bus */

/*
 * Windows are LKL_MMIO_WINDOW bytes each; slot n lies at LKL_MMIO_BASE +
 * n * LKL_MMIO_WINDOW of guest-physical space (far above RAM) and owns
 * interrupt line n + 1.
 */
#define LKL_MMIO_BASE		0xf000000000ULL
#define LKL_MMIO_WINDOW		0x1000
#define LKL_SLOT_IRQ(slot)	((slot) + 1)

/**
 * struct lkl_mmio_ops - a device behind a window of guest-physical registers
 * @read:	register read of 1, 2, 4 or 8 bytes
 * @write:	register write
 *
 * Context: the thread inside the kernel, on its host stack, CPU lock held.
 */
struct lkl_mmio_ops {
	uint64_t (*read)(void *dev, uint32_t off, uint32_t size);
	void (*write)(void *dev, uint32_t off, uint64_t val, uint32_t size);
};

struct lkl_mmio_bus {
	struct {
		const struct lkl_mmio_ops *ops;
		void *dev;
	} slots[LKL_NR_DEVICES];
};

/* A slot, or -LKL_ENOSPC. */
int lkl_mmio_attach(struct lkl_mmio_bus *bus, const struct lkl_mmio_ops *ops,
		    void *dev);
void lkl_mmio_detach(struct lkl_mmio_bus *bus, int slot);
uint64_t lkl_mmio_read(struct lkl_mmio_bus *bus, uint64_t addr, uint32_t size);
void lkl_mmio_write(struct lkl_mmio_bus *bus, uint64_t addr, uint64_t val,
		    uint32_t size);

/* devices.c */
struct lkl_device;
struct lkl_device_kind;

/**
 * struct lkl_devices - the program's devices of one kind
 * @kind:	which
 * @lock:	protects @list
 * @list:	oldest first
 * @next_id:	of the next device
 */
struct lkl_devices {
	const struct lkl_device_kind *kind;
	struct lkl_mutex *lock;
	struct lkl_device *list;
	int next_id;
};

void lkl_devices_exit(struct lkl_instance *inst, struct lkl_devices *devs);
/* Make them known to a kernel that has booted. */
int lkl_devices_attach(struct lkl_instance *inst, struct lkl_devices *devs);
/* Take them away from it, before a halt; they stay in the list. */
int lkl_devices_detach(struct lkl_instance *inst, struct lkl_devices *devs);
/*
 * The kernel is gone, or never booted: close those that it could not give back.
 * Nobody is in the poller any more.
 */
void lkl_devices_close(struct lkl_instance *inst, struct lkl_devices *devs);

/* disk.c */
int lkl_disks_init(struct lkl_instance *inst);
/* A write or flush failed; any thread. */
void lkl_disks_lost_write(struct lkl_instance *inst);
/* How many did since boot. */
uint32_t lkl_disks_lost_writes(struct lkl_instance *inst);

/* netdev.c */
int lkl_netdevs_init(struct lkl_instance *inst);
/* In the child of a fork(). */
void lkl_netdevs_forked(struct lkl_instance *inst);
/*
 * Make the devices for a kernel that is going to boot; fills in @devices, room
 * for LKL_NR_DEVICES.  Their number, or an error: then there are none.
 */
int lkl_netdevs_boot(struct lkl_instance *inst,
		     struct lkl_boot_device *devices);

/* hostfd.c */
/**
 * struct lkl_hostfds - descriptors of the host that the kernel knows
 * @all:	all of them
 * @fired:	those that became ready
 */
struct lkl_hostfds {
	struct hostfd *all;
	struct hostfd *fired;
};

/* The kernel's callbacks; CPU lock held. */
int64_t lkl_hostfd_get(struct lkl_instance *inst, int fd, uint64_t file);
void lkl_hostfd_put(struct lkl_instance *inst, uint64_t handle);
int lkl_hostfd_poll(struct lkl_instance *inst, uint64_t handle);
uint64_t lkl_hostfd_next(struct lkl_instance *inst);
/* Those that a kernel that is gone has left. */
void lkl_hostfds_close(struct lkl_instance *inst);

#endif /* LKL_INTERNAL_H */
