// SPDX-License-Identifier: GPL-2.0
/*
 * Configuration as JSON, such that it can be loaded again.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/configuration.h"

/**
 * struct out - a text that grows
 * @text:	itself, NULL when there was no memory
 * @len:	its length
 * @size:	of its memory
 */
struct out {
	char *text;
	size_t len;
	size_t size;
};

static void put(struct out *out, const char *text)
{
	size_t len = strlen(text);

	while (out->text && out->len + len >= out->size) {
		char *more = realloc(out->text, 2 * out->size);

		if (!more)
			free(out->text);
		out->text = more;
		out->size *= 2;
	}
	if (!out->text)
		return;
	memcpy(out->text + out->len, text, len + 1);
	out->len += len;
}

static void put_string(struct out *out, const char *text)
{
	char c[8];

	put(out, "\"");
	for (; *text; text++) {
		if (*text == '"' || *text == '\\')
			snprintf(c, sizeof(c), "\\%c", *text);
		else if ((unsigned char)*text < ' ')
			snprintf(c, sizeof(c), "\\u%04x", *text);
		else
			snprintf(c, sizeof(c), "%c", *text);
		put(out, c);
	}
	put(out, "\"");
}

static void put_value(struct out *out, const struct lkl_config_key *key,
		      const void *object)
{
	const void *p = (const char *)object + key->offset;
	char number[16];

	if (key->kind->check) {
		put_string(out, *(char *const *)p);
		return;
	}
	snprintf(number, sizeof(number), "%u", *(const unsigned int *)p);
	put(out, number);
}

/* All that are set, each after a comma if it is not the first of them. */
static void put_keys(struct out *out, const struct lkl_config_key *keys,
		     unsigned int n, const void *object, uint32_t set,
		     const char *indent)
{
	const char *comma = "";
	unsigned int i;

	for (i = 0; i < n; i++) {
		if (!(set & 1U << i))
			continue;
		put(out, comma);
		put(out, indent);
		put_string(out, keys[i].name);
		put(out, ": ");
		put_value(out, &keys[i], object);
		comma = ",";
	}
}

static void put_interfaces(struct out *out, const struct lkl_config *cfg)
{
	const struct lkl_config_iface *iface;

	if (cfg->set & ~LKL_CONFIG_INTERFACES)
		put(out, ",");
	put(out, "\n  \"interfaces\": [");
	for (iface = cfg->interfaces; iface; iface = iface->next) {
		put(out, "\n    {");
		put_keys(out, lkl_config_iface_keys, lkl_config_nr_iface_keys,
			 iface, iface->set, "\n      ");
		put(out, iface->next ? "\n    }," : "\n    }\n  ");
	}
	put(out, "]");
}

int lkl_show_config(const struct lkl_config *cfg)
{
	struct out out = { .size = 1024 };

	out.text = malloc(out.size);
	put(&out, "{");
	put_keys(&out, lkl_config_keys, lkl_config_nr_keys, cfg, cfg->set,
		 "\n  ");
	if (cfg->set & LKL_CONFIG_INTERFACES)
		put_interfaces(&out, cfg);
	put(&out, "\n}\n");
	if (!out.text)
		return -LKL_ENOMEM;
	lkl_config_write(cfg, out.text, out.len);
	free(out.text);
	return 0;
}
