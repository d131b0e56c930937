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
	LKL_PHASE_NONE,		/* lkl_init() was not called */
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
 * @code_start:	begin of the code of @image, 0 without a kernel
 * @code_end:	end of that code
 * @machine:	its devices; of devices/
 * @lost_writes: number of writes and flushes of disks that failed since boot
 * @background:	the thread that runs the kernel when no call is in progress
 * @background_tid: id of that thread, 0 without one
 * @background_stop: that thread must end
 * @quiet:	print only critical messages of the kernel
 * @has_debug_handler: lkl_register_dbg_handler() was called
 * @next:	the next instance of this process
 * @release:	frees this structure; NULL for the default instance
 * @users:	counts what uses this structure: threads, and the program
 */
struct lkl_instance {
	struct lkl_vcpu vcpu;
	const struct lkl_host_operations *host;
	uint32_t phase;
	struct lkl_image image;
	struct lkl_memory mem;
	struct lkl_callbacks callbacks;
	uint64_t code_start;
	uint64_t code_end;
	struct lkl_machine *machine;
	uint32_t lost_writes;
	struct lkl_thread background;
	lkl_thread_t background_tid;
	bool background_stop;
	bool quiet;
	bool has_debug_handler;
	struct lkl_instance *next;
	void (*release)(void *inst);
	uint32_t users;
};

/* process.c */

/* The instance of threads that are bound to no other one */
extern struct lkl_instance lkl_default_instance LKL_HIDDEN;

/* instance.c */

static inline uint32_t lkl_phase(const struct lkl_instance *inst)
{
	return __atomic_load_n(&inst->phase, __ATOMIC_ACQUIRE);
}

/* Keep the structure of an instance, and free it after the last user. */
static inline void lkl_instance_get(struct lkl_instance *inst)
{
	__atomic_fetch_add(&inst->users, 1, __ATOMIC_SEQ_CST);
}

static inline void lkl_instance_put(struct lkl_instance *inst)
{
	if (__atomic_fetch_sub(&inst->users, 1, __ATOMIC_SEQ_CST) == 1 &&
	    inst->release)
		inst->release(inst);
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

/* kernel-fault.c: handle access faults of the kernel's code, from boot to halt */
int lkl_faults_init(struct lkl_instance *inst);
void lkl_faults_exit(struct lkl_instance *inst);

/* host-thread.c */
/*
 * Return the instance that functions without such an argument use: the one to
 * which the calling thread is bound.  NULL before lkl_init().
 */
struct lkl_instance *lkl_this_instance(void);
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
