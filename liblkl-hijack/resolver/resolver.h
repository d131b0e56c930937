/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Names, as the LKL instance resolves them.
 *
 * libc's resolver uses sockets that cannot be interposed, so its functions are
 * interposed as a whole.  libc still does what needs no network: while the process
 * has a kernel, libc looks into /etc/hosts only, and the instance's name servers
 * are asked for names that libc does not find there.
 *
 * This layer uses only kernel_call6() and thread_uses_lkl() of the rest of the
 * library; the unit tests define the two for themselves.
 */
#ifndef LKL_HIJACK_RESOLVER_H
#define LKL_HIJACK_RESOLVER_H

#include <netdb.h>
#include <netinet/in.h>
#include <resolv.h>
#include <stdbool.h>
#include <stdint.h>

/* libc-resolver.c */

/* libc's own functions; NULL for each that this libc lacks. */
struct resolver_libc {
	__typeof__(getaddrinfo) *getaddrinfo;
	__typeof__(getnameinfo) *getnameinfo;
	__typeof__(gethostbyname) *gethostbyname;
	__typeof__(gethostbyname2) *gethostbyname2;
	__typeof__(gethostbyaddr) *gethostbyaddr;
	__typeof__(gethostbyname2_r) *gethostbyname2_r;
	__typeof__(gethostbyaddr_r) *gethostbyaddr_r;
	__typeof__(res_query) *res_query;
	__typeof__(res_search) *res_search;
	__typeof__(res_querydomain) *res_querydomain;
	__typeof__(res_send) *res_send;
	__typeof__(res_nquery) *res_nquery;
	__typeof__(res_nsearch) *res_nsearch;
	__typeof__(res_nquerydomain) *res_nquerydomain;
	__typeof__(res_nsend) *res_nsend;
};

const struct resolver_libc *resolver_libc(void);

/*
 * Return thread_uses_lkl(), and set libc's name service accordingly.  This
 * function is also called after boot, so that look-ups that libc makes itself do
 * not ask the host's servers.
 */
bool resolver_uses_lkl(void);

/* resolver-conf.c */

#define RESOLVER_CONF		"/etc/resolv.conf"
#define RESOLVER_SERVERS	MAXNS
#define RESOLVER_SEARCH		32

struct resolver_server {
	int family;
	struct in6_addr addr;		/* the first bytes for IPv4 */
	uint32_t scope;
};

struct resolver_conf {
	char *text;			/* what search[] points into */
	bool missing;			/* no file, so no server */
	struct resolver_server servers[RESOLVER_SERVERS];
	int n_servers;
	char *search[RESOLVER_SEARCH];
	int n_search;
	int ndots;
	int timeout_s;
	int attempts;
	bool rotate;
	bool use_vc;
	bool edns0;
	bool trust_ad;
	bool no_aaaa;
	bool single_request;
};

/*
 * Read the instance's /etc/resolv.conf, each time anew: this costs a few system
 * calls of a kernel in the same process.  Return 0, and a @conf for
 * resolver_conf_free(), or -1 with errno.
 */
int resolver_conf_read(struct resolver_conf *conf);
void resolver_conf_free(struct resolver_conf *conf);

/* dns-exchange.c */

struct resolver_query {
	unsigned char *msg;
	int msg_len;
	unsigned char *answer;		/* malloc'ed, or NULL */
	int answer_len;
	int status;			/* ARES_* */
	bool done;
};

/* Send all queries at once, and wait for the answers. */
void resolver_exchange(const struct resolver_conf *conf,
		       struct resolver_query *queries, int n);

/* dns-search.c */

#define RESOLVER_TYPES	2

/* A look-up of one or two types of records of a name. */
struct resolver_lookup {
	int class;
	int types[RESOLVER_TYPES];
	int n;
	struct resolver_query queries[RESOLVER_TYPES];
	int h_error;		/* NETDB_SUCCESS when one of them has an answer */
	bool bad_name;		/* no server can be asked for this name */
	int err;		/* errno of a local error, or 0 */
};

/* Look up @name as it is, or with the domains of the search list. */
void resolver_lookup(const struct resolver_conf *conf, const char *name,
		     struct resolver_lookup *lookup);
void resolver_search(const struct resolver_conf *conf, const char *name,
		     struct resolver_lookup *lookup);
void resolver_lookup_free(struct resolver_lookup *lookup);
/*
 * Return the result of a query: NETDB_SUCCESS, or an h_errno.  For some results,
 * also store the reason in errno.
 */
int resolver_query_h_error(const struct resolver_query *query);

/* dns-answer.c */

/*
 * Parse an answer into a hostent for resolver_hosts_free().  Return NETDB_SUCCESS
 * or an h_errno.  @type: ns_t_a or ns_t_aaaa.
 */
int resolver_parse_addresses(const struct resolver_query *q, int type, struct hostent **host);
int resolver_parse_pointer(const struct resolver_query *q, const void *addr, int family,
			   struct hostent **host);
void resolver_hosts_free(struct hostent *host);

/* address-order.c */

/* Sort as RFC 6724 says, by the routes and addresses of the instance. */
void resolver_sort(struct addrinfo **list);

#endif /* LKL_HIJACK_RESOLVER_H */
