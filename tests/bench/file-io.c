// SPDX-License-Identifier: GPL-2.0
/*
 * Reads and writes a file as fast as it gets, in one or more processes.
 *
 * usage: file-io [-d] MODE FILE MIB PROCESSES SECONDS
 *	MODE: randread, randwrite (4 KiB), seqread, seqwrite (1 MiB)
 *	-d: O_DIRECT
 * Each process has a file of its own, FILE.0 and so on, of MIB MiB.  Prints the
 * operations per second of all together.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "shared/clock.h"

#define SMALL	4096
#define LARGE	(1 << 20)

static void io_die(const char *what)
{
	fprintf(stderr, "file-io: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void io_fill(const char *path, uint64_t size, char *buf)
{
	uint64_t done;
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);

	if (fd < 0)
		io_die(path);
	for (done = 0; done < size; done += LARGE)
		if (write(fd, buf, LARGE) != LARGE)
			io_die(path);
	if (fsync(fd) || close(fd))
		io_die(path);
}

/* Operations in @seconds */
static uint64_t io_run(const char *path, const char *mode, uint64_t size,
		       int flags, double seconds, char *buf)
{
	bool random = !strncmp(mode, "rand", 4), reads = !!strstr(mode, "read");
	size_t len = random ? SMALL : LARGE;
	uint64_t count = 0, off = 0, seed = getpid();
	int fd = open(path, (reads ? O_RDONLY : O_WRONLY) | flags);
	int64_t end = now_ns() + seconds * NSEC_PER_SEC;

	if (fd < 0)
		io_die(path);
	while (now_ns() < end) {
		ssize_t n;

		if (random) {
			seed = seed * 6364136223846793005ULL + 1;
			off = (seed >> 20) % (size / len) * len;
		}
		n = reads ? pread(fd, buf, len, off) : pwrite(fd, buf, len, off);
		if (n != (ssize_t)len)
			io_die(path);
		if (!random)
			off = (off + len) % size;
		count++;
	}
	if (!reads && fsync(fd))
		io_die(path);
	return count;
}

int main(int argc, char **argv)
{
	int flags = 0, processes, i, status;
	uint64_t size, sum = 0, *counts;
	double begin;
	char *buf, path[4096];

	if (argc > 1 && !strcmp(argv[1], "-d")) {
		flags = O_DIRECT;
		argv++;
		argc--;
	}
	if (argc != 6)
		return 2;
	size = strtoull(argv[3], NULL, 10) << 20;
	processes = atoi(argv[4]);
	counts = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	buf = aligned_alloc(LARGE, LARGE);
	memset(buf, 'x', LARGE);
	for (i = 0; i < processes; i++) {
		snprintf(path, sizeof(path), "%s.%d", argv[2], i);
		io_fill(path, size, buf);
	}
	begin = now_ns();
	for (i = 0; i < processes; i++) {
		snprintf(path, sizeof(path), "%s.%d", argv[2], i);
		if (fork() == 0) {
			counts[i] = io_run(path, argv[1], size, flags,
					   atof(argv[5]), buf);
			exit(0);
		}
	}
	for (i = 0; i < processes; i++)
		if (wait(&status) < 0 || status)
			return 1;
	for (i = 0; i < processes; i++)
		sum += counts[i];
	printf("%.0f\n", sum / ((now_ns() - begin) / 1e9));
	return 0;
}
