// SPDX-License-Identifier: GPL-2.0
/*
 * Sockets: calls that make them, and calls for sockets only.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/netlink.h>
#include <pthread.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fd/fd-placeholder.h"
#include "fd/fd-table.h"
#include "fd/packet-ring.h"
#include "host/export.h"
#include "host/fortify.h"
#include "host/host-libc.h"
#include "io/checked-rules.h"
#include "io/read-write.h"
#include "io/socket-calls.h"
#include "state/kernel-call.h"
#include "state/thread-state.h"

/* Return true for protocols of netlink that do not concern the network. */
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
 * Return true for sockets of the host.  Local sockets lead to other processes of the
 * host, Bluetooth and virtual machines are devices of the host, and cryptography is
 * no network.
 */
static bool is_host_socket(int domain, int protocol)
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

/* Sockets whose data must leave before the process ends. */
static bool made_connections;
static bool made_datagrams;

bool sockets_were_made(bool *datagrams)
{
	*datagrams = made_datagrams;
	return made_connections;
}

static void note_socket(int domain, int type)
{
	if (domain == AF_NETLINK)
		return;
	__atomic_store_n(&made_connections, true, __ATOMIC_RELAXED);
	type &= ~(SOCK_CLOEXEC | SOCK_NONBLOCK);
	if (type != SOCK_STREAM)
		__atomic_store_n(&made_datagrams, true, __ATOMIC_RELAXED);
}

EXPORT int socket(int domain, int type, int protocol)
{
	int fd;

	if (!thread_uses_lkl() || is_host_socket(domain, protocol))
		return fd_opened(HOST(socket)(domain, type, protocol));
	fd = fd_reserve(0, type & SOCK_CLOEXEC);
	if (fd < 0)
		return -1;
	note_socket(domain, type);
	return fd_finish(fd, KCALL(socket, domain, type & ~SOCK_CLOEXEC,
				   protocol));
}
ALIAS(__socket, socket);

static int socketpair_lkl(int domain, int type, int protocol, int sv[2])
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
	ret = KCALL(socketpair, domain, type & ~SOCK_CLOEXEC, protocol, k);
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

	if (thread_uses_lkl() && !is_host_socket(domain, protocol))
		return socketpair_lkl(domain, type, protocol, sv);
	ret = HOST(socketpair)(domain, type, protocol, sv);
	if (!ret) {
		sv[0] = fd_opened(sv[0]);
		sv[1] = fd_opened(sv[1]);
	}
	return ret;
}

static void unreserve_on_cancel(void *arg)
{
	fd_unreserve(*(int *)arg);
}

/* Take the number before the wait, as the kernel does. */
static int accept_lkl(int k, struct sockaddr *addr, socklen_t *len, int flags)
{
	int fd = fd_reserve(0, flags & SOCK_CLOEXEC);
	long ret;

	if (fd < 0)
		return -1;
	pthread_cleanup_push(unreserve_on_cancel, &fd);
	ret = KCALL(accept4, k, addr, len, flags & ~SOCK_CLOEXEC);
	pthread_cleanup_pop(0);
	return fd_finish(fd, ret);
}

EXPORT int accept4(int fd, struct sockaddr *addr, socklen_t *len, int flags)
{
	int k = fd_lkl(fd);

	if (k >= 0)
		return accept_lkl(k, addr, len, flags);
	fd = HOST(accept4)(fd, addr, len, flags);
	return fd_opened(fd);
}

EXPORT int accept(int fd, struct sockaddr *addr, socklen_t *len)
{
	int k = fd_lkl(fd);

	if (k >= 0)
		return accept_lkl(k, addr, len, 0);
	fd = HOST(accept)(fd, addr, len);
	return fd_opened(fd);
}

EXPORT int bind(int fd, const struct sockaddr *addr, socklen_t len)
{
	int k = fd_lkl(fd);

	return k < 0 ? HOST(bind)(fd, addr, len) :
	       KCALL_ERRNO(bind, k, addr, len);
}

EXPORT int connect(int fd, const struct sockaddr *addr, socklen_t len)
{
	int k = fd_lkl(fd);

	return k < 0 ? HOST(connect)(fd, addr, len) :
	       KCALL_ERRNO(connect, k, addr, len);
}
ALIAS(__connect, connect);

EXPORT int listen(int fd, int backlog)
{
	int k = fd_lkl(fd);

	return k < 0 ? HOST(listen)(fd, backlog) :
	       KCALL_ERRNO(listen, k, backlog);
}

EXPORT int shutdown(int fd, int how)
{
	int k = fd_lkl(fd);

	return k < 0 ? HOST(shutdown)(fd, how) : KCALL_ERRNO(shutdown, k, how);
}

EXPORT int getsockname(int fd, struct sockaddr *restrict addr,
		       socklen_t *restrict len)
{
	int k = fd_lkl(fd);

	return k < 0 ? HOST(getsockname)(fd, addr, len) :
	       KCALL_ERRNO(getsockname, k, addr, len);
}

EXPORT int getpeername(int fd, struct sockaddr *restrict addr,
		       socklen_t *restrict len)
{
	int k = fd_lkl(fd);

	return k < 0 ? HOST(getpeername)(fd, addr, len) :
	       KCALL_ERRNO(getpeername, k, addr, len);
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
	       KCALL_ERRNO(getsockopt, k, level, name, val, len);
}

/*
 * Refuse SO_ZEROCOPY: zero copy pins pages of the caller, which LKL does not
 * have.  MSG_ZEROCOPY does nothing without this option.
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
	       KCALL_ERRNO(setsockopt, k, level, name, val, len);
}

EXPORT int sockatmark(int fd)
{
	int k = fd_lkl(fd), mark;

	if (k < 0)
		return HOST(sockatmark)(fd);
	if (KCALL_ERRNO(ioctl, k, LKL_SIOCATMARK, &mark) < 0)
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
	       KCALL_ERRNO(recvfrom, k, buf, len, flags, addr, addr_len);
}

EXPORT ssize_t recv(int fd, void *buf, size_t len, int flags)
{
	int k = fd_lkl(fd);

	return k < 0 ? HOST(recv)(fd, buf, len, flags) :
	       KCALL_ERRNO(recvfrom, k, buf, len, flags, NULL, NULL);
}
ALIAS(__recv, recv);

ssize_t __recv_chk(int fd, void *buf, size_t len, size_t size, int flags);
ssize_t __recvfrom_chk(int fd, void *buf, size_t len, size_t size, int flags,
		       struct sockaddr *addr, socklen_t *addr_len);

EXPORT ssize_t __recv_chk(int fd, void *buf, size_t len, size_t size, int flags)
{
	fortify_check(len, size);
	return recv(fd, buf, len, flags);
}

EXPORT ssize_t __recvfrom_chk(int fd, void *buf, size_t len, size_t size,
			      int flags, struct sockaddr *addr,
			      socklen_t *addr_len)
{
	fortify_check(len, size);
	return recvfrom(fd, buf, len, flags, addr, addr_len);
}

EXPORT ssize_t recvmsg(int fd, struct msghdr *msg, int flags)
{
	int k = fd_lkl(fd);

	return k < 0 ? HOST(recvmsg)(fd, msg, flags) :
	       KCALL_ERRNO(recvmsg, k, msg, flags);
}

EXPORT int recvmmsg(int fd, struct mmsghdr *msgs, unsigned int count, int flags,
		    struct timespec *timeout)
{
	int k = fd_lkl(fd);

	return k < 0 ? HOST(recvmmsg)(fd, msgs, count, flags, timeout) :
	       KCALL_ERRNO(recvmmsg, k, msgs, count, flags, timeout);
}

/* Sending */

EXPORT ssize_t sendto(int fd, const void *buf, size_t len, int flags,
		      const struct sockaddr *addr, socklen_t addr_len)
{
	int k = fd_lkl(fd);

	return k < 0 ? HOST(sendto)(fd, buf, len, flags, addr, addr_len) :
	       io_sent(k, KCALL(sendto, k, buf, len, flags, addr, addr_len),
		       flags);
}

EXPORT ssize_t send(int fd, const void *buf, size_t len, int flags)
{
	int k = fd_lkl(fd);

	return k < 0 ? HOST(send)(fd, buf, len, flags) :
	       io_sent(k, KCALL(sendto, k, buf, len, flags, NULL, 0), flags);
}
ALIAS(__send, send);

/*
 * Return true if a message passes a placeholder, which is of no use to the receiver.
 */
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
	ssize_t ret;
	bool made;

	if (k >= 0) {
		made = rules_make_devices(k, msg);
		ret = io_sent(k, KCALL(sendmsg, k, msg, flags), flags);
		if (made)
			rules_remove_devices();
		return ret;
	}
	if (thread_uses_lkl() && passes_lkl(msg)) {
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
		return io_sent(k, KCALL(sendmmsg, k, msgs, count, flags),
			       flags);
	for (i = 0; thread_uses_lkl() && i < count; i++) {
		if (passes_lkl(&msgs[i].msg_hdr)) {
			errno = EOPNOTSUPP;
			return -1;
		}
	}
	return HOST(sendmmsg)(fd, msgs, count, flags);
}
ALIAS(__sendmmsg, sendmmsg);
