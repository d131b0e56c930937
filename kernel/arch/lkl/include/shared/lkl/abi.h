/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The binary interface between the kernel image and liblkl.
 *
 * Both sides compile this file: the kernel, which uses no header of the host,
 * and liblkl, which may be built for a host where "long" has 32 bits.  So all
 * types have a fixed width, each pointer to a function of the other side has
 * LKL_ABI, and structs grow at their end only.  The member "size" is the size
 * on the side that fills in the struct.
 *
 * The owner is the host thread that runs the kernel; there is one at a time.
 */
#ifndef LKL_ABI_H
#define LKL_ABI_H

#ifdef __KERNEL__
#include <linux/types.h>
#else
#include <stdint.h>
#endif

#define LKL_ABI_VERSION		1

/* The calling convention between image and host, on every host. */
#if defined(__x86_64__)
#define LKL_ABI			__attribute__((sysv_abi))
#else
#define LKL_ABI
#endif

/**
 * enum lkl_request - a request of a host thread to its kernel task
 * @LKL_REQ_NONE:	no request; the previous request is finished
 * @LKL_REQ_SYSCALL:	run system call @nr with @params
 * @LKL_REQ_EXIT:	end the task, as the host thread ends
 * @LKL_REQ_MMIO_ADD:	add a virtio-mmio device: params { base, size, irq }
 * @LKL_REQ_MMIO_REMOVE: remove a device: params { result of MMIO_ADD }
 * @LKL_REQ_INTERRUPT_ALL: make all other tasks return from blocking calls
 * @LKL_REQ_HALT:	halt the kernel; @run of the entry table returns
 *			LKL_RUN_HALTED
 * @LKL_REQ_HOSTFD:	create a file that stands for a descriptor of the host:
 *			params { fd }
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
 * @next:	link in the inbox: liblkl posts, the kernel drains
 * @task:	the kernel task, 0 until the first request; used by the kernel
 * @request:	enum lkl_request; set by liblkl before it adds the thread to
 *		the inbox, or runs the kernel; cleared by the kernel when @ret
 *		is valid
 * @accepted:	the kernel works on @request; used by the kernel
 * @interrupt:	non-zero if the task must return from its blocking call with
 *		EINTR; set by any thread, which then raises LKL_IRQ_INTERRUPT
 * @reserved:	0
 * @nr:		number of the system call
 * @params:	address of up to six 64-bit parameters
 * @ret:	result, or a negative error number of the kernel
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
 * struct lkl_cpu - state of a virtual CPU that liblkl and the kernel share
 * @irq_pending:	one bit for each interrupt line; set atomically by any
 *			thread, taken by the kernel when it enables interrupts
 * @inbox:		lock-free stack of struct lkl_host_thread
 * @deadline:		next timer event, ns of the monotonic host clock,
 *			INT64_MAX for none; written by the kernel
 * @runnable:		after @run of the entry table has returned: non-zero if
 *			tasks are left runnable
 * @dead:		non-zero after a panic
 */
struct lkl_cpu {
	uint64_t irq_pending;
	uint64_t inbox;
	int64_t deadline;
	uint32_t runnable;
	uint32_t dead;
};

/* Interrupt line: descriptors of the host became ready (@hostfd_next). */
#define LKL_IRQ_HOSTFD		61
/* Interrupt line: there are requests in the inbox. */
#define LKL_IRQ_INBOX		62
/* Interrupt line: struct lkl_host_thread.interrupt of some thread is set. */
#define LKL_IRQ_INTERRUPT	63
/* Devices have the lines 1 to LKL_NR_DEVICES; 0 is no line in Linux. */
#define LKL_NR_DEVICES		60

/**
 * struct lkl_callbacks - functions of liblkl that the kernel calls
 *
 * Each function runs on the stack of the owner, never on a kernel stack.
 *
 * @size:	sizeof(struct lkl_callbacks) on liblkl's side
 * @version:	LKL_ABI_VERSION
 * @print:	print a line (or part) of the kernel's log, with its level, 0 to 7
 * @panicked:	note that the kernel is dead and completes no request any more
 * @time:	return the monotonic clock, in ns
 * @wall_time:	return the time of day, in ns since the epoch
 * @vm_alias:	make [va, va + len) a second mapping of guest-physical @pa
 * @vm_unalias:	undo @vm_alias: the range is reserved address space again
 * @vm_commit:	make reserved [va, va + len) zero-filled read-write memory: a
 *		stack, or a part of guest RAM that is about to be added
 * @ram_discard: drop the contents of guest RAM [pa, pa + len)
 * @mmio_read:	read a register of a device; size is 1, 2, 4 or 8
 * @mmio_write:	write a register of a device
 * @done:	wake the thread of @t, whose request is finished; not for the
 *		owner
 * @poll:	submit requests that are queued in devices, and take completions,
 *		although the kernel is not idle
 * @hostfd_get:	begin to use descriptor @fd of the host for @file; return a
 *		handle or a negative error
 * @hostfd_put:	end the use of a handle
 * @hostfd_poll: return the events (EPOLL*) of a descriptor, or a negative
 *		error; further events raise LKL_IRQ_HOSTFD
 * @hostfd_next: return the @file of a descriptor that became ready, 0 if there
 *		are no more
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
 * struct lkl_boot_device - a virtio-mmio device that is present at boot
 * @base:	guest-physical address of the registers
 * @size:	size of the registers
 * @irq:	interrupt line
 */
struct lkl_boot_device {
	uint64_t base;
	uint64_t size;
	uint64_t irq;
};

/**
 * struct lkl_boot_args - parameters of boot
 * @size:		sizeof(struct lkl_boot_args) on liblkl's side
 * @version:		LKL_ABI_VERSION
 * @callbacks:		address of struct lkl_callbacks
 * @cmdline:		address of the command line, NUL-terminated
 * @ram_base:		host address of guest-physical address 0
 * @ram_max:		bytes reserved at @ram_base, the limit of guest RAM
 * @ram_boot:		bytes that are RAM at boot; the rest is added on demand
 * @page_array:		reserved, lazily zero-filled space for struct page
 * @vmalloc_base:	reserved address space for vmalloc, vmap and ioremap
 * @vmalloc_size:	size of the space at @vmalloc_base
 * @stacks:		reserved address space for kernel stacks
 * @stacks_size:	size of the space at @stacks
 * @seed:		entropy for the kernel's random number generator
 * @devices:		address of an array of struct lkl_boot_device
 * @nr_devices:		length of the array
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
#define LKL_RUN_IDLE		1	/* no task is runnable: wait */
#define LKL_RUN_HALTED		2	/* the kernel halted: never run again */
#define LKL_RUN_DEAD		3	/* the kernel panicked: never run again */

/**
 * struct lkl_entry_table - the kernel's functions, returned by its ELF entry
 * @size:	sizeof(struct lkl_entry_table) on the kernel's side
 * @version:	LKL_ABI_VERSION
 * @boot:	boot; returns LKL_RUN_DONE when system calls work; otherwise
 *		another result of @run, or a negative error
 * @run:	run the kernel on the calling host thread, which is the owner, until
 *		the request of host thread @t is finished or the kernel is idle; if
 *		@t is NULL, until the kernel is idle
 * @fixup:	return the address to continue at after a fault at @ip, 0 if the
 *		instruction must not fault; async-signal-safe
 * @fault:	function at which a kernel context continues after a fault, on
 *		the stack of this context.  The first argument register holds the
 *		address of the instruction; the second holds the address that the
 *		instruction accessed
 * @cpu:	address of the boot CPU's struct lkl_cpu, valid before @boot
 * @text_start:	start of the kernel's code
 * @text_end:	end of the kernel's code
 * @data_start:	start of data that has an initial value and is written
 * @data_end:	end of that data
 * @bss_start:	start of data that is zero at first and is written
 * @bss_end:	end of that data
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
