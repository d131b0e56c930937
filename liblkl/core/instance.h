/* SPDX-License-Identifier: GPL-2.0 */
/*
 * One kernel in this process, from lkl_init() to lkl_cleanup().
 */
#ifndef LKL_INSTANCE_H
#define LKL_INSTANCE_H

#include "core/internal.h"
#include "core/image.h"
#include "core/vcpu.h"

/**
 * struct lkl_memory - address space that the kernel lives in
 * @ram:	guest RAM
 * @ram_base:	its address
 * @ram_max:	its size
 * @pages:	for struct page, 1/64 of @ram_max
 * @vmalloc:	for vmalloc space
 * @stacks:	for kernel stacks
 */
struct lkl_memory {
	struct lkl_ram *ram;
	void *ram_base;
	uint64_t ram_max;
	void *pages;
	void *vmalloc;
	void *stacks;
};

/* Life of an instance; under struct lkl_instance.lifecycle. */
enum lkl_phase {
	LKL_PHASE_INIT,		/* lkl_init() was called */
	LKL_PHASE_RUNNING,	/* system calls work */
	LKL_PHASE_STOPPING,	/* lkl_sys_halt() is at work */
};

/**
 * struct lkl_instance - a kernel
 * @host:	the program's table
 * @phase:	enum lkl_phase
 * @image:	the mapped kernel
 * @mem:	its address space
 * @vcpu:	its processor
 * @callbacks:	what it calls
 * @bus:	its devices
 * @disks:	its disks
 * @netdevs:	its network devices
 * @lost_writes: writes and flushes of disks that failed since boot
 * @hostfds:	descriptors of the host that its tasks wait for
 * @thread_key:	tells when a thread that made calls ends
 * @driver:	the thread that runs the kernel when no call is in progress
 * @driver_tid:	its id, 0 if there is none
 * @driver_stop: it is to end
 * @quiet:	of the kernel's messages, only the critical ones are wanted
 * @debug_asked: lkl_register_dbg_handler() was called
 */
struct lkl_instance {
	struct lkl_vcpu vcpu;
	const struct lkl_host_operations *host;
	uint32_t phase;
	struct lkl_image image;
	struct lkl_memory mem;
	struct lkl_callbacks callbacks;
	struct lkl_mmio_bus bus;
	struct lkl_devices disks;
	struct lkl_devices netdevs;
	uint32_t lost_writes;
	struct lkl_hostfds hostfds;
	struct lkl_tls_key *thread_key;
	struct lkl_thread driver;
	lkl_thread_t driver_tid;
	bool driver_stop;
	bool quiet;
	bool debug_asked;
};

/* memory.c */
int lkl_memory_create(struct lkl_instance *inst);
void lkl_memory_destroy(struct lkl_instance *inst);
void lkl_memory_describe(const struct lkl_memory *m,
			 struct lkl_boot_args *args);
/* Boot is over: what it alone needed goes back to the host. */
void lkl_memory_booted(struct lkl_instance *inst);

/* callbacks.c: what the kernel calls */
void lkl_callbacks_init(struct lkl_instance *inst);

/* thread.c: host threads as users of the kernel */
int lkl_threads_init(struct lkl_instance *inst);
void lkl_threads_exit(struct lkl_instance *inst);
/* Run a request on the calling thread's task. */
int64_t lkl_request_unless(struct lkl_instance *inst, uint32_t request,
			   int64_t nr, const int64_t *params,
			   const volatile bool *stop);
int64_t lkl_request(struct lkl_instance *inst, uint32_t request, int64_t nr,
		    const int64_t *params);

/* debug.c: undo lkl_register_dbg_handler() */
void lkl_debug_exit(struct lkl_instance *inst);

/* umount.c: leave nothing mounted for a halt; 0 or the first error */
int lkl_umount_all(void);
/* -LKL_EIO when not all could be written, be it long ago. */
int lkl_sync_mount(const char *path);

#endif /* LKL_INSTANCE_H */
