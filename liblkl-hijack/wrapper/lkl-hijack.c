// SPDX-License-Identifier: GPL-2.0
/*
 * lkl-hijack - run a program on LKL's network stack
 *
 * It preloads liblkl-hijack.so.  Where the dynamic linker would leave that out
 * silently, the program would use the host's network: that is an error here.
 */
#define _GNU_SOURCE
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <link.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "config.h"

/* Exit statuses of a shell */
#define CANNOT_RUN	126
#define NOT_FOUND	127
/* Interpreters of interpreters; the kernel has such a limit. */
#define MAX_SCRIPTS	5

static const char usage[] =
	"usage: lkl-hijack [-c FILE] COMMAND [ARGUMENT]...\n"
	"Run a program on the network stack of a Linux kernel of its own.\n"
	"\n"
	"  -c, --config=FILE  configuration of the network, see lkl-config(5)\n"
	"  -h, --help         show this and exit\n"
	"  -V, --version      show the version and exit\n";

static const char *command;

static void fail(int status, const char *why)
{
	fprintf(stderr, "lkl-hijack: %s: %s\n", command, why);
	exit(status);
}

/* Where the command is; as execvp() would find it. */
static char *find(const char *name)
{
	const char *path = getenv("PATH"), *end;
	struct stat st;
	char *file;

	if (strchr(name, '/'))
		return strdup(name);
	if (!path)
		path = "/usr/local/bin:/usr/bin:/bin";
	for (; *path; path = *end ? end + 1 : end) {
		end = strchrnul(path, ':');
		if (asprintf(&file, "%.*s/%s", end == path ? 1 :
			     (int)(end - path), end == path ? "." : path,
			     name) < 0)
			return NULL;
		if (!access(file, X_OK) && !stat(file, &st) &&
		    S_ISREG(st.st_mode))
			return file;
		free(file);
	}
	return NULL;
}

/* Would the kernel give it rights that the caller lacks? */
static bool gains_rights(int fd, const struct stat *st)
{
	struct statvfs fs;

	if (prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1 ||
	    (!fstatvfs(fd, &fs) && (fs.f_flag & ST_NOSUID)))
		return false;
	if ((st->st_mode & S_ISUID) && st->st_uid != getuid())
		return true;
	if ((st->st_mode & (S_ISGID | S_IXGRP)) == (S_ISGID | S_IXGRP) &&
	    st->st_gid != getgid())
		return true;
	return getuid() && fgetxattr(fd, "security.capability", NULL, 0) > 0;
}

static bool has_interpreter(int fd, const ElfW(Ehdr) *e)
{
	ElfW(Phdr) ph;
	int i;

	for (i = 0; i < e->e_phnum; i++) {
		if (pread(fd, &ph, sizeof(ph), e->e_phoff +
			  (off_t)i * e->e_phentsize) != sizeof(ph))
			return false;
		if (ph.p_type == PT_INTERP)
			return true;
	}
	return false;
}

static bool is_our_machine(const ElfW(Ehdr) *e)
{
	ElfW(Ehdr) own;
	int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	bool same = true;

	/* Without /proc there is nothing to compare with. */
	if (fd < 0)
		return true;
	if (read(fd, &own, sizeof(own)) == sizeof(own))
		same = own.e_machine == e->e_machine &&
		       own.e_ident[EI_CLASS] == e->e_ident[EI_CLASS];
	close(fd);
	return same;
}

static void check_elf(int fd, const struct stat *st, const ElfW(Ehdr) *e)
{
	if (!is_our_machine(e))
		fail(CANNOT_RUN, "is for another kind of processor than the preload library (32 and 64 bits differ too)");
	if (!has_interpreter(fd, e))
		fail(CANNOT_RUN, "is linked statically: a preloaded library does not reach it");
	if (gains_rights(fd, st))
		fail(CANNOT_RUN, "is set-user-ID or has capabilities: the system preloads nothing into it. Run lkl-hijack as root, or a copy of the program without them");
}

static void check(const char *file, int depth);

/* "#!" and an interpreter, perhaps with an argument. */
static void check_script(char *line, int depth)
{
	char *name = line + 2 + strspn(line + 2, " \t");

	name[strcspn(name, " \t\n")] = '\0';
	if (*name && depth < MAX_SCRIPTS)
		check(name, depth + 1);
}

static void check(const char *file, int depth)
{
	union {
		ElfW(Ehdr) elf;
		char text[PATH_MAX];
	} head;
	struct stat st;
	ssize_t n;
	int fd;

	fd = open(file, O_RDONLY | O_CLOEXEC);
	/* It may be executable and not readable; then its rights tell. */
	if (fd < 0) {
		if (errno != EACCES || stat(file, &st))
			fail(errno == ENOENT ? NOT_FOUND : CANNOT_RUN,
			     strerror(errno));
		fail(CANNOT_RUN, "cannot be read: whether a library can be preloaded is unknown");
	}
	memset(&head, 0, sizeof(head));
	n = read(fd, &head, sizeof(head) - 1);
	if (n < 0 || fstat(fd, &st))
		fail(CANNOT_RUN, strerror(errno));
	if (n >= (ssize_t)sizeof(head.elf) &&
	    !memcmp(head.elf.e_ident, ELFMAG, SELFMAG))
		check_elf(fd, &st, &head.elf);
	else if (n > 2 && !memcmp(head.text, "#!", 2))
		check_script(head.text, depth);
	close(fd);
}

/* The folder of this program, for the build tree. */
static char *own_folder(void)
{
	static char path[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", path, sizeof(path) - 1);
	char *slash;

	if (n < 0)
		return NULL;
	path[n] = '\0';
	slash = strrchr(path, '/');
	if (slash)
		*slash = '\0';
	return path;
}

/*
 * The installed library.  The dynamic linker replaces $LIB, so that a child of
 * the other word size looks for its own one.
 */
static char *installed_library(void)
{
	static const char *const libs[] = {
		"/lib/x86_64-linux-gnu/", "/lib/aarch64-linux-gnu/", "/lib64/",
	};
	const char *at;
	char *path;
	size_t i;

	for (i = 0; i < sizeof(libs) / sizeof(libs[0]); i++) {
		at = strstr(LKL_PRELOAD, libs[i]);
		if (!at)
			continue;
		if (asprintf(&path, "%.*s/$LIB/%s", (int)(at - LKL_PRELOAD),
			     LKL_PRELOAD, at + strlen(libs[i])) < 0)
			return NULL;
		return path;
	}
	return strdup(LKL_PRELOAD);
}

/* That of the build tree when this program is in one; with its kernel. */
static char *find_library(void)
{
	const char *folder = own_folder();
	char *path, *kernel;

	if (folder && asprintf(&path, "%s/liblkl-hijack.so", folder) > 0) {
		if (!access(path, R_OK)) {
			if (asprintf(&kernel, "%s/../kernel/lkl-kernel.so",
				     folder) > 0 && !access(kernel, R_OK))
				setenv("LKL_KERNEL", kernel, 0);
			return path;
		}
		free(path);
	}
	if (!access(LKL_PRELOAD, R_OK))
		return installed_library();
	if (folder && asprintf(&path, "%s/" LKL_PRELOAD_FROM_BIN, folder) > 0 &&
	    !access(path, R_OK))
		return path;
	command = LKL_PRELOAD;
	fail(CANNOT_RUN, strerror(errno));
	return NULL;
}

static void preload(void)
{
	const char *before = getenv("LD_PRELOAD");
	char *library = find_library(), *all;

	if (library && strpbrk(library, ": ")) {
		command = library;
		fail(CANNOT_RUN, "a library with a colon or a space in its path cannot be preloaded");
	}
	if (!library || asprintf(&all, "%s%s%s", before ? before : "",
				 before && *before ? ":" : "", library) < 0)
		fail(CANNOT_RUN, strerror(ENOMEM));
	setenv("LD_PRELOAD", all, 1);
	/* A child of a hijacked process is one by itself now. */
	unsetenv("LKL_HIJACK_PID");
}

/* Options end where the command begins. */
static char **parse(char **argv)
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
			puts("lkl-hijack " LKL_VERSION);
			exit(fflush(stdout) ? 1 : 0);
		}
		if (!strncmp(arg, "--config=", 9))
			arg += 9;
		else if ((!strcmp(arg, "-c") || !strcmp(arg, "--config")) &&
			 argv[1])
			arg = *++argv;
		else
			break;
		setenv("LKL_HIJACK_CONFIG_FILE", arg, 1);
	}
	return argv;
}

/*
 * What the command executes finds the configuration too, from whatever folder.
 * One that is not there is the library's to tell of.
 */
static void fix_config(void)
{
	const char *file = getenv("LKL_HIJACK_CONFIG_FILE");
	char path[PATH_MAX];

	if (realpath(file && *file ? file : LKL_DEFAULT_CONFIG, path))
		setenv("LKL_HIJACK_CONFIG_FILE", path, 1);
}

int main(int argc, char **argv)
{
	char *file;

	argv = parse(argv);
	if (!*argv || **argv == '-') {
		fputs(usage, stderr);
		return 2;
	}
	command = *argv;
	file = find(command);
	if (!file)
		fail(NOT_FOUND, "command not found");
	if (access(file, X_OK))
		fail(errno == ENOENT ? NOT_FOUND : CANNOT_RUN, strerror(errno));
	check(file, 0);
	fix_config();
	preload();
	execvp(command, argv);
	fail(CANNOT_RUN, strerror(errno));
}
