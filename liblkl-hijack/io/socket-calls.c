// SPDX-License-Identifier: GPL-2.0
/*
 * Sockets: where they are made, and what can be done with sockets only.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/netlink.h>
#include <pthread.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fd/fd-table.h"
#include "host/host-libc.h"
#include "io/read-write.h"
#include "state/kernel-call.h"
#include "fd/packet-ring.h"
#include "process/exit.h"

/* Netlink protocols that speak about the machine, not about its network. */
static bool is_host_netlink(int protocol)
{
	switch (protocol) {
	case NETLINK_KOBJECT_UEVENT:
	case NETLINK_AUDIT:
	case NETLINK_SELINUX:
	case NETLINK_CONNECTOR:
	case NETLINK_SCSITRANSPORT:
	case NETLINK_ISCSI:
	case NETLINK_CRYPTO:
		return true;
	}
	return false;
}

/*
 * Local sockets lead to other processes of the host; Bluetooth and virtual
 * machines are its devices, and its cryptography is no network.
 */
static bool belongs_to_host(int domain, int protocol)
{
	switch (domain) {
	case AF_UNIX:
	case AF_ALG:
	case AF_BLUETOOTH:
	case AF_VSOCK:
		return true;
	case AF_NETLINK:
		return is_host_netlink(protocol);
	}
	return false;
}

static int host_socket(int domain, int type, int protocol)
{
	int fd = HOST(socket)(domain, type, protocol);

	return self.inside ? fd_keep(fd) : fd_fresh(fd);
}

EXPORT int socket(int domain, int type, int protocol)
{
	int fd;

	if (!lkl_wanted() || belongs_to_host(domain, protocol))
		return host_socket(domain, type, protocol);
	fd = fd_reserve(0, type & SOCK_CLOEXEC);
	if (fd < 0)
		return -1;
	process_will_drain(domain, type);
	return fd_finish(fd, LKL_CALL(socket, domain, type & ~SOCK_CLOEXEC,
				      protocol));
}
ALIAS(__socket, socket);

static int lkl_pair(int domain, int type, int protocol, int sv[2])
{
	bool cloexec = type & SOCK_CLOEXEC;
	int fds[2], k[2];
	long ret;

	fds[0] = fd_reserve(0, cloexec);
	if (fds[0] < 0)
		return -1;
	fds[1] = fd_reserve(0, cloexec);
	if (fds[1] < 0)
		goto out_first;
	ret = LKL_CALL(socketpair, domain, type & ~SOCK_CLOEXEC, protocol, k);
	if (ret < 0) {
		errno = -ret;
		goto out_both;
	}
	fd_install(fds[0], k[0]);
	fd_install(fds[1], k[1]);
	memcpy(sv, fds, sizeof(fds));
	return 0;

out_both:
	fd_unreserve(fds[1]);
out_first:
	fd_unreserve(fds[0]);
	return -1;
}

EXPORT int socketpair(int domain, int type, int protocol, int sv[2])
{
	int ret;

	if (lkl_wanted() && !belongs_to_host(domain, protocol))
		return lkl_pair(domain, type, protocol, sv);
	ret = HOST(socketpair)(domain, type, protocol, sv);
	if (!ret && self.inside) {
		sv[0] = fd_keep(sv[0]);
		sv[1] = fd_keep(sv[1]);
	} else if (!ret) {
		fd_fresh(sv[0]);
		fd_fresh(sv[1]);
	}
	return ret;
}

static void unreserve(void *arg)
{
	fd_unreserve(*(int *)arg);
}

/* As the kernel does, the number is taken before the wait. */
static int lkl_accept(int k, struct sockaddr *addr, socklen_t *len, int flags)
{
	int fd = fd_reserve(0, flags & SOCK_CLOEXEC);
	long ret;

	if (fd < 0)
		return -1;
	pthread_cleanup_push(unreserve, &fd);
	ret = LKL_CALL(accept4, k, addr, len, flags & ~SOCK_CLOEXEC);
	pthread_cleanup_pop(0);
	return fd_finish(fd, ret);
}

EXPORT int accept4(int fd, struct sockaddr *addr, socklen_t *len, int flags)
{
	int k = fd_lkl(fd);

	if (k >= 0)
		return lkl_accept(k, addr, len, flags);
	fd = HOST(accept4)(fd, addr, len, flags);
	return self.inside ? fd_keep(fd) : fd_fresh(fd);
}

EXPORT int accept(int fd, struct sockaddr *addr, socklen_t *len)
{
	int k = fd_lkl(fd);

	if (k >= 0)
		return lkl_accept(k, addr, len, 0);
	fd = HOST(accept)(fd, addr, len);
	return self.inside ? fd_keep(fd) : fd_fresh(fd);
}

EXPORT int bind(int fd, const struct sockaddr *addr, socklen_t len)
{
	int k = fd_lkl(fd);

	return k < 0 ? HOST(bind)(fd, addr, len) :
	       LKL_ERRNO(bind, k, addr, len);
}

EXPORT int connect(int fd, const struct sockaddr *addr, socklen_t len)
{
	int k = fd_lkl(fd);

	return k < 0 ? HOST(connect)(fd, addr, len) :
	       LKL_ERRNO(connect, k, addr, len);
}
ALIAS(__connect, connect);

EXPORT int listen(int fd, int backlog)
{
	int k = fd_lkl(fd);

	return k < 0 ? HOST(listen)(fd, backlog) :
	       LKL_ERRNO(listen, k, backlog);
}

EXPORT int shutdown(int fd, int how)
{
	int k = fd_lkl(fd);

	return k < 0 ? HOST(shutdown)(fd, how) : LKL_ERRNO(shutdown, k, how);
}

EXPORT int getsockname(int fd, struct sockaddr *restrict addr,
		       socklen_t *restrict len)
{
	int k = fd_lkl(fd);

	return k < 0 ? HOST(getsockname)(fd, addr, len) :
	       LKL_ERRNO(getsockname, k, addr, len);
}

EXPORT int getpeername(int fd, struct sockaddr *restrict addr,
		       socklen_t *restrict len)
{
	int k = fd_lkl(fd);

	return k < 0 ? HOST(getpeername)(fd, addr, len) :
	       LKL_ERRNO(getpeername, k, addr, len);
}

EXPORT int getsockopt(int fd, int level, int name, void *restrict val,
		      socklen_t *restrict len)
{
	int k = fd_lkl(fd);

	if (k >= 0 && level == SOL_PACKET && len &&
	    packet_is_refused(level, name, val, *len)) {
		errno = EINVAL;
		return -1;
	}
	return k < 0 ? HOST(getsockopt)(fd, level, name, val, len) :
	       LKL_ERRNO(getsockopt, k, level, name, val, len);
}

/*
 * Zero copy (MSG_ZEROCOPY, which does nothing without its option) pins pages of
 * the caller, which LKL has not got.  The host says so where it cannot either.
 */
EXPORT int setsockopt(int fd, int level, int name, const void *val,
		      socklen_t len)
{
	int k = fd_lkl(fd);

	if (k >= 0 && level == SOL_SOCKET && name == SO_ZEROCOPY) {
		errno = EOPNOTSUPP;
		return -1;
	}
	if (k >= 0 && level == SOL_PACKET)
		return packet_setsockopt(fd, k, name, val, len);
	return k < 0 ? HOST(setsockopt)(fd, level, name, val, len) :
	       LKL_ERRNO(setsockopt, k, level, name, val, len);
}

EXPORT int sockatmark(int fd)
{
	int k = fd_lkl(fd), mark;

	if (k < 0)
		return HOST(sockatmark)(fd);
	if (LKL_ERRNO(ioctl, k, LKL_SIOCATMARK, &mark) < 0)
		return -1;
	return mark;
}

EXPORT int isfdtype(int fd, int type)
{
	struct stat st;

	if (fd_lkl(fd) < 0)
		return HOST(isfdtype)(fd, type);
	if (fstat(fd, &st))
		return -1;
	return (st.st_mode & S_IFMT) == (mode_t)type;
}

/* Receiving */

EXPORT ssize_t recvfrom(int fd, void *restrict buf, size_t len, int flags,
			struct sockaddr *restrict addr,
			socklen_t *restrict addr_len)
{
	int k = fd_lkl(fd);

	return k < 0 ? HOST(recvfrom)(fd, buf, len, flags, addr, addr_len) :
	       LKL_ERRNO(recvfrom, k, buf, len, flags, addr, addr_len);
}

EXPORT ssize_t recv(int fd, void *buf, size_t len, int flags)
{
	int k = fd_lkl(fd);

	return k < 0 ? HOST(recv)(fd, buf, len, flags) :
	       LKL_ERRNO(recvfrom, k, buf, len, flags, NULL, NULL);
}
ALIAS(__recv, recv);

EXPORT ssize_t recvmsg(int fd, struct msghdr *msg, int flags)
{
	int k = fd_lkl(fd);

	return k < 0 ? HOST(recvmsg)(fd, msg, flags) :
	       LKL_ERRNO(recvmsg, k, msg, flags);
}

EXPORT int recvmmsg(int fd, struct mmsghdr *msgs, unsigned int count, int flags,
		    struct timespec *timeout)
{
	int k = fd_lkl(fd);

	return k < 0 ? HOST(recvmmsg)(fd, msgs, count, flags, timeout) :
	       LKL_ERRNO(recvmmsg, k, msgs, count, flags, timeout);
}

/* Sending */

EXPORT ssize_t sendto(int fd, const void *buf, size_t len, int flags,
		      const struct sockaddr *addr, socklen_t addr_len)
{
	int k = fd_lkl(fd);

	return k < 0 ? HOST(sendto)(fd, buf, len, flags, addr, addr_len) :
	       io_sent(k, LKL_CALL(sendto, k, buf, len, flags, addr, addr_len),
		       flags);
}

EXPORT ssize_t send(int fd, const void *buf, size_t len, int flags)
{
	int k = fd_lkl(fd);

	return k < 0 ? HOST(send)(fd, buf, len, flags) :
	       io_sent(k, LKL_CALL(sendto, k, buf, len, flags, NULL, 0), flags);
}
ALIAS(__send, send);

/* A placeholder is of no use to whoever would receive it. */
static bool passes_lkl(const struct msghdr *msg)
{
	struct msghdr *m = (struct msghdr *)msg;
	struct cmsghdr *c;
	size_t i, count;
	int fd;

	if (!m || !m->msg_control || m->msg_controllen < sizeof(*c))
		return false;
	for (c = CMSG_FIRSTHDR(m); c; c = CMSG_NXTHDR(m, c)) {
		if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
			continue;
		count = (c->cmsg_len - CMSG_LEN(0)) / sizeof(fd);
		for (i = 0; i < count; i++) {
			memcpy(&fd, CMSG_DATA(c) + i * sizeof(fd), sizeof(fd));
			if (fd_lkl(fd) >= 0)
				return true;
		}
	}
	return false;
}

EXPORT ssize_t sendmsg(int fd, const struct msghdr *msg, int flags)
{
	int k = fd_lkl(fd);

	if (k >= 0)
		return io_sent(k, LKL_CALL(sendmsg, k, msg, flags), flags);
	if (lkl_wanted() && passes_lkl(msg)) {
		errno = EOPNOTSUPP;
		return -1;
	}
	return HOST(sendmsg)(fd, msg, flags);
}

EXPORT int sendmmsg(int fd, struct mmsghdr *msgs, unsigned int count, int flags)
{
	int k = fd_lkl(fd);
	unsigned int i;

	if (k >= 0)
		return io_sent(k, LKL_CALL(sendmmsg, k, msgs, count, flags),
			       flags);
	for (i = 0; lkl_wanted() && i < count; i++) {
		if (passes_lkl(&msgs[i].msg_hdr)) {
			errno = EOPNOTSUPP;
			return -1;
		}
	}
	return HOST(sendmmsg)(fd, msgs, count, flags);
}
ALIAS(__sendmmsg, sendmmsg);
