/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The binary interface between the kernel image and liblkl.
 *
 * This file is compiled on both sides: by the kernel, which knows no host
 * header, and by liblkl, which may be built for a host where "long" has 32
 * bits.  So only fixed-width types appear here, every pointer to the other
 * side's functions carries LKL_ABI, and structs only grow at their end; the
 * "size" member tells which version the other side was built with.
 */
#ifndef LKL_ABI_H
#define LKL_ABI_H

#ifdef __KERNEL__
#include <linux/types.h>
#else
#include <stdint.h>
#endif

#define LKL_ABI_VERSION		1

/* Calls between image and host use one convention, whatever the host's own. */
#if defined(__x86_64__)
#define LKL_ABI			__attribute__((sysv_abi))
#else
#define LKL_ABI
#endif

/**
 * enum lkl_request - what a host thread asks of its kernel task
 * @LKL_REQ_NONE:	nothing; the previous request is finished
 * @LKL_REQ_SYSCALL:	run system call @nr with @params
 * @LKL_REQ_EXIT:	the host thread ends: end the task
 * @LKL_REQ_MMIO_ADD:	add a virtio-mmio device: params { base, size, irq }
 * @LKL_REQ_MMIO_REMOVE: remove a device: params { id that MMIO_ADD returned }
 * @LKL_REQ_INTERRUPT_ALL: make all other tasks leave their blocking calls
 * @LKL_REQ_HOSTFD:	a descriptor that stands for the host's: params { fd }
 * @LKL_REQ_HALT:	stop the kernel for good; lkl_run() returns LKL_RUN_HALTED
 */
enum lkl_request {
	LKL_REQ_NONE,
	LKL_REQ_SYSCALL,
	LKL_REQ_EXIT,
	LKL_REQ_MMIO_ADD,
	LKL_REQ_MMIO_REMOVE,
	LKL_REQ_INTERRUPT_ALL,
	LKL_REQ_HALT,
	LKL_REQ_HOSTFD,
};

/**
 * struct lkl_host_thread - a host thread as the kernel sees it
 * @next:	link of the inbox (liblkl posts, the kernel drains)
 * @task:	the kernel task, 0 until the first request; the kernel's
 * @request:	enum lkl_request; set by the host before it posts or runs,
 *		cleared by the kernel when @ret is valid
 * @accepted:	the kernel's: @request is being worked on
 * @interrupt:	non-zero: the task is to leave its blocking call with EINTR;
 *		set by any thread, which then raises LKL_IRQ_INTERRUPT
 * @nr:		system call number
 * @params:	address of up to six 64-bit parameters
 * @ret:	result, errors as -errno of the guest
 */
struct lkl_host_thread {
	uint64_t next;
	uint64_t task;
	uint32_t request;
	uint32_t accepted;
	uint32_t interrupt;
	uint32_t reserved;
	int64_t nr;
	uint64_t params;
	int64_t ret;
};

/**
 * struct lkl_cpu - what liblkl and the kernel share about one virtual CPU
 * @irq_pending:	one bit per interrupt line; set atomically by any
 *			thread, taken by the kernel when it allows interrupts
 * @inbox:		lock-free stack of struct lkl_host_thread
 * @deadline:		next timer event, ns of the monotonic host clock,
 *			INT64_MAX for none; written by the kernel
 * @runnable:		after lkl_run(): non-zero when tasks are left runnable
 * @dead:		non-zero after a panic
 */
struct lkl_cpu {
	uint64_t irq_pending;
	uint64_t inbox;
	int64_t deadline;
	uint32_t runnable;
	uint32_t dead;
};

/* Interrupt line that tells it to ask which host descriptors became ready. */
#define LKL_IRQ_HOSTFD		61
/* Interrupt line that tells the kernel to look at its inbox. */
#define LKL_IRQ_INBOX		62
/* Interrupt line that tells it to look for struct lkl_host_thread.interrupt. */
#define LKL_IRQ_INTERRUPT	63
/* Devices have the lines 1 to LKL_NR_DEVICES; Linux takes 0 for "none". */
#define LKL_NR_DEVICES		60

/**
 * struct lkl_callbacks - what the kernel asks of liblkl
 *
 * Every function runs on the stack of the host thread that drives the kernel,
 * never on a kernel stack.
 *
 * @size:	sizeof(struct lkl_callbacks) on liblkl's side
 * @version:	LKL_ABI_VERSION
 * @print:	one line (or part) of the kernel's log, with its level (0 to 7)
 * @panicked:	the kernel is dead; no request will be answered any more
 * @time:	monotonic clock in ns
 * @wall_time:	ns since the epoch
 * @vm_alias:	make [va, va + len) a second mapping of guest-physical @pa
 * @vm_unalias:	undo it: the range is reserved address space again
 * @vm_commit:	make reserved [va, va + len) zero-filled read-write memory
 * @ram_discard:	the contents of guest RAM [pa, pa + len) no longer matter
 * @mmio_read:	register access of a device; size is 1, 2, 4 or 8
 * @mmio_write:	the same
 * @done:	@t->request finished and @t is not the thread that drives
 * @poll:	submit what was queued to devices, and take what they completed,
 *		though the kernel is not idle
 * @hostfd_get:	begin to use descriptor @fd of the host for @file; a handle,
 *		or a negative error
 * @hostfd_put:	end it
 * @hostfd_poll: what it is ready for (EPOLL*), or a negative error; once it is
 *		ready for more, LKL_IRQ_HOSTFD is raised
 * @hostfd_next: the @file of one that has become ready; 0: no more
 */
struct lkl_callbacks {
	uint32_t size;
	uint32_t version;
	void (LKL_ABI *print)(int32_t level, const char *str, uint32_t len);
	void (LKL_ABI *panicked)(void);
	uint64_t (LKL_ABI *time)(void);
	uint64_t (LKL_ABI *wall_time)(void);
	int32_t (LKL_ABI *vm_alias)(uint64_t va, uint64_t pa, uint64_t len);
	void (LKL_ABI *vm_unalias)(uint64_t va, uint64_t len);
	int32_t (LKL_ABI *vm_commit)(uint64_t va, uint64_t len);
	void (LKL_ABI *ram_discard)(uint64_t pa, uint64_t len);
	uint64_t (LKL_ABI *mmio_read)(uint64_t addr, uint32_t size);
	void (LKL_ABI *mmio_write)(uint64_t addr, uint64_t val, uint32_t size);
	void (LKL_ABI *done)(struct lkl_host_thread *t);
	void (LKL_ABI *poll)(void);
	int64_t (LKL_ABI *hostfd_get)(int32_t fd, uint64_t file);
	void (LKL_ABI *hostfd_put)(uint64_t handle);
	int32_t (LKL_ABI *hostfd_poll)(uint64_t handle);
	uint64_t (LKL_ABI *hostfd_next)(void);
};

/**
 * struct lkl_boot_device - a virtio-mmio device that is there at boot
 * @base:	guest-physical address of its registers
 * @size:	their size
 * @irq:	its interrupt line
 */
struct lkl_boot_device {
	uint64_t base;
	uint64_t size;
	uint64_t irq;
};

/**
 * struct lkl_boot_args - what liblkl gives the kernel at boot
 * @size:		sizeof(struct lkl_boot_args) on liblkl's side
 * @version:		LKL_ABI_VERSION
 * @callbacks:		address of struct lkl_callbacks
 * @cmdline:		address of the command line, NUL-terminated
 * @ram_base:		host address of guest-physical address 0
 * @ram_max:		bytes reserved there: guest RAM never grows beyond
 * @ram_boot:		bytes that exist at boot, the rest is added on demand
 * @page_array:		reserved, lazily zero-filled space for struct page
 * @vmalloc_base:	reserved address space for vmalloc, vmap and ioremap
 * @vmalloc_size:	its size
 * @stacks:		reserved address space for kernel stacks
 * @stacks_size:	its size
 * @seed:		entropy for the kernel's random number generator
 * @devices:		address of an array of struct lkl_boot_device
 * @nr_devices:		its length
 */
struct lkl_boot_args {
	uint32_t size;
	uint32_t version;
	uint64_t callbacks;
	uint64_t cmdline;
	uint64_t ram_base;
	uint64_t ram_max;
	uint64_t ram_boot;
	uint64_t page_array;
	uint64_t vmalloc_base;
	uint64_t vmalloc_size;
	uint64_t stacks;
	uint64_t stacks_size;
	uint8_t seed[64];
	uint64_t devices;
	uint64_t nr_devices;
};

/* Results of lkl_entry_table.run */
#define LKL_RUN_DONE		0	/* the caller's request is finished */
#define LKL_RUN_IDLE		1	/* nothing is runnable: wait */
#define LKL_RUN_HALTED		2	/* halt finished: never run again */
#define LKL_RUN_DEAD		3	/* panic: never run again */

/**
 * struct lkl_entry_table - the kernel's functions, returned by its ELF entry
 * @size:	sizeof(struct lkl_entry_table) on the kernel's side
 * @version:	LKL_ABI_VERSION
 * @boot:	boot; returns LKL_RUN_DONE when system calls work, or as @run
 * @run:	run the kernel for host thread @t (NULL: until idle) on the
 *		calling host thread; the caller is the only one inside
 * @fixup:	address to continue at after a fault at @ip, 0 if @ip is not
 *		an access to host memory that may fault; async-signal-safe
 * @fault:	continue a faulting kernel context here, with the faulting
 *		instruction in the first and the address in the second
 *		argument register, on its own stack
 * @cpu:	address of the boot CPU's struct lkl_cpu, valid before @boot
 * @text_start:	where faults are the kernel's; up to @text_end
 * @data_start:	what has an initial value and is written; up to @data_end
 * @bss_start:	what is zero at first and is written; up to @bss_end
 */
struct lkl_entry_table {
	uint32_t size;
	uint32_t version;
	int32_t (LKL_ABI *boot)(const struct lkl_boot_args *args);
	int32_t (LKL_ABI *run)(struct lkl_host_thread *t);
	uint64_t (LKL_ABI *fixup)(uint64_t ip);
	void (LKL_ABI *fault)(uint64_t ip, uint64_t addr);
	uint64_t cpu;
	uint64_t text_start;
	uint64_t text_end;
	uint64_t data_start;
	uint64_t data_end;
	uint64_t bss_start;
	uint64_t bss_end;
};

/* The ELF entry point of the image. */
typedef const struct lkl_entry_table *(LKL_ABI *lkl_entry_fn)(void);

#endif /* LKL_ABI_H */
