// SPDX-License-Identifier: GPL-2.0
/*
 * The instance's /etc/resolv.conf, and RES_OPTIONS and LOCALDOMAIN of the
 * environment.  See resolv.conf(5); sortlist is ignored, and without domain or
 * search there is no search list.
 */
#include <arpa/inet.h>
#include <ctype.h>
#include <net/if.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/read-all.h"
#include "resolver/resolver.h"
#include "shared/macros.h"
#include "state/kernel-call.h"

#define BLANKS		" \t\r\n"

/* Return the text of the file, or NULL with errno. */
static char *conf_read_file(void)
{
	char *text;
	long k, ret;

	k = to_errno(KCALL(openat, LKL_AT_FDCWD, RESOLVER_CONF,
			   LKL_O_RDONLY | LKL_O_CLOEXEC, 0));
	if (k < 0)
		return NULL;
	ret = read_all(k, kernel_call_read, &text);
	KCALL(close, k);
	return to_errno(ret) < 0 ? NULL : text;
}

static void conf_add_server(struct resolver_conf *conf, char *word)
{
	struct resolver_server *s = &conf->servers[conf->n_servers];
	char *scope;

	if (!word || conf->n_servers == RESOLVER_SERVERS)
		return;
	*s = (struct resolver_server){ };
	scope = strchr(word, '%');
	if (scope)
		*scope++ = '\0';
	if (inet_pton(AF_INET, word, &s->addr) == 1)
		s->family = AF_INET;
	else if (inet_pton(AF_INET6, word, &s->addr) == 1)
		s->family = AF_INET6;
	else
		return;
	if (scope)
		s->scope = if_nametoindex(scope) ?: strtoul(scope, NULL, 10);
	conf->n_servers++;
}

static void conf_set_search(struct resolver_conf *conf, char *words)
{
	char *word, *save;

	conf->n_search = 0;
	for (word = strtok_r(words, BLANKS, &save); word;
	     word = strtok_r(NULL, BLANKS, &save))
		if (conf->n_search < RESOLVER_SEARCH)
			conf->search[conf->n_search++] = word;
}

/* Parse "name:" and a number, which is limited to @max. */
static bool parse_number_option(const char *word, const char *name, int max, int *value)
{
	size_t len = strlen(name);
	long n;

	if (strncmp(word, name, len) || word[len] != ':')
		return false;
	n = strtol(word + len + 1, NULL, 10);
	*value = n < 0 ? 0 : n > max ? max : n;
	return true;
}

static void conf_set_option(struct resolver_conf *conf, const char *word)
{
	const struct {
		const char *name;
		bool *flag;
	} flags[] = {
		{ "rotate", &conf->rotate },
		{ "use-vc", &conf->use_vc },
		{ "edns0", &conf->edns0 },
		{ "trust-ad", &conf->trust_ad },
		{ "no-aaaa", &conf->no_aaaa },
		{ "single-request", &conf->single_request },
		{ "single-request-reopen", &conf->single_request },
	};
	size_t i;

	if (parse_number_option(word, "ndots", 15, &conf->ndots) ||
	    parse_number_option(word, "timeout", 30, &conf->timeout_s) ||
	    parse_number_option(word, "attempts", 5, &conf->attempts))
		return;
	for (i = 0; i < ARRAY_SIZE(flags); i++)
		if (!strcmp(word, flags[i].name))
			*flags[i].flag = true;
}

static void conf_set_options(struct resolver_conf *conf, char *words)
{
	char *word, *save;

	for (word = strtok_r(words, BLANKS, &save); word;
	     word = strtok_r(NULL, BLANKS, &save))
		conf_set_option(conf, word);
}

static void conf_parse_line(struct resolver_conf *conf, char *line)
{
	char *save, *key;

	if (*line == '#' || *line == ';')
		return;
	key = strtok_r(line, BLANKS, &save);
	if (!key)
		return;
	if (!strcmp(key, "nameserver"))
		conf_add_server(conf, strtok_r(NULL, BLANKS, &save));
	else if (!strcmp(key, "search"))
		conf_set_search(conf, save);
	else if (!strcmp(key, "options"))
		conf_set_options(conf, save);
	else if (!strcmp(key, "domain"))
		conf_set_search(conf, strtok_r(NULL, BLANKS, &save) ?: save);
}

/*
 * Let the environment override the file.  The search list points into one block of
 * text: the file, or LOCALDOMAIN.
 */
static int conf_parse_environment(struct resolver_conf *conf)
{
	const char *domain = getenv("LOCALDOMAIN"), *options = getenv("RES_OPTIONS");
	char *copy;

	if (options) {
		copy = strdup(options);
		if (!copy)
			return -1;
		conf_set_options(conf, copy);
		free(copy);
	}
	if (domain) {
		copy = strdup(domain);
		if (!copy)
			return -1;
		conf_set_search(conf, copy);
		free(conf->text);
		conf->text = copy;
	}
	return 0;
}

int resolver_conf_read(struct resolver_conf *conf)
{
	char *line, *save;

	*conf = (struct resolver_conf) {
		.ndots = 1,
		.timeout_s = RES_TIMEOUT,
		.attempts = RES_DFLRETRY,
	};
	conf->text = conf_read_file();
	if (!conf->text) {
		conf->missing = errno == ENOENT || errno == ENOTDIR;
		return conf->missing ? 0 : -1;
	}
	for (line = strtok_r(conf->text, "\n", &save); line; line = strtok_r(NULL, "\n", &save))
		conf_parse_line(conf, line);
	/* As in resolv.conf(5): a server on this machine, which is the instance. */
	if (!conf->n_servers)
		conf->servers[conf->n_servers++] = (struct resolver_server) {
			.family = AF_INET,
			.addr.s6_addr = { 127, 0, 0, 1 },
		};
	if (conf_parse_environment(conf) < 0) {
		resolver_conf_free(conf);
		return -1;
	}
	return 0;
}

void resolver_conf_free(struct resolver_conf *conf)
{
	int err = errno;

	free(conf->text);
	conf->text = NULL;
	conf->n_search = 0;
	errno = err;
}
