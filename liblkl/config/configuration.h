/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Loading, checking and applying a configuration.
 */
#ifndef LKL_CONFIG_CONFIGURATION_H
#define LKL_CONFIG_CONFIGURATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include <lkl_config.h>

/**
 * struct lkl_config_kind - the values that a key may have
 * @expected:	what messages call such a value
 * @check:	return whether @text is such a value; NULL: the value is a
 *		number from @min to @max
 * @min:	smallest number
 * @max:	largest number
 * @list:	separator of the entries of a list, 0: the value is no list
 * @boolean:	true and false mean 1 and 0
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
 * @name:	name of the key in JSON
 * @env:	variable of the environment, without the prefix
 * @kind:	its values
 * @offset:	member of the struct: an unsigned int for numbers, else a string
 *
 * Key n of its table has bit n of the member "set".
 */
struct lkl_config_key {
	const char *name;
	const char *env;
	const struct lkl_config_kind *kind;
	size_t offset;
};

/* keys.c: the keys of struct lkl_config and of struct lkl_config_iface */
extern const struct lkl_config_key lkl_config_keys[];
extern const struct lkl_config_key lkl_config_iface_keys[];
extern const unsigned int lkl_config_nr_keys;
extern const unsigned int lkl_config_nr_iface_keys;

/* The bit of "set" that stands for "interfaces" */
#define LKL_CONFIG_INTERFACES	(1U << 31)

/* keys.c: convert a text to a value; return false when it is no such value */
bool lkl_config_parse_number(const char *text, unsigned long *value);
bool lkl_config_parse_ip(const char *text, int *af, unsigned char *addr);
bool lkl_config_parse_mac(const char *text, unsigned char *mac);

/* configuration.c */
/* Print by the program's message function, or else by the host. */
void lkl_config_print(const struct lkl_config *cfg, const char *text, int len);
void lkl_config_report(const struct lkl_config *cfg, const char *fmt, ...)
	LKL_PRINTF(2, 3);
/* Set a member to the value @text: return 0, -LKL_EINVAL or -LKL_ENOMEM. */
int lkl_config_set(const struct lkl_config_key *keys, unsigned int n,
		   void *object, uint32_t *set, const char *text);
/* Add an element at the end of the list: return it, NULL without memory. */
struct lkl_config_iface *lkl_config_add_iface(struct lkl_config *cfg);
/*
 * Return whether all keys are there that other keys need; if not, @key needs
 * @needed.  Without any key, @key is the number of keys.
 */
bool lkl_config_is_complete(const struct lkl_config_iface *iface,
			    unsigned int *key, unsigned int *needed);
/* Return whether there are devices of its interfaces. */
bool lkl_config_in_use(const struct lkl_config *cfg);
/* Move the keys of @from to @cfg; with @replace also those that @cfg has. */
void lkl_config_merge(struct lkl_config *cfg, struct lkl_config *from,
		      bool replace);
/* Free the memory; devices stay. */
void lkl_config_free(struct lkl_config *cfg);

/* resolv-conf.c: write LKL_RESOLV_CONF, if the configuration has a resolver */
int lkl_config_resolver(const struct lkl_config *cfg);
#define LKL_RESOLV_CONF	"/etc/resolv.conf"

/* json.c: load a text, which messages call @name */
int lkl_config_load_text(struct lkl_config *cfg, const char *name,
			 const char *text, size_t len);

/**
 * struct lkl_config_place - a place in a JSON text: a key of the top object, an
 *	element of a list, or a key of such an element
 * @list:	key of the list, or NULL
 * @index:	number of the element
 * @name:	key, or NULL for the element itself
 */
struct lkl_config_place {
	const char *list;
	size_t index;
	const char *name;
};

/* json-lines.c: return the line of a place, from 1; the text is valid JSON. */
unsigned int lkl_config_line(const char *text, size_t len,
			     const struct lkl_config_place *place);
/*
 * Replace commas before ] and } by blanks; return the line of the first one, 0
 * when there is none.
 */
unsigned int lkl_config_drop_commas(char *text, size_t len);

/*
 * Open the file @path of the host for reading.  Return NULL, and set errno, on
 * failure.
 */
FILE *lkl_config_open_file(const char *path);

#endif /* LKL_CONFIG_CONFIGURATION_H */
