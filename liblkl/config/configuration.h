/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the files of the configuration share.
 */
#ifndef LKL_CONFIG_INTERNAL_H
#define LKL_CONFIG_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>

#include <lkl_config.h>

/**
 * struct lkl_config_kind - what values a key may have
 * @expected:	how messages call them
 * @check:	whether it is one; NULL: a number from @min to @max
 * @min:	smallest number
 * @max:	largest number
 * @list:	separator of its entries, 0 when it is no list
 * @boolean:	whether true and false mean 1 and 0
 */
struct lkl_config_kind {
	const char *expected;
	bool (*check)(const char *text);
	unsigned long min;
	unsigned long max;
	char list;
	bool boolean;
};

/**
 * struct lkl_config_key - a key
 * @name:	in JSON
 * @env:	its variable, without the prefix
 * @kind:	its values
 * @offset:	its member of the struct: an unsigned int for numbers, else a
 *		string
 *
 * Key n of its table has bit n of the member "set".
 */
struct lkl_config_key {
	const char *name;
	const char *env;
	const struct lkl_config_kind *kind;
	size_t offset;
};

/* config-keys.c: those of struct lkl_config and of struct lkl_config_iface */
extern const struct lkl_config_key lkl_config_keys[];
extern const struct lkl_config_key lkl_config_iface_keys[];
extern const unsigned int lkl_config_nr_keys;
extern const unsigned int lkl_config_nr_iface_keys;

/* The bit of "set" that stands for "interfaces" */
#define LKL_CONFIG_INTERFACES	(1U << 31)

/* config-keys.c: texts as binary values; false when they are none */
bool lkl_config_parse_number(const char *text, unsigned long *value);
bool lkl_config_parse_ip(const char *text, int *af, unsigned char *addr);
bool lkl_config_parse_mac(const char *text, unsigned char *mac);

/* config.c */
/* Print, to wherever the program wants it. */
void lkl_config_write(const struct lkl_config *cfg, const char *text, int len);
void lkl_config_say(const struct lkl_config *cfg, const char *fmt, ...)
	LKL_PRINTF(2, 3);
/* Set a member to what @text says: 0, -LKL_EINVAL, -LKL_ENOMEM. */
int lkl_config_set(const struct lkl_config_key *keys, unsigned int n,
		   void *object, uint32_t *set, const char *text);
/* A new element at the end of the list, or NULL. */
struct lkl_config_iface *lkl_config_add_iface(struct lkl_config *cfg);
/*
 * Whether each of its keys has those it needs; if not: @key has not @needed.
 * Without any key, @key is behind the last one.
 */
bool lkl_config_is_complete(const struct lkl_config_iface *iface,
			    unsigned int *key, unsigned int *needed);
/* There are devices of its interfaces. */
bool lkl_config_in_use(const struct lkl_config *cfg);
/* Move all that @from has; @replace: also what @cfg has. */
void lkl_config_merge(struct lkl_config *cfg, struct lkl_config *from,
		      bool replace);
/* Free the memory, no more. */
void lkl_config_free(struct lkl_config *cfg);

/* config-resolver.c: write LKL_RESOLV_CONF, if there is something to write */
int lkl_config_resolver(const struct lkl_config *cfg);
#define LKL_RESOLV_CONF	"/etc/resolv.conf"

/* config-json.c: load a text, which messages call @name */
int lkl_config_load_text(struct lkl_config *cfg, const char *name,
			 const char *text, size_t len);

/**
 * struct lkl_config_place - a value in a JSON text: a key of it, or, with
 *	@name of NULL, an element of the list @list, or, with @list, a key of that
 * @list:	key of a list, or NULL
 * @index:	element of that
 * @name:	key, or NULL
 */
struct lkl_config_place {
	const char *list;
	size_t index;
	const char *name;
};

/* config-lines.c: the line of a place, from 1; the text is valid JSON. */
unsigned int lkl_config_line(const char *text, size_t len,
			     const struct lkl_config_place *place);
/* Blank commas before ] and }; the line of the first one, 0 for none. */
unsigned int lkl_config_drop_commas(char *text, size_t len);

#endif /* LKL_CONFIG_INTERNAL_H */
