// SPDX-License-Identifier: GPL-2.0
/*
 * The command: where it is, and whether a library can be preloaded into it.  The
 * dynamic linker leaves a library out silently, and the program would use the
 * host's network.
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
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "wrapper/wrapper.h"

/* Limit of interpreters that are scripts themselves, as in the host's kernel. */
#define MAX_SCRIPTS	5

char *command_find(const char *name)
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

/* Return true if execution gives the program rights that the caller lacks. */
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

	/* Without /proc, the check is left out. */
	if (fd < 0)
		return true;
	if (read(fd, &own, sizeof(own)) == sizeof(own))
		same = own.e_machine == e->e_machine &&
		       own.e_ident[EI_CLASS] == e->e_ident[EI_CLASS];
	close(fd);
	return same;
}

static void check_elf(const char *file, int fd, const struct stat *st,
		      const ElfW(Ehdr) *e)
{
	if (!is_our_machine(e))
		wrapper_fail(CANNOT_RUN, "run", file, "the program is for another processor or word size than lkl-hijack; run a program for the same processor");
	if (!has_interpreter(fd, e))
		wrapper_fail(CANNOT_RUN, "run", file, "the program is linked statically, and no library can be preloaded; run a program that is linked dynamically");
	if (gains_rights(fd, st))
		wrapper_fail(CANNOT_RUN, "run", file, "the program is set-user-ID or has capabilities, and the system preloads no library; run lkl-hijack as root, or run a copy of the program without this bit and without capabilities");
}

static void check_program(const char *file, int depth);

/* Check the interpreter of a script; an argument may follow the interpreter. */
static void check_script(char *line, int depth)
{
	char *name = line + 2 + strspn(line + 2, " \t");

	name[strcspn(name, " \t\n")] = '\0';
	if (*name && depth < MAX_SCRIPTS)
		check_program(name, depth + 1);
}

static void check_program(const char *file, int depth)
{
	union {
		ElfW(Ehdr) elf;
		char text[PATH_MAX];
	} head;
	struct stat st;
	ssize_t n;
	int fd;

	fd = open(file, O_RDONLY | O_CLOEXEC);
	if (fd < 0) {
		if (errno != EACCES || stat(file, &st))
			wrapper_fail(errno == ENOENT ? NOT_FOUND : CANNOT_RUN,
				     "run", file, strerror(errno));
		wrapper_fail(CANNOT_RUN, "run", file, "the program cannot be read, so it is unknown whether a library can be preloaded; run lkl-hijack as a user who may read the program");
	}
	memset(&head, 0, sizeof(head));
	n = read(fd, &head, sizeof(head) - 1);
	if (n < 0 || fstat(fd, &st))
		wrapper_fail(CANNOT_RUN, "run", file, strerror(errno));
	if (n >= (ssize_t)sizeof(head.elf) &&
	    !memcmp(head.elf.e_ident, ELFMAG, SELFMAG))
		check_elf(file, fd, &st, &head.elf);
	else if (n > 2 && !memcmp(head.text, "#!", 2))
		check_script(head.text, depth);
	close(fd);
}

void command_check(const char *file)
{
	if (access(file, X_OK))
		wrapper_fail(errno == ENOENT ? NOT_FOUND : CANNOT_RUN, "run",
			     file, strerror(errno));
	check_program(file, 0);
}
