// SPDX-License-Identifier: GPL-2.0
/*
 * The mounter: a small process outside the sandbox that mounts and unmounts.
 *
 * The server is confined when it learns whether the image can be written: the
 * server can neither mount nor unmount then and, as an ordinary user, cannot start
 * fusermount3.  The mounter also unmounts when the server ends by accident;
 * otherwise a mount would stay that answers every access with "Transport endpoint
 * is not connected".
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/report.h"
#include "mount/mountinfo.h"
#include "mount/mounter.h"
#include "mount/unmount.h"
#include "shared/standard-fds.h"

/* Requests of the server */
#define REQUEST_MOUNT	'm'	/* for writing */
#define REQUEST_MOUNT_RO	'r'
#define REQUEST_UMOUNT	'u'
#define REQUEST_DETACH	'd'
#define REQUEST_RELEASE	'g'	/* has no answer */

/*
 * Answers: to a request to mount, MOUNTED with a descriptor, or NOT_MOUNTED; to
 * others, an enum mounter_result
 */
#define MOUNTED		'm'
#define NOT_MOUNTED	'n'

/* Messages of one byte, with a descriptor */

struct mounter_message {
	struct msghdr header;
	struct iovec iov;
	char byte;
	union {
		struct cmsghdr align;
		char space[CMSG_SPACE(sizeof(int))];
	} control;
};

static void mounter_message_init(struct mounter_message *m, char byte)
{
	memset(m, 0, sizeof(*m));
	m->byte = byte;
	m->iov = (struct iovec) { &m->byte, 1 };
	m->header.msg_iov = &m->iov;
	m->header.msg_iovlen = 1;
	m->header.msg_control = &m->control;
	m->header.msg_controllen = sizeof(m->control);
}

/* Send @byte, and @fd unless it is -1.  Return true if this has succeeded. */
static bool mounter_send(int socket, char byte, int fd)
{
	struct mounter_message m;
	struct cmsghdr *c;

	mounter_message_init(&m, byte);
	if (fd < 0) {
		m.header.msg_controllen = 0;
	} else {
		c = CMSG_FIRSTHDR(&m.header);
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(sizeof(fd));
		memcpy(CMSG_DATA(c), &fd, sizeof(fd));
	}
	return sendmsg(socket, &m.header, MSG_NOSIGNAL) == 1;
}

/* Receive a descriptor; return -1 if there is none. */
static int mounter_receive(int socket)
{
	struct mounter_message m;
	struct cmsghdr *c;
	ssize_t n;
	int fd;

	mounter_message_init(&m, 0);
	do {
		n = recvmsg(socket, &m.header, MSG_CMSG_CLOEXEC);
	} while (n < 0 && errno == EINTR);
	c = n == 1 ? CMSG_FIRSTHDR(&m.header) : NULL;
	if (!c || c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS ||
	    c->cmsg_len != CMSG_LEN(sizeof(fd)))
		return -1;
	memcpy(&fd, CMSG_DATA(c), sizeof(fd));
	return fd;
}

/* The mounter */

/* Have the host write out its cache while the server still takes requests. */
static void mounter_sync(const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return;
	syncfs(fd);
	close(fd);
}

static bool mounter_is_mounted(const char *path, const struct mount_entry *m)
{
	struct mount_entry now;

	return !mountinfo_find(path, &now) && now.major == m->major &&
	       now.minor == m->minor;
}

/* Unmount @m, or detach @m if it is in use. */
static enum mounter_result mounter_do_umount(const char *path,
					     const struct mount_entry *m,
					     bool is_served)
{
	if (!mounter_is_mounted(path, m))
		return MOUNTER_CLEAN;
	if (is_served) {
		if (!unmount_path(path, false))
			return MOUNTER_CLEAN;
		mounter_sync(path);
	}
	return unmount_path(path, true) ? MOUNTER_FAILED : MOUNTER_LAZY;
}

/* Mount, and pass the descriptor on.  Return true if this has succeeded. */
static bool mounter_do_mount(int socket, const struct mounter *m,
			     struct mount_entry *entry, bool read_only)
{
	int fd = m->mount(m->arg, read_only);
	bool success = fd >= 0 && !mountinfo_find(m->mountpoint, entry);

	if (fd >= 0 && !success)
		unmount_path(m->mountpoint, true);
	if (success && m->source)
		unmount_register_helper(m->source, m->mountpoint);
	/*
	 * Now, as there are no more messages: a late copy of a descriptor would
	 * keep who reads the caller's output waiting.
	 */
	standard_fds_leave();
	success = mounter_send(socket, success ? MOUNTED : NOT_MOUNTED,
			       success ? fd : -1) && success;
	/* Only a server that has ended leaves a mount without a server. */
	if (fd >= 0)
		close(fd);
	return success;
}

static void mounter_main(int fd, const struct mounter *m)
{
	struct mount_entry entry = { };
	bool is_mounted = false;
	char c;

	/* A signal to the process group is for the server only. */
	signal(SIGINT, SIG_IGN);
	signal(SIGTERM, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	signal(SIGPIPE, SIG_IGN);
	prctl(PR_SET_NAME, "lklfuse-mounter");
	while (read(fd, &c, 1) == 1) {
		/* Another file system may be mounted at this path by now. */
		if (c == REQUEST_RELEASE)
			_exit(EXIT_SUCCESS);
		if (c == REQUEST_MOUNT || c == REQUEST_MOUNT_RO) {
			is_mounted = mounter_do_mount(fd, m, &entry,
						      c == REQUEST_MOUNT_RO);
			if (!is_mounted)
				break;
			continue;
		}
		c = mounter_do_umount(m->mountpoint, &entry,
				      c == REQUEST_UMOUNT);
		/*
		 * The server may have ended already.  Then do not unmount again:
		 * another file system may be mounted here, and may even have
		 * got the same device number.
		 */
		is_mounted = c == MOUNTER_FAILED;
		if (write(fd, &c, 1) != 1 || !is_mounted)
			break;
	}
	if (is_mounted)
		mounter_do_umount(m->mountpoint, &entry, false);
	_exit(EXIT_SUCCESS);
}

int mounter_start(const struct mounter *m)
{
	int fds[2];
	pid_t pid;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds)) {
		report_cannot("create a socket for", m->mountpoint,
			      strerror(errno));
		return -1;
	}
	/* Fork twice, so that the server need not wait for the mounter. */
	pid = fork();
	if (pid == 0) {
		/* Now, as a late copy of a descriptor would keep the lock. */
		standard_fds_close_files(fds[1]);
		if (setsid() < 0 || fork() == 0)
			mounter_main(fds[1], m);
		_exit(EXIT_SUCCESS);
	}
	close(fds[1]);
	if (pid < 0) {
		report_cannot("start a process to mount at", m->mountpoint,
			      strerror(errno));
		close(fds[0]);
		return -1;
	}
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
	return fds[0];
}

int mounter_mount(int fd, bool read_only)
{
	char c = read_only ? REQUEST_MOUNT_RO : REQUEST_MOUNT;

	return write(fd, &c, 1) == 1 ? mounter_receive(fd) : -1;
}

static enum mounter_result mounter_request(int fd, char c)
{
	ssize_t n;

	if (write(fd, &c, 1) != 1)
		return MOUNTER_FAILED;
	do {
		n = read(fd, &c, 1);
	} while (n < 0 && errno == EINTR);
	return n == 1 ? (enum mounter_result)c : MOUNTER_FAILED;
}

enum mounter_result mounter_umount(int fd)
{
	return mounter_request(fd, REQUEST_UMOUNT);
}

void mounter_detach(int fd)
{
	mounter_request(fd, REQUEST_DETACH);
}

void mounter_release(int fd)
{
	char c = REQUEST_RELEASE;
	ssize_t n = write(fd, &c, 1);

	/* An error means that the mounter has ended already. */
	(void)n;
}
