// SPDX-License-Identifier: GPL-2.0
/*
 * lkl-hijack - run a program on LKL's network stack
 *
 * The program preloads liblkl-hijack.so, and executes the command.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "config.h"
#include "shared/standard-fds.h"
#include "wrapper/wrapper.h"

static const char usage[] =
	"Usage: lkl-hijack [-c FILE] COMMAND [ARGUMENT]...\n"
	"Run a program on the network stack of a Linux kernel of its own.\n"
	"\n"
	"  -c, --config=FILE  configuration of the network, see lkl-config(5)\n"
	"                     (default: lkl-hijack.json, if this file exists)\n"
	"  -h, --help         show this summary and exit\n"
	"  -V, --version      show the version and exit\n";

/* Report a wrong option, and exit. */
static __attribute__((noreturn)) void option_fail(const char *what,
						  const char *option,
						  const char *why)
{
	fprintf(stderr, "lkl-hijack: %s '%s'%s\nTry 'lkl-hijack --help'.\n",
		what, option, why);
	exit(2);
}

/* Parse options, which end where the command begins. */
static char **parse_options(char **argv)
{
	const char *arg;

	while (*++argv && **argv == '-') {
		arg = *argv;
		if (!strcmp(arg, "--"))
			return argv + 1;
		if (!strcmp(arg, "-h") || !strcmp(arg, "--help")) {
			fputs(usage, stdout);
			exit(fflush(stdout) ? 1 : 0);
		}
		if (!strcmp(arg, "-V") || !strcmp(arg, "--version")) {
			puts("lkl-hijack " HIJACK_VERSION);
			exit(fflush(stdout) ? 1 : 0);
		}
		if (!strncmp(arg, "--config=", 9))
			arg += 9;
		else if (strcmp(arg, "-c") && strcmp(arg, "--config"))
			option_fail("unknown option", arg, "");
		else if (!argv[1])
			option_fail("option", arg, " needs a FILE");
		else
			arg = *++argv;
		setenv("LKL_HIJACK_CONFIG_FILE", arg, 1);
	}
	return argv;
}

/*
 * Make the path of the configuration absolute: a program that the command executes
 * may have another current directory.  If the file is missing, the library reports
 * this.
 */
static void fix_config(void)
{
	const char *file = getenv("LKL_HIJACK_CONFIG_FILE");
	char path[PATH_MAX];

	if (realpath(file && *file ? file : HIJACK_DEFAULT_CONFIG, path))
		setenv("LKL_HIJACK_CONFIG_FILE", path, 1);
}

int main(int argc, char **argv)
{
	char *file;

	standard_fds_fill();
	argv = parse_options(argv);
	if (!*argv) {
		fputs("lkl-hijack: no command is given\n", stderr);
		fputs(usage, stderr);
		return 2;
	}
	file = command_find(*argv);
	if (!file)
		wrapper_fail(NOT_FOUND, "run", *argv, "command not found");
	command_check(file);
	fix_config();
	preload_library();
	execvp(*argv, argv);
	wrapper_fail(CANNOT_RUN, "run", *argv, strerror(errno));
}
