// SPDX-License-Identifier: GPL-2.0
/*
 * A configuration as an object, and messages about it.  The memory is libc's,
 * as a configuration is loaded before there is a host.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/configuration.h"
#include "core/message.h"
#include "shared/macros.h"

void lkl_config_print(const struct lkl_config *cfg, const char *text, int len)
{
	if (cfg->message)
		cfg->message(cfg, text, len);
	else
		lkl_print(text, len);
}

void lkl_config_report(const struct lkl_config *cfg, const char *fmt, ...)
{
	char stack[256], *text = stack;
	va_list ap;
	int len;

	va_start(ap, fmt);
	len = vsnprintf(stack, sizeof(stack), fmt, ap);
	va_end(ap);
	if (len >= (int)sizeof(stack)) {
		text = malloc(len + 1);
		if (!text) {
			/* A part of the message is better than none. */
			text = stack;
			len = sizeof(stack) - 1;
		} else {
			va_start(ap, fmt);
			vsnprintf(text, len + 1, fmt, ap);
			va_end(ap);
		}
	}
	if (len > 0)
		lkl_config_print(cfg, text, len);
	if (text != stack)
		free(text);
}

static void *key_member(void *object, const struct lkl_config_key *key)
{
	return (char *)object + key->offset;
}

static bool key_is_number(const struct lkl_config_key *key)
{
	return !key->kind->check;
}

static int key_set_number(const struct lkl_config_key *key, void *object,
			  const char *text)
{
	unsigned long value;

	if (!lkl_config_parse_number(text, &value) || value < key->kind->min ||
	    value > key->kind->max)
		return -LKL_EINVAL;
	*(unsigned int *)key_member(object, key) = value;
	return 0;
}

int lkl_config_set(const struct lkl_config_key *keys, unsigned int n,
		   void *object, uint32_t *set, const char *text)
{
	const struct lkl_config_key *key = &keys[n];
	char **p = key_member(object, key), *copy;
	int ret = 0;

	if (key_is_number(key)) {
		ret = key_set_number(key, object, text);
	} else if (!key->kind->check(text)) {
		ret = -LKL_EINVAL;
	} else {
		copy = malloc(strlen(text) + 1);
		if (!copy)
			return -LKL_ENOMEM;
		free(*p);
		*p = strcpy(copy, text);
	}
	if (!ret)
		*set |= 1U << n;
	return ret;
}

struct lkl_config_iface *lkl_config_add_iface(struct lkl_config *cfg)
{
	struct lkl_config_iface **p = &cfg->interfaces;

	while (*p)
		p = &(*p)->next;
	*p = calloc(1, sizeof(**p));
	/* All that the back end can do */
	if (*p)
		(*p)->offload = UINT32_MAX;
	return *p;
}

static unsigned int config_iface_key(size_t offset)
{
	unsigned int i = 0;

	while (lkl_config_iface_keys[i].offset != offset)
		i++;
	return i;
}

/* Keys, and the other key that each of them needs */
static const struct {
	size_t key;
	size_t needed;
} needs[] = {
#define NEEDS(a, b) { offsetof(struct lkl_config_iface, a), \
		      offsetof(struct lkl_config_iface, b) }
	NEEDS(type, param),
	NEEDS(ip, masklen),
	NEEDS(masklen, ip),
	NEEDS(ifgateway, ip),
	NEEDS(ipv6, masklen6),
	NEEDS(masklen6, ipv6),
	NEEDS(ifgateway6, ipv6),
};

bool lkl_config_is_complete(const struct lkl_config_iface *iface,
			    unsigned int *key, unsigned int *needed)
{
	const size_t type = offsetof(struct lkl_config_iface, type);
	size_t i;

	if (!iface->type) {
		for (*key = 0; *key < lkl_config_nr_iface_keys; ++*key)
			if (iface->set & 1U << *key)
				break;
		*needed = config_iface_key(type);
		return false;
	}
	for (i = 0; i < ARRAY_SIZE(needs); i++) {
		*key = config_iface_key(needs[i].key);
		*needed = config_iface_key(needs[i].needed);
		if (i == 0 && !strcmp(iface->type, "slirp"))
			continue;
		if (iface->set & 1U << *key && !(iface->set & 1U << *needed))
			return false;
	}
	return true;
}

static void config_free_strings(const struct lkl_config_key *keys,
				unsigned int n, void *object)
{
	unsigned int i;

	for (i = 0; i < n; i++)
		if (!key_is_number(&keys[i]))
			free(*(char **)key_member(object, &keys[i]));
}

static void config_free_interfaces(struct lkl_config *cfg)
{
	struct lkl_config_iface *iface;

	while ((iface = cfg->interfaces)) {
		cfg->interfaces = iface->next;
		config_free_strings(lkl_config_iface_keys,
				    lkl_config_nr_iface_keys, iface);
		free(iface);
	}
}

void lkl_config_free(struct lkl_config *cfg)
{
	const struct lkl_config_key *key = lkl_config_keys;

	config_free_interfaces(cfg);
	config_free_strings(lkl_config_keys, lkl_config_nr_keys, cfg);
	for (; key < lkl_config_keys + lkl_config_nr_keys; key++)
		if (key_is_number(key))
			*(unsigned int *)key_member(cfg, key) = 0;
		else
			*(char **)key_member(cfg, key) = NULL;
	cfg->set = 0;
}

static void config_move_key(const struct lkl_config_key *key,
			    struct lkl_config *cfg, struct lkl_config *from)
{
	char **to = key_member(cfg, key), **p = key_member(from, key);

	if (key_is_number(key)) {
		*(unsigned int *)key_member(cfg, key) =
			*(unsigned int *)key_member(from, key);
		return;
	}
	free(*to);
	*to = *p;
	*p = NULL;
}

bool lkl_config_in_use(const struct lkl_config *cfg)
{
	const struct lkl_config_iface *iface;

	for (iface = cfg->interfaces; iface; iface = iface->next)
		if (iface->nd)
			return true;
	return false;
}

void lkl_config_merge(struct lkl_config *cfg, struct lkl_config *from,
		      bool replace)
{
	uint32_t wanted = replace ? from->set : from->set & ~cfg->set;
	unsigned int i;

	for (i = 0; i < lkl_config_nr_keys; i++)
		if (wanted & 1U << i)
			config_move_key(&lkl_config_keys[i], cfg, from);
	if (wanted & LKL_CONFIG_INTERFACES) {
		config_free_interfaces(cfg);
		cfg->interfaces = from->interfaces;
		from->interfaces = NULL;
	}
	cfg->set |= wanted;
	lkl_config_free(from);
}
