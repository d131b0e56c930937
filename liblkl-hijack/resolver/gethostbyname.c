// SPDX-License-Identifier: GPL-2.0
/*
 * gethostbyname() and its relatives: libc looks into /etc/hosts and parses numeric
 * addresses, then the instance's name servers are asked.
 *
 * Functions without a buffer have a buffer for each thread, where libc has one for
 * the process.
 */
#define _GNU_SOURCE
#include <arpa/nameser.h>
#include <errno.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/export.h"
#include "resolver/resolver.h"

struct buffer {
	struct hostent host;
	size_t size;
	char data[];
};

static pthread_key_t buffer_key;
static pthread_once_t buffer_once = PTHREAD_ONCE_INIT;

static void make_key(void)
{
	pthread_key_create(&buffer_key, free);
}

/* Return a buffer for this thread, twice as large as @old; NULL with errno. */
static struct buffer *larger_buffer(struct buffer *old)
{
	size_t size = old ? 2 * old->size : 1024;
	struct buffer *b = malloc(sizeof(*b) + size);

	if (!b)
		return NULL;
	b->size = size;
	free(old);
	pthread_setspecific(buffer_key, b);
	return b;
}

static struct buffer *this_buffer(void)
{
	pthread_once(&buffer_once, make_key);
	return pthread_getspecific(buffer_key) ?: larger_buffer(NULL);
}

/* The rest of the caller's buffer. */
struct packer {
	char *at;
	size_t left;
	bool full;
};

static void *pack_bytes(struct packer *p, const void *data, size_t len, size_t align)
{
	size_t skip = -(uintptr_t)p->at & (align - 1);
	char *to;

	if (p->full || p->left < skip || p->left - skip < len) {
		p->full = true;
		return NULL;
	}
	to = p->at + skip;
	p->at = to + len;
	p->left -= skip + len;
	if (data)
		memcpy(to, data, len);
	return to;
}

static char **pack_list(struct packer *p, char **list, size_t len)
{
	size_t i, n = 0;
	char **to;

	while (list[n])
		n++;
	to = pack_bytes(p, NULL, (n + 1) * sizeof(*to), sizeof(*to));
	if (!to)
		return NULL;
	for (i = 0; i < n; i++)
		to[i] = pack_bytes(p, list[i], len ?: strlen(list[i]) + 1, len ? 4 : 1);
	to[n] = NULL;
	return to;
}

/* Return 0, or ERANGE when @size is too small. */
static int pack_host(const struct hostent *from, struct hostent *to, char *buf, size_t size)
{
	struct packer p = { .at = buf, .left = size };

	*to = (struct hostent) {
		.h_addrtype = from->h_addrtype,
		.h_length = from->h_length,
		.h_addr_list = pack_list(&p, from->h_addr_list, from->h_length),
		.h_aliases = pack_list(&p, from->h_aliases, 0),
		.h_name = pack_bytes(&p, from->h_name, strlen(from->h_name) + 1, 1),
	};
	return p.full ? ERANGE : 0;
}

/*
 * Return the result of a _r function that fails: as in libc, an errno for local
 * errors only.
 */
static int hostent_fail(int h_error, int err, int *h_errnop)
{
	*h_errnop = h_error;
	if (h_error == NETDB_INTERNAL || h_error == TRY_AGAIN)
		errno = err;
	return h_error == NETDB_INTERNAL ? err : 0;
}

/* Pack @host into the buffer, and free it. */
static int return_host(int h_error, struct hostent *host, struct hostent *ret,
		       char *buf, size_t size, struct hostent **result,
		       int *h_errnop)
{
	int err;

	if (h_error != NETDB_SUCCESS)
		return hostent_fail(h_error, ENOMEM, h_errnop);
	err = pack_host(host, ret, buf, size);
	resolver_hosts_free(host);
	if (err)
		return hostent_fail(NETDB_INTERNAL, err, h_errnop);
	*result = ret;
	*h_errnop = NETDB_SUCCESS;
	return 0;
}

static int ask_for_name(const char *name, int family, struct hostent *ret, char *buf,
			size_t size, struct hostent **result, int *h_errnop)
{
	struct resolver_lookup lookup = {
		.class = ns_c_in, .types = { family == AF_INET ? ns_t_a : ns_t_aaaa }, .n = 1,
	};
	const struct resolver_query *q = &lookup.queries[0];
	struct resolver_conf conf;
	struct hostent *host = NULL;
	int err, h_error;

	if (resolver_conf_read(&conf) < 0)
		return hostent_fail(NETDB_INTERNAL, errno, h_errnop);
	resolver_search(&conf, name, &lookup);
	if (lookup.h_error != NETDB_SUCCESS) {
		/* A name that cannot be one does not exist, as in libc. */
		h_error = lookup.bad_name && *name ? HOST_NOT_FOUND : lookup.h_error;
		err = hostent_fail(h_error, lookup.err, h_errnop);
	} else {
		h_error = resolver_parse_addresses(q, lookup.types[0], &host);
		err = return_host(h_error, host, ret, buf, size, result, h_errnop);
	}
	resolver_lookup_free(&lookup);
	resolver_conf_free(&conf);
	return err;
}

EXPORT int gethostbyname2_r(const char *name, int family, struct hostent *ret,
			    char *buf, size_t size, struct hostent **result,
			    int *h_errnop)
{
	bool active = resolver_uses_lkl();
	int err;

	*result = NULL;
	err = resolver_libc()->gethostbyname2_r(name, family, ret, buf, size, result, h_errnop);
	if (!active || *result || err == ERANGE || (family != AF_INET && family != AF_INET6))
		return err;
	return ask_for_name(name, family, ret, buf, size, result, h_errnop);
}

EXPORT int gethostbyname_r(const char *name, struct hostent *ret, char *buf,
			   size_t size, struct hostent **result, int *h_errnop)
{
	return gethostbyname2_r(name, AF_INET, ret, buf, size, result, h_errnop);
}

EXPORT struct hostent *gethostbyname2(const char *name, int family)
{
	struct hostent *result = NULL;
	struct buffer *b;
	int err, h_error = NETDB_INTERNAL;

	if (!resolver_uses_lkl())
		return resolver_libc()->gethostbyname2(name, family);
	for (b = this_buffer(); b; b = larger_buffer(b)) {
		err = gethostbyname2_r(name, family, &b->host, b->data, b->size, &result,
				       &h_error);
		if (err != ERANGE || h_error != NETDB_INTERNAL)
			break;
	}
	h_errno = h_error;
	return b ? result : NULL;
}

EXPORT struct hostent *gethostbyname(const char *name)
{
	if (!resolver_uses_lkl())
		return resolver_libc()->gethostbyname(name);
	return gethostbyname2(name, AF_INET);
}

#define PTR_NAME_MAX	(32 * 2 + sizeof("ip6.arpa"))

static void ptr_name(const unsigned char *addr, int family, char *name)
{
	int i;

	if (family == AF_INET) {
		sprintf(name, "%u.%u.%u.%u.in-addr.arpa", addr[3], addr[2], addr[1], addr[0]);
		return;
	}
	for (i = 15; i >= 0; i--)
		name += sprintf(name, "%x.%x.", addr[i] & 0xf, addr[i] >> 4);
	strcpy(name, "ip6.arpa");
}

static int ask_for_address(const void *addr, int family, struct hostent *ret,
			   char *buf, size_t size, struct hostent **result, int *h_errnop)
{
	struct resolver_lookup lookup = { .class = ns_c_in, .types = { ns_t_ptr }, .n = 1 };
	const struct resolver_query *q = &lookup.queries[0];
	struct resolver_conf conf;
	struct hostent *host = NULL;
	char name[PTR_NAME_MAX];
	int err, h_error;

	if (resolver_conf_read(&conf) < 0)
		return hostent_fail(NETDB_INTERNAL, errno, h_errnop);
	ptr_name(addr, family, name);
	resolver_lookup(&conf, name, &lookup);
	if (lookup.h_error != NETDB_SUCCESS) {
		err = hostent_fail(lookup.h_error, lookup.err, h_errnop);
	} else {
		h_error = resolver_parse_pointer(q, addr, family, &host);
		err = return_host(h_error, host, ret, buf, size, result, h_errnop);
	}
	resolver_lookup_free(&lookup);
	resolver_conf_free(&conf);
	return err;
}

EXPORT int gethostbyaddr_r(const void *addr, socklen_t len, int family,
			   struct hostent *ret, char *buf, size_t size,
			   struct hostent **result, int *h_errnop)
{
	bool active = resolver_uses_lkl();
	int err;

	*result = NULL;
	err = resolver_libc()->gethostbyaddr_r(addr, len, family, ret, buf, size, result,
					       h_errnop);
	if (!active || *result || err == ERANGE)
		return err;
	if (!(family == AF_INET && len == 4) && !(family == AF_INET6 && len == 16))
		return err;
	if (family == AF_INET6 && IN6_IS_ADDR_V4MAPPED((const struct in6_addr *)addr)) {
		addr = (const char *)addr + 12;
		family = AF_INET;
	}
	return ask_for_address(addr, family, ret, buf, size, result, h_errnop);
}

EXPORT struct hostent *gethostbyaddr(const void *addr, socklen_t len, int family)
{
	struct hostent *result = NULL;
	struct buffer *b;
	int err, h_error = NETDB_INTERNAL;

	if (!resolver_uses_lkl())
		return resolver_libc()->gethostbyaddr(addr, len, family);
	for (b = this_buffer(); b; b = larger_buffer(b)) {
		err = gethostbyaddr_r(addr, len, family, &b->host, b->data, b->size, &result,
				      &h_error);
		if (err != ERANGE || h_error != NETDB_INTERNAL)
			break;
	}
	h_errno = h_error;
	return b ? result : NULL;
}
