// SPDX-License-Identifier: GPL-2.0
/*
 * getaddrinfo().  libc checks the arguments, and knows services, numeric addresses
 * and /etc/hosts.  This file adds everything that depends on the network: names
 * from the instance's servers, its interfaces as scopes, AI_ADDRCONFIG, the order.
 *
 * Each entry is allocated as in libc, with its address in the same block, so that
 * libc's freeaddrinfo() frees it; freeaddrinfo() is not interposed.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <arpa/nameser.h>
#include <dlfcn.h>
#include <net/if.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "host/export.h"
#include "interfaces/ifaddrs-dump.h"
#include "resolver/resolver.h"
#include "shared/netlink.h"

struct request {
	const char *node;
	const char *service;
	struct addrinfo hints;
	int flags;		/* as the caller gave them */
};

/* The list under construction. */
struct result {
	struct addrinfo *first;
	struct addrinfo **end;
	const struct addrinfo *template;	/* types and ports */
};

/* Find the families that the instance has addresses of, except loopback. */
static void find_families(bool *v4, bool *v6)
{
	const struct netlink_message *nh = NULL;
	struct ifaddrs_address a;
	struct ifaddrs_dump addrs;

	*v4 = *v6 = false;
	if (ifaddrs_dump(RTM_GETADDR, &addrs) < 0) {
		*v4 = *v6 = true;
		return;
	}
	while ((nh = ifaddrs_next(&addrs, nh, RTM_NEWADDR))) {
		const void *value;

		if (!ifaddrs_parse_address(nh, &a))
			continue;
		value = a.local ?: a.address;
		if (a.family == AF_INET)
			*v4 |= *(const in_addr_t *)value != htonl(INADDR_LOOPBACK);
		else
			*v6 |= !IN6_IS_ADDR_LOOPBACK((const struct in6_addr *)value);
	}
	ifaddrs_dump_free(&addrs);
}

static int apply_addrconfig(struct request *req)
{
	bool v4, v6;

	if (!(req->hints.ai_flags & AI_ADDRCONFIG))
		return 0;
	req->hints.ai_flags &= ~AI_ADDRCONFIG;
	find_families(&v4, &v6);
	if (req->hints.ai_family == AF_INET && !v4)
		return EAI_NONAME;
	if (req->hints.ai_family == AF_INET6 && !v6)
		return EAI_NONAME;
	if (req->hints.ai_family == AF_UNSPEC && v4 != v6)
		req->hints.ai_family = v4 ? AF_INET : AF_INET6;
	return 0;
}

/* Parse a scope, as in libc: an interface for link-local addresses, or a number. */
static bool parse_scope(const struct in6_addr *addr, const char *scope, uint32_t *id)
{
	unsigned long long n;
	char *end;

	if (IN6_IS_ADDR_LINKLOCAL(addr) || IN6_IS_ADDR_MC_LINKLOCAL(addr)) {
		*id = if_nametoindex(scope);
		if (*id)
			return true;
	}
	if (*scope < '0' || *scope > '9')
		return false;
	n = strtoull(scope, &end, 10);
	*id = n;
	return !*end && n <= UINT32_MAX;
}

/* Have libc parse the address of "fe80::1%eth0", and add the scope. */
static int get_scoped(struct request *req, const char *percent, struct addrinfo **res)
{
	struct addrinfo *ai;
	struct in6_addr addr;
	uint32_t id;
	char *plain, *name;
	int ret;

	plain = strndup(req->node, percent - req->node);
	if (!plain)
		return EAI_MEMORY;
	ret = resolver_libc()->getaddrinfo(plain, req->service, &req->hints, res);
	if (!ret && (inet_pton(AF_INET6, plain, &addr) != 1 ||
		     !parse_scope(&addr, percent + 1, &id))) {
		freeaddrinfo(*res);
		ret = EAI_NONAME;
	}
	free(plain);
	if (ret)
		return ret;
	for (ai = *res; ai; ai = ai->ai_next)
		if (ai->ai_family == AF_INET6)
			((struct sockaddr_in6 *)ai->ai_addr)->sin6_scope_id = id;
	if (!(*res)->ai_canonname)
		return 0;
	name = strdup(req->node);
	if (!name) {
		freeaddrinfo(*res);
		return EAI_MEMORY;
	}
	free((*res)->ai_canonname);
	(*res)->ai_canonname = name;
	return 0;
}

/* Return the "%" of a scoped address, or NULL. */
static const char *find_scope(const char *node)
{
	const char *percent = node ? strchr(node, '%') : NULL;
	char plain[INET6_ADDRSTRLEN];
	struct in6_addr addr;

	if (!percent || percent - node >= (long)sizeof(plain))
		return NULL;
	memcpy(plain, node, percent - node);
	plain[percent - node] = '\0';
	return inet_pton(AF_INET6, plain, &addr) == 1 ? percent : NULL;
}

static int get_local(struct request *req, struct addrinfo **res)
{
	const char *percent = find_scope(req->node);

	if (percent)
		return get_scoped(req, percent, res);
	return resolver_libc()->getaddrinfo(req->node, req->service, &req->hints, res);
}

/* Return true if name servers may know a name that libc has not found. */
static bool is_for_servers(const struct request *req, int error)
{
	struct in6_addr addr6;
	struct in_addr addr4;

	switch (error) {
	case EAI_NONAME:
	case EAI_NODATA:
	case EAI_AGAIN:
	case EAI_FAIL:
	case EAI_SYSTEM:
		break;
	default:
		return false;
	}
	return req->node && !(req->hints.ai_flags & AI_NUMERICHOST) && !find_scope(req->node) &&
	       !inet_aton(req->node, &addr4) && inet_pton(AF_INET6, req->node, &addr6) != 1;
}

/* Have libc work out the types of sockets, protocols and ports. */
static int get_template(const struct request *req, struct addrinfo **res)
{
	struct addrinfo hints = req->hints;

	hints.ai_family = AF_INET;
	hints.ai_flags = (hints.ai_flags & AI_NUMERICSERV) | AI_NUMERICHOST;
	return resolver_libc()->getaddrinfo("127.0.0.1", req->service, &hints, res);
}

static int result_add_entry(struct result *result, int family,
			    const struct in6_addr *addr,
			    const struct addrinfo *template)
{
	in_port_t port = ((struct sockaddr_in *)template->ai_addr)->sin_port;
	socklen_t len = family == AF_INET ? sizeof(struct sockaddr_in) :
					    sizeof(struct sockaddr_in6);
	struct addrinfo *ai = calloc(1, sizeof(*ai) + len);

	if (!ai)
		return EAI_MEMORY;
	*ai = (struct addrinfo) {
		.ai_family = family,
		.ai_socktype = template->ai_socktype,
		.ai_protocol = template->ai_protocol,
		.ai_addrlen = len,
		.ai_addr = (struct sockaddr *)(ai + 1),
	};
	if (family == AF_INET)
		*(struct sockaddr_in *)ai->ai_addr = (struct sockaddr_in) {
			.sin_family = family, .sin_port = port,
			.sin_addr.s_addr = addr->s6_addr32[0],
		};
	else
		*(struct sockaddr_in6 *)ai->ai_addr = (struct sockaddr_in6) {
			.sin6_family = family, .sin6_port = port, .sin6_addr = *addr,
		};
	*result->end = ai;
	result->end = &ai->ai_next;
	return 0;
}

static int result_add_address(struct result *result, int type, const char *value, bool mapped)
{
	const struct addrinfo *t;
	struct in6_addr addr = { };
	int ret = 0, family = type == ns_t_a && !mapped ? AF_INET : AF_INET6;

	if (type == ns_t_aaaa) {
		memcpy(&addr, value, 16);
	} else if (!mapped) {
		memcpy(&addr, value, 4);
	} else {
		addr.s6_addr32[2] = htonl(0xffff);
		memcpy(&addr.s6_addr32[3], value, 4);
	}
	for (t = result->template; !ret && t; t = t->ai_next)
		ret = result_add_entry(result, family, &addr, t);
	return ret;
}

/* Add the addresses of an answer; the first answer gives the name. */
static int result_add_answer(struct result *result,
			     const struct resolver_query *q, int type,
			     bool mapped, char **canonname)
{
	struct hostent *host;
	char **value;
	int ret;

	ret = resolver_parse_addresses(q, type, &host);
	if (ret != NETDB_SUCCESS)
		return ret == NETDB_INTERNAL ? EAI_MEMORY : EAI_NODATA;
	for (value = host->h_addr_list; !ret && *value; value++)
		ret = result_add_address(result, type, *value, mapped);
	if (!ret && canonname && !*canonname && host->h_addr_list[0]) {
		*canonname = strdup(host->h_name);
		ret = *canonname ? 0 : EAI_MEMORY;
	}
	resolver_hosts_free(host);
	return ret;
}

static int lookup_to_eai(const struct resolver_lookup *lookup)
{
	switch (lookup->h_error) {
	case HOST_NOT_FOUND:
	case NO_RECOVERY:
		/* As in libc, although EAI_FAIL would be clearer for NO_RECOVERY. */
		return EAI_NONAME;
	case TRY_AGAIN:
		errno = lookup->err;
		return EAI_AGAIN;
	case NETDB_INTERNAL:
		errno = lookup->err;
		return lookup->err == ENOMEM ? EAI_MEMORY : EAI_SYSTEM;
	default:
		return EAI_NODATA;
	}
}

/* Choose the types of records to ask for. */
static void choose_types(const struct request *req, const struct resolver_conf *conf,
			 struct resolver_lookup *lookup)
{
	int family = req->hints.ai_family, both = AI_V4MAPPED | AI_ALL;
	bool a = family != AF_INET6 || (req->hints.ai_flags & both) == both;
	bool aaaa = family != AF_INET && !conf->no_aaaa;

	lookup->n = 0;
	if (a)
		lookup->types[lookup->n++] = ns_t_a;
	if (aaaa)
		lookup->types[lookup->n++] = ns_t_aaaa;
}

static int add_answers(const struct request *req, struct resolver_lookup *lookup,
		       struct result *result, char **canonname)
{
	bool mapped;
	int i, ret;

	if (!(req->flags & AI_CANONNAME))
		canonname = NULL;
	for (i = 0; i < lookup->n; i++) {
		if (resolver_query_h_error(&lookup->queries[i]) != NETDB_SUCCESS)
			continue;
		mapped = req->hints.ai_family == AF_INET6 && lookup->types[i] == ns_t_a;
		ret = result_add_answer(result, &lookup->queries[i], lookup->types[i],
					mapped, canonname);
		if (ret == EAI_MEMORY)
			return ret;
	}
	return result->first ? 0 : lookup_to_eai(lookup);
}

/* Search for the name, and add the answers. */
static int search_and_add(const struct request *req,
			  const struct resolver_conf *conf,
			  struct resolver_lookup *lookup, struct result *result,
			  char **canonname)
{
	int ret = EAI_NODATA;

	if (lookup->n) {
		resolver_search(conf, req->node, lookup);
		ret = add_answers(req, lookup, result, canonname);
	}
	resolver_lookup_free(lookup);
	return ret;
}

/* Return true if the caller wants mapped IPv4 addresses in place of missing IPv6. */
static bool wants_mapped_instead(const struct request *req)
{
	return req->hints.ai_family == AF_INET6 &&
	       (req->hints.ai_flags & (AI_V4MAPPED | AI_ALL)) == AI_V4MAPPED;
}

static int ask_servers(const struct request *req, struct result *result, char **canonname)
{
	struct resolver_lookup lookup = { .class = ns_c_in };
	struct resolver_conf conf;
	int ret;

	if (resolver_conf_read(&conf) < 0)
		return errno == ENOMEM ? EAI_MEMORY : EAI_SYSTEM;
	choose_types(req, &conf, &lookup);
	ret = search_and_add(req, &conf, &lookup, result, canonname);
	if (ret && ret != EAI_MEMORY && ret != EAI_SYSTEM && wants_mapped_instead(req)) {
		lookup.n = 1;
		lookup.types[0] = ns_t_a;
		/* The first error is about the records that were asked for. */
		if (!search_and_add(req, &conf, &lookup, result, canonname))
			ret = 0;
	}
	resolver_conf_free(&conf);
	return ret;
}

/* Encode a name with libidn2, if it is installed, as in libc. */
static int encode_name(const char *name, char **ret_name)
{
	int (*lookup_ul)(const char *, char **, int);
	void *lib;
	int ret;

	lib = dlopen("libidn2.so.0", RTLD_NOW);
	if (!lib)
		return EAI_IDN_ENCODE;
	lookup_ul = dlsym(lib, "idn2_lookup_ul");
	ret = lookup_ul ? lookup_ul(name, ret_name, 0) : -1;
	dlclose(lib);
	/* libidn2 allocates with malloc(); -100 is IDN2_MALLOC. */
	return !ret ? 0 : ret == -100 ? EAI_MEMORY : EAI_IDN_ENCODE;
}

static bool is_ascii(const char *name)
{
	while (*name && !(*name & 0x80))
		name++;
	return !*name;
}

static int get_remote(struct request *req, struct addrinfo **res)
{
	struct addrinfo *template;
	struct result result = { .end = &result.first };
	char *canonname = NULL, *encoded = NULL;
	int ret = get_template(req, &template);

	if (ret)
		return ret;
	if ((req->flags & AI_IDN) && !is_ascii(req->node)) {
		ret = encode_name(req->node, &encoded);
		if (!ret)
			req->node = encoded;
	}
	result.template = template;
	if (!ret)
		ret = ask_servers(req, &result, &canonname);
	free(encoded);
	freeaddrinfo(template);
	if (ret) {
		if (result.first)
			freeaddrinfo(result.first);
		free(canonname);
		return ret;
	}
	result.first->ai_canonname = canonname;
	*res = result.first;
	return 0;
}

EXPORT int getaddrinfo(const char *node, const char *service,
		       const struct addrinfo *hints, struct addrinfo **res)
{
	struct request req = { .node = node, .service = service };
	struct addrinfo *ai, *list;
	int ret;

	if (!resolver_uses_lkl())
		return resolver_libc()->getaddrinfo(node, service, hints, res);
	if (hints)
		req.hints = *hints;
	else
		req.hints.ai_flags = AI_V4MAPPED | AI_ADDRCONFIG;
	req.flags = req.hints.ai_flags;
	/* Errors in the flags come before errors of the network. */
	if ((req.flags & AI_CANONNAME) && !node)
		return service ? EAI_BADFLAGS : EAI_NONAME;
	ret = apply_addrconfig(&req);
	if (ret)
		return ret;
	ret = get_local(&req, &list);
	if (is_for_servers(&req, ret))
		ret = get_remote(&req, &list);
	if (ret)
		return ret;
	for (ai = list; ai; ai = ai->ai_next)
		ai->ai_flags = req.flags;
	resolver_sort(&list);
	*res = list;
	return 0;
}
