// SPDX-License-Identifier: GPL-2.0
/*
 * res_query() and its relatives, which return the answer of a name server as it
 * came.  Whatever a program set in its res_state, the servers are the instance's.
 *
 * libc exports them by two names: the ones with underscores are what its header
 * called before glibc 2.34.
 */
#define CARES_NO_DEPRECATED
#include <ares.h>
#include <arpa/nameser.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The header's macros must not rename what is defined here. */
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

static int fail(int h_error, int err)
{
	h_errno = h_error;
	errno = err;
	return -1;
}

/* What does not fit is cut off, and marked so; the length is the whole one's. */
static int copy_answer(const struct resolver_query *q, unsigned char *answer, int size)
{
	int len = q->answer_len < size ? q->answer_len : size;

	memcpy(answer, q->answer, len);
	if (len < q->answer_len && len >= (int)sizeof(HEADER))
		((HEADER *)answer)->tc = 1;
	return q->answer_len;
}

static int query(lookup_function *lookup_name, const char *name, int class, int type,
		 unsigned char *answer, int size)
{
	struct resolver_lookup lookup = { .class = class, .types = { type }, .n = 1 };
	struct resolver_conf conf;
	int ret;

	if (!name || !answer || size < 0)
		return fail(NETDB_INTERNAL, EINVAL);
	if (resolver_conf_read(&conf) < 0)
		return fail(NETDB_INTERNAL, errno);
	lookup_name(&conf, name, &lookup);
	if (lookup.h_error == NETDB_SUCCESS) {
		h_errno = NETDB_SUCCESS;
		ret = copy_answer(&lookup.queries[0], answer, size);
	} else {
		/* As in libc, the answer is there even if it says no. */
		if (lookup.queries[0].answer)
			copy_answer(&lookup.queries[0], answer, size);
		ret = fail(lookup.h_error, lookup.err ?: errno);
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

static int querydomain(const char *name, const char *domain, int class, int type,
		       unsigned char *answer, int size)
{
	char full[NS_MAXDNAME];
	int len;

	if (domain)
		len = snprintf(full, sizeof(full), "%s.%s", name, domain);
	else
		len = snprintf(full, sizeof(full), "%s", name);
	if (len >= (int)sizeof(full))
		return fail(NO_RECOVERY, EMSGSIZE);
	return query(resolver_lookup, full, class, type, answer, size);
}

/* In a program without libresolv, of a libc that has one, there is no function. */
#define REAL(function, ...)	(resolver_libc()->function ? \
				 resolver_libc()->function(__VA_ARGS__) : \
				 fail(NO_RECOVERY, ENOSYS))

RESOLVER_EXPORT int res_query(const char *name, int class, int type, unsigned char *answer,
			      int size)
{
	if (!resolver_begin())
		return REAL(res_query, name, class, type, answer, size);
	return query(resolver_lookup, name, class, type, answer, size);
}

RESOLVER_EXPORT int res_search(const char *name, int class, int type, unsigned char *answer,
			       int size)
{
	if (!resolver_begin())
		return REAL(res_search, name, class, type, answer, size);
	return query(resolver_search, name, class, type, answer, size);
}

RESOLVER_EXPORT int res_querydomain(const char *name, const char *domain, int class, int type,
				    unsigned char *answer, int size)
{
	if (!resolver_begin())
		return REAL(res_querydomain, name, domain, class, type, answer, size);
	return querydomain(name, domain, class, type, answer, size);
}

RESOLVER_EXPORT int res_send(const unsigned char *msg, int len, unsigned char *answer, int size)
{
	if (!resolver_begin())
		return REAL(res_send, msg, len, answer, size);
	return send_message(msg, len, answer, size);
}

/* The ones with a state leave their error in it as well. */
static int leave_error(res_state statp, int ret)
{
	statp->res_h_errno = ret < 0 ? h_errno : NETDB_SUCCESS;
	return ret;
}

RESOLVER_EXPORT int res_nquery(res_state statp, const char *name, int class, int type,
			       unsigned char *answer, int size)
{
	if (!resolver_begin())
		return REAL(res_nquery, statp, name, class, type, answer, size);
	return leave_error(statp, query(resolver_lookup, name, class, type, answer, size));
}

RESOLVER_EXPORT int res_nsearch(res_state statp, const char *name, int class, int type,
				unsigned char *answer, int size)
{
	if (!resolver_begin())
		return REAL(res_nsearch, statp, name, class, type, answer, size);
	return leave_error(statp, query(resolver_search, name, class, type, answer, size));
}

RESOLVER_EXPORT int res_nquerydomain(res_state statp, const char *name, const char *domain,
				     int class, int type, unsigned char *answer, int size)
{
	if (!resolver_begin())
		return REAL(res_nquerydomain, statp, name, domain, class, type, answer, size);
	return leave_error(statp, querydomain(name, domain, class, type, answer, size));
}

RESOLVER_EXPORT int res_nsend(res_state statp, const unsigned char *msg, int len,
			      unsigned char *answer, int size)
{
	if (!resolver_begin())
		return REAL(res_nsend, statp, msg, len, answer, size);
	return send_message(msg, len, answer, size);
}

#define ALIAS(name) \
	RESOLVER_EXPORT extern __typeof__(name) __##name __THROW __attribute__((alias(#name)))

ALIAS(res_query);
ALIAS(res_search);
ALIAS(res_querydomain);
ALIAS(res_send);
ALIAS(res_nquery);
ALIAS(res_nsearch);
ALIAS(res_nquerydomain);
ALIAS(res_nsend);
