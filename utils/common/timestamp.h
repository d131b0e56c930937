/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Times of files.
 *
 * The kernel does not check the nanoseconds of all types of file systems: ntfs3
 * reports negative nanoseconds for times before 1970, and a damaged ext4 or btrfs
 * may contain more than 999999999 nanoseconds.
 */
#ifndef COMMON_TIMESTAMP_H
#define COMMON_TIMESTAMP_H

#include <stdint.h>
#include <time.h>

/*
 * Return the time that LKL's kernel reports as @sec and @nsec, with nanoseconds
 * from 0 to 999999999.
 */
static inline struct timespec timestamp_normalize(int64_t sec, uint32_t nsec)
{
	const int32_t unit = 1000000000;
	/* A number of 32 bits with a sign, which the kernel stores without one */
	int32_t rest = (int32_t)nsec % unit;
	int64_t carry = (int32_t)nsec / unit;

	if (rest < 0) {
		rest += unit;
		carry--;
	}
	/* There is no time beyond the ends of the range. */
	if (__builtin_add_overflow(sec, carry, &sec))
		sec = carry < 0 ? INT64_MIN : INT64_MAX;
	return (struct timespec) { .tv_sec = sec, .tv_nsec = rest };
}

#endif /* COMMON_TIMESTAMP_H */
