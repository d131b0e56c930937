// SPDX-License-Identifier: GPL-2.0
/*
 * The monotonic clock is the performance counter, which counts at a frequency
 * that is constant until the system ends.
 */
#include <windows.h>
#include <stdint.h>

#include "base/clock.h"

#define NSEC_PER_SEC	1000000000ULL
/* The time of day counts 100 ns from 1601-01-01. */
#define CLOCK_UNIT_NS	100ULL
#define CLOCK_1970	116444736000000000ULL

/* Nanoseconds of a tick, 0 if a tick is no whole number of nanoseconds. */
static uint64_t clock_tick_ns;
static uint64_t clock_frequency;

static uint64_t clock_get_frequency(void)
{
	uint64_t known = __atomic_load_n(&clock_frequency, __ATOMIC_ACQUIRE);
	LARGE_INTEGER f;

	if (known)
		return known;
	QueryPerformanceFrequency(&f);
	known = f.QuadPart;
	if (!(NSEC_PER_SEC % known))
		__atomic_store_n(&clock_tick_ns, NSEC_PER_SEC / known,
				 __ATOMIC_RELAXED);
	__atomic_store_n(&clock_frequency, known, __ATOMIC_RELEASE);
	return known;
}

unsigned long long lkl_host_win32_time(void)
{
	uint64_t frequency = clock_get_frequency(), ticks;
	uint64_t tick_ns = __atomic_load_n(&clock_tick_ns, __ATOMIC_RELAXED);
	LARGE_INTEGER now;

	QueryPerformanceCounter(&now);
	ticks = now.QuadPart;
	if (tick_ns)
		return ticks * tick_ns;
	/* The product with all ticks would not fit into 64 bits. */
	return ticks / frequency * NSEC_PER_SEC +
	       ticks % frequency * NSEC_PER_SEC / frequency;
}

unsigned long long lkl_host_win32_wall_time(void)
{
	FILETIME now;
	uint64_t units;

	GetSystemTimePreciseAsFileTime(&now);
	units = (uint64_t)now.dwHighDateTime << 32 | now.dwLowDateTime;
	return (units - CLOCK_1970) * CLOCK_UNIT_NS;
}
