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
 *	"net/ipv4/tcp_wmem".  The first "." or "/" in the name determines which
 *	of the two is the separator.  If the separator is ".", a "/" means a "."
 *	within a component: "net.ipv4.conf.eth0/1.forwarding" is a parameter of
 *	the interface eth0.1
 * @value: value to set, not empty
 *
 * The function mounts /proc if necessary.
 *
 * Context: any thread, kernel running.
 * Return: 0; -LKL_ENOENT when there is no such parameter; -LKL_EINVAL when the
 * kernel refuses the value, or the name or the value is empty;
 * -LKL_ENAMETOOLONG when the name is too long; any other error of writing the
 * value.
 * Since: 1.0
 */
LKL_API int lkl_sysctl(const char *path, const char *value);

/**
 * lkl_sysctl_parse_write - set several parameters of the kernel
 * @sysctls: "name=value;name=value..."; the names are those of lkl_sysctl()
 *
 * After a failure, the function goes on with the next parameter.
 *
 * Context: any thread, kernel running.
 * Return: 0; the error of the first parameter that failed, as lkl_sysctl()
 * returns it; -LKL_EINVAL when @sysctls is NULL; -LKL_ENOMEM.
 * Since: 1.0
 */
LKL_API int lkl_sysctl_parse_write(const char *sysctls);

/**
 * lkl_hostfd_create - make an LKL descriptor for a descriptor of the host
 * @host_fd: descriptor of the host, which still belongs to the caller
 *
 * The LKL descriptor is ready whenever @host_fd is ready, so that one call of
 * poll, select or epoll in the kernel can wait for @host_fd and for the
 * kernel's own sockets and files.  The LKL descriptor cannot be read or
 * written.  The caller must close the LKL descriptor before @host_fd.  A second
 * call for the same @host_fd detaches the previous LKL descriptor: a system
 * call that waits for the previous one gets no further events from it.
 *
 * Context: any thread, kernel running.
 * Return: an LKL descriptor; -LKL_EBADF when @host_fd is not open; -LKL_EMFILE
 * when the process in the kernel has too many descriptors; -LKL_ENOMEM;
 * -LKL_EOPNOTSUPP on a host that cannot wait for descriptors; -LKL_ENODEV when
 * no kernel runs.
 * Since: 1.0
 */
LKL_API int lkl_hostfd_create(int host_fd);

#ifdef __cplusplus
}
#endif

#endif /* LKL_KERNEL_H */
