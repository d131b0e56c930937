/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The command line of a tool, described by tables: parsing and the help text
 * come from the same description.
 */
#ifndef COMMON_OPTIONS_H
#define COMMON_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

/* Exit status for a command line that is wrong. */
#define EXIT_USAGE	2
/* All is done: the help or the version was printed. */
#define OPTIONS_DONE	(-1)

/**
 * struct option_spec - an option
 * @letter:	short name, 0: none
 * @name:	long name
 * @value:	name of the value in the help text, NULL: the option has none
 * @help:	text for the help; a newline begins a new line of it
 * @offset:	without @apply: where in the object the value is stored, as a
 *		pointer to the string, or, for an option without a value, as
 *		true in a bool
 * @apply:	store the value in the object.  Return 0, or an exit status
 *		after a message
 */
struct option_spec {
	char letter;
	const char *name;
	const char *value;
	const char *help;
	size_t offset;
	int (*apply)(void *object, const struct option_spec *spec, char *value);
};

/**
 * struct option_set - options that are stored in one object
 * @specs:	the options; the last one has no name
 * @object:	where their values are stored
 */
struct option_set {
	const struct option_spec *specs;
	void *object;
};

/*
 * Parse all options, and add --help and --version to them.  @usage is the
 * first part of the help text, in front of the options of @sets, whose last
 * element has no specs.
 *
 * Return 0: go on with the arguments from getopt's @optind on; OPTIONS_DONE;
 * or an exit status after a message.
 */
int options_parse(const char *usage, const struct option_set *sets, int argc,
		  char **argv);

/* Report what is wrong with the command line; return EXIT_USAGE. */
__attribute__((format(printf, 1, 2)))
int options_usage_error(const char *format, ...);
/* Report that @value is not a number; return EXIT_USAGE. */
int options_not_a_number(const struct option_spec *spec, const char *value);

/* Store the decimal number @s; false: @s is none, or more than @max. */
bool parse_number(const char *s, unsigned long max, unsigned long *ret);

#endif /* COMMON_OPTIONS_H */
