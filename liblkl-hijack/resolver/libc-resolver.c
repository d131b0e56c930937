// SPDX-License-Identifier: GPL-2.0
/*
 * libc's part: its own functions, and which sources they look into.
 *
 * While the process has a kernel, hosts come from files only.  A child of fork()
 * has none: it gets back what nsswitch.conf says.  Neither changes what a program
 * that is started by exec does.
 */
#define _GNU_SOURCE
#include <ctype.h>
#include <dlfcn.h>
#include <nss.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "resolver/resolver.h"

#define NSSWITCH	"/etc/nsswitch.conf"

static struct resolver_libc libc;
static pthread_once_t libc_once = PTHREAD_ONCE_INIT;
static pthread_mutex_t sources_lock = PTHREAD_MUTEX_INITIALIZER;
static atomic_bool files_only;

/* @old: its name before glibc 2.34. */
static void *find(const char *name, const char *old)
{
	void *f = dlsym(RTLD_NEXT, name);

	return f || !old ? f : dlsym(RTLD_NEXT, old);
}

static void find_all(void)
{
	libc = (struct resolver_libc) {
		.getaddrinfo = find("getaddrinfo", NULL),
		.getnameinfo = find("getnameinfo", NULL),
		.gethostbyname = find("gethostbyname", NULL),
		.gethostbyname2 = find("gethostbyname2", NULL),
		.gethostbyaddr = find("gethostbyaddr", NULL),
		.gethostbyname2_r = find("gethostbyname2_r", NULL),
		.gethostbyaddr_r = find("gethostbyaddr_r", NULL),
		.res_query = find("res_query", "__res_query"),
		.res_search = find("res_search", "__res_search"),
		.res_querydomain = find("res_querydomain", "__res_querydomain"),
		.res_send = find("res_send", "__res_send"),
		.res_nquery = find("res_nquery", "__res_nquery"),
		.res_nsearch = find("res_nsearch", "__res_nsearch"),
		.res_nquerydomain = find("res_nquerydomain", "__res_nquerydomain"),
		.res_nsend = find("res_nsend", "__res_nsend"),
	};
}

const struct resolver_libc *resolver_libc(void)
{
	pthread_once(&libc_once, find_all);
	return &libc;
}

/* The value of @line when it is about @database. */
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

bool resolver_begin(void)
{
	bool active = hijack_is_active();
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
