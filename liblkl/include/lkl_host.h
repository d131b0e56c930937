/* SPDX-License-Identifier: GPL-2.0 */
/*
 * lkl_host.h - the interface between LKL and a host
 *
 * A host library, such as liblkl-host-posix, fills in a struct
 * lkl_host_operations.  lkl-host(7) describes how to write a host library.
 * Programs use this header to change members of the default table before
 * lkl_init(), such as lkl_host_ops.print, and to call services of the host
 * without knowing which host library provides the services.
 *
 * One thread at a time runs the kernel.  This thread holds the lock of the
 * virtual CPU.
 *
 * Functions of a host return 0 or a negative LKL error number, unless the
 * comment of the function says otherwise.
 */
#ifndef LKL_HOST_H
#define LKL_HOST_H

#include <stdint.h>
#include <stddef.h>

#include <lkl.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef unsigned long lkl_thread_t;

struct lkl_sem;
struct lkl_mutex;
struct lkl_tls_key;
struct lkl_poller;
struct lkl_blk_io;
struct lkl_ram;

/**
 * struct lkl_host_vm_ops - address space of the host process
 *
 * Lengths, offsets and addresses are in bytes, and are multiples of 4096,
 * except those of @image_read and the length of @image_copy.
 *
 * @size:	sizeof(struct lkl_host_vm_ops)
 * @reserve:	reserve @len bytes of address space without memory.  Return the
 *		address, a multiple of @align, which is a power of two; NULL
 *		when there is not enough address space
 * @release:	give back a whole reservation
 * @commit:	make a part of a reservation readable, writable and filled with
 *		zeros.  The host allocates memory at the first access
 * @decommit:	make a part of a reservation inaccessible again, and discard the
 *		contents
 * @ram_limit:	return the largest reasonable size of guest RAM on this host
 * @ram_create:	create an arena of @len bytes of guest RAM, readable and
 *		writable unless there is a function @ram_commit.  The host
 *		allocates memory at the first access.  Store the arena in *@ram, and its address, a multiple of 2 MiB, in
 *		*@base
 * @ram_alias:	map [@off, @off + @len) of the arena a second time, at the
 *		reserved address @va; the contents stay
 * @ram_discard: free the memory of [@off, @off + @len) of the arena, whose
 *		contents are not needed any more.  Afterwards, each byte of the
 *		range is zero or unchanged
 * @ram_free:	release the arena
 * @image_open:	open the kernel image at @path, and store a handle in *@image.
 *		If @path is a name without a directory, open the file of this
 *		name in the directory where the host finds installed files
 * @image_read:	read exactly @len bytes at offset @off of the image
 * @image_map:	map [@off, @off + @len) of the image at the reserved address
 *		@addr.  The mapping is read-only, and is executable if @exec is
 *		not 0
 * @image_close: close the image; mappings stay
 * @booted:	note that boot is over.  The kernel has used memory only in the
 *		first @ram_len bytes of the arena, and perhaps not all of these
 *		bytes.  The contents must stay.  For memory that boot has not touched,
 *		the host may now use another kind of memory, for example huge
 *		pages.
 *		[@text, @text + @len) contains only read-only mappings of
 *		@image_map, and the kernel does not need most pages of this range
 *		again.  The host may free the memory of the pages of this range;
 *		the next access to such a page must then read the page from the
 *		image.  A @text of NULL means no range
 * @ram_commit:	make [@off, @off + @len) of the arena readable and writable.
 *		LKL calls the function once for each part of the arena, before
 *		the kernel uses the part.  NULL: @ram_create does so for the
 *		whole arena.  A host that guarantees memory when a program
 *		commits the memory, and not at the first access, has this
 *		function
 * @stack_commit: as @commit, for a kernel stack, which grows down.  The host may
 *		keep the lower quarter for the handling of an overflow.  NULL:
 *		LKL calls @commit
 * @image_copy:	fill @len bytes of committed memory at @addr with a copy of the
 *		image from @off on.  @len is any number; memory after the last
 *		byte must not change.  The host may map pages of the image, and
 *		copy a page when the kernel writes to the page.  NULL: LKL calls
 *		@image_read
 */
struct lkl_host_vm_ops {
	uint32_t size;
	void *(*reserve)(uint64_t len, uint64_t align);
	void (*release)(void *addr, uint64_t len);
	int (*commit)(void *addr, uint64_t len);
	void (*decommit)(void *addr, uint64_t len);
	uint64_t (*ram_limit)(void);
	int (*ram_create)(uint64_t len, struct lkl_ram **ram, void **base);
	int (*ram_alias)(struct lkl_ram *ram, void *va, uint64_t off,
			 uint64_t len);
	void (*ram_discard)(struct lkl_ram *ram, uint64_t off, uint64_t len);
	void (*ram_free)(struct lkl_ram *ram);
	int (*image_open)(const char *path, void **image);
	int (*image_read)(void *image, uint64_t off, void *buf, uint64_t len);
	int (*image_map)(void *image, uint64_t off, void *addr, uint64_t len,
			 int exec);
	void (*image_close)(void *image);
	void (*booted)(struct lkl_ram *ram, uint64_t ram_len, void *text,
		       uint64_t len);
	int (*ram_commit)(struct lkl_ram *ram, uint64_t off, uint64_t len);
	int (*stack_commit)(void *addr, uint64_t len);
	int (*image_copy)(void *image, uint64_t off, void *addr, uint64_t len);
};

/**
 * struct lkl_host_wait_ops - sleeping and waking
 *
 * A thread that waits for the kernel sleeps in one of two ways.  One thread,
 * the leader, waits in the poller, which watches disk requests, network
 * devices, descriptors of the program, and a deadline.  Each other thread, a
 * follower, waits on a futex word of its own.  In addition, any number of threads,
 * the workers, may perform one disk request each synchronously.
 *
 * Deadlines are times of @time in struct lkl_host_operations, in nanoseconds;
 * INT64_MAX means no deadline.
 *
 * Context: @word_wait, @word_wake, @word_wait_until, @spin and @poller_kick are
 * called by any thread at any time.  @poller_wait is called by one thread at a
 * time.  @poller_work may be called by many threads at the same time, each for a
 * request of its own.  Threads that call @poller_wait or @poller_work do not hold
 * the lock of the virtual CPU (the CPU lock); see @poller_wait for an exception.
 * All other functions are called with the CPU
 * lock held, or while no other thread uses the kernel.
 *
 * @size:	sizeof(struct lkl_host_wait_ops)
 * @word_wait:	sleep while *@word == @val; the function may return early
 * @word_wake:	wake the thread that sleeps on @word
 * @spin:	return how many times a thread should check a word before the
 *		thread sleeps, because sleeping costs more than these checks; 0
 *		if the process has one CPU only
 * @poller_create: create a poller, and store it in *@poller
 * @poller_prepare: submit queued requests to the host and return NULL; or, if
 *		exactly one request is queued, remove the request from the queue
 *		and return the request.  The caller, which has nothing else to
 *		do, then calls @poller_work.  A host that allows only one thread
 *		at a time in @poller_work submits the request and returns NULL
 *		if a thread is there already
 * @poller_work: perform the request @io, which @poller_prepare has returned.  The
 *		next @poller_reap completes the request
 * @poller_wait: sleep until something completes, @deadline has passed, or
 *		@poller_kick is called.  Do not run completions.  If @deadline
 *		has passed already, only look for completions: this call may be
 *		made with the CPU lock held
 * @poller_kick: make the current @poller_wait return; if there is none, make
 *		the next one return
 * @poller_submit: submit queued requests to the host, and do not wait
 * @poller_reap: run all completions that are there, and return their number.
 *		When there are none, the function must be cheap: it must not
 *		make a system call of the host
 * @poller_destroy: release the poller; all devices are closed
 * @word_wait_until: as @word_wait, but sleep at most until @deadline
 * @poller_set_ram: tell the host that all disk requests of this poller use buffers
 *		in the arena @ram.  LKL calls the function once for each poller,
 *		right after @poller_create.  NULL: the host does not need to
 *		know
 */
struct lkl_host_wait_ops {
	uint32_t size;
	void (*word_wait)(uint32_t *word, uint32_t val);
	void (*word_wake)(uint32_t *word);
	uint32_t (*spin)(void);
	int (*poller_create)(struct lkl_poller **poller);
	struct lkl_blk_io *(*poller_prepare)(struct lkl_poller *poller);
	void (*poller_work)(struct lkl_poller *poller, struct lkl_blk_io *io);
	void (*poller_wait)(struct lkl_poller *poller, int64_t deadline);
	void (*poller_kick)(struct lkl_poller *poller);
	void (*poller_submit)(struct lkl_poller *poller);
	int (*poller_reap)(struct lkl_poller *poller);
	void (*poller_destroy)(struct lkl_poller *poller);
	void (*word_wait_until)(uint32_t *word, uint32_t val, int64_t deadline);
	void (*poller_set_ram)(struct lkl_poller *poller, struct lkl_ram *ram);
};

/**
 * enum lkl_blk_op - what a block request does
 * @LKL_BLK_OP_READ:		read into the buffers
 * @LKL_BLK_OP_WRITE:		write from the buffers
 * @LKL_BLK_OP_FLUSH:		make completed writes durable
 * @LKL_BLK_OP_DISCARD:		discard the contents of the range
 * @LKL_BLK_OP_WRITE_ZEROES:	fill the range with zeros
 */
enum lkl_blk_op {
	LKL_BLK_OP_READ,
	LKL_BLK_OP_WRITE,
	LKL_BLK_OP_FLUSH,
	LKL_BLK_OP_DISCARD,
	LKL_BLK_OP_WRITE_ZEROES,
};

/* Flags of struct lkl_blk_info */
#define LKL_BLK_READ_ONLY	(1U << 0)	/* the disk cannot be written */
#define LKL_BLK_DISCARD		(1U << 1)	/* discard is supported */
#define LKL_BLK_WRITE_ZEROES	(1U << 2)	/* write-zeroes is supported */

/* Flag of struct lkl_blk_io */
#define LKL_BLK_UNMAP		(1U << 0)	/* write-zeroes may deallocate */

/**
 * struct lkl_blk_info - properties of a disk
 * @size_bytes:		capacity of the disk in bytes
 * @logical_block_size:	smallest unit of a transfer in bytes, at least 512
 * @physical_block_size: smallest unit in bytes that the medium writes without a
 *			read-modify-write cycle
 * @flags:		LKL_BLK_READ_ONLY, LKL_BLK_DISCARD, LKL_BLK_WRITE_ZEROES
 */
struct lkl_blk_info {
	uint64_t size_bytes;
	uint32_t logical_block_size;
	uint32_t physical_block_size;
	uint32_t flags;
};

/**
 * struct lkl_blk_io - one asynchronous block request
 * @op:		enum lkl_blk_op
 * @flags:	LKL_BLK_UNMAP or 0
 * @offset:	offset of the first byte on the disk
 * @len:	length of the transfer or of the range in bytes
 * @iov:	buffers at host addresses.  The array and the buffers stay valid
 *		until @done is called
 * @iov_count:	number of buffers; 0 for discard and write-zeroes
 * @done:	function that the back end calls once, in poller_reap() or in
 *		submit(); @result is 0, -LKL_EIO, -LKL_ENOSPC or -LKL_EOPNOTSUPP
 * @host:	memory for use by the back end
 */
struct lkl_blk_io {
	uint32_t op;
	uint32_t flags;
	uint64_t offset;
	uint64_t len;
	struct iovec *iov;
	uint32_t iov_count;
	void (*done)(struct lkl_blk_io *io, int result);
	uint64_t host[4];
};

/**
 * struct lkl_host_blk_ops - the host's own block back end
 * @size:	sizeof(struct lkl_host_blk_ops)
 * @open:	start to use @disk, whose member ops is NULL: use the member fd,
 *		or on Windows the member handle.  Fill in @info, and store a
 *		handle in *@blk.  Return 0 or a negative LKL error number
 * @submit:	queue one request.  The next poller_submit() or poller_prepare()
 *		submits the request to the host.  The caller holds the lock of
 *		the virtual CPU
 * @close:	stop using the disk, and leave the program's descriptor open.  No
 *		request is in flight
 */
struct lkl_host_blk_ops {
	uint32_t size;
	int (*open)(struct lkl_poller *poller, struct lkl_disk *disk,
		    struct lkl_blk_info *info, void **blk);
	void (*submit)(void *blk, struct lkl_blk_io *io);
	void (*close)(void *blk);
};

/**
 * struct lkl_packet - a packet between a device and its back end
 * @iov:	buffers.  If member has_vnet_hdr of struct lkl_netdev is not 0, the
 *		packet begins with a struct lkl_virtio_net_hdr_v1
 * @iov_count:	number of buffers
 * @len:	length of a received packet in bytes, with the header; the back
 *		end sets this member
 */
struct lkl_packet {
	struct iovec *iov;
	uint32_t iov_count;
	uint32_t len;
};

/* Events of a network back end */
#define LKL_NET_RX	(1U << 0)	/* there are packets to receive */
#define LKL_NET_TX	(1U << 1)	/* packets can be sent again */

/**
 * struct lkl_host_net_ops - functions of a network back end that needs no thread
 *
 * Context: the caller holds the lock of the virtual CPU, except for @mac and
 * @forked.
 *
 * @size:	sizeof(struct lkl_host_net_ops)
 * @features:	return those virtio features of @wanted that the back end
 *		supports and, even if they are not in @wanted, the features that
 *		the back end needs in any case; called before @open
 * @open:	start to use @nd for a device that offers @features to its
 *		driver.  Until @close, poller_reap() calls @ready with @data and
 *		LKL_NET_TX when packets can be sent again.  Return 0 or a
 *		negative LKL error number
 * @want_rx:	if @want is not 0: from now on, poller_reap() calls @ready with
 *		LKL_NET_RX while there are packets to receive.  If @want is 0,
 *		or before the first call: do not call @ready with LKL_NET_RX
 * @send:	send up to @n packets, and return the number of packets that are
 *		done.  The caller sends the others again after LKL_NET_TX
 * @recv:	receive up to @n packets, set their lengths, and return the
 *		number of packets; 0 when there is no packet now
 * @close:	undo @open
 * @tso_max:	return the length in bytes, with headers, of the longest TCP
 *		segment over IPv4 that @send takes, if this length exceeds
 *		64 KiB; otherwise 0.  May be NULL
 * @forked:	in the child of a fork(), close the descriptors of @nd.
 *		Afterwards, the child may only call lkl_netdev_free() for @nd.
 *		May be NULL
 * @mac:	store in @mac, six bytes, the hardware address that a device
 *		gets if the program gives none.  Return 0 or a negative LKL
 *		error number.  NULL: the device gets a random address
 */
struct lkl_host_net_ops {
	uint32_t size;
	uint64_t (*features)(struct lkl_netdev *nd, uint64_t wanted);
	int (*open)(struct lkl_netdev *nd, struct lkl_poller *poller,
		    uint64_t features,
		    void (*ready)(void *data, uint32_t events), void *data);
	void (*want_rx)(struct lkl_netdev *nd, int want);
	int (*send)(struct lkl_netdev *nd, struct lkl_packet *packets,
		    uint32_t n);
	int (*recv)(struct lkl_netdev *nd, struct lkl_packet *packets,
		    uint32_t n);
	void (*close)(struct lkl_netdev *nd);
	uint32_t (*tso_max)(struct lkl_netdev *nd);
	int (*mac)(struct lkl_netdev *nd, uint8_t *mac);
	void (*forked)(struct lkl_netdev *nd);
};

/**
 * struct lkl_hostfd - a descriptor of the host that tasks wait for
 * @fd:		the descriptor
 * @ready:	function that poller_reap() calls when @fd may have become ready
 * @host:	memory for use by the host
 */
struct lkl_hostfd {
	int fd;
	void (*ready)(struct lkl_hostfd *hf);
	uint64_t host[2];
};

/**
 * struct lkl_host_fd_ops - waiting for descriptors of the host
 *
 * Events are those of <lkl/asm/poll.h>.
 *
 * Context: the caller holds the lock of the virtual CPU.
 *
 * @size:	sizeof(struct lkl_host_fd_ops)
 * @watch:	from now on, call @hf->ready when @hf->fd becomes ready for any
 *		event.  After one call of @hf->ready, no other call is needed
 *		until the next call of @poll.  Return 0 if the
 *		host watches the descriptor.  Return 1, and do not watch the
 *		descriptor, if the descriptor is always ready, such as the
 *		descriptor of a file.  Return a negative LKL error number on
 *		failure
 * @unwatch:	undo @watch: do not call @hf->ready any more
 * @poll:	return the events for which @fd is ready now, or a negative LKL
 *		error number
 */
struct lkl_host_fd_ops {
	uint32_t size;
	int (*watch)(struct lkl_poller *poller, struct lkl_hostfd *hf);
	void (*unwatch)(struct lkl_poller *poller, struct lkl_hostfd *hf);
	int (*poll)(int fd);
};

/**
 * struct lkl_host_fault_ops - access faults of kernel code
 * @size:	sizeof(struct lkl_host_fault_ops)
 * @install:	from now on, call @handler when an instruction in [@start, @end)
 *		causes an access fault; @ip is the address of the instruction,
 *		@addr the address of the access.  @handler returns the address
 *		at which the thread continues, or 0 for a fault that is not the
 *		kernel's.  If @handler sets *@pass_args, the thread continues as
 *		if a function had been called with @ip and @addr as its
 *		arguments.  Pass a fault for which @handler returns 0, and a
 *		fault of any other instruction, to the previous handler.  Return
 *		0 or a negative LKL error number
 * @remove:	undo @install
 * @thread_enter: prepare the calling thread for its first call: provide a stack
 *		for the fault handler
 * @thread_exit: undo @thread_enter, before the calling thread ends
 */
struct lkl_host_fault_ops {
	uint32_t size;
	int (*install)(uint64_t start, uint64_t end,
		       uint64_t (*handler)(uint64_t ip, uint64_t addr,
					   int *pass_args));
	void (*remove)(void);
	void (*thread_enter)(void);
	void (*thread_exit)(void);
};

/*
 * Flag of struct lkl_host_operations: lkl_start_kernel() starts no background
 * thread.  The kernel then runs only during calls.  The flag is for tools that
 * perform one task and end, and for programs that call lkl_poll().
 */
#define LKL_HOST_NO_DRIVER	(1U << 0)

/**
 * struct lkl_host_operations - everything that LKL needs from a host
 *
 * Portable programs may also call the members from @sem_alloc to @entropy, as
 * services of the host.
 *
 * @size:	sizeof(struct lkl_host_operations)
 * @flags:	LKL_HOST_NO_DRIVER or 0
 * @print:	print @len bytes of the kernel's messages; NULL: print nothing
 * @panic:	function that is called when the kernel has died; NULL: no
 *		function is called.  In both cases, calls of LKL return -LKL_EIO
 *		after the kernel has died
 * @sem_alloc:	make a semaphore with the given count; return NULL when there is
 *		no memory
 * @sem_free:	release a semaphore
 * @sem_up:	add 1 to the count, and wake one thread that waits
 * @sem_down:	wait until the count is not 0, and subtract 1
 * @mutex_alloc: make a mutex, which one thread may lock several times if
 *		@recursive is not 0; return NULL when there is no memory
 * @mutex_free:	release a mutex
 * @mutex_lock:	lock a mutex
 * @mutex_unlock: unlock a mutex
 * @thread_create: start a thread that calls @fn with @arg; return the thread,
 *		or 0 on failure.  The caller joins the thread, or the thread
 *		detaches itself
 * @thread_detach: detach the calling thread: no thread joins it
 * @thread_exit: end the calling thread
 * @thread_join: wait for the end of a thread; return 0 or a negative LKL error
 *		number
 * @thread_self: return the calling thread
 * @thread_equal: return a number other than 0 if @a and @b are the same thread
 * @gettid:	return a number that identifies the calling thread in messages
 * @tls_alloc:	make a key of thread-local storage, or return NULL.  When a
 *		thread ends, @destructor is called with the value of the thread
 *		unless the value is NULL
 * @tls_free:	release a key
 * @tls_set:	set the calling thread's value of a key; return 0 or a negative
 *		LKL error number
 * @tls_get:	return the calling thread's value of a key, NULL if none was set
 * @mem_alloc:	allocate @size bytes of memory; return NULL when there is no
 *		memory
 * @mem_free:	free memory of @mem_alloc, or do nothing for NULL
 * @time:	return the time of a monotonic clock in nanoseconds
 * @wall_time:	return the nanoseconds since 1970-01-01 00:00 UTC
 * @entropy:	fill @len bytes at @buf with unpredictable bytes; return 0 or a
 *		negative LKL error number
 * @vm:		functions for address space
 * @wait:	functions for sleeping and waking
 * @fault:	functions for access faults
 * @blk:	functions for disks
 * @atfork:	register @child, which the host calls in the child after each
 *		fork() of the process; return 0 or a negative LKL error number.
 *		NULL: the host has no fork()
 * @log:	as @print, with the level of the message, from 0 (emergency) to
 *		7 (debug).  If @log is not NULL, messages of the kernel go to
 *		@log, and not to @print
 * @fd:		functions for descriptors; NULL: not supported
 * @on_debug:	from now on, call @fn each time the user requests debug
 *		information (on POSIX hosts by SIGTSTP, on Windows by
 *		Ctrl-Break), in a thread that does nothing else.  If @fn is
 *		NULL, undo this, and wait for the end of the last call.  Return
 *		0 or a negative LKL error number.  May be NULL
 * @thread_pin:	if @on is not 0, keep thread @tid on one CPU of the host, which
 *		is the same CPU for all such threads; a @tid of 0 means all
 *		threads that @thread_create starts from now on.  If @on is 0,
 *		undo this.  Return 0 or a negative LKL error number.  May be
 *		NULL
 * @netdev_create: make a network back end of the given @type, such as "tap".
 *		@param is the first argument of the function for this type (for
 *		"tap", of lkl_netdev_tap_create()), or NULL; @offload is a mask
 *		of the features that the device will offer.  Return NULL on
 *		failure, after a message.  May be NULL
 */
struct lkl_host_operations {
	uint32_t size;
	uint32_t flags;
	void (*print)(const char *str, int len);
	void (*panic)(void);
	struct lkl_sem *(*sem_alloc)(int count);
	void (*sem_free)(struct lkl_sem *sem);
	void (*sem_up)(struct lkl_sem *sem);
	void (*sem_down)(struct lkl_sem *sem);
	struct lkl_mutex *(*mutex_alloc)(int recursive);
	void (*mutex_free)(struct lkl_mutex *mutex);
	void (*mutex_lock)(struct lkl_mutex *mutex);
	void (*mutex_unlock)(struct lkl_mutex *mutex);
	lkl_thread_t (*thread_create)(void (*fn)(void *), void *arg);
	void (*thread_detach)(void);
	void (*thread_exit)(void);
	int (*thread_join)(lkl_thread_t tid);
	lkl_thread_t (*thread_self)(void);
	int (*thread_equal)(lkl_thread_t a, lkl_thread_t b);
	long (*gettid)(void);
	struct lkl_tls_key *(*tls_alloc)(void (*destructor)(void *));
	void (*tls_free)(struct lkl_tls_key *key);
	int (*tls_set)(struct lkl_tls_key *key, void *data);
	void *(*tls_get)(struct lkl_tls_key *key);
	void *(*mem_alloc)(unsigned long size);
	void (*mem_free)(void *mem);
	unsigned long long (*time)(void);
	unsigned long long (*wall_time)(void);
	int (*entropy)(void *buf, unsigned int len);
	const struct lkl_host_vm_ops *vm;
	const struct lkl_host_wait_ops *wait;
	const struct lkl_host_fault_ops *fault;
	const struct lkl_host_blk_ops *blk;
	int (*atfork)(void (*child)(void));
	void (*log)(int level, const char *str, int len);
	const struct lkl_host_fd_ops *fd;
	int (*on_debug)(void (*fn)(void));
	int (*thread_pin)(lkl_thread_t tid, int on);
	struct lkl_netdev *(*netdev_create)(const char *type, const char *param,
					    unsigned int offload);
};

/**
 * lkl_default_host_ops - get the table of this platform's host library
 *
 * Context: any thread.  Programs may change members before lkl_init().
 * Return: the table, never NULL, valid until the process ends.
 * Since: 1.0
 */
struct lkl_host_operations *lkl_default_host_ops(void);

/* The default table, an object whose members programs can change. */
#define lkl_host_ops (*lkl_default_host_ops())

#ifdef __cplusplus
}
#endif

#endif /* LKL_HOST_H */
