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
 * @path: name of the parameter as in sysctl(8): "net.ipv4.tcp_wmem" or
 *	"net/ipv4/tcp_wmem".  The first of "." and "/" is the separator; after
 *	".", a "/" stands for a "." within a name, as in
 *	"net.ipv4.conf.eth0/1.forwarding" for the interface eth0.1
 * @value: value to set
 *
 * The function mounts /proc if necessary.
 *
 * Context: any thread, kernel running.
 * Return: 0; -LKL_ENOENT when there is no such parameter; -LKL_EINVAL when the
 * value is invalid; any other error of writing the value.
 * Since: 1.0
 */
LKL_API int lkl_sysctl(const char *path, const char *value);

/**
 * lkl_sysctl_parse_write - set several parameters of the kernel
 * @sysctls: "name=value;name=value..."
 *
 * Context: any thread, kernel running.
 * Return: 0, or the error of the first parameter that failed; all other
 * parameters are set.
 * Since: 1.0
 */
LKL_API int lkl_sysctl_parse_write(const char *sysctls);

/**
 * lkl_hostfd_create - make a descriptor of the host known to the kernel
 * @host_fd: descriptor of the host, which stays the caller's
 *
 * The kernel can wait for the result with poll, select and epoll, together with
 * its sockets and files: the result is ready whenever @host_fd is.  The only
 * other operation is to close the result, before @host_fd is closed.  A second
 * call for the same number replaces the first result: a system call that still
 * waits for the first result gets no more events from it.
 *
 * Context: any thread, kernel running.
 * Return: an LKL descriptor; -LKL_EBADF, -LKL_EMFILE, -LKL_ENOMEM;
 * -LKL_EOPNOTSUPP on a host that cannot wait for descriptors.
 * Since: 1.0
 */
LKL_API int lkl_hostfd_create(int host_fd);

#ifdef __cplusplus
}
#endif

#endif /* LKL_KERNEL_H */
