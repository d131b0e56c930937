// SPDX-License-Identifier: GPL-2.0
/*
 * Parsing a command line that tables describe.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/alloc.h"
#include "common/options.h"
#include "common/report.h"
#include "config.h"

/* Column at which the help text of an option begins. */
#define HELP_COLUMN	32
/* Result of getopt_long() for the first long option, above all letters. */
#define INDEX_BASE	256

static const struct option_spec general_specs[] = {
	{ 'h', "help", .help = "show this summary and exit" },
	{ 'V', "version", .help = "show the version and exit" },
	{ }
};

struct option_entry {
	const struct option_spec *spec;
	void *object;
};

/* The options of all sets in one list, as getopt_long() needs them. */
struct option_list {
	struct option_entry *entries;
	struct option *longs;
	char *letters;
	size_t count;
	size_t size;
};

int options_usage_error(const char *format, ...)
{
	char *message;
	va_list args;

	va_start(args, format);
	if (vasprintf(&message, format, args) < 0)
		abort();
	va_end(args);
	report_error("%s", message);
	fprintf(stderr, "Try '%s --help'.\n", report_program());
	free(message);
	return EXIT_USAGE;
}

int options_not_a_number(const struct option_spec *spec, const char *value,
			 const char *expected)
{
	return options_usage_error("--%s: '%s' is not a valid number; use %s",
				   spec->name, value, expected);
}

bool parse_number(const char *s, uint64_t max, uint64_t *ret)
{
	char *end;

	errno = 0;
	*ret = strtoull(s, &end, 10);
	return !errno && *s >= '0' && *s <= '9' && !*end && *ret <= max;
}

bool parse_size(const char *s, uint64_t *ret)
{
	static const char units[] = "KMGT";
	size_t len = strspn(s, "0123456789");
	const char *unit = s[len] ? strchr(units, s[len]) : NULL;
	const char *rest = s + len + !!unit;
	unsigned int base = !strcmp(rest, "B") ? 1000 : 1024, i;

	errno = 0;
	*ret = strtoull(s, NULL, 10);
	if (errno || !len || (*rest && (!unit || (base == 1024 &&
						  strcmp(rest, "iB")))))
		return false;
	for (i = 0; unit && i <= (size_t)(unit - units); i++)
		if (__builtin_mul_overflow(*ret, base, ret))
			return false;
	return *ret <= INT64_MAX;
}

/* List of options */

static void option_list_add(struct option_list *l,
			    const struct option_spec *spec, void *object)
{
	for (; spec->name; spec++) {
		if (l->count == l->size)
			l->entries = xgrow(l->entries, &l->size,
					   sizeof(*l->entries));
		l->entries[l->count++] = (struct option_entry) { spec, object };
	}
}

static void option_list_init(struct option_list *l,
			     const struct option_set *sets)
{
	char *letters;
	size_t i;

	*l = (struct option_list) { };
	for (; sets->specs; sets++)
		option_list_add(l, sets->specs, sets->object);
	option_list_add(l, general_specs, NULL);
	l->longs = xzalloc((l->count + 1) * sizeof(*l->longs));
	l->letters = xzalloc(2 * l->count + 1);
	letters = l->letters;
	for (i = 0; i < l->count; i++) {
		const struct option_spec *spec = l->entries[i].spec;

		l->longs[i] = (struct option) {
			.name = spec->name,
			.has_arg = spec->value ? required_argument :
						 no_argument,
			.val = INDEX_BASE + i,
		};
		if (!spec->letter)
			continue;
		*letters++ = spec->letter;
		if (spec->value)
			*letters++ = ':';
	}
}

static void option_list_exit(struct option_list *l)
{
	free(l->entries);
	free(l->longs);
	free(l->letters);
}

/* Return the option that result @opt of getopt_long() stands for, or NULL. */
static const struct option_entry *option_list_find(const struct option_list *l,
						   int opt)
{
	size_t i;

	if (opt >= INDEX_BASE)
		return &l->entries[opt - INDEX_BASE];
	for (i = 0; i < l->count; i++)
		if (l->entries[i].spec->letter == opt)
			return &l->entries[i];
	return NULL;
}

/* Help */

static void help_print_option(const struct option_spec *spec)
{
	const char *text = spec->help, *end;
	int n;

	if (spec->letter)
		n = printf("  -%c, --%s", spec->letter, spec->name);
	else
		n = printf("      --%s", spec->name);
	if (spec->value)
		n += printf("=%s", spec->value);
	for (; *text; n = 0) {
		end = text + strcspn(text, "\n");
		printf("%*s%.*s\n", HELP_COLUMN - n, "", (int)(end - text),
		       text);
		text = end + (*end == '\n');
	}
}

static void help_print(const char *usage, const struct option_list *l)
{
	size_t i;

	fputs(usage, stdout);
	putchar('\n');
	for (i = 0; i < l->count; i++)
		help_print_option(l->entries[i].spec);
}

/* Parsing */

static int options_store(const struct option_entry *entry)
{
	const struct option_spec *spec = entry->spec;
	char *member = (char *)entry->object + spec->offset;

	if (spec->apply)
		return spec->apply(entry->object, spec, optarg);
	if (spec->value)
		*(const char **)member = optarg;
	else
		*(bool *)member = true;
	return 0;
}

static int options_apply(const char *usage, const struct option_list *l,
			 int opt)
{
	const struct option_entry *entry = option_list_find(l, opt);

	if (entry->object)
		return options_store(entry);
	if (entry->spec->letter == 'h')
		help_print(usage, l);
	else
		printf("%s (LKL) " LKL_VERSION "\n", report_program());
	return OPTIONS_DONE;
}

/* Errors; the texts of libc differ between hosts. */

/*
 * Report long option @arg, with "--", which is unknown, or which is the beginning of
 * several options.
 */
static int options_refuse_long(const struct option_list *l, const char *arg)
{
	size_t i, count = 0, len = strcspn(arg + 2, "=");
	char *names = xstrdup(""), *more;
	int ret;

	for (i = 0; i < l->count; i++) {
		const char *name = l->entries[i].spec->name;

		if (strncmp(name, arg + 2, len))
			continue;
		if (asprintf(&more, "%s '--%s'", names, name) < 0)
			abort();
		free(names);
		names = more;
		count++;
	}
	ret = count ? options_usage_error("option '%s' is ambiguous; possibilities:%s",
					  arg, names) :
		      options_usage_error("unrecognized option '%s'", arg);
	free(names);
	return ret;
}

/* Report the option that getopt_long() has refused, the last it read from @arg. */
static int options_refuse(const struct option_list *l, const char *arg)
{
	const struct option_entry *entry;

	if (!optopt)
		return options_refuse_long(l, arg);
	entry = option_list_find(l, optopt);
	if (optopt >= INDEX_BASE)
		return options_usage_error(entry->spec->value ?
						   "option '--%s' requires an argument" :
						   "option '--%s' doesn't allow an argument",
					   entry->spec->name);
	return options_usage_error(entry ? "option requires an argument -- '%c'" :
					   "invalid option -- '%c'", optopt);
}

int options_parse(const char *usage, const struct option_set *sets, int argc,
		  char **argv)
{
	struct option_list list;
	int opt, ret = 0;

	option_list_init(&list, sets);
	opterr = 0;
	while (!ret && (opt = getopt_long(argc, argv, list.letters, list.longs,
					  NULL)) >= 0)
		ret = opt == '?' ? options_refuse(&list, argv[optind - 1]) :
				   options_apply(usage, &list, opt);
	option_list_exit(&list);
	return ret;
}
