// SPDX-License-Identifier: GPL-2.0
/*
 * res_query() and its relatives, which return the answer of a name server as it
 * came.  The servers are the instance's, whatever a program sets in its res_state.
 *
 * libc exports each function by two names.  Before glibc 2.34, the header of libc
 * used the names with underscores.
 */
#define CARES_NO_DEPRECATED
#include <ares.h>
#include <arpa/nameser.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The macros of libc's header must not rename the functions of this file. */
#include "host/export.h"
#include "resolver/resolver.h"
#undef res_query
#undef res_search
#undef res_querydomain
#undef res_send
#undef res_nquery
#undef res_nsearch
#undef res_nquerydomain
#undef res_nsend

typedef void lookup_function(const struct resolver_conf *conf, const char *name,
			     struct resolver_lookup *lookup);

static int res_fail(int h_error, int err)
{
	h_errno = h_error;
	errno = err;
	return -1;
}

/* Copy an answer, marked as truncated if it does not fit.  Return its whole length. */
static int copy_answer(const struct resolver_query *q, unsigned char *answer, int size)
{
	int len = q->answer_len < size ? q->answer_len : size;

	memcpy(answer, q->answer, len);
	if (len < q->answer_len && len >= (int)sizeof(HEADER))
		((HEADER *)answer)->tc = 1;
	return q->answer_len;
}

static int query_name(lookup_function *lookup_name, const char *name, int class,
		      int type, unsigned char *answer, int size)
{
	struct resolver_lookup lookup = { .class = class, .types = { type }, .n = 1 };
	struct resolver_conf conf;
	int ret;

	if (!name || !answer || size < 0)
		return res_fail(NETDB_INTERNAL, EINVAL);
	if (resolver_conf_read(&conf) < 0)
		return res_fail(NETDB_INTERNAL, errno);
	lookup_name(&conf, name, &lookup);
	if (lookup.h_error == NETDB_SUCCESS) {
		h_errno = NETDB_SUCCESS;
		ret = copy_answer(&lookup.queries[0], answer, size);
	} else {
		/* As in libc, a negative answer is returned as well. */
		if (lookup.queries[0].answer)
			copy_answer(&lookup.queries[0], answer, size);
		ret = res_fail(lookup.h_error, lookup.err ?: errno);
	}
	resolver_lookup_free(&lookup);
	resolver_conf_free(&conf);
	return ret;
}

static int send_message(const unsigned char *msg, int len, unsigned char *answer, int size)
{
	struct resolver_query q = { .msg = (unsigned char *)msg, .msg_len = len };
	struct resolver_conf conf;
	int ret = -1, err;

	if (resolver_conf_read(&conf) < 0)
		return -1;
	if (conf.missing) {
		errno = ECONNREFUSED;
		return -1;
	}
	resolver_exchange(&conf, &q, 1);
	if (q.status == ARES_SUCCESS)
		ret = copy_answer(&q, answer, size);
	else
		resolver_query_h_error(&q);
	err = errno;
	free(q.answer);
	resolver_conf_free(&conf);
	errno = err;
	return ret;
}

static int query_in_domain(const char *name, const char *domain, int class,
			   int type, unsigned char *answer, int size)
{
	char full[NS_MAXDNAME];
	int len;

	if (domain)
		len = snprintf(full, sizeof(full), "%s.%s", name, domain);
	else
		len = snprintf(full, sizeof(full), "%s", name);
	if (len >= (int)sizeof(full))
		return res_fail(NO_RECOVERY, EMSGSIZE);
	return query_name(resolver_lookup, full, class, type, answer, size);
}

/* A libc with a separate libresolv lacks the function in programs without it. */
#define REAL(function, ...)	(resolver_libc()->function ? \
				 resolver_libc()->function(__VA_ARGS__) : \
				 res_fail(NO_RECOVERY, ENOSYS))

EXPORT int res_query(const char *name, int class, int type,
		     unsigned char *answer, int size)
{
	if (!resolver_uses_lkl())
		return REAL(res_query, name, class, type, answer, size);
	return query_name(resolver_lookup, name, class, type, answer, size);
}

EXPORT int res_search(const char *name, int class, int type,
		      unsigned char *answer, int size)
{
	if (!resolver_uses_lkl())
		return REAL(res_search, name, class, type, answer, size);
	return query_name(resolver_search, name, class, type, answer, size);
}

EXPORT int res_querydomain(const char *name, const char *domain, int class,
			   int type, unsigned char *answer, int size)
{
	if (!resolver_uses_lkl())
		return REAL(res_querydomain, name, domain, class, type, answer, size);
	return query_in_domain(name, domain, class, type, answer, size);
}

EXPORT int res_send(const unsigned char *msg, int len, unsigned char *answer, int size)
{
	if (!resolver_uses_lkl())
		return REAL(res_send, msg, len, answer, size);
	return send_message(msg, len, answer, size);
}

/* Leave the error in the state as well. */
static int leave_error(res_state statp, int ret)
{
	statp->res_h_errno = ret < 0 ? h_errno : NETDB_SUCCESS;
	return ret;
}

EXPORT int res_nquery(res_state statp, const char *name, int class, int type,
		      unsigned char *answer, int size)
{
	if (!resolver_uses_lkl())
		return REAL(res_nquery, statp, name, class, type, answer, size);
	return leave_error(statp, query_name(resolver_lookup, name, class, type, answer, size));
}

EXPORT int res_nsearch(res_state statp, const char *name, int class, int type,
		       unsigned char *answer, int size)
{
	if (!resolver_uses_lkl())
		return REAL(res_nsearch, statp, name, class, type, answer, size);
	return leave_error(statp, query_name(resolver_search, name, class, type, answer, size));
}

EXPORT int res_nquerydomain(res_state statp, const char *name,
			    const char *domain, int class, int type,
			    unsigned char *answer, int size)
{
	if (!resolver_uses_lkl())
		return REAL(res_nquerydomain, statp, name, domain, class, type, answer, size);
	return leave_error(statp, query_in_domain(name, domain, class, type, answer, size));
}

EXPORT int res_nsend(res_state statp, const unsigned char *msg, int len,
		     unsigned char *answer, int size)
{
	if (!resolver_uses_lkl())
		return REAL(res_nsend, statp, msg, len, answer, size);
	return send_message(msg, len, answer, size);
}

ALIAS(__res_query, res_query);
ALIAS(__res_search, res_search);
ALIAS(__res_querydomain, res_querydomain);
ALIAS(__res_send, res_send);
ALIAS(__res_nquery, res_nquery);
ALIAS(__res_nsearch, res_nsearch);
ALIAS(__res_nquerydomain, res_nquerydomain);
ALIAS(__res_nsend, res_nsend);
