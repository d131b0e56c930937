// SPDX-License-Identifier: GPL-2.0
/*
 * The life of a kernel: init, start, halt, cleanup.  Each may be called again
 * after the last; everything that start took from the host, halt gives back.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "core/instance.h"
#include "devices/virtio.h"

#define CMDLINE_SIZE	4096

/* There is one; everything below takes a pointer all the same. */
static struct lkl_instance the_instance;
static struct lkl_instance *current_instance;

struct lkl_instance *lkl_default_instance(void)
{
	return __atomic_load_n(&current_instance, __ATOMIC_ACQUIRE);
}

static uint32_t phase(const struct lkl_instance *inst)
{
	return __atomic_load_n(&inst->phase, __ATOMIC_ACQUIRE);
}

/* The kernel's memory is not inherited: the child has no kernel. */
static void forked(void)
{
	struct lkl_instance *inst = lkl_default_instance();

	if (!inst)
		return;
	lkl_vcpu_forked(&inst->vcpu);
	lkl_netdevs_forked(inst);
}

/* Tables may be shorter than ours, from a program built earlier. */
static bool table_is_complete(const struct lkl_host_operations *ops)
{
	return ops->size >= sizeof(*ops) && ops->vm &&
	       ops->vm->size >= sizeof(*ops->vm) && ops->wait &&
	       ops->wait->size >= sizeof(*ops->wait) && ops->fault &&
	       ops->fault->size >= sizeof(*ops->fault) && ops->time &&
	       ops->wall_time && ops->entropy && ops->tls_alloc &&
	       ops->mem_alloc && ops->mutex_alloc;
}

int lkl_init(struct lkl_host_operations *ops)
{
	struct lkl_instance *inst = &the_instance;
	int ret;

	if (!ops || !table_is_complete(ops))
		return -LKL_EINVAL;
	if (lkl_default_instance())
		return -LKL_EBUSY;

	/* The virtual CPU comes first and stays: late threads look at it. */
	memset((char *)inst + sizeof(inst->vcpu), 0,
	       sizeof(*inst) - sizeof(inst->vcpu));
	inst->host = ops;
	ret = lkl_threads_init(inst);
	if (ret)
		return ret;
	ret = lkl_disks_init(inst);
	if (ret)
		goto out_threads;
	ret = lkl_netdevs_init(inst);
	if (ret)
		goto out_disks;
	if (ops->atfork) {
		ret = ops->atfork(forked);
		if (ret)
			goto out_netdevs;
	}
	__atomic_store_n(&current_instance, inst, __ATOMIC_RELEASE);
	return 0;

out_netdevs:
	lkl_devices_exit(inst, &inst->netdevs);
out_disks:
	lkl_devices_exit(inst, &inst->disks);
out_threads:
	lkl_threads_exit(inst);
	return ret;
}

void lkl_cleanup(void)
{
	struct lkl_instance *inst = lkl_default_instance();

	if (!inst)
		return;
	lkl_debug_exit(inst);
	if (phase(inst) != LKL_PHASE_INIT)
		lkl_sys_halt();
	lkl_devices_exit(inst, &inst->netdevs);
	lkl_devices_exit(inst, &inst->disks);
	lkl_threads_exit(inst);
	__atomic_store_n(&current_instance, NULL, __ATOMIC_RELEASE);
}

/*
 * A fault of the kernel's code: a user copy goes on at its fixup, anything
 * else becomes an oops.
 */
static uint64_t kernel_fault(uint64_t ip, uint64_t addr, int *pass_args)
{
	const struct lkl_entry_table *table = the_instance.image.table;
	uint64_t to = table->fixup(ip);

	(void)addr;
	if (to)
		return to;
	*pass_args = 1;
	return (uintptr_t)table->fault;
}

static int stalled(struct lkl_instance *inst)
{
	static const char msg[] = "lkl: boot waits for something that will not come\n";
	const int level_err = 3;

	if (inst->host->log)
		inst->host->log(level_err, msg, sizeof(msg) - 1);
	else if (inst->host->print)
		inst->host->print(msg, sizeof(msg) - 1);
	return -LKL_EIO;
}

/*
 * Boot waits for its own timers now and then, and for packets when it is to
 * ask for an address.
 */
static int wait_in_boot(struct lkl_instance *inst, bool has_devices)
{
	struct lkl_vcpu *v = &inst->vcpu;

	if (v->cpu->deadline == INT64_MAX && !has_devices)
		return stalled(inst);
	v->host->poller_wait(v->poller, v->cpu->deadline);
	v->host->poller_reap(v->poller);
	return v->run(NULL);
}

static int boot(struct lkl_instance *inst, const char *cmdline)
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

static void driver_main(void *arg)
{
	struct lkl_instance *inst = arg;

	lkl_vcpu_drive(&inst->vcpu, &inst->driver, INT64_MAX,
		       &inst->driver_stop);
}

static int start_driver(struct lkl_instance *inst)
{
	inst->driver = (struct lkl_thread) { .background = true };
	inst->driver_stop = false;
	if (inst->host->flags & LKL_HOST_NO_DRIVER)
		return 0;
	inst->driver_tid = inst->host->thread_create(driver_main, inst);
	return inst->driver_tid ? 0 : -LKL_EAGAIN;
}

static void stop_driver(struct lkl_instance *inst)
{
	if (!inst->driver_tid)
		return;
	__atomic_store_n(&inst->driver_stop, true, __ATOMIC_SEQ_CST);
	lkl_vcpu_wake(&inst->vcpu, &inst->driver);
	inst->host->thread_join(inst->driver_tid);
	inst->driver_tid = 0;
}

/* Give back what power_on() took; the kernel does not run any more. */
static void power_off(struct lkl_instance *inst)
{
	lkl_vcpu_quiesce(&inst->vcpu);
	lkl_devices_close(inst, &inst->disks);
	lkl_devices_close(inst, &inst->netdevs);
	lkl_hostfds_close(inst);
	inst->host->fault->remove();
	lkl_image_unload(inst->host, &inst->image);
	inst->host->wait->poller_destroy(inst->vcpu.poller);
	lkl_memory_destroy(inst);
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
	ret = host->wait->poller_create(&v->poller);
	if (ret)
		goto out_memory;
	ret = lkl_image_load(host, image);
	if (ret)
		goto out_poller;
	ret = host->fault->install(image->table->text_start,
				   image->table->text_end, kernel_fault);
	if (ret)
		goto out_image;

	lkl_callbacks_init(inst);
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

static int start(struct lkl_instance *inst, const char *cmdline)
{
	int ret;

	ret = power_on(inst);
	if (ret)
		return ret;
	inst->host->fault->thread_enter();
	ret = boot(inst, cmdline);
	if (ret)
		goto out_power;
	lkl_memory_booted(inst);
	inst->lost_writes = 0;
	__atomic_store_n(&inst->phase, LKL_PHASE_RUNNING, __ATOMIC_RELEASE);
	ret = start_driver(inst);
	if (!ret)
		ret = lkl_devices_attach(inst, &inst->disks);
	/* Those that were added while it booted */
	if (!ret)
		ret = lkl_devices_attach(inst, &inst->netdevs);
	if (ret) {
		lkl_sys_halt();
		return ret;
	}
	return 0;

out_power:
	__atomic_store_n(&inst->vcpu.state, LKL_VCPU_DEAD, __ATOMIC_SEQ_CST);
	power_off(inst);
	return ret;
}

int lkl_start_kernel(const char *fmt, ...)
{
	struct lkl_instance *inst = lkl_default_instance();
	char cmdline[CMDLINE_SIZE];
	va_list ap;
	int len;

	if (!inst)
		return -LKL_EINVAL;
	if (phase(inst) != LKL_PHASE_INIT)
		return -LKL_EBUSY;
	va_start(ap, fmt);
	len = vsnprintf(cmdline, sizeof(cmdline), fmt, ap);
	va_end(ap);
	if (len < 0 || (size_t)len >= sizeof(cmdline))
		return -LKL_E2BIG;
	return start(inst, cmdline);
}

int lkl_is_running(void)
{
	struct lkl_instance *inst = lkl_default_instance();

	return inst && phase(inst) == LKL_PHASE_RUNNING &&
	       inst->vcpu.state == LKL_VCPU_RUNNING;
}

lkl_long_t lkl_syscall(lkl_long_t no, lkl_long_t *params)
{
	struct lkl_instance *inst = lkl_default_instance();

	if (!inst || phase(inst) == LKL_PHASE_INIT)
		return -LKL_ENODEV;
	return lkl_request(inst, LKL_REQ_SYSCALL, no, (const int64_t *)params);
}

lkl_long_t lkl_syscall_unless(lkl_long_t no, lkl_long_t *params,
			      const volatile bool *stop)
{
	struct lkl_instance *inst = lkl_default_instance();

	if (!inst || phase(inst) == LKL_PHASE_INIT)
		return -LKL_ENODEV;
	return lkl_request_unless(inst, LKL_REQ_SYSCALL, no,
				  (const int64_t *)params, stop);
}

int lkl_poll(int timeout_ms)
{
	struct lkl_instance *inst = lkl_default_instance();
	struct lkl_thread self = { };
	int64_t deadline = INT64_MAX;
	bool no = false;

	if (!inst || phase(inst) == LKL_PHASE_INIT)
		return -LKL_ENODEV;
	if (timeout_ms >= 0)
		deadline = inst->host->time() + timeout_ms * 1000000LL;
	return lkl_vcpu_drive(&inst->vcpu, &self, deadline, &no);
}

/* Leave the kernel with nothing that it could lose.  First error wins. */
static long shut_down(struct lkl_instance *inst)
{
	long ret, err;

	lkl_request(inst, LKL_REQ_INTERRUPT_ALL, 0, NULL);
	ret = lkl_umount_all();
	err = lkl_devices_detach(inst, &inst->disks);
	if (!ret)
		ret = err;
	stop_driver(inst);
	lkl_request(inst, LKL_REQ_HALT, 0, NULL);
	if (!ret && (inst->vcpu.state == LKL_VCPU_DEAD ||
		     lkl_disks_lost_writes(inst)))
		ret = -LKL_EIO;
	return ret;
}

long lkl_sys_halt(void)
{
	struct lkl_instance *inst = lkl_default_instance();
	uint32_t running = LKL_PHASE_RUNNING;
	long ret;

	if (!inst)
		return -LKL_ENODEV;
	/* One halts, the others are told that it does not run. */
	if (!__atomic_compare_exchange_n(&inst->phase, &running,
					 LKL_PHASE_STOPPING, false,
					 __ATOMIC_SEQ_CST, __ATOMIC_RELAXED))
		return -LKL_ENODEV;
	if (inst->vcpu.state == LKL_VCPU_FORKED)
		return -LKL_ENODEV;
	ret = shut_down(inst);
	power_off(inst);
	__atomic_store_n(&inst->phase, LKL_PHASE_INIT, __ATOMIC_RELEASE);
	return ret;
}

int64_t lkl_instance_mmio_add(struct lkl_instance *inst, uint64_t base,
			      uint64_t size, unsigned int irq)
{
	int64_t params[] = { base, size, irq };

	return lkl_request(inst, LKL_REQ_MMIO_ADD, 0, params);
}

int64_t lkl_instance_mmio_remove(struct lkl_instance *inst, int64_t id)
{
	int64_t params[] = { id };

	return lkl_request(inst, LKL_REQ_MMIO_REMOVE, 0, params);
}

void *lkl_instance_ram(struct lkl_instance *inst, uint64_t pa, uint64_t len)
{
	if (pa > inst->mem.ram_max || len > inst->mem.ram_max - pa)
		return NULL;
	return (char *)inst->mem.ram_base + pa;
}

void lkl_instance_irq(struct lkl_instance *inst, unsigned int irq)
{
	lkl_vcpu_irq_local(&inst->vcpu, irq);
}
