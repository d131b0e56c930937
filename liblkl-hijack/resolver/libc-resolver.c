// SPDX-License-Identifier: GPL-2.0
/*
 * libc's own functions, and the sources that they look into.
 *
 * While the process has a kernel, hosts come from files only.  A child of fork(),
 * which has no kernel, goes back to the sources of nsswitch.conf.  Programs that a
 * process executes are not affected.
 */
#define _GNU_SOURCE
#include <ctype.h>
#include <errno.h>
#include <nss.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/host-libc.h"
#include "resolver/resolver.h"
#include "state/thread-state.h"

#define NSSWITCH	"/etc/nsswitch.conf"

static struct resolver_libc libc;
static pthread_once_t libc_once = PTHREAD_ONCE_INIT;
static pthread_mutex_t sources_lock = PTHREAD_MUTEX_INITIALIZER;
static atomic_bool files_only;

static void find_all(void)
{
	libc = (struct resolver_libc) {
		.getaddrinfo = host_find("getaddrinfo", NULL),
		.getnameinfo = host_find("getnameinfo", NULL),
		.gethostbyname = host_find("gethostbyname", NULL),
		.gethostbyname2 = host_find("gethostbyname2", NULL),
		.gethostbyaddr = host_find("gethostbyaddr", NULL),
		.gethostbyname2_r = host_find("gethostbyname2_r", NULL),
		.gethostbyaddr_r = host_find("gethostbyaddr_r", NULL),
		.res_query = host_find("res_query", "__res_query"),
		.res_search = host_find("res_search", "__res_search"),
		.res_querydomain = host_find("res_querydomain", "__res_querydomain"),
		.res_send = host_find("res_send", "__res_send"),
		.res_nquery = host_find("res_nquery", "__res_nquery"),
		.res_nsearch = host_find("res_nsearch", "__res_nsearch"),
		.res_nquerydomain = host_find("res_nquerydomain", "__res_nquerydomain"),
		.res_nsend = host_find("res_nsend", "__res_nsend"),
	};
}

const struct resolver_libc *resolver_libc(void)
{
	pthread_once(&libc_once, find_all);
	return &libc;
}

/* Return the value of a line about @database, or NULL. */
static char *database_line(char *line, const char *database)
{
	size_t len = strlen(database);

	line[strcspn(line, "#\n")] = '\0';
	line += strspn(line, " \t");
	if (strncmp(line, database, len))
		return NULL;
	line += len + strspn(line + len, " \t");
	return *line == ':' ? line + 1 : NULL;
}

static void restore_database(const char *database)
{
	FILE *f = fopen(NSSWITCH, "re");
	char *line = NULL, *value = NULL;
	size_t size = 0;

	while (f && !value && getline(&line, &size, f) > 0)
		value = database_line(line, database);
	__nss_configure_lookup(database, value ?: "files dns");
	free(line);
	if (f)
		fclose(f);
}

static void set_sources(bool active)
{
	if (active) {
		__nss_configure_lookup("hosts", "files");
		__nss_configure_lookup("networks", "files");
	} else {
		restore_database("hosts");
		restore_database("networks");
	}
}

bool resolver_uses_lkl(void)
{
	bool active = thread_uses_lkl();
	int err = errno;

	resolver_libc();
	if (atomic_load(&files_only) == active)
		return active;
	pthread_mutex_lock(&sources_lock);
	if (atomic_load(&files_only) != active) {
		set_sources(active);
		atomic_store(&files_only, active);
	}
	pthread_mutex_unlock(&sources_lock);
	errno = err;
	return active;
}
