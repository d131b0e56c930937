/* SPDX-License-Identifier: GPL-2.0 */
/*
 * lkl_host.h - the interface between LKL and a host
 *
 * A host library, liblkl-host-posix for example, fills in a struct
 * lkl_host_operations; lkl-host(7) describes how to write one.  Programs use
 * this header to adjust the default host before the kernel starts
 * (lkl_host_ops.print = NULL), or to call services of the host portably.
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
struct lkl_ram;

/**
 * struct lkl_host_vm_ops - address space of the host process
 *
 * Results are 0 or a negative LKL error number.  Lengths and addresses are
 * multiples of 4096 bytes.
 *
 * @size:	sizeof(struct lkl_host_vm_ops)
 * @reserve:	reserve address space without memory behind it, aligned to
 *		@align (a power of two); return NULL when there is none
 * @release:	give back all of a reservation
 * @commit:	make a part of a reservation readable, writable and zero-filled;
 *		memory is allocated on the first access
 * @decommit:	make a part of a reservation inaccessible again; its contents
 *		are lost
 * @ram_limit:	return the largest reasonable size of guest RAM on this host
 * @ram_create:	reserve an arena of guest RAM, readable and writable, allocated
 *		on the first access; return its address, aligned to 2 MiB, in
 *		@base
 * @ram_alias:	make the reserved address @va a second mapping of
 *		[@off, @off + @len) of the arena, whose contents stay
 * @ram_discard: free memory of the arena whose contents are no longer needed;
 *		afterwards the range reads as zeros or unchanged
 * @ram_free:	release the arena
 * @image_open:	open the kernel image at @path for mapping
 * @image_read:	read exactly @len bytes at @off
 * @image_map:	map [@off, @off + @len) of the image at the reserved address
 *		@addr, read-only, and executable with @exec
 * @image_close: close the image; mappings stay
 * @booted:	advice: boot is over.  Boot used the first @ram_len bytes of the
 *		arena.  Most pages of the image in [@text, @text + @len) that
 *		boot touched and did not change are not needed again (@text
 *		NULL: none)
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
};

/**
 * struct lkl_host_wait_ops - sleeping and waking
 *
 * A thread sleeps in one of two ways.  A follower waits on a futex word of its
 * own.  The leader waits in the poller, which watches everything that can
 * complete (disks, packets, descriptors of the program) and a deadline.  A
 * third thread, the I/O thread, may perform one disk request synchronously.
 *
 * @size:	sizeof(struct lkl_host_wait_ops)
 * @word_wait:	sleep while *@word == @val; may return early
 * @word_wake:	wake the thread that sleeps on @word
 * @spin:	return how many times to check a word before a sleep is worth
 *		its cost, 0 with one CPU
 * @poller_create: create a poller
 * @poller_prepare: submit queued requests to the host, as the caller has
 *		nothing else to do; or keep one request for poller_work(), which
 *		the caller must call then, and return 1
 * @poller_work: perform the request that was kept; the next poller_reap()
 *		completes it.  One thread at a time, without the lock that
 *		protects calls of the other functions except poller_wait() and
 *		poller_kick()
 * @poller_wait: sleep until something completes, @deadline (monotonic ns,
 *		INT64_MAX: none) has passed or poller_kick(); do not run
 *		completions.  One thread at a time, without the lock; or with
 *		the lock and a @deadline that has passed, to check for
 *		completions
 * @poller_kick: make the current or the next poller_wait() return; any thread
 * @poller_submit: submit queued requests to the host without waiting
 * @poller_reap: run the completions that are there, and return their number.
 *		Without completions it must be cheap: no host system call
 * @poller_destroy: release the poller; every device has been closed before
 * @word_wait_until: as @word_wait, until @deadline at most
 */
struct lkl_host_wait_ops {
	uint32_t size;
	void (*word_wait)(uint32_t *word, uint32_t val);
	void (*word_wake)(uint32_t *word);
	uint32_t (*spin)(void);
	int (*poller_create)(struct lkl_poller **poller);
	int (*poller_prepare)(struct lkl_poller *poller);
	void (*poller_work)(struct lkl_poller *poller);
	void (*poller_wait)(struct lkl_poller *poller, int64_t deadline);
	void (*poller_kick)(struct lkl_poller *poller);
	void (*poller_submit)(struct lkl_poller *poller);
	int (*poller_reap)(struct lkl_poller *poller);
	void (*poller_destroy)(struct lkl_poller *poller);
	void (*word_wait_until)(uint32_t *word, uint32_t val, int64_t deadline);
};

/**
 * enum lkl_blk_op - what a block request does
 * @LKL_BLK_OP_READ:		read into the buffers
 * @LKL_BLK_OP_WRITE:		write from the buffers
 * @LKL_BLK_OP_FLUSH:		make completed writes durable
 * @LKL_BLK_OP_DISCARD:		the range's contents no longer matter
 * @LKL_BLK_OP_WRITE_ZEROES:	zero the range
 */
enum lkl_blk_op {
	LKL_BLK_OP_READ,
	LKL_BLK_OP_WRITE,
	LKL_BLK_OP_FLUSH,
	LKL_BLK_OP_DISCARD,
	LKL_BLK_OP_WRITE_ZEROES,
};

/* Flags of struct lkl_blk_info */
#define LKL_BLK_READ_ONLY	(1U << 0)
#define LKL_BLK_DISCARD		(1U << 1)	/* discard is supported */
#define LKL_BLK_WRITE_ZEROES	(1U << 2)	/* write-zeroes is supported */
#define LKL_BLK_UNMAP		(1U << 0)	/* lkl_blk_io.flags: may deallocate */

/**
 * struct lkl_blk_info - properties of a disk
 * @size_bytes:		capacity
 * @logical_block_size:	smallest unit of a transfer, at least 512
 * @physical_block_size: smallest unit that the medium writes without
 *			read-modify-write
 * @flags:		LKL_BLK_*
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
 * @flags:	LKL_BLK_UNMAP
 * @offset:	first byte
 * @len:	total number of bytes; for discard and write-zeroes the length
 *		of the range
 * @iov:	buffers at host addresses; buffers and array stay valid until
 *		@done is called
 * @iov_count:	number of buffers
 * @done:	called once, by poller_reap() or during submit, with 0 or
 *		-LKL_EIO, -LKL_ENOSPC, -LKL_EOPNOTSUPP
 * @host:	for the back end
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
 * @open:	start to use @disk (its fd or handle); fill in @info
 * @submit:	queue one request; the next poller_submit() or poller_prepare()
 *		submits it to the host
 * @close:	stop to use the disk; no request is in flight.  The program's fd
 *		stays open
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
 * @iov:	buffers; if the back end uses it, struct lkl_virtio_net_hdr_v1
 *		comes first
 * @iov_count:	number of buffers
 * @len:	length of the packet, set by the receiver
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
 * struct lkl_host_net_ops - a network back end that needs no thread
 *
 * All functions are called with the lock of the virtual CPU held.
 *
 * @size:	sizeof(struct lkl_host_net_ops)
 * @features:	return the virtio features of @wanted that the back end
 *		supports, and those that it needs; called before @open
 * @open:	start to use @nd for a device, until @close: poller_reap() calls
 *		@ready with LKL_NET_TX when packets can be sent again.
 *		@features: those that the device offers to its driver
 * @want_rx:	choose whether poller_reap() calls @ready with LKL_NET_RX while
 *		there are packets to receive; off after @open
 * @send:	send up to @n packets and return how many are done.  The rest,
 *		if any, has to wait for LKL_NET_TX
 * @recv:	receive up to @n packets, set their lengths, and return their
 *		number; 0: there is none now
 * @close:	undo @open
 * @tso_max:	return the largest length of a TCP segment over IPv4, headers
 *		included, that @send takes, if it exceeds 64 KiB, else 0; may be
 *		NULL
 * @forked:	in the child of a fork(): close descriptors of @nd, so that the
 *		child does not keep them; after that, only free of @nd may be
 *		called.  May be NULL
 * @mac:	get the hardware address that the device must have if the
 *		program gives none; NULL: a random one
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
 * @ready:	called by poller_reap() when @fd may have become ready
 * @host:	for the host
 */
struct lkl_hostfd {
	int fd;
	void (*ready)(struct lkl_hostfd *hf);
	uint64_t host[2];
};

/**
 * struct lkl_host_fd_ops - waiting for descriptors of the host
 *
 * Events are those of <lkl/asm/poll.h>.  All functions are called with the lock
 * of the virtual CPU held.
 *
 * @size:	sizeof(struct lkl_host_fd_ops)
 * @watch:	from now on, call @hf->ready when @hf->fd becomes ready for
 *		anything; one call is enough until the next @poll.  Return 1 and
 *		do nothing for a descriptor that is always ready (a file)
 * @unwatch:	undo @watch; @hf->ready is not called any more
 * @poll:	return the events that @fd is ready for now, or a negative error
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
 * @install:	from now on, call @handler for faults of instructions in
 *		[@start, @end).  @handler returns the address to continue at, or
 *		0 for a fault that is not the kernel's.  If it sets *@pass_args,
 *		the first argument register there gets the address of the
 *		instruction, the second the address of the access.  All other
 *		faults go where they went before
 * @remove:	undo @install
 * @thread_enter: prepare a host thread before its first call: provide a stack
 *		for the fault handler
 * @thread_exit: undo @thread_enter
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
 * Start no background thread, which runs the kernel while no call is in
 * progress. For tools that perform one task and end, and for programs that call
 * lkl_poll().
 */
#define LKL_HOST_NO_DRIVER	(1U << 0)

/**
 * struct lkl_host_operations - everything that LKL needs from a host
 *
 * The members up to @mem_free are also services for portable programs.
 *
 * @size:	sizeof(struct lkl_host_operations)
 * @flags:	LKL_HOST_*
 * @print:	write @len bytes of the kernel's log; NULL: silent
 * @panic:	called when the kernel died; NULL: do nothing (calls return
 *		-LKL_EIO, the process decides)
 * @sem_alloc:	make a counting semaphore; return NULL when there is no memory
 * @sem_free:	release a semaphore
 * @sem_up:	count up, and wake one thread that waits
 * @sem_down:	wait until the count is not 0, then count down
 * @mutex_alloc: make a mutex; return NULL when there is no memory
 * @mutex_free:	release a mutex
 * @mutex_lock:	lock a mutex
 * @mutex_unlock: unlock a mutex
 * @thread_create: start a thread; return 0 on failure
 * @thread_detach: detach the calling thread: no thread will join it
 * @thread_exit: end the calling thread
 * @thread_join: wait for the end of a thread; return 0 or a negative error
 * @thread_self: return the calling thread
 * @thread_equal: return whether both are the same thread
 * @gettid:	return a number of the calling thread, for messages
 * @tls_alloc:	make a key; when a thread exits, @destructor runs for values
 *		that are not NULL
 * @tls_free:	release a key
 * @tls_set:	set the calling thread's value; return 0 or a negative error
 * @tls_get:	return the calling thread's value, NULL if none was set
 * @mem_alloc:	allocate memory; return NULL when there is none
 * @mem_free:	free memory
 * @time:	return the time of a monotonic clock in ns
 * @wall_time:	return the ns since 1970-01-01 UTC
 * @entropy:	fill @buf with unpredictable bytes; return 0 or a negative error
 * @vm:		address space
 * @wait:	sleeping and waking
 * @fault:	access faults
 * @blk:	disks
 * @atfork:	register @child, to be called in the child after each fork() of
 *		the process; NULL: there is no fork()
 * @log:	as @print, with the level of the message, from 0 (emergency) to
 *		7 (debug); used instead of @print if it is set
 * @fd:		waiting for descriptors; NULL: not supported
 * @on_debug:	from now on, call @fn on a thread for this purpose each time
 *		that the user asks what the kernel does (POSIX: by SIGTSTP);
 *		with @fn NULL, stop that, and wait for the end of the last call.
 *		May be NULL
 * @thread_pin:	with @on, keep thread @tid on the one CPU of the host that all
 *		such threads share; with a @tid of 0, all threads that
 *		@thread_create starts from now on.  Without @on, undo that.  May
 *		be NULL
 * @netdev_create: make a network back end of a type such as "tap".  @param is
 *		the first argument of the function for that type (of
 *		lkl_netdev_tap_create() for "tap"), NULL if there is none;
 *		@offload are the features that the device will offer.  Return
 *		NULL on failure, after a message.  May be NULL
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

/* The default table, as an lvalue */
#define lkl_host_ops (*lkl_default_host_ops())

#ifdef __cplusplus
}
#endif

#endif /* LKL_HOST_H */
