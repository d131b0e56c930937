// SPDX-License-Identifier: GPL-2.0
/*
 * getnameinfo(): the host from the instance, the service from libc.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <net/if.h>
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/export.h"
#include "resolver/resolver.h"

static int copy_name(const char *name, char *host, socklen_t len)
{
	size_t size = strlen(name) + 1;

	if (size > len)
		return EAI_OVERFLOW;
	memcpy(host, name, size);
	return 0;
}

static void numeric_scope(const struct sockaddr_in6 *sin6, char *text, size_t size)
{
	char name[IF_NAMESIZE] = "";

	if (!sin6->sin6_scope_id)
		return;
	if (IN6_IS_ADDR_LINKLOCAL(&sin6->sin6_addr) ||
	    IN6_IS_ADDR_MC_LINKLOCAL(&sin6->sin6_addr))
		if_indextoname(sin6->sin6_scope_id, name);
	if (*name)
		snprintf(text, size, "%%%.*s", IF_NAMESIZE, name);
	else
		snprintf(text, size, "%%%u", sin6->sin6_scope_id);
}

static int numeric_host(const struct sockaddr *sa, char *host, socklen_t len)
{
	const struct sockaddr_in6 *sin6 = (const void *)sa;
	char text[INET6_ADDRSTRLEN + IF_NAMESIZE + 1];

	if (sa->sa_family == AF_INET) {
		inet_ntop(AF_INET, &((const struct sockaddr_in *)sa)->sin_addr, text, sizeof(text));
	} else {
		inet_ntop(AF_INET6, &sin6->sin6_addr, text, sizeof(text));
		numeric_scope(sin6, text + strlen(text), sizeof(text) - strlen(text));
	}
	return copy_name(text, host, len);
}

/* Call gethostbyaddr_r() with as much room as it needs; the caller frees *@buf. */
static struct hostent *find_host(const struct sockaddr *sa, struct hostent *space, char **buf,
				 int *h_error)
{
	bool v4 = sa->sa_family == AF_INET;
	const void *addr = v4 ? (const void *)&((const struct sockaddr_in *)sa)->sin_addr :
				(const void *)&((const struct sockaddr_in6 *)sa)->sin6_addr;
	struct hostent *result;
	size_t size = 512;
	char *larger;
	int err;

	do {
		size *= 2;
		larger = realloc(*buf, size);
		*h_error = NETDB_INTERNAL;
		if (!larger)
			return NULL;
		*buf = larger;
		err = gethostbyaddr_r(addr, v4 ? 4 : 16, sa->sa_family, space, *buf, size,
				      &result, h_error);
	} while (err == ERANGE && *h_error == NETDB_INTERNAL);
	return result;
}

/* Remove the instance's own domain, which is the first of its search list. */
static void strip_domain(char *name)
{
	char *dot = strchr(name, '.');
	struct resolver_conf conf;

	if (!dot || resolver_conf_read(&conf) < 0)
		return;
	if (conf.n_search && !strcasecmp(dot + 1, conf.search[0]))
		*dot = '\0';
	resolver_conf_free(&conf);
}

static int host_name(const struct sockaddr *sa, char *host, socklen_t len, int flags)
{
	struct hostent space, *found;
	char *buf = NULL;
	int ret, h_error;

	found = find_host(sa, &space, &buf, &h_error);
	if (found) {
		if (flags & NI_NOFQDN)
			strip_domain(found->h_name);
		ret = copy_name(found->h_name, host, len);
	} else if (h_error == NETDB_INTERNAL) {
		h_errno = h_error;
		ret = EAI_SYSTEM;
	} else if (h_error == TRY_AGAIN) {
		ret = EAI_AGAIN;
	} else if (flags & NI_NAMEREQD) {
		ret = EAI_NONAME;
	} else {
		ret = numeric_host(sa, host, len);
	}
	free(buf);
	return ret;
}

static bool is_inet(const struct sockaddr *sa, socklen_t len)
{
	if (!sa || len < sizeof(sa_family_t))
		return false;
	return (sa->sa_family == AF_INET && len >= sizeof(struct sockaddr_in)) ||
	       (sa->sa_family == AF_INET6 && len >= offsetof(struct sockaddr_in6, sin6_scope_id));
}

EXPORT int getnameinfo(const struct sockaddr *sa, socklen_t len, char *host,
		       socklen_t host_len, char *serv, socklen_t serv_len,
		       int flags)
{
	struct sockaddr_in6 copy = { };
	int ret;

	if (!resolver_uses_lkl() || !is_inet(sa, len) || !host || !host_len)
		return resolver_libc()->getnameinfo(sa, len, host, host_len, serv, serv_len,
						    flags);
	/* libc checks the arguments, and finds the service. */
	ret = resolver_libc()->getnameinfo(sa, len, NULL, 0, serv, serv_len,
					   flags & ~NI_NAMEREQD);
	if (ret)
		return ret;
	/* The caller may leave out the scope. */
	memcpy(&copy, sa, len < sizeof(copy) ? len : sizeof(copy));
	sa = (struct sockaddr *)&copy;
	if (flags & NI_NUMERICHOST)
		return flags & NI_NAMEREQD ? EAI_NONAME : numeric_host(sa, host, host_len);
	return host_name(sa, host, host_len, flags);
}
