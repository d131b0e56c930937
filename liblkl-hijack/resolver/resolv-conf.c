// SPDX-License-Identifier: GPL-2.0
/*
 * The instance's /etc/resolv.conf, and what RES_OPTIONS and LOCALDOMAIN say.
 * See resolv.conf(5); sortlist is not known, and without domain or search there
 * is no search list.
 */
#include <arpa/inet.h>
#include <ctype.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "resolver/resolver.h"

#define MAX_SIZE	65536
#define BLANKS		" \t\r\n"

/* Its text, or NULL with errno. */
static char *read_file(void)
{
	char *text = malloc(MAX_SIZE);
	size_t len = 0;
	long fd, ret;

	if (!text)
		return NULL;
	fd = resolver_result(lkl_sys_open(RESOLVER_CONF, LKL_O_RDONLY | LKL_O_CLOEXEC, 0));
	if (fd < 0)
		goto fail;
	do {
		ret = lkl_sys_read(fd, text + len, MAX_SIZE - 1 - len);
		if (ret > 0)
			len += ret;
	} while (ret > 0 || ret == -LKL_EINTR);
	lkl_sys_close(fd);
	if (resolver_result(ret) < 0)
		goto fail;
	text[len] = '\0';
	return text;
fail:
	free(text);
	return NULL;
}

static void add_server(struct resolver_conf *conf, char *word)
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

static void set_search(struct resolver_conf *conf, char *words)
{
	char *word, *save;

	conf->n_search = 0;
	for (word = strtok_r(words, BLANKS, &save); word;
	     word = strtok_r(NULL, BLANKS, &save))
		if (conf->n_search < RESOLVER_SEARCH)
			conf->search[conf->n_search++] = word;
}

/* The number behind "name:", at most @max. */
static bool number_option(const char *word, const char *name, int max, int *value)
{
	size_t len = strlen(name);
	long n;

	if (strncmp(word, name, len) || word[len] != ':')
		return false;
	n = strtol(word + len + 1, NULL, 10);
	*value = n < 0 ? 0 : n > max ? max : n;
	return true;
}

static void set_option(struct resolver_conf *conf, const char *word)
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

	if (number_option(word, "ndots", 15, &conf->ndots) ||
	    number_option(word, "timeout", 30, &conf->timeout_s) ||
	    number_option(word, "attempts", 5, &conf->attempts))
		return;
	for (i = 0; i < sizeof(flags) / sizeof(flags[0]); i++)
		if (!strcmp(word, flags[i].name))
			*flags[i].flag = true;
}

static void set_options(struct resolver_conf *conf, char *words)
{
	char *word, *save;

	for (word = strtok_r(words, BLANKS, &save); word;
	     word = strtok_r(NULL, BLANKS, &save))
		set_option(conf, word);
}

static void parse_line(struct resolver_conf *conf, char *line)
{
	char *save, *key;

	if (*line == '#' || *line == ';')
		return;
	key = strtok_r(line, BLANKS, &save);
	if (!key)
		return;
	if (!strcmp(key, "nameserver"))
		add_server(conf, strtok_r(NULL, BLANKS, &save));
	else if (!strcmp(key, "search"))
		set_search(conf, save);
	else if (!strcmp(key, "options"))
		set_options(conf, save);
	else if (!strcmp(key, "domain"))
		set_search(conf, strtok_r(NULL, BLANKS, &save) ?: save);
}

/*
 * The environment wins.  One block of text holds what the search list points
 * to: the file, then LOCALDOMAIN.
 */
static int parse_environment(struct resolver_conf *conf)
{
	const char *domain = getenv("LOCALDOMAIN"), *options = getenv("RES_OPTIONS");
	char *copy;

	if (options) {
		copy = strdup(options);
		if (!copy)
			return -1;
		set_options(conf, copy);
		free(copy);
	}
	if (domain) {
		copy = strdup(domain);
		if (!copy)
			return -1;
		set_search(conf, copy);
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
	conf->text = read_file();
	if (!conf->text) {
		conf->missing = errno == ENOENT || errno == ENOTDIR;
		return conf->missing ? 0 : -1;
	}
	for (line = strtok_r(conf->text, "\n", &save); line; line = strtok_r(NULL, "\n", &save))
		parse_line(conf, line);
	/* As resolv.conf(5) has it: a server on this machine, which is the instance. */
	if (!conf->n_servers)
		conf->servers[conf->n_servers++] = (struct resolver_server) {
			.family = AF_INET,
			.addr.s6_addr = { 127, 0, 0, 1 },
		};
	if (parse_environment(conf) < 0) {
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
