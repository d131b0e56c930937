// SPDX-License-Identifier: GPL-2.0
/*
 * Answers with addresses or names, as a struct hostent.
 *
 * Only records of the requested name count, and records of names for which the
 * requested name is an alias.  A name that cannot be the name of a host is
 * ignored, as in libc: callers put names into shells and files.
 */
#define _GNU_SOURCE
#include <arpa/nameser.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "resolver/resolver.h"
#include "shared/macros.h"

/* A hostent that owns everything that it points to. */
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
	free(container_of(host, struct parsed, host));
}

/* Allocate room for an alias or address in each record, and one address more. */
static struct parsed *answer_allocate(const ns_msg *msg, int type, const char *name)
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

/* Put the target of a CNAME or PTR into @name; -1 when it is not a name. */
static int target_of(const ns_msg *msg, const ns_rr *rr, char *name)
{
	if (dn_expand(ns_msg_base(*msg), ns_msg_end(*msg), ns_rr_rdata(*rr), name, NS_MAXDNAME) < 0)
		return -1;
	return res_hnok(name) ? 0 : -1;
}

/* Make the current name an alias of @name. */
static int answer_add_alias(struct parsed *p, const char *name)
{
	char *copy = strdup(name);

	if (!copy)
		return -1;
	p->host.h_aliases[p->n_aliases++] = p->host.h_name;
	p->host.h_name = copy;
	return 0;
}

static void answer_add_address(struct parsed *p, const void *addr)
{
	int len = p->host.h_length;
	char *to = p->addrs + p->n_addrs * len;

	memcpy(to, addr, len);
	p->host.h_addr_list[p->n_addrs++] = to;
}

/* Return 0, 1 for a record that is damaged, or -1 without memory. */
static int answer_add_record(struct parsed *p, const ns_msg *msg, const ns_rr *rr, int type)
{
	char target[NS_MAXDNAME];

	if (ns_rr_class(*rr) != ns_c_in || strcasecmp(ns_rr_name(*rr), p->host.h_name))
		return 0;
	if (ns_rr_type(*rr) == ns_t_cname)
		return target_of(msg, rr, target) < 0 ? 1 : answer_add_alias(p, target);
	if ((int)ns_rr_type(*rr) != type)
		return 0;
	if (ns_rr_rdlen(*rr) != p->host.h_length)
		return 1;
	answer_add_address(p, ns_rr_rdata(*rr));
	return 0;
}

static int answer_fail(struct hostent *host, int h_error)
{
	resolver_hosts_free(host);
	if (h_error == NETDB_INTERNAL)
		errno = ENOMEM;
	return h_error;
}

/* Parse the question: its name begins the chain of aliases. */
static int answer_begin(const struct resolver_query *q, ns_msg *msg, ns_rr *question)
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
	int i, ret = answer_begin(q, &msg, &rr);

	if (ret != NETDB_SUCCESS)
		return ret;
	p = answer_allocate(&msg, type, ns_rr_name(rr));
	if (!p)
		return answer_fail(NULL, NETDB_INTERNAL);
	for (i = 0; i < ns_msg_count(msg, ns_s_an); i++) {
		/* Records before the damage are used. */
		if (ns_parserr(&msg, ns_s_an, i, &rr) < 0)
			break;
		if (answer_add_record(p, &msg, &rr, type) < 0)
			return answer_fail(&p->host, NETDB_INTERNAL);
	}
	if (!p->n_addrs)
		return answer_fail(&p->host, i < ns_msg_count(msg, ns_s_an) ?
				   NO_RECOVERY : NO_DATA);
	*host = &p->host;
	return NETDB_SUCCESS;
}

/*
 * Find the first name.  A CNAME leads to the zone that a network was delegated to
 * (RFC 2317).
 */
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
		/* Names on the way are not names of hosts: "3.0/26.2.0.192...". */
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
	int ret = answer_begin(q, &msg, &rr);

	if (ret != NETDB_SUCCESS)
		return ret;
	strcpy(owner, ns_rr_name(rr));
	ret = find_pointer(&msg, owner, name);
	if (ret != NETDB_SUCCESS)
		return ret;
	p = answer_allocate(&msg, family == AF_INET ? ns_t_a : ns_t_aaaa, name);
	if (!p)
		return answer_fail(NULL, NETDB_INTERNAL);
	answer_add_address(p, addr);
	*host = &p->host;
	return NETDB_SUCCESS;
}
