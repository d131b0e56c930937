/* SPDX-License-Identifier: GPL-2.0 */
/*
 * lkl_kernel.h - parameters of the kernel, and descriptors of the host
 *
 * Included by <lkl.h>.
 */
#ifndef LKL_KERNEL_H
#define LKL_KERNEL_H

#include <lkl_base.h>

#ifdef __cplusplus
extern "C" {
#endif

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

#ifdef __cplusplus
}
#endif

#endif /* LKL_KERNEL_H */
