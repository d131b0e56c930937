/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Command lines that are described by tables, for parsing and for the help
 * text.
 */
#ifndef COMMON_OPTIONS_H
#define COMMON_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Exit status after an error in the command line. */
#define EXIT_USAGE	2
/* Result of options_parse(): it has printed the help text or the version. */
#define OPTIONS_DONE	(-1)

/**
 * struct option_spec - an option
 * @letter:	short name, 0: none
 * @name:	long name
 * @value:	name of the value in the help text, NULL: the option has none
 * @help:	description in the help text; may contain newlines
 * @offset:	offset of the member of the object that stores the value: a
 *		pointer to the string, or, for an option without a value, a
 *		bool that becomes true.  Not used if there is @apply
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
 * struct option_set - options whose values are stored in one object
 * @specs:	the options; an element without a name ends the table
 * @object:	the object
 */
struct option_set {
	const struct option_spec *specs;
	void *object;
};

/*
 * Parse the options of @sets, --help and --version.  An element without specs
 * ends @sets.  @usage is the beginning of the help text, before the options.
 *
 * Return 0 if the program must go on, with its arguments from optind on,
 * OPTIONS_DONE, or an exit status after a message.
 */
int options_parse(const char *usage, const struct option_set *sets, int argc,
		  char **argv);

/* Report an error in the command line; return EXIT_USAGE. */
__attribute__((format(printf, 1, 2)))
int options_usage_error(const char *format, ...);
/*
 * Report that the value of an option is not a valid number, and that the user
 * should use @expected instead; return EXIT_USAGE.
 */
int options_not_a_number(const struct option_spec *spec, const char *value,
			 const char *expected);

/*
 * Store number of bytes @s, which may end in K, M, G or T (also KiB, MiB ...) for
 * powers of 1024, or in KB, MB ... for powers of 1000.  Return false if @s is not
 * a size.
 */
bool parse_size(const char *s, uint64_t *ret);

/* Store number @s.  Return false if @s is not decimal, or exceeds @max. */
bool parse_number(const char *s, uint64_t max, uint64_t *ret);

#endif /* COMMON_OPTIONS_H */
