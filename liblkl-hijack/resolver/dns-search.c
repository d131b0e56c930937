// SPDX-License-Identifier: GPL-2.0
/*
 * Look-ups of a name, as it is or with the domains of the search list, and the
 * result of the answers.  The rules are libc's, see resolver(3).
 */
#define CARES_NO_DEPRECATED
#include <ares.h>
#include <arpa/nameser.h>
#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "host/standard-error.h"
#include "resolver/resolver.h"

#define HEADER_AD	0x20	/* in the fourth byte of a message */

/* Report once per process, as a program may look up names all day. */
static void report_no_server(void)
{
	static atomic_flag reported = ATOMIC_FLAG_INIT;

	if (!atomic_flag_test_and_set(&reported))
		report("cannot resolve names: the inner kernel has no /etc/resolv.conf; set \"nameserver\" in the configuration, see lkl-config(5)");
}

static int answer_h_error(const struct resolver_query *q)
{
	const HEADER *h = (const HEADER *)q->answer;

	if (q->answer_len < (int)sizeof(*h))
		return NO_RECOVERY;
	switch (h->rcode) {
	case ns_r_noerror:
		return h->ancount ? NETDB_SUCCESS : NO_DATA;
	case ns_r_nxdomain:
		return HOST_NOT_FOUND;
	case ns_r_servfail:
		return TRY_AGAIN;
	default:
		return NO_RECOVERY;
	}
}

int resolver_query_h_error(const struct resolver_query *query)
{
	switch (query->status) {
	case ARES_SUCCESS:
		return answer_h_error(query);
	case ARES_ECONNREFUSED:
		errno = ECONNREFUSED;
		return TRY_AGAIN;
	case ARES_ETIMEOUT:
	case ARES_ESERVFAIL:
	case ARES_ENOTIMP:
	case ARES_EREFUSED:
		/* The last server did not help either. */
		errno = ETIMEDOUT;
		return TRY_AGAIN;
	case ARES_ENOMEM:
		errno = ENOMEM;
		return NETDB_INTERNAL;
	case ARES_ECANCELLED:
		/* errno is the error of the kernel. */
		return NETDB_INTERNAL;
	default:
		return NO_RECOVERY;
	}
}

/* Rank a result, when there is more than one. */
static int rank_of(int h_error)
{
	static const int order[] = {
		HOST_NOT_FOUND, NO_DATA, NO_RECOVERY, TRY_AGAIN, NETDB_INTERNAL, NETDB_SUCCESS,
	};
	int i = 0;

	while (order[i] != h_error)
		i++;
	return i;
}

static void set_result(struct resolver_lookup *lookup)
{
	int i;

	lookup->h_error = HOST_NOT_FOUND;
	lookup->err = 0;
	for (i = 0; i < lookup->n; i++) {
		int h_error = resolver_query_h_error(&lookup->queries[i]);

		if (rank_of(h_error) < rank_of(lookup->h_error))
			continue;
		lookup->h_error = h_error;
		lookup->err = errno;
	}
}

static int make_query(const struct resolver_conf *conf, const char *name,
		      struct resolver_lookup *lookup, int i)
{
	struct resolver_query *q = &lookup->queries[i];
	unsigned char *msg;
	unsigned short id;
	int status, len;

	if (getrandom(&id, sizeof(id), 0) != sizeof(id))
		return ARES_ENOTINITIALIZED;
	status = ares_create_query(name, lookup->class, lookup->types[i], id, 1, &msg, &len,
				   conf->edns0 ? 1200 : 0);
	if (status != ARES_SUCCESS)
		return status;
	if (conf->trust_ad)
		msg[3] |= HEADER_AD;
	q->msg = msg;
	q->msg_len = len;
	return ARES_SUCCESS;
}

void resolver_lookup_free(struct resolver_lookup *lookup)
{
	int i, err = errno;

	for (i = 0; i < lookup->n; i++) {
		free(lookup->queries[i].answer);
		if (lookup->queries[i].msg)
			ares_free_string(lookup->queries[i].msg);
		lookup->queries[i] = (struct resolver_query){ };
	}
	errno = err;
}

void resolver_lookup(const struct resolver_conf *conf, const char *name,
		     struct resolver_lookup *lookup)
{
	int i;

	resolver_lookup_free(lookup);
	lookup->bad_name = false;
	if (conf->missing) {
		report_no_server();
		lookup->h_error = TRY_AGAIN;
		lookup->err = ECONNREFUSED;
		return;
	}
	for (i = 0; i < lookup->n; i++) {
		int status = make_query(conf, name, lookup, i);

		if (status != ARES_SUCCESS) {
			lookup->bad_name = status != ARES_ENOMEM;
			lookup->h_error = lookup->bad_name ? NO_RECOVERY : NETDB_INTERNAL;
			lookup->err = lookup->bad_name ? EMSGSIZE : ENOMEM;
			return;
		}
	}
	resolver_exchange(conf, lookup->queries, lookup->n);
	set_result(lookup);
}

static bool any_servfail(const struct resolver_lookup *lookup)
{
	int i;

	for (i = 0; i < lookup->n; i++)
		if (lookup->queries[i].status == ARES_ESERVFAIL)
			return true;
	return false;
}

struct search {
	const struct resolver_conf *conf;
	struct resolver_lookup *lookup;
	bool no_data;
	bool servfail;
};

/* Return true when no other name must be tried. */
static bool try_name(struct search *s, const char *name, const char *domain)
{
	char full[NS_MAXDNAME];
	int len = snprintf(full, sizeof(full), "%s%s%s", name, domain ? "." : "", domain ?: "");

	if (len >= (int)sizeof(full)) {
		s->lookup->h_error = NO_RECOVERY;
		s->lookup->bad_name = true;
		return false;
	}
	resolver_lookup(s->conf, full, s->lookup);
	switch (s->lookup->h_error) {
	case NO_DATA:
		s->no_data = true;
		return false;
	case HOST_NOT_FOUND:
		return false;
	case TRY_AGAIN:
		/* Another domain may have a server that works. */
		if (!any_servfail(s->lookup))
			return true;
		s->servfail = true;
		return false;
	default:
		return true;
	}
}

static int count_dots(const char *name)
{
	int n = 0;

	for (; *name; name++)
		n += *name == '.';
	return n;
}

void resolver_search(const struct resolver_conf *conf, const char *name,
		     struct resolver_lookup *lookup)
{
	struct search s = { .conf = conf, .lookup = lookup };
	int i, first_h_error = -1, dots = count_dots(name);
	bool absolute = *name && name[strlen(name) - 1] == '.';
	bool as_is = absolute || dots >= conf->ndots;

	if (as_is) {
		if (try_name(&s, name, NULL) || absolute)
			return;
		first_h_error = lookup->h_error;
	}
	for (i = 0; i < conf->n_search; i++)
		if (try_name(&s, name, conf->search[i]))
			return;
	if (!as_is && try_name(&s, name, NULL))
		return;
	if (as_is)
		lookup->h_error = first_h_error;
	else if (s.no_data)
		lookup->h_error = NO_DATA;
	else if (s.servfail)
		lookup->h_error = TRY_AGAIN;
}
