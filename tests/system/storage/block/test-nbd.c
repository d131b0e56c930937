// SPDX-License-Identifier: GPL-2.0
/*
 * The kernel's NBD client.  The server is a thread of the test, at the other
 * end of a socket pair of the same kernel.
 *
 * The environment names an image, EXT4_IMAGE, which is not changed.
 */
#include <check.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <lkl_host.h>
#include <lkl/linux/genetlink.h>
#include <lkl/linux/major.h>
#include <lkl/linux/nbd-netlink.h>
#include <lkl/linux/nbd.h>
#include <lkl/linux/netlink.h>

#include "support/check-main.h"
#include "support/disk/block.h"

#define NBD		(LKL_NBD_MAJOR << 8)	/* nbd0 */
#define FLAGS		(LKL_NBD_FLAG_HAS_FLAGS | LKL_NBD_FLAG_SEND_FLUSH)

/* The server */

static struct {
	struct memory_disk disk;
	pthread_t thread;
	int client_fd, fd;
	bool fails;		/* reply with an error */
	bool leaves;		/* end instead of a reply */
	int writes, flushes;
	bool told_to_end;
} server;

static uint64_t from_be(const void *from, int len)
{
	const unsigned char *p = from;
	uint64_t v = 0;

	while (len--)
		v = v << 8 | *p++;
	return v;
}

static void to_be(void *to, uint64_t v, int len)
{
	unsigned char *p = to;

	while (len--) {
		p[len] = v;
		v >>= 8;
	}
}

static bool server_receive(void *buf, size_t len)
{
	char *p = buf;

	while (len) {
		long n = lkl_sys_read(server.fd, p, len);

		if (n <= 0)
			return false;
		p += n;
		len -= n;
	}
	return true;
}

static bool server_send(const void *buf, size_t len)
{
	const char *p = buf;

	while (len) {
		long n = lkl_sys_write(server.fd, p, len);

		if (n <= 0)
			return false;
		p += n;
		len -= n;
	}
	return true;
}

static bool server_reply(const struct lkl_nbd_request *req, bool failed)
{
	struct lkl_nbd_reply r = { .cookie = req->cookie };

	to_be(&r.magic, LKL_NBD_REPLY_MAGIC, 4);
	to_be(&r.error, failed ? LKL_EIO : 0, 4);
	return server_send(&r, sizeof(r));
}

/* Handle a request; return true to go on. */
static bool server_handle(const struct lkl_nbd_request *req)
{
	uint32_t type = from_be(&req->type, 4), len = from_be(&req->len, 4);
	uint64_t at = from_be(&req->from, 8);
	/* Read the variable once, as the test changes it. */
	bool fails = __atomic_load_n(&server.fails, __ATOMIC_SEQ_CST);

	if (from_be(&req->magic, 4) != LKL_NBD_REQUEST_MAGIC ||
	    at + len > server.disk.size)
		return false;
	if (server.leaves)
		return false;
	switch (type) {
	case LKL_NBD_CMD_READ:
		return server_reply(req, fails) &&
		       (fails || server_send(server.disk.data + at, len));
	case LKL_NBD_CMD_WRITE:
		server.writes++;
		return server_receive(server.disk.data + at, len) &&
		       server_reply(req, fails);
	case LKL_NBD_CMD_FLUSH:
		server.flushes++;
		return server_reply(req, false);
	case LKL_NBD_CMD_DISC:
		server.told_to_end = true;
	}
	return false;
}

static void *server_thread(void *arg)
{
	struct lkl_nbd_request req;

	while (server_receive(&req, sizeof(req)) && server_handle(&req))
		;
	lkl_sys_close(server.fd);
	return NULL;
}

static void start_server(void)
{
	int fds[2];

	memory_disk_open(&server.disk, getenv("EXT4_IMAGE"));
	ck_assert_int_eq(lkl_sys_socketpair(LKL_AF_UNIX, LKL_SOCK_STREAM, 0,
					    fds), 0);
	server.client_fd = fds[0];
	server.fd = fds[1];
	ck_assert_int_eq(pthread_create(&server.thread, NULL, server_thread,
					NULL), 0);
}

static void join_server(void)
{
	pthread_join(server.thread, NULL);
}

/* Generic netlink */

static struct message {
	struct lkl_nlmsghdr head;
	struct lkl_genlmsghdr genl;
	char attrs[1024];
} msg;
static int family;

static void msg_start(int type, int cmd)
{
	memset(&msg, 0, sizeof(msg));
	msg.head.nlmsg_len = offsetof(struct message, attrs);
	msg.head.nlmsg_type = type;
	msg.head.nlmsg_flags = LKL_NLM_F_REQUEST | LKL_NLM_F_ACK;
	msg.genl.cmd = cmd;
	msg.genl.version = 1;
}

static struct lkl_nlattr *msg_put(int type, const void *data, size_t len)
{
	struct lkl_nlattr *a = (void *)((char *)&msg + msg.head.nlmsg_len);

	a->nla_type = type;
	a->nla_len = sizeof(*a) + len;
	if (len)
		memcpy(a + 1, data, len);
	msg.head.nlmsg_len += LKL_NLMSG_ALIGN(a->nla_len);
	return a;
}

static void msg_put_u32(int type, uint32_t v)
{
	msg_put(type, &v, sizeof(v));
}

static void msg_put_u64(int type, uint64_t v)
{
	msg_put(type, &v, sizeof(v));
}

static void msg_end_nest(struct lkl_nlattr *a)
{
	a->nla_len = (char *)&msg + msg.head.nlmsg_len - (char *)a;
}

/* Send the message; return the kernel's error.  Store an answer in msg. */
static long msg_send(void)
{
	long fd = lkl_sys_socket(LKL_AF_NETLINK, LKL_SOCK_RAW,
				 LKL_NETLINK_GENERIC);
	struct {
		struct lkl_nlmsghdr head;
		int error;
		char rest[2048];
	} in;
	long n;

	ck_assert_int_ge(fd, 0);
	ck_assert_int_gt(lkl_sys_write(fd, (char *)&msg, msg.head.nlmsg_len), 0);
	for (;;) {
		n = lkl_sys_read(fd, (char *)&in, sizeof(in));
		ck_assert_int_gt(n, 0);
		if (in.head.nlmsg_type == LKL_NLMSG_ERROR)
			break;
		ck_assert_uint_le(n, sizeof(msg));
		memcpy(&msg, &in, n);
	}
	lkl_sys_close(fd);
	return in.error;
}

static const struct lkl_nlattr *msg_find(int type)
{
	const char *p = msg.attrs, *end = (char *)&msg + msg.head.nlmsg_len;
	const struct lkl_nlattr *a;

	for (; p < end; p += LKL_NLMSG_ALIGN(a->nla_len)) {
		a = (const void *)p;
		if (a->nla_type == type)
			return a + 1;
	}
	return NULL;
}

static void find_family(void)
{
	const void *id;

	msg_start(LKL_GENL_ID_CTRL, LKL_CTRL_CMD_GETFAMILY);
	msg_put(LKL_CTRL_ATTR_FAMILY_NAME, LKL_NBD_GENL_FAMILY_NAME,
		sizeof(LKL_NBD_GENL_FAMILY_NAME));
	ck_assert_int_eq(msg_send(), 0);
	id = msg_find(LKL_CTRL_ATTR_FAMILY_ID);
	ck_assert_ptr_nonnull(id);
	family = *(const uint16_t *)id;
}

static long connect_socket(int fd)
{
	struct lkl_nlattr *socks, *item;

	find_family();
	msg_start(family, LKL_NBD_CMD_CONNECT);
	msg_put_u64(LKL_NBD_ATTR_SIZE_BYTES, server.disk.size);
	msg_put_u64(LKL_NBD_ATTR_SERVER_FLAGS, FLAGS);
	if (server.leaves)
		/*
		 * Without a timeout the kernel keeps a request for half a
		 * minute.
		 */
		msg_put_u64(LKL_NBD_ATTR_TIMEOUT, 1);
	socks = msg_put(LKL_NBD_ATTR_SOCKETS | LKL_NLA_F_NESTED, NULL, 0);
	item = msg_put(LKL_NBD_SOCK_ITEM | LKL_NLA_F_NESTED, NULL, 0);
	msg_put_u32(LKL_NBD_SOCK_FD, fd);
	msg_end_nest(item);
	msg_end_nest(socks);
	return msg_send();
}

static void nbd_disconnect(void)
{
	msg_start(family, LKL_NBD_CMD_DISCONNECT);
	msg_put_u32(LKL_NBD_ATTR_INDEX, 0);
	ck_assert_int_eq(msg_send(), 0);
}

/* Boot; connecting creates the device nbd0. */
static void boot_and_connect(void)
{
	boot(NULL, 0, "quiet nbd.nbds_max=0");
	start_server();
	ck_assert_int_eq(lkl_sys_access("/devtmpfs/nbd0", LKL_F_OK),
			 -LKL_ENOENT);
	ck_assert_int_eq(connect_socket(server.client_fd), 0);
	ck_assert_int_eq(lkl_sys_access("/devtmpfs/nbd0", LKL_F_OK), 0);
	/* The device has a reference now. */
	lkl_sys_close(server.client_fd);
}

static void nbd_write_and_remount(void)
{
	char mnt[64];

	mount_ext4(NBD, mnt);
	write_file(mnt, "file", 1);
	umount_dev(NBD);
	ck_assert_int_gt(server.writes, 0);
	ck_assert_int_gt(server.flushes, 0);
	mount_ext4(NBD, mnt);
	file_has(mnt, "file", 1);
	umount_dev(NBD);
}

START_TEST(an_image_is_mounted_through_a_server)
{
	boot_and_connect();
	ck_assert_uint_eq(dev_size(NBD), server.disk.size);
	nbd_write_and_remount();
	nbd_disconnect();
	join_server();
	ck_assert(server.told_to_end);
	halt();
	ext4_is_clean(&server.disk);
}
END_TEST

/* Old clients: a thread that stays in an ioctl while the device is used. */
static struct {
	pthread_t thread;
	int fd;
} old;

static void *do_it_thread(void *arg)
{
	return (void *)lkl_sys_ioctl(old.fd, LKL_NBD_DO_IT, 0);
}

static void boot_and_do_it(void)
{
	boot(NULL, 0, "quiet nbd.nbds_max=1");
	start_server();
	old.fd = open_node(NBD, LKL_O_RDONLY);
	ck_assert_int_eq(lkl_sys_ioctl(old.fd, LKL_NBD_SET_SIZE,
				       server.disk.size), 0);
	ck_assert_int_eq(lkl_sys_ioctl(old.fd, LKL_NBD_SET_FLAGS, FLAGS), 0);
	ck_assert_int_eq(lkl_sys_ioctl(old.fd, LKL_NBD_SET_SOCK,
				       server.client_fd), 0);
	ck_assert_int_eq(pthread_create(&old.thread, NULL, do_it_thread, NULL),
			 0);
	/* Only the size shows that the thread has entered the ioctl. */
	while (dev_size(NBD) != server.disk.size)
		lkl_sys_sched_yield();
}

/* Return the result of the ioctl. */
static long join_old(void)
{
	void *ret;

	pthread_join(old.thread, &ret);
	join_server();
	lkl_sys_close(old.fd);
	return (intptr_t)ret;
}

START_TEST(the_ioctls_of_old_clients_work)
{
	boot_and_do_it();
	nbd_write_and_remount();
	ck_assert_int_eq(lkl_sys_ioctl(old.fd, LKL_NBD_DISCONNECT, 0), 0);
	ck_assert_int_eq(join_old(), 0);
	ck_assert(server.told_to_end);
	halt();
}
END_TEST

START_TEST(errors_of_the_server_are_reported)
{
	char data[4096];

	boot_and_connect();
	__atomic_store_n(&server.fails, true, __ATOMIC_SEQ_CST);
	ck_assert_int_eq(dev_read(NBD, data, sizeof(data), MiB), -LKL_EIO);
	__atomic_store_n(&server.fails, false, __ATOMIC_SEQ_CST);
	dev_has(NBD, server.disk.data + MiB, sizeof(data), MiB);
	nbd_disconnect();
	join_server();
	halt();
}
END_TEST

START_TEST(a_server_that_disconnects_causes_errors)
{
	char data[4096];

	server.leaves = true;
	boot_and_connect();
	ck_assert_int_eq(dev_read(NBD, data, sizeof(data), MiB), -LKL_EIO);
	ck_assert_int_eq(dev_read(NBD, data, sizeof(data), 2 * MiB), -LKL_EIO);
	join_server();
	ck_assert(!server.told_to_end);
	halt();
}
END_TEST

START_TEST(a_file_that_is_no_socket_is_refused)
{
	boot(NULL, 0, "quiet nbd.nbds_max=0");
	memory_disk_open(&server.disk, getenv("EXT4_IMAGE"));
	ck_assert_int_lt(connect_socket(lkl_sys_open("/", LKL_O_RDONLY, 0)),
			 0);
	halt();
}
END_TEST

START_TEST(halt_ends_a_connection)
{
	boot_and_connect();
	dev_has(NBD, server.disk.data, 4096, 0);
	halt();
	join_server();
}
END_TEST

int main(void)
{
	TCase *tc = tcase_create("nbd");

	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, an_image_is_mounted_through_a_server);
	tcase_add_test(tc, the_ioctls_of_old_clients_work);
	tcase_add_test(tc, errors_of_the_server_are_reported);
	tcase_add_test(tc, a_server_that_disconnects_causes_errors);
	tcase_add_test(tc, a_file_that_is_no_socket_is_refused);
	tcase_add_test(tc, halt_ends_a_connection);
	return run_case(tc, CK_FORK);
}
