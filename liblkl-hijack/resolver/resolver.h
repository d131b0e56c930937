/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Names, as the LKL instance resolves them.
 *
 * libc's resolver uses sockets that cannot be interposed, so its functions are
 * interposed as a whole.  What needs no network is still libc's: while the
 * process has a kernel, libc is told to look into /etc/hosts only, and what it
 * does not find there is asked of the instance's name servers.
 */
#ifndef LKL_HIJACK_RESOLVER_H
#define LKL_HIJACK_RESOLVER_H

#include <netdb.h>
#include <netinet/in.h>
#include <resolv.h>

#include "interfaces/resolver-sys.h"

/* libc-resolver.c */

/* libc's own functions; those that it lacks are NULL. */
struct resolver_libc {
	int (*getaddrinfo)(const char *, const char *, const struct addrinfo *,
			   struct addrinfo **);
	int (*getnameinfo)(const struct sockaddr *, socklen_t, char *, socklen_t,
			   char *, socklen_t, int);
	struct hostent *(*gethostbyname)(const char *);
	struct hostent *(*gethostbyname2)(const char *, int);
	struct hostent *(*gethostbyaddr)(const void *, socklen_t, int);
	int (*gethostbyname2_r)(const char *, int, struct hostent *, char *,
				size_t, struct hostent **, int *);
	int (*gethostbyaddr_r)(const void *, socklen_t, int, struct hostent *,
			       char *, size_t, struct hostent **, int *);
	int (*res_query)(const char *, int, int, unsigned char *, int);
	int (*res_search)(const char *, int, int, unsigned char *, int);
	int (*res_querydomain)(const char *, const char *, int, int,
			       unsigned char *, int);
	int (*res_send)(const unsigned char *, int, unsigned char *, int);
	int (*res_nquery)(res_state, const char *, int, int, unsigned char *, int);
	int (*res_nsearch)(res_state, const char *, int, int, unsigned char *, int);
	int (*res_nquerydomain)(res_state, const char *, const char *, int, int,
				unsigned char *, int);
	int (*res_nsend)(res_state, const unsigned char *, int, unsigned char *,
			 int);
};

const struct resolver_libc *resolver_libc(void);

/*
 * hijack_is_active(), and libc's name service is set accordingly.  Called once
 * after boot, calls that libc makes itself do not reach the host's servers
 * either.
 */
bool resolver_begin(void);

/* resolv-conf.c */

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
	bool missing;			/* no file: there is nobody to ask */
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
 * Reads the instance's /etc/resolv.conf, each time: that is two system calls of
 * a kernel in the same process.  0, or -1 with errno; resolver_conf_free() it.
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

/* Asks all of them at once and waits. */
void resolver_exchange(const struct resolver_conf *conf,
		       struct resolver_query *queries, int n);

/* dns-search.c */

#define RESOLVER_TYPES	2

/* A name, and one or two types of records that are asked for together. */
struct resolver_lookup {
	int class;
	int types[RESOLVER_TYPES];
	int n;
	struct resolver_query queries[RESOLVER_TYPES];
	int h_error;		/* NETDB_SUCCESS when one of them has an answer */
	bool bad_name;		/* nobody can be asked for it */
	int err;		/* errno, where there is one */
};

/* The first asks for @name as it is, the second tries the search list. */
void resolver_lookup(const struct resolver_conf *conf, const char *name,
		     struct resolver_lookup *lookup);
void resolver_search(const struct resolver_conf *conf, const char *name,
		     struct resolver_lookup *lookup);
void resolver_lookup_free(struct resolver_lookup *lookup);
/* What a query came to: NETDB_SUCCESS or an h_errno; sets errno for some. */
int resolver_query_h_error(const struct resolver_query *query);

/* dns-answer.c */

/*
 * What an answer says, in a hostent to be freed by resolver_hosts_free().
 * NETDB_SUCCESS or an h_errno.  @type: ns_t_a or ns_t_aaaa.
 */
int resolver_parse_addresses(const struct resolver_query *q, int type, struct hostent **host);
int resolver_parse_pointer(const struct resolver_query *q, const void *addr, int family,
			   struct hostent **host);
void resolver_hosts_free(struct hostent *host);

/* address-order.c */

/* RFC 6724, with the routes and addresses of the instance. */
void resolver_sort(struct addrinfo **list);

#endif /* LKL_HIJACK_RESOLVER_H */
