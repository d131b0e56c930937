// SPDX-License-Identifier: GPL-2.0
/*
 * Printing a configuration as JSON that can be loaded again.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/configuration.h"

/**
 * struct json_buffer - a text that grows
 * @text:	the text, NULL when there was no memory
 * @len:	its length
 * @size:	size of its memory
 */
struct json_buffer {
	char *text;
	size_t len;
	size_t size;
};

static void out_put(struct json_buffer *out, const char *text)
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

static void out_put_string(struct json_buffer *out, const char *text)
{
	char c[8];

	out_put(out, "\"");
	for (; *text; text++) {
		if (*text == '"' || *text == '\\')
			snprintf(c, sizeof(c), "\\%c", *text);
		else if ((unsigned char)*text < ' ')
			snprintf(c, sizeof(c), "\\u%04x", *text);
		else
			snprintf(c, sizeof(c), "%c", *text);
		out_put(out, c);
	}
	out_put(out, "\"");
}

static void out_put_value(struct json_buffer *out,
			  const struct lkl_config_key *key, const void *object)
{
	const void *p = (const char *)object + key->offset;
	char number[16];

	if (key->kind->check) {
		out_put_string(out, *(char *const *)p);
		return;
	}
	snprintf(number, sizeof(number), "%u", *(const unsigned int *)p);
	out_put(out, number);
}

/* Add all keys that are set, with commas between them. */
static void out_put_keys(struct json_buffer *out,
			 const struct lkl_config_key *keys, unsigned int n,
			 const void *object, uint32_t set, const char *indent)
{
	const char *comma = "";
	unsigned int i;

	for (i = 0; i < n; i++) {
		if (!(set & 1U << i))
			continue;
		out_put(out, comma);
		out_put(out, indent);
		out_put_string(out, keys[i].name);
		out_put(out, ": ");
		out_put_value(out, &keys[i], object);
		comma = ",";
	}
}

static void out_put_interfaces(struct json_buffer *out,
			       const struct lkl_config *cfg)
{
	const struct lkl_config_iface *iface;

	if (cfg->set & ~LKL_CONFIG_INTERFACES)
		out_put(out, ",");
	out_put(out, "\n  \"interfaces\": [");
	for (iface = cfg->interfaces; iface; iface = iface->next) {
		out_put(out, "\n    {");
		out_put_keys(out, lkl_config_iface_keys,
			     lkl_config_nr_iface_keys, iface, iface->set,
			     "\n      ");
		out_put(out, iface->next ? "\n    }," : "\n    }\n  ");
	}
	out_put(out, "]");
}

int lkl_show_config(const struct lkl_config *cfg)
{
	struct json_buffer out = { .size = 1024 };

	out.text = malloc(out.size);
	out_put(&out, "{");
	out_put_keys(&out, lkl_config_keys, lkl_config_nr_keys, cfg, cfg->set,
		     "\n  ");
	if (cfg->set & LKL_CONFIG_INTERFACES)
		out_put_interfaces(&out, cfg);
	out_put(&out, "\n}\n");
	if (!out.text)
		return -LKL_ENOMEM;
	lkl_config_print(cfg, out.text, out.len);
	free(out.text);
	return 0;
}
