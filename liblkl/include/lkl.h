/* SPDX-License-Identifier: GPL-2.0 */
/*
 * lkl.h - Linux as a library
 *
 *	lkl_init(&lkl_host_ops);
 *	lkl_start_kernel("");
 *	fd = lkl_sys_open("/file", LKL_O_CREAT | LKL_O_RDWR, 0644);
 *	...
 *	lkl_sys_halt();
 *	lkl_cleanup();
 *
 * Every function returns a negative LKL error number (-LKL_ENOENT) on failure;
 * those are the kernel's numbers, not the host's.
 */
#ifndef LKL_H
#define LKL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef _WIN32
struct iovec {
	void *iov_base;
	size_t iov_len;
};
#else
#include <sys/uio.h>
#endif

#include <lkl/asm/types.h>
#include <lkl/asm/errno.h>
#include <lkl/asm/fcntl.h>
#include <lkl/asm/ioctls.h>
#include <lkl/asm/poll.h>
#include <lkl/asm/stat.h>
#include <lkl/asm/statfs.h>
#include <lkl/asm/sockios.h>
#include <lkl/asm/socket.h>
#include <lkl/asm/kernel.h>
#include <lkl/linux/capability.h>
#include <lkl/linux/eventpoll.h>
#include <lkl/linux/fcntl.h>
#include <lkl/linux/fs.h>
#include <lkl/linux/in.h>
#include <lkl/linux/in6.h>
#include <lkl/linux/kdev_t.h>
#include <lkl/linux/limits.h>
#include <lkl/linux/mount.h>
#include <lkl/linux/reboot.h>
#include <lkl/linux/stat.h>
#include <lkl/linux/time.h>
#include <lkl/linux/time_types.h>
#include <lkl/linux/uio.h>
#include <lkl/linux/xattr.h>
#include <lkl/syscalls.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define LKL_PRINTF(fmt, args)	__attribute__((format(printf, fmt, args)))
#else
#define LKL_PRINTF(fmt, args)
#endif
#if defined(_WIN32)
#define LKL_API
#elif defined(__GNUC__)
#define LKL_API			__attribute__((visibility("default")))
#else
#define LKL_API
#endif

/* C99 has no unnamed unions. */
#if defined(__GNUC__)
#define LKL_EXTENSION		__extension__
#else
#define LKL_EXTENSION
#endif

struct lkl_host_operations;

/**
 * lkl_init - register the host
 * @ops: the host's table, normally &lkl_host_ops of <lkl_host.h>; borrowed
 *	until lkl_cleanup()
 *
 * Context: one thread, before anything else.
 * Return: 0; -LKL_EINVAL for a table that is not complete, -LKL_EBUSY when
 * there is one already.
 * Since: 1.0
 */
LKL_API int lkl_init(struct lkl_host_operations *ops);

/**
 * lkl_start_kernel - boot
 * @fmt: printf-style kernel command line
 *
 * Disks that were added before are there when it returns.
 *
 * Context: any thread; one at a time with lkl_sys_halt().
 * Return: 0 when system calls work; -LKL_EBUSY when it runs already,
 * -LKL_ENOENT when the kernel image is missing, -LKL_ENOMEM, -LKL_E2BIG for a
 * command line that is too long, -LKL_EIO when the kernel could not boot and
 * has said why.
 * Since: 1.0
 */
LKL_API int lkl_start_kernel(const char *fmt, ...) LKL_PRINTF(1, 2);

/**
 * lkl_is_running - is there a kernel that answers?
 *
 * Context: any thread.
 * Return: 1 or 0.
 * Since: 1.0
 */
LKL_API int lkl_is_running(void);

/**
 * lkl_sys_halt - orderly shutdown
 *
 * Closes all files, unmounts all file systems, writes everything out, stops
 * the kernel and gives back all that it held on the host.  Calls of other
 * threads return with an error.  It waits for what is on its way to a device: a
 * device-mapper device that was suspended must be resumed before.
 *
 * Context: any thread.
 * Return: 0; the first error of unmounting or writing; -LKL_EIO when the
 * kernel had died, or when any write or flush of a disk failed since boot, be
 * it that another call reported it before; -LKL_ENODEV when none runs.
 * Since: 1.0
 */
LKL_API long lkl_sys_halt(void);

/**
 * lkl_cleanup - undo lkl_init(), halting first if necessary
 *
 * Context: one thread, after all others made their last call.
 * Since: 1.0
 */
LKL_API void lkl_cleanup(void);

/**
 * lkl_poll - let the kernel do its background work on the calling thread
 * @timeout_ms: how long to wait for more when there is nothing to do; 0 not
 *	at all, negative for ever
 *
 * For programs with a loop of their own and hosts without threads; others
 * have a thread that does it.
 *
 * Context: any thread.
 * Return: 0, -LKL_ENODEV when no kernel runs, -LKL_EIO when it has died.
 * Since: 1.0
 */
LKL_API int lkl_poll(int timeout_ms);

/**
 * lkl_syscall - a system call by number
 * @no: __lkl__NR_*
 * @params: six parameters
 *
 * Context: any thread; the first call of a thread creates its kernel task.
 * Return: the kernel's result; -LKL_ENODEV when none runs, -LKL_EIO when it
 * has died.
 * Since: 1.0
 */
LKL_API lkl_long_t lkl_syscall(lkl_long_t no, lkl_long_t *params);

/**
 * lkl_syscall_unless - lkl_syscall(), unless something happened before
 * @no: __lkl__NR_*
 * @params: six parameters
 * @stop: read once lkl_thread_interrupt() can no longer come too early
 *
 * For signal handlers that set *@stop and then call lkl_thread_interrupt() for
 * the thread that they run on: wherever they come, the call does not block.
 *
 * Context: any thread.
 * Return: as lkl_syscall(); -LKL_ERESTART when *@stop is set, then the call was
 * not made.
 * Since: 1.0
 */
LKL_API lkl_long_t lkl_syscall_unless(lkl_long_t no, lkl_long_t *params,
				      const volatile bool *stop);

/* Threads */

struct lkl_thread;

/**
 * lkl_thread_self - the calling thread, for lkl_thread_interrupt()
 *
 * Context: any thread, after lkl_init().
 * Return: a handle that is good until the thread ends or lkl_cleanup(); NULL
 * when there is no memory for it or no lkl_init().
 * Since: 1.0
 */
LKL_API struct lkl_thread *lkl_thread_self(void);

/**
 * lkl_thread_interrupt - make a blocked call return
 * @thread: from lkl_thread_self()
 *
 * The system call that @thread is in, if it blocks or is going to, ends as by
 * a signal, with -LKL_EINTR or with what it has done so far.  A thread that is
 * in no call is not affected, nor is its next call.
 *
 * Context: any thread, and signal handlers.
 * Since: 1.0
 */
LKL_API void lkl_thread_interrupt(struct lkl_thread *thread);

/**
 * lkl_strerror - text of an error number
 * @err: error number, of either sign
 *
 * Context: any thread.
 * Return: a constant string.
 * Since: 1.0
 */
LKL_API const char *lkl_strerror(int err);

/**
 * lkl_perror - print a message and the text of an error number
 * @msg: what failed
 * @err: error number, of either sign
 *
 * Context: any thread.
 * Since: 1.0
 */
LKL_API void lkl_perror(char *msg, int err);

/**
 * lkl_printf - print to the host's print
 * @fmt: as for printf()
 *
 * Context: any thread, after lkl_init().
 * Return: number of bytes.
 * Since: 1.0
 */
LKL_API int lkl_printf(const char *fmt, ...) LKL_PRINTF(1, 2);

/**
 * lkl_bug - report that the program is wrong, and call the host's panic
 * @fmt: as for printf()
 *
 * Context: any thread, after lkl_init().
 * Since: 1.0
 */
LKL_API void lkl_bug(const char *fmt, ...) LKL_PRINTF(1, 2);

/* Disks */

struct lkl_dev_blk_ops;

/**
 * struct lkl_disk - a disk
 * @dev: for liblkl
 * @fd: file descriptor of the host, which stays the program's; or
 * @handle: what a custom back end wants
 * @ops: custom back end, NULL for the host's own
 */
struct lkl_disk {
	void *dev;
	LKL_EXTENSION union {
		int fd;
		void *handle;
	};
	struct lkl_dev_blk_ops *ops;
};

#define LKL_DEV_BLK_TYPE_READ		0
#define LKL_DEV_BLK_TYPE_WRITE		1
#define LKL_DEV_BLK_TYPE_FLUSH		4
#define LKL_DEV_BLK_TYPE_FLUSH_OUT	5

#define LKL_DEV_BLK_STATUS_OK		0
#define LKL_DEV_BLK_STATUS_IOERR	1
#define LKL_DEV_BLK_STATUS_UNSUP	2

/**
 * struct lkl_blk_req - a request to a custom back end
 * @type: LKL_DEV_BLK_TYPE_*
 * @prio: 0
 * @sector: first 512-byte sector
 * @buf: buffers
 * @count: their number
 */
struct lkl_blk_req {
	unsigned int type;
	unsigned int prio;
	unsigned long long sector;
	struct iovec *buf;
	int count;
};

/**
 * struct lkl_dev_blk_ops - a custom back end
 * @get_capacity: size in bytes; 0 or negative
 * @request: do it, completely; returns LKL_DEV_BLK_STATUS_*
 *
 * Context: called by whichever thread runs the kernel; must not call LKL.
 */
struct lkl_dev_blk_ops {
	int (*get_capacity)(struct lkl_disk disk, unsigned long long *res);
	int (*request)(struct lkl_disk disk, struct lkl_blk_req *req);
};

/**
 * lkl_disk_add - add a disk, before or while the kernel runs
 * @disk: copied; @disk->dev is set
 *
 * Context: any thread.
 * Return: id of the disk, from 0; -LKL_EINVAL, -LKL_ENOSPC, -LKL_ENOMEM.
 * Since: 1.0
 */
LKL_API int lkl_disk_add(struct lkl_disk *disk);

/**
 * lkl_disk_remove - take a disk away
 * @disk: as lkl_disk_add() left it; nothing on it may be mounted
 *
 * Context: any thread.
 * Return: 0, -LKL_ENOENT; -LKL_EBUSY while the kernel boots or halts; -LKL_EIO
 * when it has died: then the disk, and its descriptor, are in use until
 * lkl_sys_halt().
 * Since: 1.0
 */
LKL_API int lkl_disk_remove(struct lkl_disk disk);

/**
 * lkl_get_virtio_blkdev - device number of a disk
 * @disk_id: from lkl_disk_add()
 * @part: partition, from 1; 0 for the whole disk
 * @pdevid: receives it, encoded for mknod()
 *
 * Context: any thread, kernel running.
 * Return: 0, -LKL_ENOENT for no such disk, -LKL_ENODEV for no such partition.
 * Since: 1.0
 */
LKL_API int lkl_get_virtio_blkdev(int disk_id, unsigned int part,
				  uint32_t *pdevid);

/**
 * lkl_encode_dev_from_sysfs - device number from a "dev" file of sysfs
 * @path: the file
 * @pdevid: receives it, encoded for mknod()
 *
 * Context: any thread, kernel running.
 * Return: 0 or the error of reading the file, -LKL_EINVAL for its contents.
 * Since: 1.0
 */
LKL_API int lkl_encode_dev_from_sysfs(const char *path, uint32_t *pdevid);

/* File systems */

/**
 * lkl_mount_dev - mount a disk or a partition
 * @disk_id: from lkl_disk_add()
 * @part: partition, 0 for the whole disk
 * @fs_type: type, as in /proc/filesystems
 * @flags: LKL_MS_*
 * @opts: options of the file system, or NULL
 * @mnt_str: receives the mount point
 * @mnt_str_len: its size
 *
 * Context: any thread, kernel running.
 * Return: 0 or a negative error; -LKL_ENOMEM when @mnt_str_len is too small.
 * Since: 1.0
 */
LKL_API long lkl_mount_dev(unsigned int disk_id, unsigned int part,
			   const char *fs_type, int flags, const char *opts,
			   char *mnt_str, unsigned int mnt_str_len);

/**
 * lkl_umount_dev - undo lkl_mount_dev()
 * @disk_id: as there
 * @part: as there
 * @flags: of umount2()
 * @timeout_ms: how long to go on while it is busy
 *
 * Context: any thread, kernel running.
 * Return: 0 or a negative error; -LKL_EBUSY after the time; -LKL_EIO when it
 * is unmounted, but not all could be written.
 * Since: 1.0
 */
LKL_API long lkl_umount_dev(unsigned int disk_id, unsigned int part, int flags,
			    long timeout_ms);

/**
 * lkl_mount_blkdev - as lkl_mount_dev(), by device number
 * @dev: device number, encoded for mknod()
 * @fs_type: type
 * @flags: LKL_MS_*
 * @opts: options, or NULL
 * @mnt_str: receives the mount point
 * @mnt_str_len: its size
 *
 * Context: any thread, kernel running.
 * Return: as lkl_mount_dev().
 * Since: 1.0
 */
LKL_API long lkl_mount_blkdev(unsigned int dev, const char *fs_type, int flags,
			      const char *opts, char *mnt_str,
			      unsigned int mnt_str_len);

/**
 * lkl_umount_blkdev - undo lkl_mount_blkdev()
 * @dev: device number
 * @flags: of umount2()
 * @timeout_ms: how long to go on while it is busy
 *
 * Context: any thread, kernel running.
 * Return: as lkl_umount_dev().
 * Since: 1.0
 */
LKL_API long lkl_umount_blkdev(unsigned int dev, int flags, long timeout_ms);

/**
 * lkl_umount_timeout - umount2(), again and again while it is busy
 * @path: mount point
 * @flags: of umount2()
 * @timeout_ms: for how long
 *
 * Context: any thread, kernel running.
 * Return: 0 or a negative error.
 * Since: 1.0
 */
LKL_API long lkl_umount_timeout(char *path, int flags, long timeout_ms);

/**
 * lkl_mount_fs - mount a file system that needs no device at "/<type>"
 * @fstype: proc, sysfs, devtmpfs, tmpfs ...
 *
 * Context: any thread, kernel running.
 * Return: 0; 1 when it was mounted already; a negative error.
 * Since: 1.0
 */
LKL_API int lkl_mount_fs(char *fstype);

/* Network devices */

struct lkl_dev_net_ops;

/**
 * struct lkl_netdev - a back end: where the packets of a device go
 * @ops: what it does
 * @id: set by lkl_netdev_add()
 * @has_vnet_hdr: packets begin with a struct lkl_virtio_net_hdr_v1, which
 *	offloads need
 */
struct lkl_netdev {
	struct lkl_dev_net_ops *ops;
	int id;
	uint8_t has_vnet_hdr : 1;
};

/**
 * struct lkl_netdev_args - how a device shows itself
 * @mac: six bytes of hardware address, NULL: a random one, or that which the
 *	back end has to have (macvtap)
 * @offload: features that the device may offer, as bit mask of the virtio
 *	feature bits (1 << LKL_VIRTIO_NET_F_CSUM ...); what the back end cannot
 *	do is left out
 */
struct lkl_netdev_args {
	void *mac;
	unsigned int offload;
};

/* Results of lkl_dev_net_ops.poll: */
#define LKL_DEV_NET_POLL_RX	1	/* rx has a packet */
#define LKL_DEV_NET_POLL_TX	2	/* tx takes packets again */
#define LKL_DEV_NET_POLL_HUP	4	/* poll_hup was called, or the end */

struct lkl_host_net_ops;

/**
 * struct lkl_dev_net_ops - a custom back end
 * @tx: send the packet in @iov; its length, or negative: not now, then poll
 *	tells when
 * @rx: receive one packet into @iov; its length, or negative: there is none
 * @poll: wait until something of LKL_DEV_NET_POLL_* is the case, and return it;
 *	called by a thread of its own.  Without it (NULL) nothing is received
 * @poll_hup: make @poll return LKL_DEV_NET_POLL_HUP, now and from now on
 * @free: the device is gone: release @nd; may be NULL
 * @host: for back ends of a host library; NULL
 *
 * Context: @tx and @rx are called by whichever thread runs the kernel, one at a
 * time; they must not block and must not call LKL.
 */
struct lkl_dev_net_ops {
	int (*tx)(struct lkl_netdev *nd, struct iovec *iov, int cnt);
	int (*rx)(struct lkl_netdev *nd, struct iovec *iov, int cnt);
	int (*poll)(struct lkl_netdev *nd);
	void (*poll_hup)(struct lkl_netdev *nd);
	void (*free)(struct lkl_netdev *nd);
	const struct lkl_host_net_ops *host;
};

/**
 * lkl_netdev_add - add a network device, before or while the kernel runs
 * @nd: its back end; used until lkl_netdev_remove(), then to be freed by
 *	lkl_netdev_free()
 * @args: how it shows itself; copied; NULL: defaults
 *
 * A device that was added before lkl_start_kernel() is there when the kernel
 * looks for one to configure ("ip=dhcp"); one that is added while it boots comes
 * when it has, one that is added while it halts when it boots again.
 *
 * Context: any thread.
 * Return: id of the device, from 0; -LKL_EINVAL, -LKL_ENOSPC, -LKL_ENOMEM;
 * -LKL_EBUSY when @nd was added already; -LKL_EIO when the kernel has died: then
 * @nd is in use until lkl_sys_halt(); or what the back end says.
 * Since: 1.0
 */
LKL_API int lkl_netdev_add(struct lkl_netdev *nd,
			   struct lkl_netdev_args *args);

/**
 * lkl_netdev_remove - take a device away
 * @id: from lkl_netdev_add()
 *
 * Context: any thread.
 * Return: 0, -LKL_ENOENT; -LKL_EBUSY while the kernel boots or halts; -LKL_EIO
 * when it has died: then the back end is in use until lkl_sys_halt().
 * Since: 1.0
 */
LKL_API int lkl_netdev_remove(int id);

/**
 * lkl_netdev_free - release a back end that no device uses
 * @nd: back end, or NULL
 *
 * Context: any thread.
 * Since: 1.0
 */
LKL_API void lkl_netdev_free(struct lkl_netdev *nd);

/**
 * lkl_netdev_get_ifindex - the interface of a device
 * @id: from lkl_netdev_add()
 *
 * Context: any thread, kernel running.
 * Return: its index in the kernel; -LKL_ENOENT for no such device, -LKL_ENODEV
 * when it has no interface.
 * Since: 1.0
 */
LKL_API int lkl_netdev_get_ifindex(int id);

/*
 * Back ends of this platform's host library.  They return NULL on failure, and
 * say why through the host's log; lkl_netdev_free() releases them.
 */
#define LKL_HOST_API	LKL_API

/**
 * lkl_netdev_tap_create - a tap interface of the host
 * @ifname: its name; made when it is not there and the caller may
 * @offload: what the caller is going to offer, see struct lkl_netdev_args
 *
 * Context: any thread, after lkl_init().
 * Return: a back end or NULL.
 * Since: 1.0
 */
LKL_HOST_API struct lkl_netdev *lkl_netdev_tap_create(const char *ifname,
						      int offload);

/**
 * lkl_netdev_macvtap_create - a macvtap interface of the host
 * @path: its character device, /dev/tapN
 * @offload: as for lkl_netdev_tap_create()
 *
 * Context: any thread, after lkl_init().
 * Return: a back end or NULL.
 * Since: 1.0
 */
LKL_HOST_API struct lkl_netdev *lkl_netdev_macvtap_create(const char *path,
							  int offload);

/**
 * lkl_netdev_raw_create - a packet socket on an interface of the host
 * @ifname: its name
 *
 * It receives long segments whatever the device is to offer, as those who send to
 * an interface do not ask.
 *
 * Context: any thread, after lkl_init().
 * Return: a back end or NULL.
 * Since: 1.0
 */
LKL_HOST_API struct lkl_netdev *lkl_netdev_raw_create(const char *ifname);

/**
 * lkl_netdev_pipe_create - a pair of named pipes, to another process
 * @names: "rx|tx"; made when they are not there.  The other side names them
 *	the other way round
 * @offload: as for lkl_netdev_tap_create(); the same on both sides
 *
 * Context: any thread, after lkl_init().
 * Return: a back end or NULL.
 * Since: 1.0
 */
LKL_HOST_API struct lkl_netdev *lkl_netdev_pipe_create(const char *names,
						       int offload);

/**
 * lkl_netdev_vde_create - a port of a VDE switch
 * @switch_path: of its socket
 *
 * Context: any thread, after lkl_init().
 * Return: a back end; NULL, also where it is not installed.
 * Since: 1.0
 */
LKL_HOST_API struct lkl_netdev *lkl_netdev_vde_create(const char *switch_path);

/**
 * lkl_netdev_slirp_create - the host's network without privileges
 *
 * A network of its own, 10.0.2.0/24 and fec0::/64, with a DHCP server, a DNS
 * relay (10.0.2.3) and a gateway (10.0.2.2, also the host itself) that makes
 * the host's connections.
 *
 * Context: any thread, after lkl_init().
 * Return: a back end; NULL, also where it is not installed.
 * Since: 1.0
 */
LKL_HOST_API struct lkl_netdev *lkl_netdev_slirp_create(void);

/**
 * lkl_netdev_dpdk_create - DPDK, which is not built in
 * @ifname: of its port
 * @offload: as for lkl_netdev_tap_create()
 * @mac: receives its hardware address, six bytes
 *
 * Context: any thread, after lkl_init().
 * Return: NULL.
 * Since: 1.0
 */
LKL_HOST_API struct lkl_netdev *lkl_netdev_dpdk_create(const char *ifname,
						       int offload,
						       unsigned char *mac);

/*
 * Configuration of the network: interfaces, addresses, routes.  Addresses are
 * in network byte order; @af is LKL_AF_INET or LKL_AF_INET6, and tells how long
 * an address is that a pointer leads to.  Besides what is said below, all
 * return -LKL_ENODEV when there is no such interface or no kernel runs,
 * -LKL_EAFNOSUPPORT for another @af, -LKL_EINVAL for what cannot be (a prefix
 * of 33 bits), or what else the kernel says.
 */

/**
 * lkl_if_up - make an interface carry packets
 * @ifindex: index of the interface
 *
 * Context: any thread, kernel running.
 * Return: 0, -LKL_ENODEV.
 * Since: 1.0
 */
LKL_API int lkl_if_up(int ifindex);

/**
 * lkl_if_down - undo lkl_if_up()
 * @ifindex: index of the interface
 *
 * Context: any thread, kernel running.
 * Return: 0, -LKL_ENODEV.
 * Since: 1.0
 */
LKL_API int lkl_if_down(int ifindex);

/**
 * lkl_if_set_mtu - the largest packet of an interface
 * @ifindex: index of the interface
 * @mtu: its size in bytes, without the hardware's header
 *
 * Context: any thread, kernel running.
 * Return: 0, -LKL_ENODEV, -LKL_EINVAL for a size that the device cannot do.
 * Since: 1.0
 */
LKL_API int lkl_if_set_mtu(int ifindex, int mtu);

/**
 * lkl_if_set_ipv4 - the address of an interface
 * @ifindex: index of the interface
 * @addr: its address
 * @netmask_len: how many bits of it are the network's
 *
 * Replaces those that were set before by this function or another; of loopback
 * 127.0.0.1 stays.
 *
 * Context: any thread, kernel running.
 * Return: 0, -LKL_ENODEV, -LKL_EINVAL.
 * Since: 1.0
 */
LKL_API int lkl_if_set_ipv4(int ifindex, unsigned int addr,
			    unsigned int netmask_len);

/**
 * lkl_set_ipv4_gateway - the default route
 * @addr: address of the gateway
 *
 * Replaces the one there was.
 *
 * Context: any thread, kernel running.
 * Return: 0; -LKL_ENETUNREACH when no interface leads to the gateway,
 * -LKL_EINVAL when it cannot be one.
 * Since: 1.0
 */
LKL_API int lkl_set_ipv4_gateway(unsigned int addr);

/**
 * lkl_if_set_ipv4_gateway - a gateway for what is sent from one address
 * @ifindex: index of the interface
 * @addr: the address
 * @netmask_len: how many bits of it are the network's
 * @gw_addr: address of the gateway
 *
 * lkl_if_add_linklocal(), lkl_if_add_gateway() and
 * lkl_if_add_rule_from_saddr() together; what is there already is replaced.
 *
 * Context: any thread, kernel running.
 * Return: as those, without -LKL_EEXIST.
 * Since: 1.0
 */
LKL_API int lkl_if_set_ipv4_gateway(int ifindex, unsigned int addr,
				    unsigned int netmask_len,
				    unsigned int gw_addr);

/**
 * lkl_if_set_ipv6 - the IPv6 address of an interface
 * @ifindex: index of the interface
 * @addr: its address, 16 bytes
 * @netprefix_len: how many bits of it are the network's
 *
 * Replaces those that were set before by this function or another; the
 * link-local address and those that a router advertises stay.  When the
 * interface is up, it waits as lkl_if_wait_ipv6_dad() does.
 *
 * Context: any thread, kernel running.
 * Return: 0, -LKL_ENODEV, -LKL_EINVAL, -LKL_EADDRINUSE when another host has
 * it, -LKL_EINTR.
 * Since: 1.0
 */
LKL_API int lkl_if_set_ipv6(int ifindex, void *addr,
			    unsigned int netprefix_len);

/**
 * lkl_set_ipv6_gateway - the default route of IPv6
 * @addr: address of the gateway, 16 bytes; not a link-local one
 *
 * Replaces the one there was.
 *
 * Context: any thread, kernel running.
 * Return: 0; -LKL_EHOSTUNREACH when no interface leads to the gateway,
 * -LKL_EINVAL when it cannot be one.
 * Since: 1.0
 */
LKL_API int lkl_set_ipv6_gateway(void *addr);

/**
 * lkl_if_set_ipv6_gateway - an IPv6 gateway for what is sent from one address
 * @ifindex: index of the interface
 * @addr: the address, 16 bytes
 * @netprefix_len: how many bits of it are the network's
 * @gw_addr: address of the gateway, 16 bytes
 *
 * As lkl_if_set_ipv4_gateway().
 *
 * Context: any thread, kernel running.
 * Return: as lkl_if_set_ipv4_gateway().
 * Since: 1.0
 */
LKL_API int lkl_if_set_ipv6_gateway(int ifindex, void *addr,
				    unsigned int netprefix_len, void *gw_addr);

/**
 * lkl_ifname_to_ifindex - an interface by its name
 * @name: name, as "lo"
 *
 * Context: any thread, kernel running.
 * Return: index of the interface, or -LKL_ENODEV.
 * Since: 1.0
 */
LKL_API int lkl_ifname_to_ifindex(const char *name);

/**
 * lkl_add_neighbor - tell the hardware address of a neighbour, for good
 * @ifindex: index of the interface that it is reached by
 * @af: family of its address
 * @addr: its address
 * @mac: its hardware address, six bytes
 *
 * Replaces what was known of it.
 *
 * Context: any thread, kernel running.
 * Return: 0, -LKL_ENODEV, -LKL_EAFNOSUPPORT, -LKL_EINVAL.
 * Since: 1.0
 */
LKL_API int lkl_add_neighbor(int ifindex, int af, void *addr, void *mac);

/**
 * lkl_if_add_ip - one more address for an interface
 * @ifindex: index of the interface
 * @af: family of the address
 * @addr: the address
 * @netprefix_len: how many bits of it are the network's
 *
 * An IPv6 address cannot be used at once, see lkl_if_wait_ipv6_dad().
 *
 * Context: any thread, kernel running.
 * Return: 0, -LKL_ENODEV, -LKL_EAFNOSUPPORT, -LKL_EINVAL, -LKL_EEXIST when it
 * has that address.
 * Since: 1.0
 */
LKL_API int lkl_if_add_ip(int ifindex, int af, void *addr,
			  unsigned int netprefix_len);

/**
 * lkl_if_del_ip - undo lkl_if_add_ip()
 * @ifindex: index of the interface
 * @af: family of the address
 * @addr: the address
 * @netprefix_len: as it was added
 *
 * Context: any thread, kernel running.
 * Return: 0, -LKL_ENODEV, -LKL_EAFNOSUPPORT, -LKL_EINVAL, -LKL_EADDRNOTAVAIL
 * when it does not have that address.
 * Since: 1.0
 */
LKL_API int lkl_if_del_ip(int ifindex, int af, void *addr,
			  unsigned int netprefix_len);

/**
 * lkl_add_gateway - add a default route
 * @af: its family
 * @gwaddr: address of the gateway
 *
 * Context: any thread, kernel running.
 * Return: as lkl_set_ipv4_gateway(), lkl_set_ipv6_gateway(); -LKL_EEXIST when
 * there is one.
 * Since: 1.0
 */
LKL_API int lkl_add_gateway(int af, void *gwaddr);

/**
 * lkl_if_add_rule_from_saddr - send what comes from an address by the
 *	interface's own routing table
 * @ifindex: index of the interface; its table has twice that number for IPv4,
 *	and one more for IPv6
 * @af: family of the address
 * @saddr: the address
 *
 * Context: any thread, kernel running.
 * Return: 0, -LKL_ENODEV, -LKL_EAFNOSUPPORT, -LKL_EINVAL, -LKL_EEXIST when
 * there is that rule, -LKL_ERANGE for an interface whose table the kernel has
 * for itself (126 and 127).
 * Since: 1.0
 */
LKL_API int lkl_if_add_rule_from_saddr(int ifindex, int af, void *saddr);

/**
 * lkl_if_add_gateway - a default route in the interface's own routing table
 * @ifindex: index of the interface, see lkl_if_add_rule_from_saddr()
 * @af: family
 * @gwaddr: address of the gateway
 *
 * Context: any thread, kernel running.
 * Return: as lkl_add_gateway(); -LKL_ENODEV, -LKL_ERANGE.
 * Since: 1.0
 */
LKL_API int lkl_if_add_gateway(int ifindex, int af, void *gwaddr);

/**
 * lkl_if_add_linklocal - the subnet of an interface in its own routing table
 * @ifindex: index of the interface, see lkl_if_add_rule_from_saddr()
 * @af: family
 * @addr: any address of the subnet
 * @netprefix_len: how many bits of it are the network's
 *
 * Context: any thread, kernel running.
 * Return: 0, -LKL_ENODEV, -LKL_EAFNOSUPPORT, -LKL_EINVAL, -LKL_EEXIST,
 * -LKL_ERANGE; -LKL_ENETDOWN when the interface is down.
 * Since: 1.0
 */
LKL_API int lkl_if_add_linklocal(int ifindex, int af, void *addr,
				 int netprefix_len);

/**
 * lkl_if_wait_ipv6_dad - wait until an IPv6 address can be used
 * @ifindex: index of the interface
 * @addr: one of its addresses, 16 bytes
 *
 * The kernel asks the network first whether another host has a new address;
 * until then nobody can use it.
 *
 * Context: any thread, kernel running; blocks.
 * Return: 0; -LKL_EADDRINUSE when another host has it, -LKL_EADDRNOTAVAIL when
 * the interface does not have it (any more), -LKL_ENETDOWN when the interface
 * is down or has no carrier, so that nobody can be asked, -LKL_ENODEV,
 * -LKL_EINTR.
 * Since: 1.0
 */
LKL_API int lkl_if_wait_ipv6_dad(int ifindex, void *addr);

/**
 * lkl_qdisc_add - add a queueing discipline
 * @ifindex: index of the interface
 * @root: where: "root", "ingress", "clsact" or a class, as "1:2"
 * @type: its type, as "fq"
 *
 * Context: any thread, kernel running.
 * Return: 0, -LKL_ENODEV, -LKL_EINVAL; -LKL_ENOENT for a type that there is
 * not, -LKL_EEXIST when one was added there.
 * Since: 1.0
 */
LKL_API int lkl_qdisc_add(int ifindex, const char *root, const char *type);

/**
 * lkl_qdisc_parse_add - add several queueing disciplines
 * @ifindex: index of the interface
 * @entries: "root|type;root|type..."
 *
 * Context: any thread, kernel running.
 * Return: as lkl_qdisc_add(), of the first one that failed; those behind it
 * were not added.
 * Since: 1.0
 */
LKL_API int lkl_qdisc_parse_add(int ifindex, const char *entries);

/**
 * lkl_sysctl - set a parameter of the kernel
 * @path: its name, as sysctl(8) has it: "net.ipv4.tcp_wmem" or
 *	"net/ipv4/tcp_wmem".  The first separator tells which one separates;
 *	the other one then is a part of a name ("net.ipv4.conf.eth0/1.forwarding"
 *	for eth0.1)
 * @value: its value
 *
 * Mounts /proc when it is not there.
 *
 * Context: any thread, kernel running.
 * Return: 0; -LKL_ENOENT for no such parameter, -LKL_EINVAL for its value, or
 * what else writing it gives.
 * Since: 1.0
 */
LKL_API int lkl_sysctl(const char *path, const char *value);

/**
 * lkl_sysctl_parse_write - set several parameters of the kernel
 * @sysctls: "name=value;name=value..."
 *
 * Context: any thread, kernel running.
 * Return: 0, or the error of the first one that failed; all others were set.
 * Since: 1.0
 */
LKL_API int lkl_sysctl_parse_write(const char *sysctls);

/**
 * lkl_register_dbg_handler - tell the user what the kernel does when asked
 *
 * From now on until lkl_cleanup(), a request by the host's means (SIGTSTP, that
 * is Ctrl-Z, on POSIX hosts, which does not stop the program any more) makes a
 * thread of its own print a list of the kernel's tasks, with their states and
 * where they wait, by the host's print.  It mounts /proc when it is not there.
 * Where the host has no means, a message says so.
 *
 * Context: one thread, after lkl_init().
 * Since: 1.0
 */
LKL_API void lkl_register_dbg_handler(void);

/* Waiting for the host */

/**
 * lkl_hostfd_create - make a descriptor of the host known to the kernel
 * @host_fd: descriptor of the host, which stays the caller's
 *
 * The result can be waited for, with poll, select and epoll, together with
 * sockets and everything else of the kernel: it is ready whenever @host_fd is.
 * Nothing else can be done with it but to close it, before @host_fd is closed.
 * A second one for the same number takes the place of the first, which a call
 * that is under way may still wait for: that is ready for nothing any more.
 *
 * Context: any thread, kernel running.
 * Return: an LKL descriptor; -LKL_EBADF, -LKL_EMFILE, -LKL_ENOMEM;
 * -LKL_EOPNOTSUPP where the host cannot do it.
 * Since: 1.0
 */
LKL_API int lkl_hostfd_create(int host_fd);

/* Directories */

struct lkl_dir;

/**
 * lkl_opendir - open a directory for reading
 * @path: its path
 * @err: receives the error when NULL is returned
 *
 * Context: any thread, kernel running; a directory is used by one at a time.
 * Return: to be freed by lkl_closedir(), or NULL.
 * Since: 1.0
 */
LKL_API struct lkl_dir *lkl_opendir(const char *path, int *err);

/**
 * lkl_fdopendir - the same from a descriptor, which lkl_closedir() closes
 * @fd: LKL descriptor of a directory
 * @err: receives the error when NULL is returned
 *
 * Context: as lkl_opendir().
 * Return: as lkl_opendir().
 * Since: 1.0
 */
LKL_API struct lkl_dir *lkl_fdopendir(int fd, int *err);

/**
 * lkl_rewinddir - start again
 * @dir: the directory
 *
 * Since: 1.0
 */
LKL_API void lkl_rewinddir(struct lkl_dir *dir);

/**
 * lkl_closedir - close and free
 * @dir: the directory
 *
 * Return: 0 or a negative error.
 * Since: 1.0
 */
LKL_API int lkl_closedir(struct lkl_dir *dir);

/**
 * lkl_readdir - the next entry
 * @dir: the directory
 *
 * Return: an entry, valid until the next call; NULL at the end or after an
 * error, which lkl_errdir() tells: -LKL_EUCLEAN for a damaged directory that
 * goes in circles.
 * Since: 1.0
 */
LKL_API struct lkl_linux_dirent64 *lkl_readdir(struct lkl_dir *dir);

/**
 * lkl_errdir - the last error of lkl_readdir()
 * @dir: the directory
 *
 * Return: 0 or a negative error.
 * Since: 1.0
 */
LKL_API int lkl_errdir(struct lkl_dir *dir);

/**
 * lkl_dirfd - the descriptor of a directory, which stays its own
 * @dir: the directory
 *
 * Return: an LKL descriptor.
 * Since: 1.0
 */
LKL_API int lkl_dirfd(struct lkl_dir *dir);

#ifdef __cplusplus
}
#endif

#include <lkl_compat.h>

#endif /* LKL_H */
