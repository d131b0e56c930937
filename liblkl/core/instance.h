/* SPDX-License-Identifier: GPL-2.0 */
/*
 * One kernel in this process, from lkl_init() to lkl_cleanup().
 */
#ifndef LKL_CORE_INSTANCE_H
#define LKL_CORE_INSTANCE_H

#include <stdbool.h>
#include <stdint.h>

#include <lkl_host.h>
#include <lkl/abi.h>

#include "image/image-load.h"
#include "cpu/vcpu.h"
#include "shared/macros.h"

/* Mark a variable that is accessed directly, not by way of the GOT. */
#if defined(__ELF__)
#define LKL_HIDDEN	__attribute__((visibility("hidden")))
#else
#define LKL_HIDDEN
#endif

/**
 * struct lkl_memory - the address space that the kernel lives in
 * @ram:	guest RAM
 * @ram_base:	address of guest RAM
 * @ram_max:	size of guest RAM
 * @pages:	room for struct page, 1/64 of @ram_max
 * @vmalloc:	vmalloc space
 * @vmalloc_size: size of @vmalloc
 * @stacks:	room for kernel stacks
 * @stacks_size: size of @stacks
 */
struct lkl_memory {
	struct lkl_ram *ram;
	void *ram_base;
	uint64_t ram_max;
	void *pages;
	void *vmalloc;
	uint64_t vmalloc_size;
	void *stacks;
	uint64_t stacks_size;
};

/* Values of struct lkl_instance.phase */
enum lkl_phase {
	LKL_PHASE_INIT,		/* lkl_init() was called */
	LKL_PHASE_RUNNING,	/* system calls work */
	LKL_PHASE_STOPPING,	/* lkl_sys_halt() is in progress */
};

struct lkl_machine;

/**
 * struct lkl_instance - a kernel
 * @vcpu:	its processor; first, and kept by lkl_cleanup(): a thread whose
 *		call began before looks at it
 * @host:	the program's table
 * @phase:	enum lkl_phase
 * @image:	the mapped kernel
 * @mem:	its address space
 * @callbacks:	the functions that it calls
 * @machine:	its devices; of devices/
 * @lost_writes: number of writes and flushes of disks that failed since boot
 * @thread_key:	thread-local storage, whose destructor reports the end of a
 *		thread that made calls
 * @background:	the thread that runs the kernel when no call is in progress
 * @background_tid: id of that thread, 0 without one
 * @background_stop: that thread must end
 * @quiet:	print only critical messages of the kernel
 * @has_debug_handler: lkl_register_dbg_handler() was called
 */
struct lkl_instance {
	struct lkl_vcpu vcpu;
	const struct lkl_host_operations *host;
	uint32_t phase;
	struct lkl_image image;
	struct lkl_memory mem;
	struct lkl_callbacks callbacks;
	struct lkl_machine *machine;
	uint32_t lost_writes;
	struct lkl_tls_key *thread_key;
	struct lkl_thread background;
	lkl_thread_t background_tid;
	bool background_stop;
	bool quiet;
	bool has_debug_handler;
};

/* instance.c */

/* There is one kernel, yet every function gets a pointer to its own. */
extern struct lkl_instance *lkl_current_instance LKL_HIDDEN;

/* Return the instance, NULL before lkl_init(). */
static inline struct lkl_instance *lkl_default_instance(void)
{
	return __atomic_load_n(&lkl_current_instance, __ATOMIC_ACQUIRE);
}

static inline uint32_t lkl_phase(const struct lkl_instance *inst)
{
	return __atomic_load_n(&inst->phase, __ATOMIC_ACQUIRE);
}

/* Raise interrupt line @irq.  Context: the owner of the virtual CPU. */
void lkl_instance_irq(struct lkl_instance *inst, unsigned int irq);
/*
 * Return the host address of @len bytes of guest RAM at @pa, NULL where there
 * is no RAM.
 */
void *lkl_instance_ram(struct lkl_instance *inst, uint64_t pa, uint64_t len);

/* Count a write or flush that failed.  Context: any thread. */
static inline void lkl_count_lost_write(struct lkl_instance *inst)
{
	__atomic_fetch_add(&inst->lost_writes, 1, __ATOMIC_RELAXED);
}

/* Return how many writes and flushes failed since boot. */
static inline uint32_t lkl_lost_writes(const struct lkl_instance *inst)
{
	return __atomic_load_n(&inst->lost_writes, __ATOMIC_RELAXED);
}

/* address-space.c */
int lkl_memory_create(struct lkl_instance *inst);
void lkl_memory_destroy(struct lkl_instance *inst);
/*
 * Make memory of a stack, or memory that is about to become guest RAM, usable.
 * Return 0 or an error.
 */
int lkl_memory_commit(struct lkl_instance *inst, void *addr, uint64_t len);
/* Fill in the members of @args that describe memory. */
void lkl_memory_describe(const struct lkl_memory *m,
			 struct lkl_boot_args *args);
/* Give back to the host the memory that only boot needed. */
void lkl_memory_booted(struct lkl_instance *inst);

/* callbacks.c: fill in the callbacks that need no device. */
void lkl_callbacks_init(struct lkl_instance *inst);

/* host-thread.c */
int lkl_threads_init(struct lkl_instance *inst);
void lkl_threads_exit(struct lkl_instance *inst);

/* background.c */
/* Start the background thread, unless the program wants none. */
int lkl_background_start(struct lkl_instance *inst);
void lkl_background_stop(struct lkl_instance *inst);

/* request.c */
/* Run LKL_REQ_* @request on the calling thread's task; return its result. */
int64_t lkl_request(struct lkl_instance *inst, uint32_t request, int64_t nr,
		    const int64_t *params);

#endif /* LKL_CORE_INSTANCE_H */
