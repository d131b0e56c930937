// SPDX-License-Identifier: GPL-2.0
/*
 * Answers with addresses or names, as a struct hostent.
 *
 * Only records of the name that was asked for, or that it is an alias of, count;
 * and names that are none of a host (they go into shells and files of the
 * callers) do not, as in libc.
 */
#define _GNU_SOURCE
#include <arpa/nameser.h>
#include <stdlib.h>
#include <string.h>

#include "resolver/resolver.h"

/* A hostent that owns all it points to. */
struct parsed {
	struct hostent host;
	int n_addrs;
	int n_aliases;
	char addrs[];
};

void resolver_hosts_free(struct hostent *host)
{
	int i;

	if (!host)
		return;
	for (i = 0; host->h_aliases && host->h_aliases[i]; i++)
		free(host->h_aliases[i]);
	free(host->h_aliases);
	free(host->h_addr_list);
	free(host->h_name);
	free((struct parsed *)host);
}

/* There are at most as many aliases or addresses as records, and one address more. */
static struct parsed *allocate(const ns_msg *msg, int type, const char *name)
{
	size_t n = ns_msg_count(*msg, ns_s_an) + 1;
	int len = type == ns_t_a ? 4 : 16;
	struct parsed *p = calloc(1, sizeof(*p) + n * len);

	if (!p)
		return NULL;
	p->host = (struct hostent) {
		.h_name = strdup(name),
		.h_aliases = calloc(n + 1, sizeof(char *)),
		.h_addrtype = type == ns_t_a ? AF_INET : AF_INET6,
		.h_length = len,
		.h_addr_list = calloc(n + 1, sizeof(char *)),
	};
	if (p->host.h_name && p->host.h_aliases && p->host.h_addr_list)
		return p;
	resolver_hosts_free(&p->host);
	return NULL;
}

/* Where a CNAME or PTR leads to, if that is a name; -1 when it is not. */
static int target_of(const ns_msg *msg, const ns_rr *rr, char *name)
{
	if (dn_expand(ns_msg_base(*msg), ns_msg_end(*msg), ns_rr_rdata(*rr), name, NS_MAXDNAME) < 0)
		return -1;
	return res_hnok(name) ? 0 : -1;
}

/* The name so far becomes an alias of @name. */
static int add_alias(struct parsed *p, const char *name)
{
	char *copy = strdup(name);

	if (!copy)
		return -1;
	p->host.h_aliases[p->n_aliases++] = p->host.h_name;
	p->host.h_name = copy;
	return 0;
}

static void add_address(struct parsed *p, const void *addr)
{
	int len = p->host.h_length;
	char *to = p->addrs + p->n_addrs * len;

	memcpy(to, addr, len);
	p->host.h_addr_list[p->n_addrs++] = to;
}

/* 0; 1 for a record that is damaged, -1 without memory. */
static int add_record(struct parsed *p, const ns_msg *msg, const ns_rr *rr, int type)
{
	char target[NS_MAXDNAME];

	if (ns_rr_class(*rr) != ns_c_in || strcasecmp(ns_rr_name(*rr), p->host.h_name))
		return 0;
	if (ns_rr_type(*rr) == ns_t_cname)
		return target_of(msg, rr, target) < 0 ? 1 : add_alias(p, target);
	if ((int)ns_rr_type(*rr) != type)
		return 0;
	if (ns_rr_rdlen(*rr) != p->host.h_length)
		return 1;
	add_address(p, ns_rr_rdata(*rr));
	return 0;
}

static int give_up(struct hostent *host, int h_error)
{
	resolver_hosts_free(host);
	if (h_error == NETDB_INTERNAL)
		errno = ENOMEM;
	return h_error;
}

/* The question's name, without the dot at its end, begins the chain of aliases. */
static int begin(const struct resolver_query *q, ns_msg *msg, ns_rr *question)
{
	if (ns_initparse(q->answer, q->answer_len, msg) < 0 ||
	    ns_parserr(msg, ns_s_qd, 0, question) < 0)
		return NO_RECOVERY;
	return NETDB_SUCCESS;
}

int resolver_parse_addresses(const struct resolver_query *q, int type, struct hostent **host)
{
	struct parsed *p;
	ns_msg msg;
	ns_rr rr;
	int i, ret = begin(q, &msg, &rr);

	if (ret != NETDB_SUCCESS)
		return ret;
	p = allocate(&msg, type, ns_rr_name(rr));
	if (!p)
		return give_up(NULL, NETDB_INTERNAL);
	for (i = 0; i < ns_msg_count(msg, ns_s_an); i++) {
		/* What came before the damage is good. */
		if (ns_parserr(&msg, ns_s_an, i, &rr) < 0)
			break;
		if (add_record(p, &msg, &rr, type) < 0)
			return give_up(&p->host, NETDB_INTERNAL);
	}
	if (!p->n_addrs)
		return give_up(&p->host, i < ns_msg_count(msg, ns_s_an) ? NO_RECOVERY : NO_DATA);
	*host = &p->host;
	return NETDB_SUCCESS;
}

/* The first name; a CNAME leads to where a network delegated it (RFC 2317). */
static int find_pointer(ns_msg *msg, char *owner, char *name)
{
	ns_rr rr;
	int i;

	for (i = 0; i < ns_msg_count(*msg, ns_s_an); i++) {
		if (ns_parserr(msg, ns_s_an, i, &rr) < 0)
			return NO_RECOVERY;
		if (ns_rr_class(rr) != ns_c_in || strcasecmp(ns_rr_name(rr), owner))
			continue;
		if (ns_rr_type(rr) == ns_t_ptr && !target_of(msg, &rr, name))
			return NETDB_SUCCESS;
		/* The names between are no names of hosts: "3.0/26.2.0.192...". */
		if (ns_rr_type(rr) == ns_t_cname &&
		    dn_expand(ns_msg_base(*msg), ns_msg_end(*msg), ns_rr_rdata(rr), owner,
			      NS_MAXDNAME) < 0)
			return NO_RECOVERY;
	}
	return HOST_NOT_FOUND;
}

int resolver_parse_pointer(const struct resolver_query *q, const void *addr, int family,
			   struct hostent **host)
{
	char owner[NS_MAXDNAME], name[NS_MAXDNAME];
	struct parsed *p;
	ns_msg msg;
	ns_rr rr;
	int ret = begin(q, &msg, &rr);

	if (ret != NETDB_SUCCESS)
		return ret;
	strcpy(owner, ns_rr_name(rr));
	ret = find_pointer(&msg, owner, name);
	if (ret != NETDB_SUCCESS)
		return ret;
	p = allocate(&msg, family == AF_INET ? ns_t_a : ns_t_aaaa, name);
	if (!p)
		return give_up(NULL, NETDB_INTERNAL);
	add_address(p, addr);
	*host = &p->host;
	return NETDB_SUCCESS;
}
