// SPDX-License-Identifier: GPL-2.0
/*
 * A small rtnetlink client: one socket for each request, so that any thread
 * may send a request at any time.
 */
#include <string.h>

#include "core/instance.h"
#include "net/rtnetlink.h"

/* The kernel's own limit for one part of a list */
#define ANSWER_SIZE	32768

void lkl_nl_begin(struct lkl_nl *nl, uint16_t type, uint16_t flags,
		  const void *head, size_t len)
{
	memset(nl, 0, sizeof(*nl));
	netlink_begin(&nl->message, type, LKL_NLM_F_REQUEST | flags, head, len);
}

void lkl_nl_put(struct lkl_nl *nl, uint16_t type, const void *data, size_t len)
{
	if (!netlink_add(&nl->message, sizeof(nl->buf), type, data, len))
		nl->err = -LKL_EMSGSIZE;
}

void lkl_nl_put_u32(struct lkl_nl *nl, uint16_t type, uint32_t value)
{
	lkl_nl_put(nl, type, &value, sizeof(value));
}

static int nl_open_socket(uint32_t groups)
{
	struct lkl_sockaddr_nl addr = {
		.nl_family = LKL_AF_NETLINK,
		.nl_groups = groups,
	};
	long fd = lkl_sys_socket(LKL_AF_NETLINK,
				 LKL_SOCK_RAW | LKL_SOCK_CLOEXEC,
				 LKL_NETLINK_ROUTE);
	long ret;

	if (fd < 0)
		return fd;
	ret = lkl_sys_bind(fd, (struct lkl_sockaddr *)&addr, sizeof(addr));
	if (ret) {
		lkl_sys_close(fd);
		return ret;
	}
	return fd;
}

/* Send a request on a new socket, and return the socket. */
static int nl_send_request(struct lkl_nl *nl)
{
	int fd;
	long ret;

	if (nl->err)
		return nl->err;
	fd = nl_open_socket(0);
	if (fd < 0)
		return fd;
	ret = lkl_sys_send(fd, nl->buf, nl->message.len, 0);
	if (ret < 0) {
		lkl_sys_close(fd);
		return ret;
	}
	return fd;
}

/* Results of nl_read_answer() beside errors */
enum { ANSWER_END, ANSWER_GOES_ON, ANSWER_STALE };

static int nl_read_answer(char *buf, long len,
			  int (*each)(const struct lkl_nlmsghdr *msg,
				      void *arg),
			  void *arg)
{
	const struct netlink_message *msg;
	int ret;

	netlink_for_each_message(msg, buf, len) {
		if (msg->flags & LKL_NLM_F_DUMP_INTR)
			return ANSWER_STALE;
		/* Both begin with the result: 0 or an error. */
		if (msg->type == LKL_NLMSG_ERROR ||
		    msg->type == LKL_NLMSG_DONE)
			return *(const int *)netlink_body(msg);
		ret = each ? each((const struct lkl_nlmsghdr *)msg, arg) : 0;
		if (ret)
			return ret;
	}
	return ANSWER_GOES_ON;
}

static int nl_transact(struct lkl_nl *nl, char *buf, size_t size,
		       int (*each)(const struct lkl_nlmsghdr *msg, void *arg),
		       void *arg)
{
	int fd = nl_send_request(nl), ret;
	long len;

	if (fd < 0)
		return fd;
	do {
		len = lkl_sys_recv(fd, buf, size, 0);
		ret = len < 0 ? len : nl_read_answer(buf, len, each, arg);
	} while (ret == ANSWER_GOES_ON);
	lkl_sys_close(fd);
	return ret;
}

int lkl_nl_send(struct lkl_nl *nl)
{
	/* The answer contains the request. */
	_Alignas(8) char buf[2 * sizeof(nl->buf)];

	nl->message.flags |= LKL_NLM_F_ACK;
	return nl_transact(nl, buf, sizeof(buf), NULL, NULL);
}

int lkl_nl_query(struct lkl_nl *nl,
		 int (*each)(const struct lkl_nlmsghdr *msg, void *arg),
		 void *arg)
{
	struct lkl_instance *inst = lkl_this_instance();
	char *buf;
	int ret;

	if (!inst)
		return -LKL_ENODEV;
	buf = inst->host->mem_alloc(ANSWER_SIZE);
	if (!buf)
		return -LKL_ENOMEM;
	do {
		ret = nl_transact(nl, buf, ANSWER_SIZE, each, arg);
	} while (ret == ANSWER_STALE);
	inst->host->mem_free(buf);
	return ret;
}

const void *lkl_nl_attr(const struct lkl_nlmsghdr *msg, size_t head,
			uint16_t type, size_t len)
{
	const struct netlink_attribute *attr =
		netlink_find_in_message((const struct netlink_message *)msg,
					head, type);

	return attr && netlink_data_len(attr) >= len ? netlink_data(attr) :
	       NULL;
}

int lkl_nl_subscribe(uint32_t groups)
{
	return nl_open_socket(groups);
}

int lkl_nl_wait(int fd)
{
	char buf[64];
	/* The content does not matter: the caller checks again. */
	long ret = lkl_sys_recv(fd, buf, sizeof(buf), 0);

	/* Messages were lost, so something changed. */
	return ret < 0 && ret != -LKL_ENOBUFS ? ret : 0;
}
