/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Actions of random drivers of all virtio devices: random registers, random bytes in
 * the rings, and the check that a device that refuses to work does so until a reset.
 */
#ifndef LKL_TESTS_FUZZ_GUEST_H
#define LKL_TESTS_FUZZ_GUEST_H

#include "support/virtio/fake-guest.h"

/* Read a random register, or write @val. */
void fuzz_guest_register(uint64_t val);
/* Write random bytes from @addr. */
void fuzz_guest_scribble(uint64_t addr);
/* Return features for a start, which every device has. */
uint64_t fuzz_guest_features(void);
/* Call after a reset. */
void fuzz_guest_was_reset(void);
/* Check the state of the device, and count in @times that it began to refuse. */
void fuzz_guest_check_state(uint64_t *times);
/* Return true when the device refuses to work. */
bool fuzz_guest_is_broken(void);

#endif /* LKL_TESTS_FUZZ_GUEST_H */
