// SPDX-License-Identifier: GPL-2.0
/*
 * The parts of a random driver that do not depend on the device.
 */
#include "fuzz-guest.h"
#include "fuzz.h"

static bool was_broken;

void fuzz_guest_register(uint64_t val)
{
	static const uint32_t regs[] = {
		LKL_VIRTIO_MMIO_DEVICE_FEATURES_SEL,
		LKL_VIRTIO_MMIO_DRIVER_FEATURES,
		LKL_VIRTIO_MMIO_DRIVER_FEATURES_SEL,
		LKL_VIRTIO_MMIO_QUEUE_SEL, LKL_VIRTIO_MMIO_QUEUE_NUM,
		LKL_VIRTIO_MMIO_QUEUE_NUM, LKL_VIRTIO_MMIO_QUEUE_READY,
		LKL_VIRTIO_MMIO_QUEUE_NOTIFY, LKL_VIRTIO_MMIO_QUEUE_NOTIFY,
		LKL_VIRTIO_MMIO_INTERRUPT_ACK, LKL_VIRTIO_MMIO_STATUS,
		LKL_VIRTIO_MMIO_QUEUE_DESC_LOW,
		LKL_VIRTIO_MMIO_QUEUE_DESC_HIGH,
		LKL_VIRTIO_MMIO_QUEUE_AVAIL_LOW,
		LKL_VIRTIO_MMIO_QUEUE_AVAIL_HIGH,
		LKL_VIRTIO_MMIO_QUEUE_USED_LOW,
		LKL_VIRTIO_MMIO_QUEUE_USED_HIGH,
	};
	uint32_t off = one_in(4) ? below(LKL_MMIO_WINDOW) :
		       regs[below(ARRAY_SIZE(regs))];
	uint32_t size = 1U << below(4);

	if (one_in(16))
		val |= random64() << 32;
	if (one_in(3)) {
		lkl_mmio_read(&guest.machine.bus, guest.regs + off, size);
		return;
	}
	lkl_mmio_write(&guest.machine.bus, guest.regs + off, val, size);
	/* Any write may be a reset. */
	if (off == LKL_VIRTIO_MMIO_STATUS && !(uint32_t)val)
		was_broken = false;
}

void fuzz_guest_scribble(uint64_t addr)
{
	unsigned int n = 1 + below(one_in(8) ? 512 : 16);

	while (n--)
		*(char *)ram(addr++, 1) = one_in(2) ? 0 : random64();
}

uint64_t fuzz_guest_features(void)
{
	uint64_t features = VERSION_1;

	if (one_in(2))
		features |= EVENT_IDX;
	if (one_in(2))
		features |= INDIRECT_DESC;
	return features;
}

void fuzz_guest_was_reset(void)
{
	was_broken = false;
}

void fuzz_guest_check_state(uint64_t *times)
{
	bool broken = reg_read(LKL_VIRTIO_MMIO_STATUS) &
		      LKL_VIRTIO_CONFIG_S_NEEDS_RESET;

	if (was_broken && !broken)
		fake_violated("a broken device works again without a reset");
	*times += broken && !was_broken;
	was_broken = broken;
}

bool fuzz_guest_is_broken(void)
{
	return was_broken;
}
