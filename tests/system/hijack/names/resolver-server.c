// SPDX-License-Identifier: GPL-2.0
/* A name server with a fixed set of names, and of ways to fail. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <arpa/nameser.h>
#include <errno.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "resolver-net.h"
#include "resolver-server.h"
#include "shared/macros.h"

struct record {
	const char *owner;
	int type;
	const char *value;
};

static const struct record records[] = {
	{ "a.test", ns_t_a, "192.0.2.1" },
	/* Not in the order in which they must be tried */
	{ "many.test", ns_t_a, "198.51.100.9" },
	{ "many.test", ns_t_a, "192.0.2.10" },
	{ "many.test", ns_t_a, "192.0.2.70" },
	{ "many.test", ns_t_a, "127.0.0.1" },
	{ "many.test", ns_t_aaaa, "2001:db8:1::1" },
	{ "many.test", ns_t_aaaa, "2001:db8::8000" },
	{ "many.test", ns_t_aaaa, "2001:db8::99" },
	{ "many.test", ns_t_aaaa, "fec0::1" },
	{ "many.test", ns_t_aaaa, "2002:c000:201::1" },
	{ "many.test", ns_t_aaaa, "::1" },
	{ "v6.test", ns_t_aaaa, "2001:db8::6" },
	{ "alias.test", ns_t_cname, "alias2.test" },
	{ "alias2.test", ns_t_cname, "many.test" },
	{ "dangling.test", ns_t_cname, "nowhere.test" },
	{ "circle.test", ns_t_cname, "circle.test" },
	{ "text.test", ns_t_txt, "hello" },
	{ "half.test", ns_t_a, "192.0.2.20" },
	{ "host.example.test", ns_t_a, "192.0.2.30" },
	{ "host.example.test", ns_t_aaaa, "2001:db8::30" },
	{ "host.second.test", ns_t_a, "192.0.2.31" },
	{ "only.second.test", ns_t_a, "192.0.2.32" },
	{ "a.b.example.test", ns_t_a, "192.0.2.33" },
	{ "xn--mnchen-3ya.test", ns_t_a, "192.0.2.34" },
	{ "x.fuzz.test", ns_t_a, "192.0.2.40" },
	{ "x.fuzz.test", ns_t_aaaa, "2001:db8::40" },
	{ "y.fuzz.test", ns_t_cname, "x.fuzz.test" },
	{ "1.2.0.192.in-addr.arpa", ns_t_ptr, "a.test" },
	{ "2.2.0.192.in-addr.arpa", ns_t_ptr, "two.example.test" },
	{ "2.2.0.192.in-addr.arpa", ns_t_ptr, "too.example.test" },
	{ "3.2.0.192.in-addr.arpa", ns_t_cname, "3.class.test" },
	{ "3.class.test", ns_t_ptr, "three.test" },
	{ "6.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa",
	  ns_t_ptr, "v6.test" },
};

static const struct {
	const char *name;
	int type;	/* 0: any */
	int rcode;	/* -1: no answer at all */
} failures[] = {
	{ "servfail.test", 0, ns_r_servfail },
	{ "refused.test", 0, ns_r_refused },
	{ "notimp.test", 0, ns_r_notimpl },
	{ "formerr.test", 0, ns_r_formerr },
	{ "silent.test", 0, -1 },
	{ "9.2.0.192.in-addr.arpa", 0, -1 },
	{ "half.test", ns_t_aaaa, ns_r_servfail },
	{ "4.2.0.192.in-addr.arpa", 0, ns_r_servfail },
	{ "servfail.example.test", 0, ns_r_servfail },
};

struct reply {
	unsigned char buf[65535 - 2];
	size_t len;
	int answers;
};

static pthread_t thread;
static int udp, tcp;
static atomic_int questions, tcp_questions;
static atomic_uint seed;

static void server_put16(struct reply *r, unsigned int n)
{
	r->buf[r->len++] = n >> 8;
	r->buf[r->len++] = n;
}

static void put_name(struct reply *r, const char *name)
{
	while (*name) {
		size_t n = strcspn(name, ".");

		r->buf[r->len++] = n;
		memcpy(r->buf + r->len, name, n);
		r->len += n;
		name += n + (name[n] == '.');
	}
	r->buf[r->len++] = 0;
}

static void put_value(struct reply *r, int type, const char *value)
{
	switch (type) {
	case ns_t_a:
		inet_pton(AF_INET, value, r->buf + r->len);
		r->len += 4;
		break;
	case ns_t_aaaa:
		inet_pton(AF_INET6, value, r->buf + r->len);
		r->len += 16;
		break;
	case ns_t_txt:
		r->buf[r->len++] = strlen(value);
		memcpy(r->buf + r->len, value, strlen(value));
		r->len += strlen(value);
		break;
	default:
		put_name(r, value);
	}
}

static void put_record(struct reply *r, const char *owner, int type, const char *value)
{
	size_t at;

	put_name(r, owner);
	server_put16(r, type);
	server_put16(r, ns_c_in);
	server_put16(r, 0);
	server_put16(r, 300);
	at = r->len;
	server_put16(r, 0);
	put_value(r, type, value);
	r->buf[at] = (r->len - at - 2) >> 8;
	r->buf[at + 1] = r->len - at - 2;
	r->answers++;
}

/* The records of @name; false when there is no such name. */
static bool put_records(struct reply *r, const char *name, int type, int depth)
{
	bool known = false;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(records); i++) {
		const struct record *rec = &records[i];

		if (strcasecmp(rec->owner, name))
			continue;
		known = true;
		if (rec->type == type || rec->type == ns_t_cname)
			put_record(r, name, rec->type, rec->value);
		if (rec->type == ns_t_cname && rec->type != type && depth < 8)
			known = put_records(r, rec->value, type, depth + 1);
	}
	return known;
}

static void put_big(struct reply *r, int type)
{
	char value[32];
	int i;

	if (type != ns_t_a)
		return;
	for (i = 1; i <= SERVER_BIG; i++) {
		snprintf(value, sizeof(value), "192.0.2.%d", i);
		put_record(r, "big.test", type, value);
	}
}

static int failure_of(const char *name, int type)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(failures); i++)
		if (!strcasecmp(failures[i].name, name) &&
		    (!failures[i].type || failures[i].type == type))
			return failures[i].rcode;
	return 0;
}

/*
 * Damage an answer as the seed says, and step the seed.  Mostly leave the question
 * as it is: the resolver ignores answers to other questions and waits on.
 */
static void server_damage(struct reply *r, size_t answers)
{
	unsigned int s = atomic_fetch_add(&seed, 1), n;

	srandom(s);
	for (n = random() % 4; n; n--)
		if (r->len > answers)
			r->buf[answers + random() % (r->len - answers)] = random();
	if (!(random() % 4))
		r->buf[6 + random() % 6] = random();
	if (!(random() % 4))
		r->len = answers + random() % (r->len - answers + 1);
	if (!(random() % 64))
		r->buf[random() % r->len] = random();
}

/* False for no answer.  @name gets the question's. */
static bool make_reply(struct reply *r, const unsigned char *q, size_t len, bool by_tcp)
{
	char name[NS_MAXDNAME] = "";
	size_t at = sizeof(HEADER);
	int type, rcode;
	HEADER *h;

	while (at < len && q[at]) {
		sprintf(name + strlen(name), "%s%.*s", *name ? "." : "", q[at], q + at + 1);
		at += q[at] + 1;
	}
	if (at + 5 > len)
		return false;
	type = q[at + 1] << 8 | q[at + 2];
	*r = (struct reply){ .len = at + 5 };
	memcpy(r->buf, q, r->len);
	rcode = failure_of(name, type);
	if (!strcmp(name, "big.test"))
		put_big(r, type);
	else if (!rcode && !put_records(r, name, type, 0))
		rcode = ns_r_nxdomain;
	h = (HEADER *)r->buf;
	h->qr = h->ra = 1;
	h->rcode = rcode > 0 ? rcode : 0;
	h->arcount = 0;
	h->ancount = htons(r->answers);
	if (!by_tcp && r->len > NS_PACKETSZ) {
		h->tc = 1;
		h->ancount = 0;
		r->len = at + 5;
	}
	if (seed && strstr(name, "fuzz.test"))
		server_damage(r, at + 5);
	return rcode >= 0;
}

static void serve_udp(const unsigned char *q, size_t len, struct sockaddr *from, socklen_t size)
{
	static struct reply r;

	questions++;
	if (make_reply(&r, q, len, false))
		net_send(udp, r.buf, r.len, from, size);
}

static bool receive_all(int fd, unsigned char *buf, size_t len)
{
	long ret;

	for (; len; buf += ret, len -= ret) {
		ret = net_receive(fd, buf, len, NULL, NULL);
		if (ret <= 0)
			return false;
	}
	return true;
}

/* One connection at a time; the client closes it. */
static void serve_tcp(void)
{
	static unsigned char q[65535], out[65535];
	static struct reply r;
	int fd = net_accept(tcp);

	while (fd >= 0 && receive_all(fd, q, 2)) {
		size_t len = q[0] << 8 | q[1];

		if (!receive_all(fd, q, len))
			break;
		questions++;
		tcp_questions++;
		if (!make_reply(&r, q, len, true))
			continue;
		out[0] = r.len >> 8;
		out[1] = r.len;
		memcpy(out + 2, r.buf, r.len);
		net_send(fd, out, r.len + 2, NULL, 0);
	}
	if (fd >= 0)
		net_close(fd);
}

static void *server_serve(void *arg)
{
	struct pollfd fds[] = { { .fd = udp, .events = POLLIN }, { .fd = tcp, .events = POLLIN } };
	struct sockaddr_storage from;
	unsigned char q[65535];

	while (net_poll(fds, 2) >= 0) {
		socklen_t size = sizeof(from);
		long len;

		if (fds[1].revents)
			serve_tcp();
		if (!fds[0].revents)
			continue;
		len = net_receive(udp, q, sizeof(q), (struct sockaddr *)&from, &size);
		/* From server_stop(). */
		if (len == 1)
			break;
		if (len > (long)sizeof(HEADER))
			serve_udp(q, len, (struct sockaddr *)&from, size);
	}
	return NULL;
}

static struct sockaddr_in server_addr;

void server_start(void)
{
	server_addr.sin_family = AF_INET;
	server_addr.sin_port = htons(NS_DEFAULTPORT);
	server_addr.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	udp = net_socket(AF_INET, SOCK_DGRAM, 0);
	tcp = net_socket(AF_INET, SOCK_STREAM, 0);
	net_expect(udp >= 0);
	net_expect(tcp >= 0);
	net_expect(net_bind(udp, (void *)&server_addr, sizeof(server_addr)) == 0);
	net_expect(net_bind(tcp, (void *)&server_addr, sizeof(server_addr)) == 0);
	net_expect(net_listen(tcp) == 0);
	net_expect(pthread_create(&thread, NULL, server_serve, NULL) == 0);
}

void server_stop(void)
{
	int fd = net_socket(AF_INET, SOCK_DGRAM, 0);

	net_send(fd, "", 1, (void *)&server_addr, sizeof(server_addr));
	net_close(fd);
	pthread_join(thread, NULL);
	net_close(udp);
	net_close(tcp);
}

int server_questions(void)
{
	return questions;
}

int server_tcp_questions(void)
{
	return tcp_questions;
}

void server_set_seed(unsigned int new_seed)
{
	seed = new_seed;
}
