/* SPDX-License-Identifier: GPL-2.0 */
/*
 * lkl_host.h - what a host gives to LKL
 *
 * A host library fills in a struct lkl_host_operations; liblkl-host-posix and
 * liblkl-host-win32 are two of them, lkl-host(7) tells how to write another.
 * Programs use this header to adjust the default host before the kernel starts
 * (lkl_host_ops.print = NULL) or to call the host's services portably.
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
 *		@align (a power of two); NULL when there is none
 * @release:	give back all of a reservation
 * @commit:	make a part of a reservation zero-filled, readable and
 *		writable; memory is spent when it is touched
 * @decommit:	make it inaccessible reserved space again, contents lost
 * @ram_limit:	most bytes of guest RAM that are reasonable on this host
 * @ram_create:	reserve an arena of guest RAM, readable and writable, spent
 *		when touched; @base returns its address, aligned to 2 MiB
 * @ram_alias:	make the reserved address @va a second mapping of
 *		[@off, @off + @len) of the arena, contents kept
 * @ram_discard: the contents are no longer needed: give the memory back; it
 *		reads as zeros or as before afterwards
 * @ram_free:	release the arena
 * @image_open:	open the kernel image at @path for mapping
 * @image_read:	read exactly @len bytes at @off
 * @image_map:	place [@off, @off + @len) of the image at the reserved
 *		address @addr, read-only, executable when @exec
 * @image_close: close the image; mappings stay
 * @booted:	boot is over, in the first @ram_len bytes of the arena.  Advice:
 *		most of what it touched of the unchanged pages of the image,
 *		@len bytes at @text (NULL: none), is not needed again
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
 * Two kinds of sleep exist.  A follower waits on a word of its own.  The
 * leader waits in the poller, which watches everything that can complete
 * (disks, packets, descriptors of the program) and a deadline.  A third thread may be the worker,
 * which does one disk request by itself.
 *
 * @size:	sizeof(struct lkl_host_wait_ops)
 * @word_wait:	sleep while *@word == @val; may return early
 * @word_wake:	wake the thread that sleeps on @word
 * @spin:	how often to poll before a sleep pays off, 0 with one CPU
 * @poller_create: create a poller
 * @poller_prepare: the caller has nothing else to do: hand queued requests
 *		to the host, or return 1: one is left for poller_work(), which
 *		the caller is to call
 * @poller_work: do that request; the next poller_reap() completes it.  One
 *		thread at a time, without the lock that the other functions,
 *		but poller_wait() and poller_kick(), are called with
 * @poller_wait: sleep until something completes, @deadline (monotonic ns,
 *		INT64_MAX: none) has passed or poller_kick(); does not run
 *		completions.  One thread at a time, without the lock; or with it
 *		and a @deadline that has passed: only look
 * @poller_kick: make a current or the next poller_wait return; any thread
 * @poller_submit: hand queued requests to the host without waiting
 * @poller_reap: run the completions that are there; returns their number.
 *		Cheap when there are none: no host system call
 * @poller_destroy: release it; every device is closed before
 * @word_wait_until: as @word_wait, but no longer than until @deadline
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
#define LKL_BLK_DISCARD		(1U << 1)	/* discard is possible */
#define LKL_BLK_WRITE_ZEROES	(1U << 2)	/* so is write-zeroes */
#define LKL_BLK_UNMAP		(1U << 0)	/* lkl_blk_io.flags: may deallocate */

/**
 * struct lkl_blk_info - properties of a disk
 * @size_bytes:		capacity
 * @logical_block_size:	smallest unit of a transfer, at least 512
 * @physical_block_size: unit that the medium writes without read-modify-write
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
 * @len:	bytes in all; of the range for discard and write-zeroes
 * @iov:	buffers (host addresses); they and the
 *		array stay valid until @done was called
 * @iov_count:	their number
 * @done:	called once, from poller_reap() or from within submit, with 0
 *		or -LKL_EIO, -LKL_ENOSPC, -LKL_EOPNOTSUPP
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
 * @open:	start to use @disk (its fd or handle); fills in @info
 * @submit:	queue one request; it is handed to the host at the next
 *		poller_submit() or poller_prepare()
 * @close:	stop to use it; no request is in flight.  The program's fd
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
 * struct lkl_packet - a packet on its way between a device and its back end
 * @iov:	buffers, with the struct lkl_virtio_net_hdr_v1 first if the back
 *		end has one
 * @iov_count:	their number
 * @len:	bytes of the packet, set by the receiver
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
 * All functions are called with the CPU lock held.
 *
 * @size:	sizeof(struct lkl_host_net_ops)
 * @features:	which of the virtio feature bits @wanted the back end can do, and
 *		those that it cannot do without; before @open
 * @open:	a device begins to use @nd.  From now on, until @close,
 *		poller_reap() calls @ready with LKL_NET_TX when there is
 *		something to do.  @features: what the device offers its driver
 * @want_rx:	whether @ready is to be called with LKL_NET_RX while there are
 *		packets; not at first
 * @send:	send up to @n packets; returns how many of them are done with.
 *		Fewer than @n: the rest has to wait for LKL_NET_TX
 * @recv:	receive up to @n packets; returns their number and sets their
 *		lengths.  0: there is none for now
 * @close:	undo @open
 * @tso_max:	longest TCP segment over IPv4, headers included, that @send
 *		takes if it is more than 64 KiB, or 0; may be NULL
 * @forked:	in the child of a fork(): close what @open and the back end's making
 *		opened, so that the child does not keep it; after that only @nd's
 *		free may be called.  May be NULL
 * @mac:	the hardware address that a device has to have, if nobody says
 *		another; NULL: a random one
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
 * struct lkl_hostfd - a descriptor of the host that somebody waits for
 * @fd:		the descriptor
 * @ready:	called by poller_reap() when it may have become ready
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
 * Events are those of <lkl/asm/poll.h>.  Called with the CPU lock held.
 *
 * @size:	sizeof(struct lkl_host_fd_ops)
 * @watch:	from now on, call @hf->ready when @hf->fd becomes ready for
 *		something.  Once is enough until somebody asked @poll.  1: it
 *		is always ready (a file), nothing was done
 * @unwatch:	undo it; @hf->ready is not called any more
 * @poll:	what @fd is ready for now, or negative
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
 * @install:	from now on, offer faults whose instruction lies in
 *		[@start, @end) to @handler, which returns the address to
 *		continue at, with the faulting instruction in the first and
 *		the faulting address in the second argument register when
 *		*@pass_args was set, or 0: not ours.
 *		Other faults go where they went before
 * @remove:	undo it
 * @thread_enter: once per host thread, before its first call: see to it that
 *		a fault handler finds a stack
 * @thread_exit: undo it
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
 * Start no thread that runs the kernel while no call is in progress: for tools
 * that do one thing and end, and for programs that call lkl_poll().
 */
#define LKL_HOST_NO_DRIVER	(1U << 0)

/**
 * struct lkl_host_operations - everything LKL needs from a host
 *
 * The members up to @mem_free are also services for portable programs.
 *
 * @size:	sizeof(struct lkl_host_operations)
 * @flags:	LKL_HOST_*
 * @print:	write @len bytes of the kernel's log; NULL: silent
 * @panic:	called when the kernel died; NULL: nothing (calls return
 *		-LKL_EIO, the process decides)
 * @sem_alloc:	a counting semaphore, NULL when there is no memory
 * @sem_free:	release it
 * @sem_up:	count up, and wake one who waits
 * @sem_down:	wait until the count is not 0, then count down
 * @mutex_alloc: a mutex, NULL when there is no memory
 * @mutex_free:	release it
 * @mutex_lock:	lock it
 * @mutex_unlock: unlock it
 * @thread_create: start a thread, 0 on failure
 * @thread_detach: nobody will join the calling thread
 * @thread_exit: end the calling thread
 * @thread_join: wait for its end, 0 or negative
 * @thread_self: the calling thread
 * @thread_equal: not 0: both are the same thread
 * @gettid:	a number for the calling thread, for messages
 * @tls_alloc:	a key; @destructor runs at thread exit for values not NULL
 * @tls_free:	release a key
 * @tls_set:	the calling thread's value; 0 or negative
 * @tls_get:	the value that was set last, or NULL
 * @mem_alloc:	memory, NULL when there is none
 * @mem_free:	release it
 * @time:	monotonic clock in ns
 * @wall_time:	ns since 1970-01-01 UTC
 * @entropy:	fill @buf with unpredictable bytes; 0 or negative
 * @vm:		address space
 * @wait:	sleeping and waking
 * @fault:	access faults
 * @blk:	disks
 * @atfork:	call @child in the child after the process forked; NULL: there
 *		is no fork
 * @log:	as @print, with the level of the message, from 0 (emergency) to
 *		7 (debug); used instead of @print when it is set
 * @fd:		waiting for descriptors; NULL: there are none
 * @on_debug:	call @fn, on a thread of its own, each time that the user asks
 *		the program what its kernel does (POSIX: by SIGTSTP); NULL: not
 *		any more, and wait for the last call to end.  May be NULL
 * @thread_pin:	with @on, keep the thread @tid on the CPU of the host that all
 *		such threads share; 0 for @tid: all that @thread_create starts
 *		from now on.  Without @on, let them go.  May be NULL
 * @netdev_create: a network back end by its name: "tap" and so on, with the
 *		first argument of lkl_netdev_tap_create() and so on, or NULL
 *		where there is none, and with what the caller is going to
 *		offer.  NULL on failure, which it tells itself.  May be NULL
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
 * lkl_default_host_ops - the table of this platform's host library
 *
 * Context: any thread. Programs may change members before lkl_init().
 * Return: the table; never NULL; valid for the life of the process.
 * Since: 1.0
 */
struct lkl_host_operations *lkl_default_host_ops(void);

/* The default table as the lvalue that programs know. */
#define lkl_host_ops (*lkl_default_host_ops())

#ifdef __cplusplus
}
#endif

#endif /* LKL_HOST_H */
