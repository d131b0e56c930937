// SPDX-License-Identifier: GPL-2.0
/* Calls of the resolver, described. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <arpa/nameser.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <resolv.h>
#include <stdlib.h>
#include <string.h>

#include "resolver-cases.h"
#include "shared/macros.h"

#define LABEL_64	"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

static const char *const nodes[] = {
	NULL, "127.0.0.1", "::1", "127.1", "0x7f000001", "192.0.2.300", "::ffff:192.0.2.1",
	"fe80::1%lo", "fe80::1%1", "fe80::1%nosuch", "fe80::1%", "fe80::1%4294967296",
	"2001:db8::1%1", "2001:db8::1%lo", "ff02::1%lo", "192.0.2.1%lo",
	"localhost", "LOCALHOST", "only4.hosts", "only6.hosts", "both.hosts", "twice.hosts",
	"second.alias", "a.test", "A.Test", "a.test.", "many.test", "v6.test", "alias.test",
	"dangling.test", "text.test", "nx.test", "servfail.test", "servfail", "refused.test",
	"notimp.test", "formerr.test", "half.test", "host", "only", "a.b", "nosuch",
	"host.example.test.", "big.test", "", ".", "a..test", LABEL_64 ".test",
	LABEL_64 "." LABEL_64 "." LABEL_64 "." LABEL_64 ".test",
};

static const int families[] = { AF_UNSPEC, AF_INET, AF_INET6, AF_UNIX };

static const int flags[] = {
	0, AI_CANONNAME, AI_V4MAPPED, AI_V4MAPPED | AI_ALL, AI_ALL, AI_ADDRCONFIG,
	AI_NUMERICHOST, AI_PASSIVE, AI_NUMERICSERV | AI_CANONNAME, 0x1000000,
	AI_CANONNAME | AI_ADDRCONFIG | AI_V4MAPPED,
};

static const char *const services[] = {
	NULL, "", "80", "http", "domain", "tftp", "ssh", "nosuchservice", "-1", "65535",
	"65536", "80x",
};

static const int socktypes[] = { 0, SOCK_STREAM, SOCK_DGRAM, SOCK_RAW, SOCK_SEQPACKET, 77 };

static void cases_say_address(FILE *out, int family, const void *addr)
{
	char text[INET6_ADDRSTRLEN];

	fprintf(out, " %s", inet_ntop(family, addr, text, sizeof(text)) ?: "?");
}

static void say_entry(FILE *out, const struct addrinfo *ai)
{
	const struct sockaddr_in6 *sin6 = (void *)ai->ai_addr;
	const struct sockaddr_in *sin = (void *)ai->ai_addr;

	fprintf(out, " [%#x %d/%d/%d len %u", ai->ai_flags, ai->ai_family, ai->ai_socktype,
		ai->ai_protocol, ai->ai_addrlen);
	if (ai->ai_family == AF_INET6) {
		cases_say_address(out, AF_INET6, &sin6->sin6_addr);
		fprintf(out, "%%%u", sin6->sin6_scope_id);
	} else {
		cases_say_address(out, AF_INET, &sin->sin_addr);
	}
	fprintf(out, " %d%s%s]", ntohs(sin->sin_port), ai->ai_canonname ? " " : "",
		ai->ai_canonname ?: "");
}

static void one_addrinfo(FILE *out, const char *node, const char *service,
			 const struct addrinfo *hints)
{
	struct addrinfo *res = NULL, *ai;
	int ret;

	fprintf(out, "getaddrinfo %.20s %s", node ?: "NULL", service ?: "NULL");
	if (hints)
		fprintf(out, " %#x %d %d %d", hints->ai_flags, hints->ai_family,
			hints->ai_socktype, hints->ai_protocol);
	fprintf(out, ":");
	ret = getaddrinfo(node, service, hints, &res);
	if (ret) {
		fprintf(out, " %d\n", ret);
		return;
	}
	for (ai = res; ai; ai = ai->ai_next)
		say_entry(out, ai);
	fprintf(out, "\n");
	freeaddrinfo(res);
}

static void cases_names(FILE *out)
{
	size_t i, j, k;

	for (i = 0; i < ARRAY_SIZE(nodes); i++) {
		one_addrinfo(out, nodes[i], "http", NULL);
		for (j = 0; j < ARRAY_SIZE(families); j++)
			for (k = 0; k < ARRAY_SIZE(flags); k++)
				one_addrinfo(out, nodes[i], nodes[i] ? NULL : "80",
					     &(struct addrinfo) {
						.ai_family = families[j],
						.ai_flags = flags[k],
						.ai_socktype = SOCK_STREAM,
					     });
	}
}

static void types_and_ports(FILE *out)
{
	static const char *const some[] = { NULL, "192.0.2.1", "a.test", "many.test", "nx.test" };
	static const int protocols[] = { 0, IPPROTO_TCP, IPPROTO_UDP, IPPROTO_SCTP };
	size_t i, j, k, l, m;

	for (i = 0; i < ARRAY_SIZE(some); i++)
		for (j = 0; j < ARRAY_SIZE(services); j++)
			for (k = 0; k < ARRAY_SIZE(socktypes); k++)
				for (l = 0; l < ARRAY_SIZE(protocols); l++)
					for (m = 0; m < 2; m++)
						one_addrinfo(out, some[i], services[j],
							     &(struct addrinfo) {
							.ai_socktype = socktypes[k],
							.ai_protocol = protocols[l],
							.ai_flags = m ? AI_NUMERICSERV : 0,
							     });
}

static void say_host(FILE *out, const struct hostent *h)
{
	int i;

	fprintf(out, " %s %d/%d", h->h_name, h->h_addrtype, h->h_length);
	for (i = 0; h->h_aliases[i]; i++)
		fprintf(out, " (%s)", h->h_aliases[i]);
	for (i = 0; h->h_addr_list[i]; i++)
		cases_say_address(out, h->h_addrtype, h->h_addr_list[i]);
}

static void one_host(FILE *out, const char *name, int family)
{
	struct hostent *h, space;
	size_t size;
	char buf[8192];
	int ret, err = 0;

	h_errno = 0;
	h = gethostbyname2(name, family);
	fprintf(out, "gethostbyname2 %.20s %d:", name, family);
	if (h)
		say_host(out, h);
	else
		fprintf(out, " h_errno %d", h_errno);
	h = gethostbyname(name);
	fprintf(out, ";");
	if (h)
		say_host(out, h);
	fprintf(out, "; r");
	for (size = 16; size <= sizeof(buf); size *= 2) {
		ret = gethostbyname2_r(name, family, &space, buf, size, &h, &err);
		if (ret != ERANGE)
			break;
	}
	fprintf(out, " %d", ret);
	if (h)
		say_host(out, h);
	else
		fprintf(out, " h_errno %d", err);
	fprintf(out, "\n");
}

static void cases_hosts(FILE *out)
{
	size_t i, j;

	for (i = 1; i < ARRAY_SIZE(nodes); i++)
		for (j = 1; j < ARRAY_SIZE(families) - 1; j++)
			one_host(out, nodes[i], families[j]);
}

static const char *const addresses[] = {
	"127.0.0.1", "::1", "192.0.2.1", "192.0.2.2", "192.0.2.3", "192.0.2.4", "192.0.2.5",
	"192.0.2.50", "2001:db8::50", "2001:db8::6", "2001:db8::7", "::ffff:192.0.2.1", "fe80::1",
};

static void cases_reverse(FILE *out)
{
	struct hostent *h;
	char bytes[16];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(addresses); i++) {
		int v6 = !!strchr(addresses[i], ':');

		inet_pton(v6 ? AF_INET6 : AF_INET, addresses[i], bytes);
		h_errno = 0;
		h = gethostbyaddr(bytes, v6 ? 16 : 4, v6 ? AF_INET6 : AF_INET);
		fprintf(out, "gethostbyaddr %s:", addresses[i]);
		if (h)
			say_host(out, h);
		else
			fprintf(out, " h_errno %d", h_errno);
		fprintf(out, "\n");
	}
	h = gethostbyaddr(bytes, 3, AF_INET);
	fprintf(out, "gethostbyaddr bad: %d\n", !!h);
}

static void one_name(FILE *out, const struct sockaddr *sa, socklen_t len, socklen_t host_len,
		     int ni_flags)
{
	char host[256] = "", serv[64] = "";
	int ret = getnameinfo(sa, len, host_len ? host : NULL, host_len, serv, sizeof(serv),
			      ni_flags);

	fprintf(out, "getnameinfo len %u/%u flags %#x: %d %s %s\n", len, host_len, ni_flags, ret,
		ret ? "" : host, ret ? "" : serv);
}

static void cases_nameinfo(FILE *out)
{
	static const int ni[] = {
		0, NI_NUMERICHOST, NI_NAMEREQD, NI_NUMERICSERV, NI_DGRAM,
		NI_NUMERICHOST | NI_NAMEREQD, NI_NUMERICHOST | NI_NUMERICSERV, 0x40000000,
	};
	static const socklen_t lens[] = { 0, 2, 8, 256 };
	size_t i, j, k;

	for (i = 0; i < ARRAY_SIZE(addresses); i++)
		for (j = 0; j < ARRAY_SIZE(ni); j++)
			for (k = 0; k < ARRAY_SIZE(lens); k++) {
				struct sockaddr_in sin = {
					.sin_family = AF_INET, .sin_port = htons(80),
				};
				struct sockaddr_in6 sin6 = {
					.sin6_family = AF_INET6, .sin6_port = htons(514),
					.sin6_scope_id = 1,
				};

				fprintf(out, "%s ", addresses[i]);
				if (inet_pton(AF_INET, addresses[i], &sin.sin_addr) == 1)
					one_name(out, (void *)&sin, sizeof(sin), lens[k], ni[j]);
				else if (inet_pton(AF_INET6, addresses[i], &sin6.sin6_addr) == 1)
					one_name(out, (void *)&sin6, sizeof(sin6), lens[k], ni[j]);
			}
	one_name(out, &(struct sockaddr){ .sa_family = AF_INET }, 4, 256, 0);
	one_name(out, &(struct sockaddr){ .sa_family = AF_UNIX }, sizeof(struct sockaddr), 256, 0);
	one_name(out, &(struct sockaddr){ .sa_family = 99 }, sizeof(struct sockaddr), 256, 0);
}

static void say_answer(FILE *out, const unsigned char *answer, int size, int len)
{
	int i;

	fprintf(out, " %d", len);
	if (len < 0)
		fprintf(out, " h_errno %d", h_errno);
	/* The number of the question is not the same. */
	for (i = 2; i < len && i < size; i++)
		fprintf(out, " %02x", answer[i]);
	fprintf(out, "\n");
}

static const struct {
	const char *name;
	int type;
} questions[] = {
	{ "a.test", ns_t_a }, { "a.test", ns_t_aaaa }, { "nx.test", ns_t_a },
	{ "many.test", ns_t_aaaa }, { "alias.test", ns_t_a }, { "text.test", ns_t_txt },
	{ "servfail.test", ns_t_a }, { "formerr.test", ns_t_a }, { "host", ns_t_a },
	{ "only", ns_t_a }, { "big.test", ns_t_a }, { "a..test", ns_t_a },
	{ "dangling.test", ns_t_a }, { "1.2.0.192.in-addr.arpa", ns_t_ptr },
	{ "servfail", ns_t_a }, { "nosuch", ns_t_a }, { "refused.test", ns_t_a },
};

static void cases_ask(FILE *out, const char *name, int type)
{
	unsigned char buf[4096];
	const int size = sizeof(buf), in = ns_c_in;

	fprintf(out, "res_query %s:", name);
	say_answer(out, buf, size, res_query(name, in, type, buf, size));
	fprintf(out, "res_search %s:", name);
	say_answer(out, buf, size, res_search(name, in, type, buf, size));
	fprintf(out, "res_querydomain %s:", name);
	say_answer(out, buf, size, res_querydomain(name, "second.test", in, type, buf, size));
}

static void ask_with_state(FILE *out, res_state state, const char *name, int type)
{
	unsigned char buf[4096];
	const int size = sizeof(buf), in = ns_c_in;
	int len = res_nquery(state, name, in, type, buf, size);

	fprintf(out, "res_nquery %s: (%d)", name, len < 0 ? state->res_h_errno : 0);
	say_answer(out, buf, size, len);
	fprintf(out, "res_nsearch %s:", name);
	say_answer(out, buf, size, res_nsearch(state, name, in, type, buf, size));
	fprintf(out, "res_nquerydomain %s:", name);
	say_answer(out, buf, size,
		   res_nquerydomain(state, name, "second.test", in, type, buf, size));
}

static void send_question(FILE *out, res_state state, const char *name, int type)
{
	unsigned char buf[4096], msg[512];
	const int size = sizeof(buf);
	int len = res_mkquery(ns_o_query, name, ns_c_in, type, NULL, 0, NULL, msg, sizeof(msg));

	if (len < 0)
		return;
	fprintf(out, "res_send %s:", name);
	say_answer(out, buf, size, res_send(msg, len, buf, size));
	fprintf(out, "res_nsend %s:", name);
	say_answer(out, buf, size, res_nsend(state, msg, len, buf, size));
}

static void cases_queries(FILE *out)
{
	struct __res_state state = { };
	size_t i;

	res_ninit(&state);
	for (i = 0; i < ARRAY_SIZE(questions); i++) {
		cases_ask(out, questions[i].name, questions[i].type);
		ask_with_state(out, &state, questions[i].name, questions[i].type);
		send_question(out, &state, questions[i].name, questions[i].type);
	}
	res_nclose(&state);
}

void cases_run_timeouts(FILE *out)
{
	struct hostent *h, space;
	char buf[8192], addr[] = { 192, 0, 2, 9 };
	int ret, err = 0;

	one_addrinfo(out, "silent.test", NULL, &(struct addrinfo){ .ai_socktype = SOCK_STREAM });
	ret = gethostbyname_r("silent.test", &space, buf, sizeof(buf), &h, &err);
	fprintf(out, "gethostbyname_r: %d %d\n", ret, err);
	ret = gethostbyaddr_r(addr, 4, AF_INET, &space, buf, sizeof(buf), &h, &err);
	fprintf(out, "gethostbyaddr_r: %d %d\n", ret, err);
	ret = res_query("silent.test", ns_c_in, ns_t_a, (unsigned char *)buf, sizeof(buf));
	fprintf(out, "res_query: %d %d\n", ret, h_errno);
}

void cases_run(FILE *out)
{
	cases_names(out);
	types_and_ports(out);
	cases_hosts(out);
	cases_reverse(out);
	cases_nameinfo(out);
	cases_queries(out);
}
