// SPDX-License-Identifier: GPL-2.0
/*
 * Configuration in JSON.
 */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/configuration.h"

#define INTERFACES	"interfaces"

/* Longest part of a value that a message shows */
#define SHOWN		60

/**
 * struct load - a text that is being loaded
 * @cfg:	where messages go
 * @name:	what messages call the text
 * @text:	the text
 * @len:	its length
 * @err:	the first error
 */
struct load {
	struct lkl_config *cfg;
	const char *name;
	const char *text;
	size_t len;
	int err;
};

static void load_fail(struct load *load, int err)
{
	if (!load->err)
		load->err = err;
}

/* Make a text fit for a message: one line, no control characters, not long. */
static void load_shorten(char *buf, size_t size, const char *text)
{
	size_t i;

	for (i = 0; text[i] && i < size - 4; i++)
		buf[i] = (unsigned char)text[i] < ' ' || text[i] == 0x7f ?
			'?' : text[i];
	strcpy(buf + i, text[i] ? "..." : "");
}

static void load_complain(struct load *load,
			  const struct lkl_config_place *place,
			  const char *what)
{
	char key[2 * SHOWN], shown[SHOWN];
	int n = 0;

	key[0] = '\0';
	if (place->list)
		n = snprintf(key, sizeof(key), "%s[%zu]", place->list,
			     place->index);
	if (place->name) {
		load_shorten(shown, sizeof(shown), place->name);
		snprintf(key + n, sizeof(key) - n, "%s%s", n ? "." : "", shown);
	}
	lkl_config_report(load->cfg, "%s:%u: key \"%s\": %s\n", load->name,
			  lkl_config_line(load->text, load->len, place), key,
			  what);
	load_fail(load, -LKL_EINVAL);
}

static void load_describe(char *buf, size_t size, const json_t *value)
{
	char shown[SHOWN];

	switch (json_typeof(value)) {
	case JSON_STRING:
		load_shorten(shown, sizeof(shown), json_string_value(value));
		snprintf(buf, size, "\"%s\"", shown);
		break;
	case JSON_INTEGER:
		snprintf(buf, size, "%lld",
			 (long long)json_integer_value(value));
		break;
	case JSON_REAL:
		snprintf(buf, size, "%g", json_real_value(value));
		break;
	case JSON_OBJECT:
		snprintf(buf, size, "an object");
		break;
	case JSON_ARRAY:
		snprintf(buf, size, "a list with other elements");
		break;
	case JSON_NULL:
		snprintf(buf, size, "null");
		break;
	default:
		snprintf(buf, size, "%s", json_is_true(value) ? "true" : "false");
	}
}

static void load_expected(struct load *load,
			  const struct lkl_config_place *place,
			  const char *what, const json_t *value)
{
	char found[SHOWN + 8], text[3 * SHOWN];

	load_describe(found, sizeof(found), value);
	snprintf(text, sizeof(text), "expected %s, found %s", what, found);
	load_complain(load, place, text);
}

/*
 * Join a list of strings to one string with separators.  Return NULL when the
 * list has other elements.
 */
static char *load_join_strings(const json_t *list, char separator)
{
	size_t i, size = 1;
	char *text;
	json_t *s;

	json_array_foreach(list, i, s) {
		if (!json_is_string(s))
			return NULL;
		size += json_string_length(s) + 1;
	}
	text = malloc(size);
	if (!text)
		return NULL;
	text[0] = '\0';
	size = 0;
	json_array_foreach(list, i, s)
		size += sprintf(text + size, "%s%.1s", json_string_value(s),
				i + 1 < json_array_size(list) ? &separator : "");
	return text;
}

/* Return the string that a value stands for, NULL when the value is wrong. */
static char *load_as_string(const struct lkl_config_kind *kind,
			    const json_t *value)
{
	const bool number = !kind->check;
	char *text;

	if (json_is_array(value))
		return kind->list ? load_join_strings(value, kind->list) : NULL;
	if (json_is_string(value)) {
		text = malloc(json_string_length(value) + 1);
		return text ? strcpy(text, json_string_value(value)) : NULL;
	}
	text = malloc(32);
	if (text && number && json_is_integer(value)) {
		snprintf(text, 32, "%lld",
			 (long long)json_integer_value(value));
		return text;
	}
	if (text && number && kind->boolean && json_is_boolean(value))
		return strcpy(text, json_is_true(value) ? "1" : "0");
	free(text);
	return NULL;
}

static void load_key(struct load *load, const struct lkl_config_place *place,
		     const struct lkl_config_key *keys, unsigned int n,
		     void *object, uint32_t *set, const json_t *value)
{
	char *text = load_as_string(keys[n].kind, value);
	int ret = text ? lkl_config_set(keys, n, object, set, text) :
			 -LKL_EINVAL;

	free(text);
	if (ret == -LKL_EINVAL)
		load_expected(load, place, keys[n].kind->expected, value);
	else if (ret)
		load_fail(load, ret);
}

static bool load_find_key(const struct lkl_config_key *keys, unsigned int nr,
			  const char *name, unsigned int *n)
{
	for (*n = 0; *n < nr; ++*n)
		if (!strcmp(keys[*n].name, name))
			return true;
	return false;
}

static void load_iface(struct load *load, struct lkl_config *to, size_t index,
		       json_t *object)
{
	struct lkl_config_place place = { INTERFACES, index, NULL };
	struct lkl_config_iface *iface;
	unsigned int key, needed;
	char text[64];
	json_t *value;

	if (!json_is_object(object)) {
		load_expected(load, &place, "an object", object);
		return;
	}
	iface = lkl_config_add_iface(to);
	if (!iface) {
		load_fail(load, -LKL_ENOMEM);
		return;
	}
	json_object_foreach(object, place.name, value) {
		if (load_find_key(lkl_config_iface_keys,
				  lkl_config_nr_iface_keys, place.name, &key))
			load_key(load, &place, lkl_config_iface_keys, key,
				 iface, &iface->set, value);
		else
			load_complain(load, &place,
				      "an interface has no such key, see lkl-config(5)");
	}
	/* A key with a wrong value is not missing. */
	if (load->err || lkl_config_is_complete(iface, &key, &needed))
		return;
	place.name = key < lkl_config_nr_iface_keys ?
		lkl_config_iface_keys[key].name : NULL;
	snprintf(text, sizeof(text), "needs \"%s\" as well",
		 lkl_config_iface_keys[needed].name);
	load_complain(load, &place, text);
}

static void load_interfaces(struct load *load, struct lkl_config *to,
			    json_t *list)
{
	const struct lkl_config_place place = { .name = INTERFACES };
	json_t *object;
	size_t i;

	if (!json_is_array(list)) {
		load_expected(load, &place, "a list of objects", list);
		return;
	}
	to->set |= LKL_CONFIG_INTERFACES;
	json_array_foreach(list, i, object)
		load_iface(load, to, i, object);
}

static void load_top(struct load *load, struct lkl_config *to, json_t *object)
{
	struct lkl_config_place place = { };
	json_t *value;
	unsigned int key;

	if (!json_is_object(object)) {
		lkl_config_report(load->cfg,
				  "%s:1: expected an object: { \"KEY\": VALUE, ... }\n",
				  load->name);
		load_fail(load, -LKL_EINVAL);
		return;
	}
	json_object_foreach(object, place.name, value) {
		if (load_find_key(lkl_config_keys, lkl_config_nr_keys,
				  place.name, &key))
			load_key(load, &place, lkl_config_keys, key, to,
				 &to->set, value);
		else if (!strcmp(place.name, INTERFACES))
			load_interfaces(load, to, value);
		else
			load_complain(load, &place,
				      "there is no such key, see lkl-config(5)");
	}
}

/* Parse a text that is not JSON, but may be JSON without some of its commas. */
static json_t *load_parse_leniently(struct load *load, json_error_t *error)
{
	json_t *json;
	char *copy = malloc(load->len + 1);
	unsigned int line;

	if (!copy) {
		load_fail(load, -LKL_ENOMEM);
		return NULL;
	}
	memcpy(copy, load->text, load->len);
	line = lkl_config_drop_commas(copy, load->len);
	json = line ? json_loadb(copy, load->len, JSON_REJECT_DUPLICATES,
				 error) : NULL;
	if (json)
		lkl_config_report(load->cfg,
				  "%s:%u: JSON allows no comma before \"}\" or \"]\"; the comma is ignored\n",
				  load->name, line);
	free(copy);
	return json;
}

static json_t *load_parse(struct load *load)
{
	json_error_t error;
	json_t *json = json_loadb(load->text, load->len,
				  JSON_REJECT_DUPLICATES, &error);

	if (!json && json_error_code(&error) != json_error_out_of_memory)
		json = load_parse_leniently(load, &error);
	if (json || load->err)
		return json;
	if (json_error_code(&error) == json_error_out_of_memory) {
		load_fail(load, -LKL_ENOMEM);
		return NULL;
	}
	lkl_config_report(load->cfg, "%s:%d: %s\n", load->name,
			  error.line > 0 ? error.line : 1, error.text);
	load_fail(load, -LKL_EINVAL);
	return NULL;
}

int lkl_config_load_text(struct lkl_config *cfg, const char *name,
			 const char *text, size_t len)
{
	struct load load = { cfg, name, text, len, 0 };
	struct lkl_config from = { };
	json_t *json = load_parse(&load);

	if (json)
		load_top(&load, &from, json);
	json_decref(json);
	if (!load.err && (from.set & LKL_CONFIG_INTERFACES) &&
	    lkl_config_in_use(cfg)) {
		lkl_config_report(cfg,
				  "%s: key \"interfaces\": the devices of the previous interfaces are in use, unload them first\n",
				  name);
		load_fail(&load, -LKL_EBUSY);
	}
	if (load.err)
		lkl_config_free(&from);
	else
		lkl_config_merge(cfg, &from, true);
	return load.err;
}
