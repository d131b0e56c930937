// SPDX-License-Identifier: GPL-2.0
/*
 * A program with an event loop of its own and a single thread.  The kernel runs
 * only when the program lets it: in system calls and in lkl_poll().
 *
 *	cc event-loop.c -o event-loop $(pkg-config --cflags --libs lkl)
 */
#include <lkl_host.h>
#include <lkl/linux/timerfd.h>
#include <stdio.h>

#define PERIOD_MS	10	/* of the kernel's timer */
#define ROUND_MS	3	/* of the program's own work */
#define NR_EXPIRATIONS	5

/* Return the descriptor of a periodic timer in the kernel, or an error. */
static long timer_start(void)
{
	struct __lkl__kernel_itimerspec period = {
		.it_interval.tv_nsec = PERIOD_MS * 1000000,
		.it_value.tv_nsec = PERIOD_MS * 1000000,
	};
	long fd = lkl_sys_timerfd_create(LKL_CLOCK_MONOTONIC, LKL_TFD_NONBLOCK);
	long ret = fd < 0 ? fd : lkl_sys_timerfd_settime(fd, 0, &period, NULL);

	return ret ? ret : fd;
}

static long loop_until_expired(int fd)
{
	uint64_t expirations, total = 0;
	unsigned int rounds = 0;
	long ret;

	while (total < NR_EXPIRATIONS) {
		/* Wait for the program's next round, and run the kernel meanwhile. */
		ret = lkl_poll(ROUND_MS);
		if (ret)
			return ret;
		/* Here a program does its own work. */
		rounds++;
		ret = lkl_sys_read(fd, (char *)&expirations, sizeof(expirations));
		if (ret == -LKL_EAGAIN)
			continue;
		if (ret < 0)
			return ret;
		total += expirations;
	}
	printf("%u rounds, %llu expirations\n", rounds, (unsigned long long)total);
	return 0;
}

static long loop_with_kernel(void)
{
	long fd, ret = lkl_start_kernel("quiet");
	long halted;

	if (ret)
		return ret;
	fd = timer_start();
	ret = fd < 0 ? fd : loop_until_expired(fd);
	halted = lkl_sys_halt();	/* closes the timer, too */
	return ret ? ret : halted;
}

int main(void)
{
	long ret;

	lkl_host_ops.flags |= LKL_HOST_NO_DRIVER;	/* no background thread */
	ret = lkl_init(&lkl_host_ops);
	if (!ret) {
		ret = loop_with_kernel();
		lkl_cleanup();
	}
	if (ret)
		fprintf(stderr, "event-loop: %s\n", lkl_strerror(ret));
	return ret ? 1 : 0;
}
