// SPDX-License-Identifier: GPL-2.0
/*
 * Booting the kernel.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "core/host-thread.h"
#include "core/message.h"
#include "devices/machine.h"
#include "life/life.h"

#define CMDLINE_SIZE	4096

static int report_stalled_boot(struct lkl_instance *inst)
{
	static const char msg[] = "lkl: cannot boot: the kernel waits, and no timer or device can wake it\n";

	lkl_log(inst->host, LKL_LEVEL_ERROR, msg, sizeof(msg) - 1);
	return -LKL_EIO;
}

/*
 * Wait while boot sleeps: for its timers, and for packets when it asks for an
 * address by DHCP.
 */
static int wait_in_boot(struct lkl_instance *inst, bool has_devices)
{
	struct lkl_vcpu *v = &inst->vcpu;

	if (v->cpu->deadline == INT64_MAX && !has_devices)
		return report_stalled_boot(inst);
	v->host->poller_wait(v->poller, v->cpu->deadline);
	v->host->poller_reap(v->poller);
	return v->run(NULL);
}

static int boot_kernel(struct lkl_instance *inst, const char *cmdline)
{
	struct lkl_boot_device devices[LKL_NR_DEVICES];
	struct lkl_boot_args args = {
		.size = sizeof(args),
		.version = LKL_ABI_VERSION,
		.callbacks = (uintptr_t)&inst->callbacks,
		.cmdline = (uintptr_t)cmdline,
		.devices = (uintptr_t)devices,
	};
	int ret;

	lkl_memory_describe(&inst->mem, &args);
	ret = inst->host->entropy(args.seed, sizeof(args.seed));
	if (ret)
		return ret;
	ret = lkl_netdevs_boot(inst, devices);
	if (ret < 0)
		return ret;
	args.nr_devices = ret;
	ret = inst->image.table->boot(&args);
	while (ret == LKL_RUN_IDLE)
		ret = wait_in_boot(inst, args.nr_devices);
	if (ret != LKL_RUN_DONE)
		return ret < 0 ? ret : -LKL_EIO;
	return 0;
}

/* Say why an image for another machine does not boot. */
static void report_wrong_machine(struct lkl_instance *inst)
{
	const char *msg = sizeof(void *) < sizeof(uint64_t) ?
		"lkl: cannot boot: the kernel image is for 64-bit programs, but this program is a 32-bit program; build the program for 64 bits\n" :
		"lkl: cannot boot: the kernel image is for another processor or for 32-bit programs; install the image for this processor\n";

	lkl_log(inst->host, LKL_LEVEL_ERROR, msg, strlen(msg));
}

static int create_poller(struct lkl_instance *inst)
{
	const struct lkl_host_wait_ops *wait = inst->host->wait;
	struct lkl_poller **p = &inst->vcpu.poller;
	int ret = wait->poller_create(p);

	if (!ret && lkl_host_knows_ram(wait) && wait->poller_set_ram)
		wait->poller_set_ram(*p, inst->mem.ram);
	return ret;
}

static int power_on(struct lkl_instance *inst)
{
	const struct lkl_host_operations *host = inst->host;
	struct lkl_image *image = &inst->image;
	struct lkl_vcpu *v = &inst->vcpu;
	int ret;

	ret = lkl_memory_create(inst);
	if (ret)
		goto out_memory;
	ret = create_poller(inst);
	if (ret)
		goto out_memory;
	ret = lkl_image_load(host, image);
	if (ret == -LKL_ELIBBAD)
		report_wrong_machine(inst);
	if (ret)
		goto out_poller;
	ret = lkl_faults_init(inst);
	if (ret)
		goto out_image;

	lkl_callbacks_init(inst);
	lkl_machine_set_callbacks(&inst->callbacks);
	v->run = image->table->run;
	v->host = host->wait;
	v->time = host->time;
	lkl_vcpu_start(v, (struct lkl_cpu *)(uintptr_t)image->table->cpu);
	return 0;

out_image:
	lkl_image_unload(host, image);
out_poller:
	host->wait->poller_destroy(v->poller);
out_memory:
	lkl_memory_destroy(inst);
	return ret;
}

static int start_kernel(struct lkl_instance *inst, const char *cmdline)
{
	int ret;

	ret = power_on(inst);
	if (ret)
		return ret;
	ret = boot_kernel(inst, cmdline);
	if (ret)
		goto out_power;
	lkl_memory_booted(inst);
	inst->lost_writes = 0;
	__atomic_store_n(&inst->phase, LKL_PHASE_RUNNING, __ATOMIC_RELEASE);
	ret = lkl_background_start(inst);
	if (!ret)
		ret = lkl_machine_attach(inst);
	if (ret) {
		lkl_halt(inst);
		return ret;
	}
	return 0;

out_power:
	__atomic_store_n(&inst->vcpu.state, LKL_VCPU_DEAD, __ATOMIC_SEQ_CST);
	lkl_power_off(inst);
	return ret;
}

/* Boot the kernel of @inst, to which the calling thread is bound. */
static int start_formatted(struct lkl_instance *inst, const char *fmt,
			   va_list ap)
{
	char cmdline[CMDLINE_SIZE];
	int len;

	if (lkl_phase(inst) != LKL_PHASE_INIT)
		return -LKL_EBUSY;
	len = vsnprintf(cmdline, sizeof(cmdline), fmt, ap);
	if (len < 0 || (size_t)len >= sizeof(cmdline))
		return -LKL_E2BIG;
	/* While a thread boots the kernel, the thread is in the kernel. */
	if (!lkl_thread_self())
		return -LKL_ENOMEM;
	return start_kernel(inst, cmdline);
}

int lkl_start_kernel(const char *fmt, ...)
{
	struct lkl_instance *inst = lkl_this_instance();
	va_list ap;
	int ret;

	if (!inst)
		return -LKL_EINVAL;
	va_start(ap, fmt);
	ret = start_formatted(inst, fmt, ap);
	va_end(ap);
	return ret;
}

int lkl_instance_start(struct lkl_instance *inst, const char *fmt, ...)
{
	struct lkl_instance *bound = lkl_thread_binding();
	va_list ap;
	int ret = inst ? lkl_thread_bind(inst) : -LKL_EINVAL;

	if (ret)
		return ret;
	va_start(ap, fmt);
	ret = start_formatted(inst, fmt, ap);
	va_end(ap);
	lkl_thread_bind(bound);
	return ret;
}
