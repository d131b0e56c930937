/* SPDX-License-Identifier: GPL-2.0 */
/*
 * lkl.h - Linux as a library
 *
 *	#include <lkl_host.h>
 *
 *	lkl_init(&lkl_host_ops);
 *	lkl_start_kernel("");
 *	fd = lkl_sys_open("/file", LKL_O_CREAT | LKL_O_RDWR, 0644);
 *	...
 *	lkl_sys_halt();
 *	lkl_cleanup();
 *
 * On failure, a function that returns a number returns a negative LKL error
 * number, such as -LKL_ENOENT, and a function that returns a pointer returns
 * NULL.  LKL error numbers are the kernel's, not the host's.
 */
#ifndef LKL_H
#define LKL_H

#include <lkl_base.h>

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

#include <lkl_call.h>
#include <lkl_dir.h>
#include <lkl_disk.h>
#include <lkl_instance.h>
#include <lkl_kernel.h>
#include <lkl_life.h>
#include <lkl_message.h>
#include <lkl_mount.h>
#include <lkl_net.h>
#include <lkl_netdev.h>

#include <lkl_compat.h>

#endif /* LKL_H */
