// SPDX-License-Identifier: GPL-2.0
/*
 * Time is the host's monotonic clock.  The timer is a deadline in lkl_cpu0: the
 * kernel compares it with the clock where it takes interrupts, and the host
 * waits no longer.
 */
#include <linux/clockchips.h>
#include <linux/clocksource.h>
#include <linux/delay.h>
#include <linux/init.h>
#include <linux/sched/clock.h>
#include <linux/timekeeping.h>
#include <asm/entry.h>
#include <asm/host.h>
#include <asm/setup.h>
#include <asm/time.h>

static u64 boot_time __ro_after_init;

/* The scheduler expects a clock that starts near zero. */
unsigned long long notrace sched_clock(void)
{
	return lkl_host_time() - boot_time;
}

static u64 lkl_clocksource_read(struct clocksource *cs)
{
	return lkl_host_time();
}

static struct clocksource lkl_clocksource = {
	.name = "lkl",
	.rating = 400,
	.read = lkl_clocksource_read,
	.mask = CLOCKSOURCE_MASK(64),
	.flags = CLOCK_SOURCE_IS_CONTINUOUS | CLOCK_SOURCE_VALID_FOR_HRES,
};

static int lkl_timer_shutdown(struct clock_event_device *dev)
{
	WRITE_ONCE(lkl_cpu0.deadline, S64_MAX);
	return 0;
}

static int lkl_timer_next(unsigned long delta, struct clock_event_device *dev)
{
	WRITE_ONCE(lkl_cpu0.deadline, lkl_host_time() + delta);
	return 0;
}

static struct clock_event_device lkl_timer = {
	.name = "lkl",
	.rating = 400,
	.features = CLOCK_EVT_FEAT_ONESHOT,
	.set_state_shutdown = lkl_timer_shutdown,
	.set_state_oneshot_stopped = lkl_timer_shutdown,
	.set_next_event = lkl_timer_next,
};

/* Return whether the deadline has passed. */
bool lkl_timer_expired(void)
{
	s64 deadline = READ_ONCE(lkl_cpu0.deadline);

	return deadline != S64_MAX && (s64)lkl_host_time() >= deadline;
}

/* Run the timer's handler if the deadline has passed; in interrupt context. */
void lkl_take_timer(void)
{
	if (!lkl_timer_expired())
		return;
	WRITE_ONCE(lkl_cpu0.deadline, S64_MAX);
	lkl_timer.event_handler(&lkl_timer);
}

/*
 * Take the first tick at once, at the end of boot.  Timers have the resolution
 * of a tick until the first tick switches them to high resolution, and the
 * program should not wait for the first tick.  Set the time of day again: the
 * time between its first reading and the registration of the clock is lost.
 */
void lkl_first_tick(void)
{
	struct timespec64 now = ns_to_timespec64(lkl_host_wall_time());

	do_settimeofday64(&now);
	WRITE_ONCE(lkl_cpu0.deadline, 0);
	lkl_irq_state.clock_countdown = -1;
	lkl_take_irqs();
}

void read_persistent_clock64(struct timespec64 *ts)
{
	*ts = ns_to_timespec64(lkl_host_wall_time());
}

void __init lkl_clock_init(void)
{
	boot_time = lkl_host_time();
}

void __init time_init(void)
{
	clocksource_register_hz(&lkl_clocksource, NSEC_PER_SEC);
	lkl_timer.cpumask = cpumask_of(0);
	clockevents_config_and_register(&lkl_timer, NSEC_PER_SEC, 1, LONG_MAX);
}

/* Delays read the clock, so there is nothing to calibrate. */
void calibrate_delay(void)
{
	loops_per_jiffy = NSEC_PER_SEC / HZ;
}
